import type { LogEvent, SecurityWarningEvent } from "../../src/core/log-event.ts";

export const FALLBACK_SWITCH = "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback";

/** What the gateway listed at its newest start: `dangerous config flags enabled: …` (2026.2.21 on). */
export function newestFlags(events: readonly LogEvent[]): SecurityWarningEvent | undefined {
  return events.findLast(
    (event): event is SecurityWarningEvent =>
      event.type === "security-warning" &&
      event.warning === "dangerous-flags" &&
      event.quote.includes("dangerous config flags enabled"),
  );
}
