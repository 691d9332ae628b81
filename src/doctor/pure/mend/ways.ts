import path from "node:path";
import { type SaidWay, type WayFacts, waysWithHttps } from "../../../../checks/https-in-front.ts";
import type { Facts } from "../../../core/collect.ts";
import { type Fact, knownValue } from "../../../core/fact.ts";
import type { Finding, ProxySite, Remedy } from "../../../core/finding.ts";
import type { Oracle } from "../../../core/plan.ts";
import { isPublicName, isSitePath, siteDomain } from "../../../deployments/proxy-site.ts";
import type { FixArguments } from "../../../cli/commands/fix.ts";
import { isSiteProxy } from "../../../cli/said.ts";
import { UsageError } from "../../../cli/usage-error.ts";

export type SaidSite = Pick<SaidWay, "siteFile"> & { readonly site: Omit<ProxySite, "port"> };

type WayArguments = Pick<
  FixArguments,
  "domain" | "proxy" | "proxyFile" | "certificate" | "certificateKey" | "tls"
>;

/**
 * The proxy that the command line describes; `undefined` when it names no domain.
 * @throws {UsageError} what it says cannot be in a site file.
 */
export function saidSite(args: WayArguments): SaidSite | undefined {
  const { domain: said, proxyFile, certificate, certificateKey, tls } = args;
  const [proxy, second] = (args.proxy ?? []).filter(isSiteProxy);
  if (second !== undefined) throw new UsageError("--proxy", "a site is written for one program", "name one");
  if (said === undefined) {
    const other = (["proxyFile", "certificate", "certificateKey", "tls"] as const).find(
      (name) => args[name] !== undefined,
    );
    const alone = proxy === undefined ? other : "proxy";
    if (alone === undefined) return undefined;
    const option = alone.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${option}`, "it belongs to a proxy, and no domain is named", "add --domain NAME");
  }
  const domain = siteDomain(said);
  if (domain === undefined) {
    const fix = "for example --domain claw.example.com";
    throw new UsageError("--domain", "that is no host name, with or without a port", fix);
  }
  if ((certificate === undefined) !== (certificateKey === undefined)) {
    throw new UsageError("--certificate", "a certificate and its key belong together", "name both");
  }
  for (const [option, value] of [
    ["--certificate", certificate],
    ["--certificate-key", certificateKey],
  ] as const) {
    if (value === undefined || isSitePath(value)) continue;
    throw new UsageError(option, "that is no absolute path without spaces and signs", "name such a path");
  }
  return {
    site: {
      proxy: proxy ?? "caddy",
      domain,
      tls: tls ?? (isPublicName(domain) ? "public" : "internal"),
      ...(certificate === undefined ? {} : { certificate }),
      ...(certificateKey === undefined ? {} : { certificateKey }),
    },
    ...(proxyFile === undefined ? {} : { siteFile: path.resolve(proxyFile) }),
  };
}

export interface Ways<S> {
  readonly said: SaidSite | undefined;
  /** MagicDNS name of this machine; unknown where Serve cannot work. */
  readonly tailnet: Fact<string> | undefined;
  /** `--remedy`. */
  readonly only: string | undefined;
  /** Where the model knows the refused connection. */
  readonly model: { readonly start: S; readonly oracle: Oracle<S> } | undefined;
}

/**
 * The findings with what only `fix` knows: the domain that was said and the machine's name on its tailnet. A domain
 * offers its proxy for whatever keeps the page out, and so does Serve where it was asked for.
 */
export function withWays<S>(findings: readonly Finding[], facts: Facts, ways: Ways<S>): readonly Finding[] {
  const { said, tailnet } = ways;
  const wayFacts = wayFactsOf(facts);
  const port = wayFacts.config?.gateway?.port ?? 18_789;
  const name = tailnet?.known ? tailnet.value : undefined;
  const [serve, proxy] = waysWithHttps(wayFacts, {
    ...(said === undefined ? {} : { ...said, site: { ...said.site, port } }),
    ...(name === undefined ? {} : { tailnetName: name }),
  }).map((remedy) => judged(remedy, ways));
  return findings.map((finding) => {
    const remedies = finding.remedies.map((remedy) => {
      if (remedy.id === "https-proxy" && said !== undefined) return proxy ?? remedy;
      return remedy.id === "tailscale-serve" && tailnet !== undefined ? (serve ?? remedy) : remedy;
    });
    if (finding.severity !== "error") return { ...finding, remedies };
    const wanted = [said === undefined ? undefined : proxy, ways.only === serve?.id ? serve : undefined];
    const missing = wanted.filter((one) => one !== undefined && !remedies.some(({ id }) => id === one.id));
    return { ...finding, remedies: [...remedies, ...missing.filter((one) => one !== undefined)] };
  });
}

/** With where it ends, as far as the model has a say; Serve without Tailscale is advice, unless it was asked for. */
function judged<S>(remedy: Remedy, { tailnet, only, model }: Ways<S>): Remedy {
  if (
    model === undefined ||
    remedy.steps.every(({ do: what }) => what === "human" || what === "tailscale.serve")
  )
    return remedy;
  if (remedy.id === "tailscale-serve" && tailnet?.known !== true && only !== remedy.id) return remedy;
  const verdict = model.oracle.verdict(model.oracle.after(model.start, remedy));
  if (verdict.outcome === "admitted") return { ...remedy, after: "admitted" };
  const { gate: refusedAt, reason } = verdict;
  return { ...remedy, after: reason === undefined ? { refusedAt } : { refusedAt, reason } };
}

function wayFactsOf(facts: Facts): WayFacts {
  const release = knownValue(facts.release)?.version;
  const config = knownValue(facts.config)?.effective;
  const deployment = knownValue(facts.deployment);
  return {
    ...(release === undefined ? {} : { release }),
    ...(config === undefined ? {} : { config }),
    ...(deployment === undefined ? {} : { deployment }),
  };
}
