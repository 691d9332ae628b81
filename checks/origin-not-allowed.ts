import { defineCheck } from "../src/core/check.ts";
import { args, explainRefusals, originOf, WANTED } from "./lib/explain-refusals.ts";
import { restartForOwnOrigins } from "./lib/own-origins.ts";
import { publishedOrigin } from "./lib/published-origin.ts";
import { addAllowedOrigin, viaTunnel } from "./lib/remedies.ts";
import { toldPage } from "./lib/told-page.ts";

/** The Control UI's Origin is checked from 2026.2.2 on, before device and token. */
export default defineCheck({
  id: "origin-not-allowed",
  code: "OPD110",
  title: "The page's origin is allowed",
  severity: "error",
  gate: "origin",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  causedBy: ["proxy-attribution-required"],
  diagnose(facts) {
    const told = toldPage(facts.wanted.logs);
    const current = facts.refusals.find(({ gate, over }) => gate === "origin" && !over);
    const published = current === undefined ? undefined : publishedOrigin(current, facts);
    return explainRefusals(facts, {
      explains: ({ gate }) => gate === "origin",
      ...(published === undefined ? {} : { variant: () => "published-port", evidence: published.evidence }),
      args: (refusal) =>
        args({
          origin: originOf(refusal, facts) ?? published?.origins[0] ?? told[0],
          listed: published?.listed.join(", "),
          port: published?.port,
        }),
      remedies: (refusal) => [
        ...restartForOwnOrigins(refusal, facts),
        addAllowedOrigin(refusal, facts, published?.origins ?? told),
        ...viaTunnel(refusal, facts),
      ],
    });
  },
});
