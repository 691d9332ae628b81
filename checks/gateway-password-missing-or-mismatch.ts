import { defineCheck } from "../src/core/check.ts";
import { args, explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { enterPassword } from "./lib/remedies.ts";

/** The page keeps a password in memory only, so each new tab lacks it. */
export default defineCheck({
  id: "gateway-password-missing-or-mismatch",
  code: "OPD122",
  title: "Clients send the gateway's password",
  severity: "error",
  gate: "shared-auth",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate, reason = "" }) => gate === "shared-auth" && /^password_/.test(reason),
      args: ({ reason }) =>
        args({ reason: reason?.includes("mismatch") ? "password_mismatch" : "password_missing" }),
      remedies: (refusal) => [enterPassword(refusal, facts)],
    }),
});
