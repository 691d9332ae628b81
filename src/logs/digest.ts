import type { LogDigest, LogEvent, LogSourceRead } from "../core/log-event.ts";
import { Lru } from "../core/lru.ts";
import { safeText } from "../core/text.ts";
import { type EraHint, eraOf, hintsOf } from "./era.ts";
import { releaseIn } from "./event-kinds.ts";
import type { Chunk } from "./lines.ts";
import { RefusalBook } from "./refusals.ts";
import { createScanner, type ScanOptions } from "./scan.ts";
import { isBefore } from "./when.ts";

export interface DigestOptions {
  /** Groups kept; 200. */
  readonly groups?: number;
  /** Other events kept; 500. */
  readonly events?: number;
  /** Connections whose lines are put together; 2,000. */
  readonly conns?: number;
  /** Times, milliseconds since 1970: what has a time outside of them does not count. */
  readonly since?: number;
  readonly until?: number;
}

export interface Digester {
  add(event: LogEvent): void;
  noteSource(source: LogSourceRead): void;
  /** What is known so far; adding may go on after it. */
  finish(): LogDigest;
}

const MAX_SOURCES = 200;
const MAX_VIAS = 20;

/** Counts and correlates events within fixed bounds, whatever the size of the log. Events in the order of their lines. */
export function createDigester(options: DigestOptions = {}): Digester {
  const maxEvents = options.events ?? 500;
  const book = new RefusalBook(options.groups ?? 200, options.conns ?? 2000);
  const counts: Partial<Record<LogEvent["type"], number>> = {};
  const sources: LogSourceRead[] = [];
  const seen = new Lru<string>(options.conns ?? 2000);
  const vias = new Lru<true>(MAX_VIAS);
  const hints = new Map<string, EraHint & { seq: number }>();
  let events: LogEvent[] = [];
  let dropped = 0;
  let seq = 0;
  /** As the gateway names its own; and as a page that it serves names itself, which an old tab does wrongly. */
  let own: { version: string; quote: string } | undefined;
  let ofPage: { version: string; quote: string } | undefined;
  let firstAt: string | undefined;
  let lastAt: string | undefined;

  /** Keeps the newest, and of every type some: a thousand connects must not push out the failed start. */
  function trim(): void {
    if (events.length <= maxEvents * 2) return;
    const kept = newest(events, maxEvents);
    dropped += events.length - kept.length;
    events = kept;
  }

  return {
    add(event) {
      seq++;
      if (event.at !== undefined) {
        if (firstAt === undefined || isBefore(event.at, firstAt)) firstAt = event.at;
        if (lastAt === undefined || !isBefore(event.at, lastAt)) lastAt = event.at;
      }
      if (event.via !== undefined) vias.set(event.via, true);
      for (const hint of hintsOf(event)) {
        const known = hints.get(hint.because);
        if (known === undefined) hints.set(hint.because, { ...hint, seq });
        else known.seq = seq;
      }
      const named = releaseIn(event);
      if (named !== undefined) {
        const told = { version: named, quote: event.quote };
        if (event.type === "startup" || event.type === "build-rejected") own = told;
        else ofPage = told;
      }

      const isNew = event.type === "refused" ? book.refused(event) : !repeated(event, seen);
      if (event.type !== "refused") book.note(event);
      if (!isNew) return;
      const suppressed =
        event.type === "refused" || event.type === "unauthorized" ? (event.suppressed ?? 0) : 0;
      counts[event.type] = (counts[event.type] ?? 0) + 1 + suppressed;
      if (event.type !== "refused") {
        events.push(event);
        trim();
      }
    },
    noteSource(source) {
      if (sources.length < MAX_SOURCES) sources.push({ ...source, name: safeText(source.name, 200) });
    },
    finish() {
      const kept = newest(events, maxEvents);
      const release = own ?? ofPage;
      const era = eraOf([...hints.values()].sort((a, b) => b.seq - a.seq));
      const groups = book.groups();
      const names = vias.keys().reverse();
      return {
        sources: [...sources],
        refusals: groups,
        events: kept,
        counts: { ...counts },
        dropped: dropped + events.length - kept.length + book.dropped,
        ...(release === undefined ? {} : { release }),
        ...(era === undefined ? {} : { era }),
        ...(names.length === 0 ? {} : { vias: names }),
        ...(firstAt === undefined ? {} : { firstAt }),
        ...(lastAt === undefined ? {} : { lastAt }),
      };
    },
  };
}

