// The first measurement labelled devices by what the rig meant to do. Where the gateway's own answer contradicts the
// label, the device was as the answer shows: its pairing had failed before, or an earlier connection had let it in.
import type { Connection, ConnectionDevice } from "../../src/core/connection.ts";

export interface MeasuredOutcome {
  readonly admitted: boolean;
  readonly autoApproved?: boolean;
  readonly detailReason?: string;
  readonly details?: Readonly<Record<string, unknown>> | null;
}

/** The device as the gateway met it; the row's own where nothing contradicts it. */
export function deviceAsMet(
  { device, role, scopes }: Connection,
  outcome: MeasuredOutcome,
): ConnectionDevice {
  const { state, approvedScopes = [], pendingUpgrade = false } = device;
  const { admitted, autoApproved = false } = outcome;
  if (admitted && (state === "pending" || pendingUpgrade)) {
    return autoApproved ? { state: "unpaired" } : { state: "paired", approvedScopes: scopes };
  }
  if (state !== "paired" || pendingUpgrade) return device;
  const asksForMore = role !== "operator" || scopes.some((scope) => !approvedScopes.includes(scope));
  const reason = outcome.detailReason ?? outcome.details?.reason;
  return !asksForMore && (reason === "not-paired" || autoApproved) ? { state: "unpaired" } : device;
}
