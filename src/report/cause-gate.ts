import type { Gate } from "../core/connection.ts";

/**
 * The gate that a cause is about: what a remedy of it has to get past. The report needs it to read the
 * model's answer: refused at the same gate is no help, refused at a later one is a step ahead.
 */
const GATE_OF_CAUSE: Readonly<Record<string, Gate>> = {
  "proxy-attribution-required": "proxy-attribution",
  "protocol-or-build-skew": "protocol",
  "origin-not-allowed": "origin",
  "secure-context-required": "device-identity",
  "device-identity-required": "device-identity",
  "third-party-client-no-device-identity": "device-identity",
  "device-auth-handshake-invalid": "device-signature",
  "clock-skew": "device-signature",
  "auth-rate-limited": "rate-limit",
  "gateway-token-missing": "shared-auth",
  "gateway-token-mismatch": "shared-auth",
  "gateway-password-missing-or-mismatch": "shared-auth",
  "device-token-mismatch": "shared-auth",
  "env-token-overrides-config": "shared-auth",
  "trusted-proxy-loopback-source": "shared-auth",
  "trusted-proxy-cli-unauthorized": "shared-auth",
  "docker-nat-not-local": "pairing",
  "first-time-not-paired": "pairing",
  "scope-upgrade-pending": "pairing",
  "role-upgrade-pending": "pairing",
  "metadata-upgrade-pending": "pairing",
  "local-autoapprove-regression": "pairing",
  "cli-in-container-lan-ip": "pairing",
  "internal-call-lan-ip": "pairing",
  "internal-loopback-regression": "pairing",
  "loopback-in-trusted-proxies": "pairing",
  "kubernetes-exposure": "pairing",
  "tailscale-serve-pairing": "pairing",
  "trusted-proxy-still-pairs": "pairing",
};

/**
 * Roughly the order of the gates. Token and device gates share a rank, because which comes first depends on
 * the release.
 */
const RANK: Readonly<Record<Gate, number>> = {
  "proxy-attribution": 0,
  schema: 1,
  protocol: 2,
  role: 3,
  origin: 4,
  "device-identity": 5,
  "device-signature": 5,
  "rate-limit": 5,
  "shared-auth": 5,
  pairing: 6,
};

/** The gate of a cause; undefined for causes that are not about one. */
export function gateOfCause(id: string): Gate | undefined {
  return Object.hasOwn(GATE_OF_CAUSE, id) ? GATE_OF_CAUSE[id] : undefined;
}

/** Whether `gate` is met before `other`; false when either is no gate of the gateway. */
export function isBefore(gate: string, other: string): boolean {
  return isGate(gate) && isGate(other) && RANK[gate] < RANK[other];
}

function isGate(gate: string): gate is Gate {
  return Object.hasOwn(RANK, gate);
}
