import type { Connection, Credential } from "../../core/connection.ts";
import type { Attempt } from "../attempt.ts";
import { isLocked } from "../limits.ts";
import type { ReleaseRules } from "../rules.ts";
import { scopesAllow } from "../scopes.ts";
import { hasDevice } from "./device.ts";
import type { AuthVerdict } from "./shared-auth.ts";

/**
 * What a device may bring besides the shared secret: a setup code, which is looked at in any case, and its own
 * token, which is looked at where nothing else let it in. Any release takes a device token in the token's field.
 */
export function withDeviceCredentials(attempt: Attempt, auth: AuthVerdict): AuthVerdict {
  if (!hasDevice(attempt)) return auth;
  const verdict = withSetupCode(attempt, auth);
  if (verdict.ok) return verdict;
  const { sent, rules } = attempt;
  const explicit = rules.clients.unknownAuthFields.includes("deviceToken") ? undefined : sent.deviceToken;
  const candidate = explicit ?? sent.token;
  if (candidate === undefined) return verdict;
  if (isLocked(attempt, "device-token")) return { ...verdict, reason: "rate_limited" };
  const failure = deviceTokenFailure(attempt, candidate);
  if (failure === undefined) return { ...withoutReason(verdict), ok: true, method: "device-token" };
  if (failure === "scope_mismatch") return { ...verdict, reason: failure };
  const isNamed = explicit !== undefined || rules.auth.wrongTokenWithDevice === "device_token_mismatch";
  return { ...verdict, reason: isNamed ? failure : (verdict.reason ?? failure) };
}

function withoutReason({ reason: _, ...rest }: AuthVerdict): AuthVerdict {
  return rest;
}

function withSetupCode(attempt: Attempt, auth: AuthVerdict): AuthVerdict {
  const { sent, rules, connection } = attempt;
  const code = sent.bootstrapToken;
  if (code === undefined) return auth;
  const isRight = code === "setup-code" && isGoodFor(rules, connection);
  if (isRight) return { ...withoutReason(auth), ok: true, method: "setup-code" };
  return auth.ok ? auth : { ...auth, reason: "bootstrap_token_invalid" };
}

function isGoodFor({ auth, pairing }: ReleaseRules, { role, scopes }: Connection): boolean {
  const { roles, scopes: ofOperator } = auth.setupCodes;
  if (roles === "any") return true;
  if (role !== "node" && roles === "node") return false;
  return scopesAllow(pairing.scopes, role, scopes, role === "operator" ? ofOperator : []);
}

/** A token is good for the device and the role that it was given to, for the scopes of the approval. */
function deviceTokenFailure(
  { rules, connection }: Attempt,
  credential: Credential,
): "device_token_mismatch" | "scope_mismatch" | undefined {
  const { device, role, scopes } = connection;
  const { approvedRole = role, approvedScopes = scopes, tokenRevoked = false } = device;
  const isGood = credential === "device-token" && device.state === "paired" && !tokenRevoked;
  if (!isGood || approvedRole !== role) return "device_token_mismatch";
  if (scopesAllow(rules.pairing.scopes, role, scopes, approvedScopes)) return undefined;
  return rules.auth.tokenForFewerScopes;
}
