import { applySteps } from "../src/admission/try-remedy.ts";
import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { compareReleases } from "../src/core/release.ts";
import { explainRefusals, type GateFacts, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { isNotPaired } from "./lib/pairing-refusals.ts";
import { alongside, approveDevice, human, tried } from "./lib/remedies.ts";
import {
  cameThroughProxy,
  isTrustedProxyMode,
  type LoggedFacts,
  needsPasswordFirst,
  signedOn,
} from "./lib/trusted-proxy.ts";

/**
 * 2026.2.24 to 2026.5.12 spare the Control UI behind the proxy its pairing; before and after, every browser
 * with a device identity is asked (shipped code; measured: 9.6).
 */
export default defineCheck({
  id: "trusted-proxy-still-pairs",
  code: "OPD214",
  title: "Users behind the authenticating proxy are admitted as configured",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as LoggedFacts;
    return explainRefusals(gateFacts, {
      explains: (refusal) => isPairedBehindLogin(refusal, gateFacts),
      confidence: () => (knownValue(facts.wanted.config) === undefined ? "likely" : "certain"),
      remedies: (refusal) => [approve(refusal, gateFacts), ...autoApprove(refusal, gateFacts)],
    });
  },
});

/** A browser that the proxy vouched for (else authentication had refused it) and that is not approved yet. */
export function isPairedBehindLogin(refusal: Refusal, facts: LoggedFacts): boolean {
  if (!isNotPaired(refusal, facts) || refusal.client === "cli" || refusal.client === "node") return false;
  return cameThroughProxy(refusal) !== false && isTrustedProxyMode(facts);
}

function approve(refusal: Refusal, facts: LoggedFacts): Remedy {
  const remedy = approveDevice(refusal, facts);
  const before = needsPasswordFirst(facts) ? [human("set-local-password")] : [];
  const { after: _, ...untried } = remedy;
  return tried({ ...untried, steps: [...before, ...remedy.steps] }, refusal, facts, (input) =>
    applySteps(
      signedOn(input),
      remedy.steps.filter(({ do: kind }) => kind === "device.approve"),
    ),
  );
}

/** From 2026.8.1, for whoever the proxy lets through; the default scopes leave operator.admin out. */
function autoApprove(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const release = releaseOf(facts);
  if (release === undefined || compareReleases(release, "2026.8.1") < 0) return [];
  const remedy: Remedy = {
    id: "auto-approve-behind-proxy",
    risk: "grants-access",
    steps: [
      { do: "config.set", key: "gateway.auth.trustedProxy.deviceAutoApprove.enabled", value: true },
      alongside("reload-page"),
    ],
  };
  return [tried(remedy, refusal, facts, (input) => applySteps(signedOn(input), remedy.steps))];
}
