import { type Attempt, at, type GateRefusal } from "../attempt.ts";
import { isLocalClient, pairingLocality } from "../locality.ts";
import { type AuthVerdict, unauthorized } from "./shared-auth.ts";

/** gateway.controlUi.dangerouslyDisableDeviceAuth, where it works: the device of a Control UI is not looked at. */
export function isDeviceAuthDisabled({ rules, gateway, isControlUi }: Attempt): boolean {
  const set = at(gateway, "controlUi", "dangerouslyDisableDeviceAuth") === true;
  return isControlUi && set && rules.switches.disableDeviceAuth === "works";
}

export function isInsecureAuthAllowed({ gateway, isControlUi }: Attempt): boolean {
  return isControlUi && at(gateway, "controlUi", "allowInsecureAuth") === true;
}

/** Whether the gateway goes on without a device identity. */
export function hasDevice(attempt: Attempt): boolean {
  return attempt.connection.device.state !== "absent" && !isDeviceAuthDisabled(attempt);
}

/** A login through a trusted proxy of the Control UI as operator. */
export function isProxyLogin(attempt: Attempt, auth: AuthVerdict): boolean {
  return attempt.isControlUi && attempt.isOperator && auth.ok && auth.method === "trusted-proxy";
}

/** OpenClaw's own backend on the same host, which is spared device and pairing in most releases. */
export function isTrustedBackend(attempt: Attempt, auth: AuthVerdict): boolean {
  const { rules, connection } = attempt;
  const { backendSkips, backendSkipsInContainer } = rules.pairing;
  const { id, mode } = connection.client;
  if (backendSkips === "never" || id !== "gateway-client" || mode !== "backend" || attempt.hasOrigin)
    return false;
  const locality = pairingLocality(attempt, auth.secretOk);
  const near =
    locality === "direct-local" || (backendSkipsInContainer && locality === "shared-secret-loopback");
  if (!near) return false;
  if (auth.method === "device-token") return true;
  return auth.secretOk || (backendSkips === "shared-secret-or-none" && auth.method === "none");
}

/** Clients that come without a device identity. */
export function missingDevice(attempt: Attempt, auth: AuthVerdict): GateRefusal | undefined {
  if (hasDevice(attempt)) return undefined;
  const { rules } = attempt;
  const disabled = isDeviceAuthDisabled(attempt);
  if (rules.deviceless.trustedProxyUi && isProxyLogin(attempt, auth)) return undefined;
  if (disabled && rules.switches.disableBeforeAuth && attempt.isOperator) return undefined;
  if (rules.deviceless.localBackend && attempt.isOperator && isTrustedBackend(attempt, auth))
    return undefined;
  if (attempt.isControlUi && !disabled && !isInsecureUiAllowed(attempt)) return insecureContext(attempt);
  const { allowedWith } = rules.deviceless;
  if (allowedWith === "any-token") {
    return sendsEnough(attempt, disabled) ? undefined : deviceRequired(attempt);
  }
  const roleOk = attempt.isOperator || allowedWith === "shared-auth";
  if (roleOk && auth.sharedOk) return undefined;
  return !auth.ok && auth.secretSent ? unauthorized(attempt, auth) : deviceRequired(attempt);
}

function isInsecureUiAllowed(attempt: Attempt): boolean {
  if (!isInsecureAuthAllowed(attempt)) return false;
  const { insecureAuth } = attempt.rules.switches;
  return (
    insecureAuth === "skips-pairing" || (insecureAuth === "local-without-device" && isLocalClient(attempt))
  );
}

/** Up to 2026.2.1 what counts is that a token was sent (for a bypassed Control UI: a token or a password). */
function sendsEnough(attempt: Attempt, disabled: boolean): boolean {
  const { token, password } = attempt.sent;
  if (disabled || isInsecureUiAllowed(attempt)) return token !== undefined || password !== undefined;
  return token !== undefined;
}

function insecureContext({ rules }: Attempt): GateRefusal {
  return {
    gate: "device-identity",
    reason: "control-ui-insecure-auth",
    closeReason: rules.deviceless.insecureText,
    ...(rules.detailCodes === "none" ? {} : { detailCode: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" }),
  };
}

function deviceRequired({ rules }: Attempt): GateRefusal {
  return {
    gate: "device-identity",
    reason: "device-required",
    closeReason: "device identity required",
    ...(rules.detailCodes === "none" ? {} : { detailCode: "DEVICE_IDENTITY_REQUIRED" }),
  };
}

const PROOF_FAILURES = {
  "device-id-mismatch": { text: "device identity mismatch", code: "DEVICE_AUTH_DEVICE_ID_MISMATCH" },
  "device-signature-stale": { text: "device signature expired", code: "DEVICE_AUTH_SIGNATURE_EXPIRED" },
  "device-nonce-missing": { text: "device nonce required", code: "DEVICE_AUTH_NONCE_REQUIRED" },
  "device-nonce-mismatch": { text: "device nonce mismatch", code: "DEVICE_AUTH_NONCE_MISMATCH" },
  "device-signature": { text: "device signature invalid", code: "DEVICE_AUTH_SIGNATURE_INVALID" },
} as const;

/** The proof that the device owns its key: id, age, nonce, signature, in this order in all releases. */
export function deviceProof(attempt: Attempt): GateRefusal | undefined {
  if (!hasDevice(attempt)) return undefined;
  const failure = proofFailure(attempt);
  if (failure === undefined) return undefined;
  const { text, code } = PROOF_FAILURES[failure];
  const { detailCodes } = attempt.rules;
  const detail = detailCodes === "one-for-device-proof" ? "DEVICE_AUTH_INVALID" : code;
  return {
    gate: "device-signature",
    reason: failure,
    closeReason: text,
    ...(detailCodes === "none" ? {} : { detailCode: detail }),
  };
}

function proofFailure(attempt: Attempt): keyof typeof PROOF_FAILURES | undefined {
  const { proof } = attempt.rules;
  const { device } = attempt.connection;
  if (device.id !== undefined) return "device-id-mismatch";
  if (Math.abs(device.clockSkewMs ?? 0) > proof.skewMs) return "device-signature-stale";
  if (device.nonce === "missing" || device.nonce === "blank") {
    if (proof.nonce === "schema" || !isLocalClient(attempt)) return "device-nonce-missing";
    return device.nonce === "missing" && device.signature === "v1" ? undefined : "device-signature";
  }
  if (device.nonce === "wrong") return "device-nonce-mismatch";
  if (device.signature === undefined) return undefined;
  // A v1 signature covers no nonce, so it is good only where none was sent.
  const known = device.signature !== "invalid" && device.signature !== "v1";
  return known && proof.signatures.includes(device.signature) ? undefined : "device-signature";
}
