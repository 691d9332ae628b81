import type { Gate } from "../core/connection.ts";

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

/** Whether `gate` is met before `other`; false when either is no gate of the gateway. */
export function isBefore(gate: string, other: string): boolean {
  return isGate(gate) && isGate(other) && RANK[gate] < RANK[other];
}

export function isGate(gate: string): gate is Gate {
  return Object.hasOwn(RANK, gate);
}
