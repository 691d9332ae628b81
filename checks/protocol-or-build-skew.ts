import { defineCheck } from "../src/core/check.ts";
import type { Refusal } from "../src/core/facts.ts";
import { args, explainRefusals, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { reloadPage, updateClient } from "./lib/remedies.ts";

/** Protocol 3 up to 2026.5.7, 4 from 2026.5.12; the Control UI's build is compared from 2026.8.1. */
export default defineCheck({
  id: "protocol-or-build-skew",
  code: "OPD104",
  title: "Client and gateway speak the same protocol and build",
  severity: "error",
  gate: "protocol",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      // Our own probe offers every protocol, so a mismatch that it meets is a future one, not the user's.
      explains: (refusal) => refusal.gate === "protocol" || isOtherShape(refusal),
      variant: (refusal) => (isBuild(refusal) ? "build" : undefined),
      args: (refusal) => args({ detail: refusal.closeReason }),
      remedies: (refusal) =>
        refusal.client === "control-ui" ||
        (refusal.client === "unknown" && !isOtherShape(refusal)) ||
        isBuild(refusal)
          ? [reloadPage()]
          : [updateClient(releaseOf(facts))],
    }),
});

/**
 * The schema of the connect message knows other fields than the client sends (`unexpected property 'buildId'`, `must NOT
 * have additional properties`): one of the two is of another release. Fields of the device are its proof's.
 */
function isOtherShape({ gate, closeReason = "" }: Refusal): boolean {
  return (
    gate === "schema" &&
    /invalid connect params/i.test(closeReason) &&
    !/\bdevice\b|\bnonce\b/i.test(closeReason)
  );
}

function isBuild({ reason = "", closeReason = "" }: Refusal): boolean {
  return (
    reason === "stale-ui" || reason.includes("build") || /control ui (?:updated|build)/i.test(closeReason)
  );
}
