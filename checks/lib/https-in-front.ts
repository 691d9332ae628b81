import type { AdmissionConfig } from "../../src/core/connection.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Deployment, Exposure, Refusal } from "../../src/core/facts.ts";
import type { ProxySite, Remedy, Step } from "../../src/core/finding.ts";
import { atLeast } from "../../src/core/release.ts";
import { type GateFacts, portOf, releaseOf } from "./explain-refusals.ts";
import { allowOrigin, alongside, human, triedAlways } from "./remedies.ts";

/** What a person said of the way that is to be made. */
export interface SaidWay {
  readonly site?: ProxySite;
  /** File of the proxy that is to be written; it is only printed when absent. */
  readonly siteFile?: string;
  /** MagicDNS name of the gateway's host. */
  readonly tailnetName?: string;
}

/** What the remedies depend on. */
export interface WayFacts {
  readonly release?: string;
  readonly config?: AdmissionConfig;
  readonly deployment?: Deployment;
  readonly exposure?: Exposure;
}

/** The page over HTTPS, without and with a proxy of one's own. */
export function httpsInFront(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const way = wayFactsOf(facts);
  const { tailnet: tailnetName } = way.deployment?.front ?? {};
  return waysWithHttps(way, tailnetName === undefined ? {} : { tailnetName }).map((remedy) =>
    remedy.steps.some(isModelled) ? triedAlways(remedy, refusal, facts) : remedy,
  );
}

/** The same for what was said; the model is not asked yet. */
export function waysWithHttps(facts: WayFacts, said: SaidWay = {}): readonly Remedy[] {
  return [tailscaleServe(facts, said), httpsProxy(facts, said)];
}

function isModelled({ do: what }: Step): boolean {
  return what === "proxy.write" || what === "tailscale.status";
}

function wayFactsOf(facts: GateFacts): WayFacts {
  const release = releaseOf(facts);
  const config = knownValue(facts.wanted.config)?.effective;
  const deployment = knownValue(facts.wanted.deployment);
  const exposure = knownValue(facts.wanted.target)?.exposure;
  const port = portOf(facts);
  return {
    ...(release === undefined ? {} : { release }),
    ...(config === undefined ? {} : { config: { ...config, gateway: { ...config.gateway, port } } }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(exposure === undefined ? {} : { exposure }),
  };
}

/**
 * Trust of one proxy is safe only on the gateway's own host, and with a gateway that asks for a secret itself. To a
 * container every client of a published port comes from the same address. In mode `trusted-proxy`, a proxy without a
 * login would let everybody name himself.
 */
function isOurs({ config, deployment }: WayFacts): boolean {
  if (deployment?.traits.besideHost !== true || config === undefined) return false;
  const { bind, auth } = config.gateway ?? {};
  const onLoopback = bind === undefined || bind === "loopback" || bind === "lan" || bind === "auto";
  return onLoopback && (auth?.mode === undefined || auth.mode === "token" || auth.mode === "password");
}

function httpsProxy(facts: WayFacts, { site, siteFile }: SaidWay): Remedy {
  const id = "https-proxy";
  const risk = "restart";
  if (!isOurs(facts)) {
    return { id, risk, steps: [human("https-proxy"), human("find-proxy-address")] };
  }
  if (site === undefined) return { id, risk, steps: [{ do: "proxy.write" }] };
  const { trustedProxies = [], controlUi } = facts.config?.gateway ?? {};
  const origin = `https://${site.domain}`;
  const proxies = [...new Set([...trustedProxies, "127.0.0.1"])];
  const named = site.proxy === "caddy" || site.certificate !== undefined;
  const there = facts.deployment?.front?.programs.find(({ proxy }) => proxy === site.proxy);
  const path = siteFile ?? (named ? there?.siteFile : undefined);
  // A file that it reads: what is written elsewhere, a person puts where it belongs.
  const isRead = there !== undefined && path !== undefined && path === there.siteFile;
  return {
    id,
    risk,
    args: { domain: site.domain },
    steps: [
      {
        do: "proxy.write",
        site,
        ...(path === undefined ? {} : { path }),
        ...(isRead && path === there.config ? { adds: true } : {}),
      },
      { do: "config.set", key: "gateway.trustedProxies", value: proxies },
      ...allowOrigin(facts.release, controlUi?.allowedOrigins, origin),
      ...closing(facts),
      ...(named ? [] : [alongside("name-certificate")]),
      ...(isRead
        ? [{ do: "proxy.reload" as const, proxy: site.proxy, config: there.config }]
        : [alongside("load-proxy-site", { proxy: site.proxy })]),
      ...(site.tls === "internal" && site.certificate === undefined
        ? [alongside("trust-proxy-authority")]
        : []),
      ...(isTrapped(facts.release) ? [alongside("loopback-clients-ask")] : []),
      alongside("open-at", { url: `${origin}/` }),
    ],
  };
}

/**
 * Whoever reaches the gateway past the proxy still meets it without encryption. A start within its own process keeps the
 * old listener (run 2026.2.1, 2026.9.6), so that it counts after a whole one.
 */
function closing({ config, exposure, deployment }: WayFacts): readonly Step[] {
  const { bind = "loopback" } = config?.gateway ?? {};
  if (exposure !== "public" || bind === "loopback") return [];
  const { unit, managed } = deployment?.names ?? {};
  const isManaged = unit !== undefined || managed === true;
  return [
    { do: "config.set", key: "gateway.bind", value: "loopback" },
    isManaged ? { do: "gateway.restart" } : alongside("close-listener", { bind }),
  ];
}

/** 2026.2.19 to 2026.3.28 take a trusted loopback peer for a proxy even without forwarded headers (run 2.26, 3.13). */
function isTrapped(release: string | undefined): boolean {
  return atLeast(release, "2026.2.19") === true && atLeast(release, "2026.3.31") === false;
}

/** In a container there is no Tailscale to ask, so Serve is the host's own there. */
function tailscaleServe(facts: WayFacts, { tailnetName }: SaidWay): Remedy {
  const id = "tailscale-serve";
  const risk = "restart";
  if (facts.config === undefined || facts.deployment?.traits.besideHost !== true) {
    return { id, risk, steps: [{ do: "tailscale.serve" }, human("tailscale-serve")] };
  }
  const { bind = "loopback", controlUi } = facts.config.gateway ?? {};
  return {
    id,
    risk,
    ...(tailnetName === undefined ? {} : { args: { domain: tailnetName } }),
    steps: [
      tailnetName === undefined ? { do: "tailscale.status" } : { do: "tailscale.status", name: tailnetName },
      // The gateway does not start with Serve and another bind (shipped code, 2026.2.1 to 2026.9.6), and 2026.9.6 that
      // starts anew within its process keeps the old one (run): so that a person has to start it in between.
      ...(bind === "loopback"
        ? []
        : ([
            { do: "config.set", key: "gateway.bind", value: "loopback" },
            human("bind-ends-elsewhere", { bind }),
          ] as const)),
      { do: "config.set", key: "gateway.tailscale.mode", value: "serve" },
      { do: "config.set", key: "gateway.auth.allowTailscale", value: true },
      ...(tailnetName === undefined
        ? []
        : [
            ...allowOrigin(facts.release, controlUi?.allowedOrigins, `https://${tailnetName}`),
            alongside("page-without-token"),
            alongside("open-at", { url: `https://${tailnetName}/` }),
          ]),
    ],
  };
}
