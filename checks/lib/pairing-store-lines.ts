import type { AsideEvent, LogEvent } from "../../src/core/log-event.ts";

/** Lines of a gateway that cannot read its list of devices, and has not come up since where it stopped at that. */
export function unreadableStoreLines(events: readonly LogEvent[]): readonly AsideEvent[] {
  return events.filter(
    (event): event is AsideEvent =>
      event.type === "aside" &&
      event.about === "pairing-store" &&
      event.as === "printed" &&
      !isMended(event, events),
  );
}

/** 2026.8 and later stop at the list, so a later start could read it; before, the gateway runs on with it. */
function isMended({ quote, source, line }: AsideEvent, events: readonly LogEvent[]): boolean {
  if (quote.includes("JsonFileReadError")) return false;
  return events.some((other) => other.type === "startup" && other.source === source && other.line > line);
}