export interface LogSource {
  readonly name: string;
  readonly chunks: AsyncIterable<Chunk> | Iterable<Chunk>;
  /** What wrote it ran in the gateway's own container or pod. */
  readonly inside?: boolean;
}

/** Reads sources one after the other: the console first, then the JSON file, gives the same as the other way. */
export async function digestLogs(
  sources: AsyncIterable<LogSource> | Iterable<LogSource>,
  options: DigestOptions & Pick<ScanOptions, "secrets"> = {},
): Promise<LogDigest> {
  const digester = createDigester(options);
  for await (const { name, chunks, inside } of sources) {
    let events = 0;
    const scan: ScanOptions = options.secrets === undefined ? {} : { secrets: options.secrets };
    // Not one by one: each would wait for the next turn.
    const scanner = createScanner(name, scan);
    const take = (found: readonly LogEvent[]): void => {
      for (const event of found) {
        if (isOutside(event, options)) continue;
        events += 1;
        digester.add(event);
      }
    };
    for await (const chunk of chunks) take(scanner.push(chunk));
    take(scanner.end());
    const { lines, bytes } = scanner.stats;
    digester.noteSource({ name, lines, bytes, events, ...(inside === true ? { inside } : {}) });
  }
  return digester.finish();
}

/** What has no time may be of any. */
function isOutside({ at }: LogEvent, { since, until }: DigestOptions): boolean {
  const time = at === undefined ? Number.NaN : Date.parse(at);
  return (since !== undefined && time < since) || (until !== undefined && time > until);
}

/** At most `max`, the newest; while there are more, the type with the most gives up its oldest. Order kept. */
function newest(events: readonly LogEvent[], max: number): LogEvent[] {
  if (events.length <= max) return [...events];
  const byType = new Map<LogEvent["type"], number[]>();
  for (const [index, { type }] of events.entries()) {
    const indexes = byType.get(type);
    if (indexes === undefined) byType.set(type, [index]);
    else indexes.push(index);
  }
  // The largest share that fits everybody's smaller one.
  const sizes = [...byType.values()].map((indexes) => indexes.length).sort((a, b) => a - b);
  let left = max;
  let share = max;
  for (const [index, size] of sizes.entries()) {
    share = Math.floor(left / (sizes.length - index));
    if (size > share) break;
    left -= size;
  }
  const kept = new Set<number>();
  for (const indexes of byType.values())
    for (const index of indexes.slice(-Math.max(share, 1))) kept.add(index);
  return events.filter((_, index) => kept.has(index)).slice(-max);
}

/**
 * The console and the JSON file of one gateway say the same thing twice. With a connection id that is one
 * event; without, the same words within the same second from two sources are.
 */
function repeated(event: LogEvent, seen: Lru<string>): boolean {
  const conn = "conn" in event ? event.conn : undefined;
  if (conn !== undefined) {
    const key = `${event.type} ${conn}`;
    if (seen.get(key) !== undefined) return true;
    seen.set(key, event.source);
    return false;
  }
  const time = event.at === undefined ? Number.NaN : Date.parse(event.at);
  if (Number.isNaN(time)) return false;
  const what = JSON.stringify({ ...event, at: 0, line: 0, source: 0, quote: 0, form: 0, via: 0 });
  const second = Math.floor(time / 1000);
  // The two are written milliseconds apart, perhaps over the border of a second.
  const other = [second, second - 1, second + 1].some((near) => {
    const source = seen.get(`${near} ${what}`);
    return source !== undefined && source !== event.source;
  });
  if (!other) seen.set(`${second} ${what}`, event.source);
  return other;
}
