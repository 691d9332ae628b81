import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { bareAddress } from "./lib/addresses.ts";
import { args, explainRefusals, type GateFacts, remoteOf, WANTED } from "./lib/explain-refusals.ts";
import { trustProxy, untrust } from "./lib/remedies.ts";

const FORWARDED = ["forwarded", "x-forwarded-for", "x-real-ip", "x-forwarded-host", "x-forwarded-proto"];

/** From 2026.8.1 forwarded headers from an untrusted peer end in HTTP 403 before any WebSocket (measured 8.1 to 9.6). */
export default defineCheck({
  id: "proxy-attribution-required",
  code: "OPD103",
  title: "The gateway can tell which client is behind the proxy",
  severity: "error",
  gate: "proxy-attribution",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as GateFacts;
    const trace = knownValue(facts.wanted.logs)?.events.filter(
      (event) => event.type === "proxy-warning" && event.warning === "unattributable",
    );
    return explainRefusals(gateFacts, {
      explains: ({ gate }) => gate === "proxy-attribution",
      variant: (refusal) => (trustedWithoutHeaders(refusal, gateFacts) ? "no-forwarded-headers" : undefined),
      args: (refusal) => args({ remote: remoteOf(refusal, gateFacts) }),
      remedies: (refusal) =>
        trustedWithoutHeaders(refusal, gateFacts)
          ? [untrust([bareAddress(remoteOf(refusal, gateFacts) ?? "")], refusal, gateFacts)]
          : trustProxy(refusal, gateFacts),
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
