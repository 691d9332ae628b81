import { forLog } from "./log.ts";
import type { Refusal } from "./refusal.ts";

/** From 2026.4.29, while plugins and channels are not up yet (shipped code of 2026.5.28). */
export const starting: Refusal = {
  code: "UNAVAILABLE",
  message: "gateway starting; retry shortly",
  details: { reason: "startup-sidecars" },
  retryable: true,
  retryAfterMs: 500,
  closeCode: 1013,
  closeReason: "gateway starting",
  cause: "startup-sidecars-pending",
  phase: "ws_upgrade_started",
  meta: {},
};

/** What the gateway refuses before it looks at who is there. */
export function invalidHandshake(message: string, method: string, id: string): Refusal {
  return {
    code: "INVALID_REQUEST",
    message,
    closeCode: 1008,
    closeReason: message,
    cause: "invalid-handshake",
    phase: "ws_upgrade_started",
    meta: {
      frameType: "req",
      frameMethod: forLog(method, 60),
      frameId: forLog(id, 60),
      handshakeError: forLog(message),
    },
  };
}
