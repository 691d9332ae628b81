import { admit } from "../src/admission/admit.ts";
import { applySteps } from "../src/admission/try-remedy.ts";
import { ipMatches, parseIp } from "../src/core/address.ts";
import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { isOfBefore } from "../src/core/mended-since.ts";
import { isEngineAddress } from "../src/core/networks.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { bareAddress } from "./lib/addresses.ts";
import { args, explainRefusals, type GateFacts, remoteOf, WANTED } from "./lib/explain-refusals.ts";
import { mendedFront } from "./lib/fronts.ts";
import { alongside, human, modelInput, untrust } from "./lib/remedies.ts";
import { trustProxy } from "./lib/trust-proxy.ts";
import { workloadOf } from "./lib/workload.ts";

const GATE = "proxy-attribution";
const FORWARDED = ["forwarded", "x-forwarded-for", "x-real-ip", "x-forwarded-host", "x-forwarded-proto"];

/** From 2026.8.1 forwarded headers from an untrusted peer end in HTTP 403 before any WebSocket (measured 8.1 to 9.6). */
export default defineCheck({
  id: "proxy-attribution-required",
  code: "OPD103",
  title: "The gateway can tell which client is behind the proxy",
  severity: "error",
  gate: GATE,
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as GateFacts;
    const trace = knownValue(facts.wanted.logs)?.events.filter(
      (event) => event.type === "proxy-warning" && event.warning === "unattributable",
    );
    return explainRefusals(gateFacts, {
      explains: ({ gate }) => gate === GATE,
      variant: (refusal) =>
        trustedWithoutHeaders(refusal, gateFacts) || supposedBridges(refusal, gateFacts).length > 0
          ? "no-forwarded-headers"
          : rangeAround(refusal, gateFacts) === undefined
            ? undefined
            : trustedSince(refusal, gateFacts)
              ? "range-since"
              : "client-in-range",
      args: (refusal) =>
        args({
          remote: remoteOf(refusal, gateFacts) ?? supposedBridges(refusal, gateFacts)[0],
          range: rangeAround(refusal, gateFacts),
        }),
      // No line shows the peer: a real proxy at another address is refused in the same words.
      confidence: (refusal) => {
        if (trustedSince(refusal, gateFacts)) return "possible";
        return supposedBridges(refusal, gateFacts).length > 0 && refusal.from !== "model"
          ? "likely"
          : undefined;
      },
      remedies: (refusal) => {
        const told = mendedFront("pass-client", refusal, gateFacts, "forwarded-for");
        if (told !== undefined) return [told];
        if (trustedWithoutHeaders(refusal, gateFacts))
          return [untrust([bareAddress(remoteOf(refusal, gateFacts) ?? "")], refusal, gateFacts)];
        if (rangeAround(refusal, gateFacts) !== undefined) return [keepClients(gateFacts)];
        const bridges = supposedBridges(refusal, gateFacts);
        const [bridge] = bridges;
        if (bridge === undefined) return trustProxy(refusal, gateFacts);
        return [untrust(bridges, from(bridge, refusal), gateFacts), ...trustProxy(refusal, gateFacts)];
      },
      evidence: trace?.slice(-1).map(evidenceOf) ?? [],
    });
  },
});

/** The other way into the 403: the peer is listed in trustedProxies, yet it forwards nothing (measured: Docker's bridge). */
function trustedWithoutHeaders(refusal: Refusal, facts: GateFacts): boolean {
  const remote = remoteOf(refusal, facts);
  const trusted = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  if (remote === undefined || !trusted.includes(bareAddress(remote))) return false;
  const assessed = knownValue(facts.wanted.assessment)?.connection.headers ?? {};
  const headers = { ...assessed, ...refusal.connection.headers };
  return !FORWARDED.some((name) => headers[name] !== undefined);
}

/**
 * The range of trustedProxies that the refused peer is in: then the peer is not what is missing, and of what is left the
 * usual one is that the client's own hop is in the range as well, as where a cluster's nodes put an address of theirs in
 * the place of the client's (measured on 9.6: `externalTrafficPolicy: Cluster`).
 */
function rangeAround(refusal: Refusal, facts: GateFacts): string | undefined {
  const ip = parseIp(bareAddress(remoteOf(refusal, facts) ?? ""));
  const trusted = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  return ip === undefined || refusal.over
    ? undefined
    : trusted.find((entry) => entry.includes("/") && ipMatches(ip, entry, true));
}

/** The range came after the line, and of what became of its requests then no other line can tell. */
function trustedSince(refusal: Refusal, facts: GateFacts): boolean {
  const config = knownValue(facts.wanted.config);
  return refusal.from === "log" && rangeAround(refusal, facts) !== undefined && isOfBefore(refusal, config);
}

function keepClients({ wanted }: GateFacts): Remedy {
  const isCluster = knownValue(wanted.deployment)?.traits.clustered === true;
  return {
    id: "keep-client-address",
    risk: "restart",
    steps: [
      human(isCluster ? "keep-client-address" : "narrow-proxy-range"),
      alongside("overwrite-forwarded-for"),
    ],
  };
}

/**
 * Where no line names the peer: the engine's addresses in trustedProxies from which a browser that forwards nothing is
 * refused, and let past this gate once the address is out of the list, as the model says. Of a page on the published
 * port alone: behind a proxy, the address may be the proxy's.
 */
function supposedBridges(refusal: Refusal, facts: GateFacts): readonly string[] {
  const { wanted } = facts;
  if (refusal.over || remoteOf(refusal, facts) !== undefined) return [];
  if (knownValue(wanted.deployment)?.traits.translates !== true) return [];
  const forwards = { ...knownValue(wanted.assessment)?.connection.headers, ...refusal.connection.headers };
  if (FORWARDED.some((name) => forwards[name] !== undefined)) return [];
  const trusted = knownValue(wanted.config)?.effective.gateway?.trustedProxies ?? [];
  const workload = workloadOf(wanted.deployment);
  return trusted.filter((entry) => {
    if (!isEngineAddress(bareAddress(entry), workload)) return false;
    const input = modelInput(from(bareAddress(entry), refusal), facts);
    if (input === undefined || admit(input).gate !== GATE) return false;
    return admit(applySteps(input, untrust([entry], refusal, facts).steps)).gate !== GATE;
  });
}

function from(remoteAddress: string, refusal: Refusal): Refusal {
  return { ...refusal, connection: { ...refusal.connection, remoteAddress } };
}
