import { defineCheck } from "../src/core/check.ts";
import { isNotPaired, isTranslated } from "./pairing.ts";
import { allowInsecureAuth, approveDevice, dashboardLink, upgradeTo } from "./remedies.ts";
import { args, explainRefusals, originOf, remoteOf, WANTED } from "./support.ts";
import { besideDockerNat } from "./tell-apart.ts";

/** Docker's address translation makes the browser on the same host remote; auto-approved from 2026.4.7 on. */
export default defineCheck({
  id: "docker-nat-not-local",
  code: "OPD201",
  title: "A browser behind a published port counts as local, or is approved",
  severity: "error",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => isNotPaired(refusal, facts) && isTranslated(refusal, facts),
      variant: ({ client }) => (client === "cli" ? "cli" : undefined),
      confidence: ({ from }) => (from === "model" ? "likely" : "certain"),
      args: (refusal) => args({ origin: originOf(refusal, facts), remote: remoteOf(refusal, facts) }),
      tellApart: (refusal) => besideDockerNat(refusal, facts),
      remedies: (refusal) => [
        ...dashboardLink(refusal, facts),
        approveDevice(refusal, facts),
        ...(refusal.client === "cli" ? [] : upgradeTo("2026.4.7", refusal, facts)),
        ...allowInsecureAuth(refusal, facts),
      ],
    }),
});
