import type { Fact } from "../../src/core/fact.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Confidence } from "../../src/core/facts.ts";
import type { Occurrence, Remedy } from "../../src/core/finding.ts";
import type { ClientErrorEvent, LogDigest, LogEvent } from "../../src/core/log-event.ts";
import { evidenceOf } from "../../src/core/refusals.ts";
import type { MessageArgs } from "../../src/core/saying.ts";

/** Errors that no gate made: what a command or a file answered after the connection, or before it. */
export function printed(
  logs: Fact<LogDigest>,
  matches: (event: ClientErrorEvent) => boolean,
): readonly ClientErrorEvent[] {
  const events = knownValue(logs)?.events ?? [];
  const found = events.filter((event) => event.type === "client-error").filter(matches);
  return found.filter((event) => !isSaidToBeOver(event, events));
}

/** Whoever quotes it says, there or further down, that this is behind them. */
function isSaidToBeOver({ source, line, at }: ClientErrorEvent, events: readonly LogEvent[]): boolean {
  if (at !== undefined) return false;
  return events.some(
    (other) =>
      other.type === "aside" && other.about === "solved" && other.source === source && other.line >= line,
  );
}

interface PrintedCase {
  readonly args?: MessageArgs;
  readonly confidence?: Confidence;
  readonly remedies: readonly Remedy[];
}

/** One occurrence for all of them; the newest are shown. */
export function explainPrinted(events: readonly ClientErrorEvent[], printedCase: PrintedCase): Occurrence {
  return {
    confidence: "certain",
    ...printedCase,
    evidence: events.slice(-3).map(evidenceOf),
    count: events.length,
  };
}

/** Whether a device was approved after this: later in the same source, or by the clock. */
export function approvedSince(event: ClientErrorEvent, all: readonly LogEvent[]): boolean {
  return all.some(
    (other) =>
      other.type === "pairing" &&
      other.action === "approved" &&
      (other.source === event.source
        ? other.line > event.line
        : Date.parse(other.at ?? "") > Date.parse(event.at ?? "")),
  );
}
