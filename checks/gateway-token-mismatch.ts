import { defineCheck } from "../src/core/check.ts";
import type { ComposeSecret } from "../src/core/compose.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { composeOf, keepsState, placeText, recreate, secretEvidence } from "./lib/compose-steps.ts";
import { isUnlisted } from "./lib/device-list.ts";
import {
  args,
  explainRefusals,
  type GateFacts,
  isDeviceTokenRefusal,
  saysSharedTokenToo,
  WANTED,
} from "./lib/explain-refusals.ts";
import { alignToken, human, pasteToken } from "./lib/remedies.ts";
import { besideGatewayToken } from "./lib/tell-apart.ts";

export default defineCheck({
  id: "gateway-token-mismatch",
  code: "OPD121",
  title: "Clients send the right gateway token",
  severity: "error",
  gate: "shared-auth",
  needs: ["refusals"],
  wants: WANTED,
  causedBy: ["auth-rate-limited", "env-token-overrides-config", "trusted-proxy-cli-unauthorized"],
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) =>
        (isTokenMismatch(refusal) && !isOtherMode(refusal, facts)) || isUnderDeviceToken(refusal, facts),
      ...(isOnlyUnderDeviceToken(facts)
        ? { confidence: (refusal) => (isUnlisted(refusal, facts) ? "likely" : "possible") }
        : {}),
      args: () => args({ source: sourceOf(facts) }),
      evidence: [inCompose(facts)].flatMap((secret) => (secret === undefined ? [] : secretEvidence(secret))),
      tellApart: (refusal) => besideGatewayToken(refusal, facts),
      remedies: (refusal) => remediesFor(refusal, facts),
    }),
});

/**
 * A bare `unauthorized` of a token gateway is a wrong token too: 2026.3.13 and later say no more to some
 * clients (measured).
 */
function isTokenMismatch(refusal: Refusal): boolean {
  const { gate, reason, from } = refusal;
  if (gate !== "shared-auth") return false;
  return reason === "token_mismatch" || (reason === undefined && from !== "client") || isBareWord(refusal);
}

/** A page or the CLI quotes `unauthorized` and no more: a wrong token fits in most gateways, other logins do, too. */
function isBareWord({ gate, reason, from, closeReason = "" }: Refusal): boolean {
  return (
    gate === "shared-auth" &&
    reason === undefined &&
    from === "client" &&
    /^unauthorized\.?$/i.test(closeReason)
  );
}

/** In trusted-proxy mode no token is asked for, and `unauthorized` is about the proxy's identity. */
function isOtherMode({ reason }: Refusal, facts: GateFacts): boolean {
  const mode = knownValue(facts.wanted.config)?.effective.gateway?.auth?.mode;
  return reason === undefined && mode === "trusted-proxy";
}

/** The shared token is the one to compare first, where a refusal can mean either. */
function isUnderDeviceToken(refusal: Refusal, facts: GateFacts): boolean {
  return isDeviceTokenRefusal(refusal) && saysSharedTokenToo(facts);
}

function isOnlyUnderDeviceToken(facts: GateFacts): boolean {
  return !facts.refusals.some((refusal) => isTokenMismatch(refusal) && !isBareWord(refusal));
}

/** The gateway's token is of its container's environment, and Compose's files say where that is from. */
function inCompose({ wanted }: GateFacts): ComposeSecret | undefined {
  const origin = knownValue(wanted.config)?.origins["gateway.auth.token"];
  const isEnvironment = origin?.from === "env" && origin.dotenv !== true;
  return isEnvironment ? composeOf(wanted)?.token : undefined;
}

function sourceOf(facts: GateFacts): string | undefined {
  const secret = inCompose(facts);
  return secret?.isRunning === true
    ? placeText(secret)
    : knownValue(facts.wanted.config)?.origins["gateway.auth.token"]?.source;
}

/** The files say another token than the container was created with: whoever reads them sends that one. */
function takeUpFiles(facts: GateFacts): readonly Remedy[] {
  const secret = inCompose(facts);
  const service = composeOf(facts.wanted)?.service;
  if (secret === undefined || secret.isRunning || service === undefined || !keepsState(facts.wanted))
    return [];
  return [{ id: "recreate-service", risk: "restart", args: { service }, steps: recreate(facts.wanted) }];
}

/**
 * A page takes the token from its own settings. When the token that the host's own files name is refused,
 * or a client of the host's, the places disagree.
 */
function remediesFor(refusal: Refusal, facts: GateFacts) {
  const disagree =
    refusal.from === "probe" ||
    refusal.client === "cli" ||
    knownValue(facts.wanted.config)?.origins["gateway.auth.token"]?.overrides !== undefined;
  const page = refusal.client === "cli" ? [] : [pasteToken(refusal, facts)];
  const fresh = takeUpFiles(facts);
  const cli = refusal.client === "cli" ? [giveCliToken()] : [];
  return disagree ? [...fresh, ...cli, alignToken(facts), ...page] : [...fresh, ...page, alignToken(facts)];
}

/**
 * Where the CLI takes its token from (shipped code 2026.2.19): its environment, else its own config; in remote mode
 * `gateway.remote.token`, which the gateway's own refusal names in every release (`vocabulary.json`).
 */
function giveCliToken(): Remedy {
  return { id: "give-cli-token", risk: "none", steps: [human("give-cli-token")] };
}
