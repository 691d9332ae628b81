import { defineCheck } from "../src/core/check.ts";
import { args, explainRefusals, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { windowOf } from "./lib/local-upgrade.ts";
import { isLocalUpgrade } from "./lib/pairing-refusals.ts";
import { approveDevice } from "./lib/remedies.ts";
import { besideScopeUpgrade } from "./lib/tell-apart.ts";

/** An approved device asks for more scopes; by itself on this host only from 2026.8.2 (measured 2026.7.1 to 2026.8.2). */
export default defineCheck({
  id: "scope-upgrade-pending",
  code: "OPD203",
  title: "Approved devices ask for no more than they were approved for",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) =>
        (refusal.gate === "pairing" && refusal.reason === "scope-upgrade") ||
        // The device's token is for fewer scopes than it asks for (2026.5.12 on).
        (refusal.gate === "shared-auth" && refusal.reason === "scope_mismatch") ||
        isLocalUpgrade(refusal, facts),
      args: ({ deviceId, connection }) => args({ deviceId, scopes: connection.scopes?.join(", ") }),
      // Where local upgrades are silent, something else is more likely to be in the way.
      confidence: (refusal) =>
        isLocalUpgrade(refusal, facts) && windowOf(releaseOf(facts)) === "none" ? "possible" : undefined,
      tellApart: besideScopeUpgrade,
      remedies: (refusal) => [approveDevice(refusal, facts)],
    }),
});
