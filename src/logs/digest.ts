import type { LogDigest, LogEvent, LogPart, LogSourceRead } from "../core/log-event.ts";
import { Lru } from "../core/lru.ts";
import { safeText } from "../core/text.ts";
import { type EraHint, eraOf, hintsOf } from "./era.ts";
import { releaseIn } from "./event-kinds.ts";
import { GatewayBook, partKey } from "./gateways.ts";
import type { Chunk } from "./lines.ts";
import { RefusalBook } from "./refusals.ts";
import { createTeller, type ScanOptions } from "./scan.ts";
import { type Kind, Repeat, type Told } from "./templates.ts";
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
  /** What other gateways wrote, which does not count. */
  readonly without?: readonly LogPart[];
}

export interface Digester {
  add(told: Told): void;
  noteSource(source: LogSourceRead): void;
  /** What is known so far; adding may go on after it. */
  finish(): LogDigest;
}

const MAX_SOURCES = 200;
const MAX_VIAS = 20;
const MAX_KINDS = 1000;
/** Of a chunk: bytes, or characters, that are read before what they say is counted. */
const PIECE = 131_072;

/** What every refusal of a kind tells beside itself, and the newest one that nobody has made. */
interface KindTold {
  readonly because: readonly string[];
  readonly isOfPage: boolean;
  readonly weight: number;
  newest?: { readonly repeat: Repeat; readonly seq: number };
}

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
  let ofPage: { version: string; quote: string; seq: number } | undefined;
  let firstAt: string | undefined;
  let lastAt: string | undefined;
  let newestVia: string | undefined;
  const kinds = new Map<Kind, KindTold>();
  const gateways = new GatewayBook();

  /** Keeps the newest, and of every type some: a thousand connects must not push out the failed start. */
  function trim(): void {
    if (events.length <= maxEvents * 2) return;
    const kept = newest(events, maxEvents);
    dropped += events.length - kept.length;
    events = kept;
  }

  function noteTime(at: string): void {
    if (lastAt === undefined || !isBefore(at, lastAt)) lastAt = at;
    // What is not the last may be the first.
    if (firstAt === undefined || (lastAt !== at && isBefore(at, firstAt))) firstAt = at;
  }

  function noteVia(via: string): void {
    if (via !== newestVia) vias.set(via, true);
    newestVia = via;
  }

  function count(type: LogEvent["type"], weight: number): void {
    counts[type] = (counts[type] ?? 0) + weight;
  }

  function noteRelease(event: LogEvent, at: number): void {
    const version = releaseIn(event);
    if (version === undefined) return;
    const told = { version, quote: event.quote, seq: at };
    if (event.type === "startup" || event.type === "build-rejected") own = told;
    else if (ofPage === undefined || ofPage.seq <= at) ofPage = told;
  }

  /** A refusal of which nothing is new but its connection and its time. */
  function again(repeat: Repeat): boolean {
    const kind = kinds.get(repeat.kind);
    if (kind === undefined || !book.again(repeat)) return false;
    seq++;
    noteTime(repeat.at);
    const { via } = repeat.kind.event;
    if (via !== undefined) noteVia(via);
    count("refused", kind.weight);
    if (kind.newest === undefined) gateways.again(repeat.kind.event);
    kind.newest = { repeat, seq };
    return true;
  }

  /** What refusals say that nobody has made, as if they had been. */
  function catchUp(): void {
    for (const { because, isOfPage, newest } of kinds.values()) {
      if (newest === undefined) continue;
      for (const one of because) {
        const hint = hints.get(one);
        if (hint !== undefined) hint.seq = Math.max(hint.seq, newest.seq);
      }
      gateways.at({ ...newest.repeat.kind.event, at: newest.repeat.at });
      if (isOfPage) noteRelease(newest.repeat.event(), newest.seq);
    }
  }

  function learn(kind: Kind): void {
    if (kinds.size >= MAX_KINDS) {
      catchUp();
      kinds.clear();
    }
    const { event } = kind;
    const because = hintsOf(event).map((hint) => hint.because);
    const isOfPage = releaseIn(event) !== undefined;
    kinds.set(kind, { because, isOfPage, weight: 1 + (event.suppressed ?? 0) });
  }

  return {
    add(told) {
      if (told instanceof Repeat) {
        if (again(told)) return;
        if (!kinds.has(told.kind)) learn(told.kind);
      }
      const event = told instanceof Repeat ? told.event() : told;
      seq++;
      if (event.at !== undefined) noteTime(event.at);
      if (event.via !== undefined) noteVia(event.via);
      for (const hint of hintsOf(event)) {
        const known = hints.get(hint.because);
        if (known === undefined) hints.set(hint.because, { ...hint, seq });
        else known.seq = seq;
      }
      noteRelease(event, seq);
      gateways.note(event);

      const isNew = event.type === "refused" ? book.refused(event) : !repeated(event, seen);
      if (event.type !== "refused") book.note(event);
      if (!isNew) return;
      const suppressed =
        event.type === "refused" || event.type === "unauthorized" ? (event.suppressed ?? 0) : 0;
      count(event.type, 1 + suppressed);
      if (event.type !== "refused") {
        events.push(event);
        trim();
      }
    },
    noteSource(source) {
      if (sources.length < MAX_SOURCES) sources.push({ ...source, name: safeText(source.name, 200) });
    },
    finish() {
      catchUp();
      const kept = newest(events, maxEvents);
      const named = own ?? ofPage;
      const release = named === undefined ? undefined : { version: named.version, quote: named.quote };
      const era = eraOf([...hints.values()].sort((a, b) => b.seq - a.seq));
      const groups = book.groups();
      const names = vias.keys().reverse();
      const several = gateways.gateways();
      return {
        sources: [...sources],
        refusals: groups,
        events: kept,
        counts: { ...counts },
        dropped: dropped + events.length - kept.length + book.dropped,
        ...(several.length === 0 ? {} : { gateways: several }),
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
  const others = new Set(options.without?.map(partKey));
  for await (const { name, chunks, inside } of sources) {
    let events = 0;
    const scan: ScanOptions = options.secrets === undefined ? {} : { secrets: options.secrets };
    // Not one by one: each would wait for the next turn.
    const scanner = createTeller(name, scan);
    const take = (found: readonly Told[]): void => {
      for (const event of found) {
        if (isOutside(event, options)) continue;
        if (others.size > 0 && others.has(partKey(event instanceof Repeat ? event.kind.event : event)))
          continue;
        events += 1;
        digester.add(event);
      }
    };
    // What was told is counted while the collector of garbage need not move it yet.
    for await (const chunk of chunks)
      for (let at = 0; at < chunk.length; at += PIECE)
        take(
          scanner.push(
            typeof chunk === "string" ? chunk.slice(at, at + PIECE) : chunk.subarray(at, at + PIECE),
          ),
        );
    take(scanner.end());
    const { lines, bytes } = scanner.stats;
    digester.noteSource({ name, lines, bytes, events, ...(inside === true ? { inside } : {}) });
  }
  return digester.finish();
}

/** What has no time may be of any. */
function isOutside({ at }: Told, { since, until }: DigestOptions): boolean {
  if (since === undefined && until === undefined) return false;
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
