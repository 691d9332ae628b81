import type { Facts } from "../../core/collect.ts";
import { knownValue } from "../../core/fact.ts";
import type { LogEvent } from "../../core/log-event.ts";
import type { Report, TimelineEntry } from "../../report/result.ts";

/** Rows of a timeline; the newest are kept. */
const MAX = 40;

/** Refusals by cause and client, and what the gateway did in between. Nothing where no line has a time. */
export function timelineOf(facts: Facts): Pick<Report, "timeline"> {
  const refused = (knownValue(facts.refusals) ?? []).flatMap((one): TimelineEntry[] => {
    const { firstAt, lastAt, gate, reason, client, count, from } = one;
    if (firstAt === undefined || from === "model") return [];
    return [
      {
        at: firstAt,
        ...(lastAt === undefined || lastAt === firstAt ? {} : { until: lastAt }),
        what: "refused",
        gate,
        ...(reason === undefined ? {} : { reason }),
        ...(client === "unknown" ? {} : { client }),
        count,
      },
    ];
  });
  const others = together((knownValue(facts.logs)?.events ?? []).flatMap(entryOf));
  const all = [...refused, ...others].sort((a, b) => timeOf(a.at) - timeOf(b.at));
  return all.length === 0 ? {} : { timeline: all.slice(-MAX) };
}

function entryOf(event: LogEvent): TimelineEntry[] {
  const what = whatOf(event);
  if (what === undefined || event.at === undefined || Number.isNaN(timeOf(event.at))) return [];
  const client = event.type === "connected" ? event.client : undefined;
  return [{ at: event.at, what, ...(client === undefined ? {} : { client }), count: 1 }];
}

function whatOf(event: LogEvent): TimelineEntry["what"] | undefined {
  if (event.type === "connected") return "connected";
  if (event.type === "startup") return "started";
  if (event.type === "startup-failed") return "failed";
  if (event.type !== "pairing") return undefined;
  if (event.action === "requested") return "requested";
  return event.action === "approved" || event.action === "auto-approved" ? "approved" : undefined;
}

/** One after the other of the same is one row. */
function together(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const rows: TimelineEntry[] = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    if (last?.what === entry.what && last.client === entry.client)
      rows[rows.length - 1] = { ...last, until: entry.at, count: last.count + 1 };
    else rows.push(entry);
  }
  return rows;
}

function timeOf(at: string): number {
  return Date.parse(at);
}
