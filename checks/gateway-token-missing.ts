import { defineCheck } from "../src/core/check.ts";
import { dashboardLink, pasteToken } from "./remedies.ts";
import { explainRefusals, WANTED } from "./support.ts";

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
