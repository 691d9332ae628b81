import { defineCheck } from "../src/core/check.ts";
import { args, explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { approveDevice } from "./lib/remedies.ts";

export default defineCheck({
  id: "role-upgrade-pending",
  code: "OPD204",
  title: "Approved devices keep the role that they were approved for",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate, reason }) => gate === "pairing" && reason === "role-upgrade",
      args: ({ deviceId, connection }) => args({ deviceId, roleTo: connection.role }),
      remedies: (refusal) => [approveDevice(refusal, facts)],
    }),
});
