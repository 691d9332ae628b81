import { defineCheck } from "../src/core/check.ts";
import { addAllowedOrigin, viaTunnel } from "./remedies.ts";
import { args, explainRefusals, originOf, WANTED } from "./support.ts";

/** The Control UI's Origin is checked from 2026.2.2 on, before device and token. */
export default defineCheck({
  id: "origin-not-allowed",
  code: "OPD110",
  title: "The page's origin is allowed",
  severity: "error",
  needs: ["refusals"],
  wants: WANTED,
  causedBy: ["proxy-attribution-required"],
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate }) => gate === "origin",
      args: (refusal) => args({ origin: originOf(refusal, facts) }),
      remedies: (refusal) => [addAllowedOrigin(refusal, facts), ...viaTunnel(refusal, facts)],
    }),
});
