import { defineCheck } from "../src/core/check.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import {
  args,
  explainRefusals,
  type GateFacts,
  originOf,
  releaseOf,
  WANTED,
} from "./lib/explain-refusals.ts";
import { foreignClient, programOf } from "./lib/foreign-client.ts";
import { allowInsecureAuth, alongside, human } from "./lib/remedies.ts";

/** Dashboards and proxies that do not sign with a device key. */
export default defineCheck({
  id: "third-party-client-no-device-identity",
  code: "OPD125",
  title: "Clients that present themselves as the Control UI bring a device identity",
  severity: "error",
  gate: "device-identity",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => foreignClient(refusal) !== undefined,
      variant: (refusal) => (foreignClient(refusal)?.as === "other" ? "other" : undefined),
      confidence: (refusal) => foreignClient(refusal)?.confidence ?? "possible",
      args: (refusal) => args({ client: programOf(refusal), origin: originOf(refusal, facts) }),
      remedies: (refusal) => [
        updateAndApprove(refusal, facts),
        ...(foreignClient(refusal)?.as === "posing" ? allowInsecureAuth(refusal, facts) : []),
      ],
    }),
});

/** One that signs is new to the gateway, so its device waits for an approval once. */
function updateAndApprove(refusal: Refusal, facts: GateFacts): Remedy {
  return {
    id: "update-client",
    risk: "grants-access",
    steps: [
      human("update-client", { client: programOf(refusal), release: releaseOf(facts) }),
      { do: "device.list" },
      alongside("choose-request"),
      { do: "device.approve" },
    ],
  };
}
