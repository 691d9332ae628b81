import { defineCheck } from "../src/core/check.ts";
import { args, explainRefusals, remoteOf, WANTED } from "./lib/explain-refusals.ts";
import { human } from "./lib/remedies.ts";

/** Ten wrong tokens a minute lock an address out; from 2026.4.15 a right token is locked out too (measured). */
export default defineCheck({
  id: "auth-rate-limited",
  code: "OPD124",
  title: "No address is locked out for wrong tokens",
  severity: "error",
  gate: "rate-limit",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate, reason }) => gate === "rate-limit" || reason === "rate_limited",
      args: (refusal) => args({ remote: remoteOf(refusal, facts) }),
      remedies: () => [
        {
          id: "wait-lockout",
          risk: "none",
          steps: [human("wait-lockout"), { do: "token.show" }, human("paste-token")],
        },
      ],
    }),
});
