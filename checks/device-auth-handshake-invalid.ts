import { defineCheck } from "../src/core/check.ts";
import type { Refusal } from "../src/core/facts.ts";
import { args, explainRefusals, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { updateClient } from "./lib/remedies.ts";

/** The proof of the device does not fit: nonce, signature form, key or id. A stale one is the clock's. */
export default defineCheck({
  id: "device-auth-handshake-invalid",
  code: "OPD132",
  title: "Clients prove their device as this release expects",
  severity: "error",
  gate: "device-signature",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => isBadProof(refusal),
      args: ({ reason, closeReason }) => args({ reason: closeReason ?? reason }),
      remedies: () => [updateClient(releaseOf(facts))],
    }),
});

function isBadProof({ gate, reason, closeReason = "" }: Refusal): boolean {
  if (gate === "device-signature")
    return reason !== "device-signature-stale" && !/expired/i.test(closeReason);
  // From 2026.2.22 the schema itself demands the nonce.
  return gate === "schema" && /\bdevice\b|\bnonce\b|\/device/i.test(closeReason);
}
