import { ipMatches, parseIp } from "../src/core/address.ts";
import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import { isLoopback } from "./addresses.ts";
import { isNotPaired } from "./pairing.ts";
import { approveDevice, untrust, upgradeTo } from "./remedies.ts";
import { args, explainRefusals, type GateFacts, portOf, remoteOf, WANTED } from "./support.ts";

/**
 * 2026.2.19 to 2026.3.28 take a trusted loopback peer for a proxy even without forwarded headers (run 2.26 and
 * 3.13; fine on 2.1 and 4.15). What tells is the model: without the entry it admits the very connection.
 */
export default defineCheck({
  id: "loopback-in-trusted-proxies",
  code: "OPD108",
  title: "Local clients stay local beside the trusted proxies",
  severity: "error",
  needs: ["refusals"],
  wants: WANTED,
  diagnose(facts) {
    const entries = loopbackEntries(facts);
    if (entries.length === 0) return [];
    return explainRefusals(facts, {
      explains: (refusal) =>
        isNotPaired(refusal, facts) &&
        isLoopback(remoteOf(refusal, facts) ?? "") &&
        refusal.connection.headers?.["x-forwarded-for"] === undefined &&
        untrust(entries, refusal, facts).after === "admitted",
      args: () => args({ key: entries.join(", "), port: portOf(facts) }),
      remedies: (refusal) => [
        ...upgradeTo("2026.3.31", refusal, facts),
        untrust(entries, refusal, facts),
        approveDevice(refusal, facts),
      ],
    });
  },
});

function loopbackEntries(facts: GateFacts): readonly string[] {
  const trusted = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  const loopbacks = ["127.0.0.1", "::1"].map(parseIp).filter((ip) => ip !== undefined);
  return trusted.filter((entry) => loopbacks.some((ip) => ipMatches(ip, entry, true)));
}
