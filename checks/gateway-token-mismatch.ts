import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import { alignToken, pasteToken } from "./remedies.ts";
import {
  args,
  explainRefusals,
  type GateFacts,
  isDeviceTokenRefusal,
  saysSharedTokenToo,
  WANTED,
} from "./support.ts";

export default defineCheck({
  id: "gateway-token-mismatch",
  code: "OPD121",
  title: "Clients send the right gateway token",
  severity: "error",
  needs: ["refusals"],
  wants: WANTED,
  causedBy: ["auth-rate-limited"],
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => isTokenMismatch(refusal) || isUnderDeviceToken(refusal, facts),
      ...(isOnlyUnderDeviceToken(facts) ? { confidence: () => "possible" as const } : {}),
      args: () => args({ source: knownValue(facts.wanted.config)?.origins["gateway.auth.token"]?.source }),
      remedies: (refusal) => remediesFor(refusal, facts),
    }),
});

/**
 * A bare `unauthorized` of a token gateway is a wrong token too: 2026.3.13 and later say no more to some
 * clients (measured).
 */
function isTokenMismatch({ gate, reason, from }: Refusal): boolean {
  if (gate !== "shared-auth") return false;
  return reason === "token_mismatch" || (reason === undefined && from !== "client");
}

/** The shared token is the one to compare first, where a refusal can mean either. */
function isUnderDeviceToken(refusal: Refusal, facts: GateFacts): boolean {
  return isDeviceTokenRefusal(refusal) && saysSharedTokenToo(facts);
}

function isOnlyUnderDeviceToken(facts: GateFacts): boolean {
  return !facts.refusals.some((refusal) => isTokenMismatch(refusal));
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
  return disagree ? [alignToken(facts), ...page] : [...page, alignToken(facts)];
}
