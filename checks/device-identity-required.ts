import { defineCheck } from "../src/core/check.ts";
import { explainRefusals, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { foreignClient } from "./lib/foreign-client.ts";
import { updateClient } from "./lib/remedies.ts";
import { lacksSecureContext } from "./lib/secure-context.ts";
import { besideDeviceIdentity } from "./lib/tell-apart.ts";

/** A client that sent no device identity though nothing kept it from making one. */
export default defineCheck({
  id: "device-identity-required",
  code: "OPD130",
  title: "Clients identify their device",
  severity: "error",
  gate: "device-identity",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) =>
        refusal.gate === "device-identity" &&
        !lacksSecureContext(refusal, facts) &&
        foreignClient(refusal) === undefined,
      tellApart: (refusal) => besideDeviceIdentity(refusal, facts),
      remedies: () => [updateClient(releaseOf(facts))],
    }),
});
