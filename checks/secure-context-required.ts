import { defineCheck } from "../src/core/check.ts";
import { args, explainRefusals, originOf, portOf, WANTED } from "./lib/explain-refusals.ts";
import { foreignClient } from "./lib/foreign-client.ts";
import { httpsInFront } from "./lib/https-in-front.ts";
import { allowInsecureAuth, upgradeTo, viaTunnel } from "./lib/remedies.ts";
import { lacksSecureContext } from "./lib/secure-context.ts";
import { besideSecureContext } from "./lib/tell-apart.ts";

/** Plain HTTP on an address that is not localhost, up to 2026.7.35; from 2026.8.1 such a page signs and pairs (BROWSER.md 1.2). */
export default defineCheck({
  id: "secure-context-required",
  code: "OPD131",
  title: "The page is open over HTTPS or on localhost",
  severity: "error",
  gate: "device-identity",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => lacksSecureContext(refusal, facts) && foreignClient(refusal) === undefined,
      args: (refusal) => args({ origin: originOf(refusal, facts), port: portOf(facts) }),
      tellApart: (refusal) => besideSecureContext(refusal, facts),
      remedies: (refusal) => [
        ...viaTunnel(refusal, facts),
        ...httpsInFront(refusal, facts),
        ...upgradeTo("2026.8.1", refusal, facts),
        ...allowInsecureAuth(refusal, facts),
      ],
    }),
});
