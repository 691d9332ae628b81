import { defineCheck } from "../src/core/check.ts";
import { explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { dashboardLink, pasteToken } from "./lib/remedies.ts";

export default defineCheck({
  id: "gateway-token-missing",
  code: "OPD120",
  title: "Clients send the gateway's token",
  severity: "error",
  gate: "shared-auth",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate, reason = "" }) => gate === "shared-auth" && /^token_missing/.test(reason),
      remedies: (refusal) => [
        pasteToken(refusal, facts),
        ...(refusal.client === "cli" ? [] : dashboardLink(refusal, facts)),
      ],
    }),
});
