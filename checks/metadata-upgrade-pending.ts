import { defineCheck } from "../src/core/check.ts";
import { args, explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { approveDevice } from "./lib/remedies.ts";

/** From 2026.2.26 a device's platform is pinned; another one has to be approved anew. */
export default defineCheck({
  id: "metadata-upgrade-pending",
  code: "OPD205",
  title: "Approved devices look as they did when they were approved",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate, reason }) => gate === "pairing" && reason === "metadata-upgrade",
      args: ({ deviceId }) => args({ deviceId }),
      remedies: (refusal) => [approveDevice(refusal, facts)],
    }),
});
