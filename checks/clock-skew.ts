import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import { syncClock } from "./remedies.ts";
import { args, explainRefusals, type GateFacts, WANTED } from "./support.ts";

/** A signature may be 10 minutes off up to 2026.2.21, 2 minutes from 2026.2.22 on. */
export default defineCheck({
  id: "clock-skew",
  code: "OPD133",
  title: "The clocks of client and gateway agree",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "probe"],
  diagnose(facts) {
    const skewMs = knownValue(facts.wanted.probe)?.clockSkewMs;
    return explainRefusals(facts as GateFacts, {
      explains: ({ gate, reason, closeReason = "" }) =>
        gate === "device-signature" && (reason === "device-signature-stale" || /expired/i.test(closeReason)),
      // The probe's clock is not the client's; only a difference worth naming is named.
      args: () =>
        args({ skew: Math.abs(skewMs ?? 0) < 30_000 ? undefined : `${Math.round((skewMs ?? 0) / 1000)} s` }),
      remedies: () => [syncClock()],
    });
  },
});
