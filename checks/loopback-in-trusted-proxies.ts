import { defineCheck } from "../src/core/check.ts";
import { args, explainRefusals, portOf, WANTED } from "./lib/explain-refusals.ts";
import { approveDevice, untrust, upgradeTo } from "./lib/remedies.ts";
import { isRemoteByTrust, loopbackEntries } from "./lib/trusted-loopback.ts";

/**
 * 2026.2.19 to 2026.3.28 take a trusted loopback peer for a proxy even without forwarded headers (run 2.26 and
 * 3.13; fine on 2.1 and 4.15).
 */
export default defineCheck({
  id: "loopback-in-trusted-proxies",
  code: "OPD108",
  title: "Local clients stay local beside the trusted proxies",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => isRemoteByTrust(refusal, facts),
      args: () => args({ key: loopbackEntries(facts).join(", "), port: portOf(facts) }),
      remedies: (refusal) => [
        ...upgradeTo("2026.3.31", refusal, facts),
        untrust(loopbackEntries(facts), refusal, facts),
        approveDevice(refusal, facts),
      ],
    }),
});
