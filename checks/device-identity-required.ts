import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Remedy } from "../src/core/finding.ts";
import { explainRefusals, type GateFacts, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { foreignClient } from "./lib/foreign-client.ts";
import { pasteToken, reloadPage, unsetKey, updateClient } from "./lib/remedies.ts";
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
      variant: (refusal) => (refusal.client === "control-ui" ? "own-page" : undefined),
      remedies: (refusal) =>
        refusal.client === "control-ui"
          ? [pasteToken(refusal, facts), ...withoutSwitch(facts), reloadPage()]
          : [updateClient(releaseOf(facts))],
    }),
});

/** With this switch the page sends no identity, so that everything hangs on the token. */
function withoutSwitch({ wanted }: GateFacts): readonly Remedy[] {
  const name = "dangerouslyDisableDeviceAuth";
  const isSet = knownValue(wanted.config)?.effective.gateway?.controlUi?.[name] === true;
  return isSet ? [unsetKey(`gateway.controlUi.${name}`, false)] : [];
}
