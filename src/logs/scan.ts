import type { ClientErrorEvent, LogEvent } from "../core/log-event.ts";
import { createScrubber, type Scrubber, safeField, safeQuote } from "../core/scrub.ts";
import { safeText, stripAnsi } from "../core/text.ts";
import { AnyLog } from "./any-log.ts";
import { type Block, blockLine, isPrompt, mergeBlock, mergeClient } from "./client-block.ts";
import { continuesFragment, FRAGMENT_HINTS, looseMeta, readFragment } from "./fragment.ts";
import { type JsonLine, readJsonLine, readLeadingMeta } from "./json-log.ts";
import { timestamp } from "./keys.ts";
import type { Line, Meta } from "./line.ts";
import { type Chunk, detached } from "./lines.ts";
import type { Around, LineConsumer } from "./long-log.ts";
import { PartialLines } from "./partial.ts";
import { type Stripped, stripPrefixes } from "./prefix.ts";
import { configKeys } from "./shapes/gateway.ts";
import { besideOf, recognise, SHAPES } from "./shapes/index.ts";
import { runsNode } from "./shapes/speaker.ts";
import { Templates, type Told, toldEvent } from "./templates.ts";
import { continuesWrapped, isWrapped, joinWrapped } from "./wrap.ts";

export interface ScanOptions {
  /** Exact values to take out of every text, besides what looks like a secret. */
  readonly secrets?: readonly string[];
  /**
   * Bytes that are read line by line; of what comes behind them only lines in which something may be found, and a
   * sample of the others. 131,072: whatever is shorter may be somebody's words.
   */
  readonly careful?: number;
}

export interface ScanStats {
  readonly lines: number;
  /** Characters where chunks were strings. */
  readonly bytes: number;
  /** Characters of over-long lines that were not looked at. */
  readonly skipped: number;
}

/** Chunks in, events out; for those who push (watch, the page). `end` flushes what waits for a next line. */
export interface Scanner<Event = LogEvent> {
  push(chunk: Chunk): readonly Event[];
  end(): readonly Event[];
  readonly stats: ScanStats;
}

/** Twice as long as what is read as somebody's words. */
const CAREFUL = 131_072;
/**
 * What the end of a line has in which a secret may begin and go on in the next one: a word that names one, a link, an
 * escape, one long word; or it is one word, the rest of something.
 */
const MAY_OPEN =
  /token|pass|secret|key|code|credential|signature|auth|bearer|x-|sk-|sig=|jwt|hmac|otp|ticket|assertion|pwd|[^\t\x20-\x7e]|[%\\&?#]|:\/\/|\s-u|\S{24}|0(?:x[0-9a-f]?,?)?\s?$|[_-][a-z]{1,16}=?\s*$|^\S*$/i;
/** As many characters tell, where nothing is quoted and nothing goes on to the end of a line by itself. */
const TELLING_END = 64;
/** An end of which `MAY_OPEN` does not ask whether its last digit is zero, nor what stands before it: `0x4, `. */
const PLAIN_END = /[^\dx\s,][^\dx\s,]$/i;

/** Ends of lines by the length of the line, and what `MAY_OPEN` said of them. */
const knownEnds = new Map<number, { readonly end: string; readonly opens: boolean }>();
const MOST_ENDS = 500;

function mayOpen(line: string): boolean {
  const end = line.slice(-TELLING_END);
  let known = knownEnds.get(line.length);
  if (known === undefined || !differsInDigits(known.end, end)) {
    known = { end: detached(end), opens: MAY_OPEN.test(end) };
    if (knownEnds.size >= MOST_ENDS) knownEnds.clear();
    knownEnds.set(line.length, known);
  }
  return known.opens || ['"', "'", "`", "ookie", "OOKIE", "-----"].some((mark) => line.includes(mark));
}

/** In digits alone, and those where they tell nothing: `MAY_OPEN` says the same of both. */
function differsInDigits(a: string, b: string): boolean {
  if (a.length !== b.length || !PLAIN_END.test(b)) return false;
  for (let place = a.length - 1; place >= 0; place -= 1) {
    const [x, y] = [a.charCodeAt(place), b.charCodeAt(place)];
    if (x !== y && !(x >= 48 && x <= 57 && y >= 48 && y <= 57)) return false;
  }
  return true;
}

/** Characters of a line that are parsed; 9.x lines are some 1,500 long. */
const MAX_TEXT = 4096;
/** Lines that a pasted block or a wrapped line may be long, and a pretty-printed meta object. */
const MAX_PENDING = 12;
const MAX_FRAGMENT = 40;
/** Lines of output that belong to the command above them. */
const MAX_OUTPUT = 30;
/** Lines that one secret may go over: those before that nobody asked for, and those that wait for the next one. */
const MAX_BEFORE = 4;
const MAX_HELD = 8;
/** Characters of such a line; what a terminal or a mail has broken is shorter. */
const MAX_WAITING = 2 * MAX_TEXT;
/** `docker compose run --rm openclaw-cli devices list`: the CLI's service of the official compose file, or of another. */
const CLI_SERVICE =
  /(?:docker|podman)(?:-| )compose [^\n]{0,200}\b(?:run|exec) (?:[^\n]{0,120}[ -])?cli(?= [a-z-])/;

/** What makes a line worth a closer look: hints of all shapes, and JSON messages that journald wrote as bytes. */
const HINTS: readonly string[] = [
  ...new Set([...SHAPES.flatMap(({ hints }) => hints), ...FRAGMENT_HINTS, "Gateway target:", "MESSAGE"]),
];
/** One pass over the line instead of one for each hint. */
const RELEVANT = new RegExp(
  [
    ...HINTS.map((hint) => hint.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")),
    "[Pp]airing\\s{0,8}$",
    "[Oo]rigin(?: not)?\\s{0,8}$",
    "[Dd]evice identity\\s{0,8}$",
  ].join("|"),
);
/**
 * Colours whose escape character was lost or written out on the way (`cat -v`, JSON, a terminal's copy):
 * `^[[33m`, `\u001b[33m`, `[33m`.
 */
const LOST_COLOUR = /(?:\^\[|\\u001b|\\x1b|\\033|\\e|\u241b|\u2190)?\[\d{1,3}(?:;\d{1,3}){0,5}m/g;

/**
 * Reads one source of a gateway's log, a ticket, or any mixture, and gives what it knows, in order. Never throws on
 * content; holds one line, one pending block and the events of one chunk at most.
 */
export function createScanner(source: string, options: ScanOptions = {}): Scanner {
  const teller = createTeller(source, options);
  return {
    push: (chunk) => teller.push(chunk).map(toldEvent),
    end: () => teller.end().map(toldEvent),
    get stats() {
      return teller.stats;
    },
  };
}

/** The same for who counts: an event that was said before with other times and ids is made only when it is asked for. */
export function createTeller(source: string, options: ScanOptions = {}): Scanner<Told> {
  const scrub = createScrubber(options.secrets ?? []);
  const reader = new LineReader(safeQuote(source, scrub, 200), scrub, (options.secrets ?? []).length === 0);
  const log = new AnyLog(reader, options.careful ?? CAREFUL);
  return {
    push(chunk) {
      log.push(chunk);
      return reader.take();
    },
    end() {
      log.end();
      reader.end();
      return reader.take();
    },
    get stats() {
      return { lines: log.lines, bytes: log.bytes, skipped: log.skipped };
    },
  };
}

/** Something that the next lines may complete. */
type Pending =
  | { readonly kind: "wrapped"; line: Line; lines: number }
  | { readonly kind: "fragment"; line: Line; text: string; lines: number }
  | { readonly kind: "box"; event: Extract<LogEvent, { type: "config-error" }>; lines: number }
  | { readonly kind: "client"; event: ClientErrorEvent | undefined; block: Block; lines: number };

/** Whether the next line is known to begin with no `x`. */
function endsHere(around: Around | undefined): boolean {
  const next = around?.next();
  return next !== undefined && !/^x/i.test(stripPrefixes(next).text);
}

const ALONE: Around = { last: () => undefined, before: () => [], next: () => "" };

/** What a line says that stands by itself; `undefined` where it waits for the next one. */
function readAlone(text: string, source: string, scrub: Scrubber): readonly LogEvent[] | undefined {
  const reader = new LineReader(source, scrub, false);
  reader.line(text, 1, ALONE);
  return reader.isWaiting(2) ? undefined : reader.take().map(toldEvent);
}

class LineReader implements LineConsumer {
  readonly #source: string;
  readonly #scrub: Scrubber;
  readonly #templates: Templates | undefined;
  #events: Told[] = [];
  #pending: Pending | undefined;
  readonly #partial = new PartialLines();
  /** Lines of the last command that ran the CLI in a container of its own, and of its output. */
  #cliService = { from: 0, to: 0 };
  /** The same of the last command that ran a node host. */
  #nodeHost = { from: 0, to: 0 };
  /** The last lines that were of no interest; a secret may begin there and go on in the next one. */
  #before: string[] = [];
  /** Those that nobody handed over, before the first of the lines that wait. */
  #around: Around | undefined;
  /** Whether marks or colours are written out, so that they may stand inside of what is looked for. */
  isSpelled = false;
  /** Lines at the end of which a secret may begin: they wait for the next one, and are scrubbed with it. */
  #held: { readonly raw: string; readonly number: number; readonly stripped: Stripped }[] = [];

  /** `learns`: whether lines that differ only in their times and ids are read once; not where secrets are known. */
  constructor(source: string, scrub: Scrubber, learns: boolean) {
    this.#source = source;
    this.#scrub = scrub;
    this.#templates = learns ? new Templates((text) => readAlone(text, source, scrub)) : undefined;
  }

  take(): readonly Told[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  line(written: string, number: number, around?: Around): void {
    for (const whole of this.#partial.take(written, number)) this.#line(whole.text, whole.number, around);
  }

  #line(written: string, number: number, around?: Around): void {
    this.#around = around;
    if (this.#templates !== undefined && !this.isWaiting(number)) {
      const known = this.#templates.find(written, number);
      if (known !== undefined && !this.#mayFollow(around) && (!written.endsWith("0") || endsHere(around))) {
        this.#before = [];
        this.#events.push(...known);
        return;
      }
    }
    const raw = this.#undisguised(written);
    if (this.#held.length === 0 && !this.#matters(raw, number)) {
      if (this.#before.push(raw) > MAX_BEFORE) this.#before.shift();
      return;
    }
    this.#held.push({ raw, number, stripped: stripPrefixes(detached(raw)) });
    const texts = this.#held.map(({ stripped }) => stripped.text);
    const isShort = texts.every(({ length }) => length <= MAX_WAITING);
    if (isShort && this.#held.length < MAX_HELD && this.#goesOn(texts.join("\n"), around)) return;
    this.#release();
    if (!this.isWaiting(number + 1)) this.#templates?.learn(written);
  }

  end(): void {
    for (const { text, number } of this.#partial.end()) this.#line(text, number);
    this.#release();
    this.flush();
  }

  /** A zero at the end may be the beginning of `0x41`; where nothing else may go on, the next line tells. */
  #goesOn(text: string, around: Around | undefined): boolean {
    if (!this.#scrub.goesOn(text)) return false;
    return !(text.endsWith("0") && endsHere(around) && !this.#scrub.goesOn(`${text.slice(0, -1)}7`));
  }

  isWaiting(number: number): boolean {
    return (
      this.#partial.isWaiting ||
      this.#held.length > 0 ||
      this.#pending !== undefined ||
      number <= Math.max(this.#cliService.to, this.#nodeHost.to)
    );
  }

  /** Colours stand inside of what is looked for: `[33m[ws][39m unauthorized[0m conn=`. */
  #undisguised(written: string): string {
    const plain = stripAnsi(written);
    const raw = unescapeHtml(plain.replace(LOST_COLOUR, ""));
    // Those that JSON has written out are searched for.
    if (raw.length !== plain.length && !plain.includes("\\u001b[")) this.isSpelled = true;
    return raw;
  }

  /** What may become an event, or says whose the next ones are. */
  #matters(raw: string, number: number): boolean {
    return this.isWaiting(number) || raw.includes(" node ") || raw.includes("compose") || RELEVANT.test(raw);
  }

  /** The lines before, where a secret may have begun in them. */
  #textsBefore(): readonly string[] {
    const unseen = this.#around?.before().map((written) => this.#undisguised(written)) ?? [];
    const last = [...this.#before, ...unseen]
      .slice(-MAX_BEFORE)
      .map((raw) => oneLine(stripPrefixes(raw).text).slice(-MAX_WAITING));
    return last.length > 0 && this.#scrub.goesOn(last.join("\n")) ? last : [];
  }

  /** The same, without a closer look where the last one has nothing that a secret could begin with. */
  #mayFollow(around: Around | undefined): boolean {
    const last = around?.last() ?? this.#before.at(-1);
    return last !== undefined && mayOpen(last) && this.#textsBefore().length > 0;
  }

  /** Scrubs the lines that wait as one text, with those before them in which a secret may have begun. */
  #release(): void {
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = [];
    const before = this.#textsBefore();
    this.#before = [];
    const texts = held.map(({ stripped }) => oneLine(stripped.text));
    const isAlone = before.length + texts.length === 1;
    const clean = isAlone ? texts : this.#scrub([...before, ...texts].join("\n")).text.split("\n");
    for (const [index, { raw, number, stripped }] of held.entries()) {
      const text = clean[before.length + index] ?? "";
      this.#read(raw, text === texts[index] ? stripped : withText(stripped, text), number);
    }
  }

  #read(raw: string, stripped: Stripped, number: number): void {
    if (runsCliService(raw)) this.#cliService = { from: number, to: number + MAX_OUTPUT };
    else if (number <= this.#cliService.to && isPrompt(stripped.text)) this.#cliService.to = number - 1;
    if (runsNode(stripped.text)) this.#nodeHost = { from: number, to: number + MAX_OUTPUT };
    else if (isPrompt(stripped.text) || /^(?:> )?openclaw /.test(stripped.text))
      this.#nodeHost.to = Math.min(this.#nodeHost.to, number - 1);
    const relevant = RELEVANT.test(raw);
    if (!relevant && this.#pending === undefined) return;
    const line = this.#parse(stripped, number);
    if (this.#pending !== undefined && this.#continue(line)) return;
    if (relevant || line.form === "json") this.#start(line);
  }

  flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return;
    if (pending.kind === "wrapped") this.#emit(recognise(pending.line));
    else if (pending.kind === "fragment") this.#emit(this.#fragment(pending.line, pending.text));
    else if (pending.kind === "box") this.#emit(pending.event);
    else this.#emit(pending.event === undefined ? undefined : mergeBlock(pending.event, pending.block));
  }

  /** Prefixes off, JSON open, unsafe characters and secrets out. */
  #parse({ text, own, at, via }: Stripped, number: number): Line {
    const json = readJsonLine(text);
    const time = timestamp(json?.at) ?? timestamp(at);
    // The gateway's own time stands before the text; both are looked at together.
    const whole = this.#clean(json === undefined ? own : quoteOf(json));
    const base = {
      line: number,
      source: this.#source,
      quote: safeText(whole),
      ...(time === undefined ? {} : { at: time }),
      ...(via === undefined ? {} : { via: safeQuote(via, this.#scrub, 200) }),
    };
    if (json !== undefined) {
      const meta = json.meta === undefined ? {} : { meta: this.#cleanMeta(json.meta) };
      const own = json.subsystem === undefined ? {} : { subsystem: this.#clean(json.subsystem) };
      return { text: this.#clean(json.text), form: "json", base: { ...base, form: "json" }, ...meta, ...own };
    }
    const leading = readLeadingMeta(text);
    if (leading !== undefined) {
      const meta = this.#cleanMeta(leading.meta);
      return { text: this.#clean(leading.text), form: "console", base: { ...base, form: "console" }, meta };
    }
    // The same with parts of the meta cut out by hand.
    const behind = text.startsWith("{") ? text.lastIndexOf("} ") : -1;
    if (behind > 0) {
      const meta = looseMeta(this.#clean(text.slice(0, behind + 1)));
      const rest = this.#clean(text.slice(behind + 2));
      return { text: rest, form: "console", base: { ...base, form: "console" }, meta };
    }
    const head = own.slice(0, own.length - text.length);
    const isWhole = own === head + text && whole.startsWith(head) && whole.length < MAX_TEXT;
    const clean = isWhole ? whole.slice(head.length) : this.#clean(text);
    return { text: clean, form: "console", base: { ...base, form: "console" } };
  }

  /** What was put together may be a secret where its parts were none. */
  #scrubbed(line: Line): Line {
    const quote = safeQuote(line.base.quote, this.#scrub);
    return { ...line, text: this.#clean(line.text), base: { ...line.base, quote } };
  }

  /** The fragment as a whole, not only its first line, is the evidence. */
  #fragment(line: Line, text: string): LogEvent | undefined {
    const whole = this.#clean(text);
    return fragmentOf({ ...line, base: { ...line.base, quote: safeQuote(whole, this.#scrub) } }, whole);
  }

  #clean(text: string): string {
    return safeQuote(text, this.#scrub, MAX_TEXT);
  }

  #cleanMeta(meta: Meta): Meta {
    const clean: Record<string, string | number | boolean> = {};
    for (const [key, value] of Object.entries(meta)) {
      clean[key] = typeof value === "string" ? safeField(key, value, this.#scrub, 512) : value;
    }
    return clean;
  }

  /** Whether the line belongs to what is pending. */
  #continue(line: Line): boolean {
    const pending = this.#pending;
    if (pending === undefined) return false;
    if (line.form !== "json" && pending.lines < (pending.kind === "fragment" ? MAX_FRAGMENT : MAX_PENDING)) {
      pending.lines++;
      if (pending.kind === "wrapped" && continuesWrapped(pending.line.text, line.text)) {
        pending.line = this.#scrubbed(joinWrapped(pending.line, line));
        if (!isWrapped(pending.line.text)) {
          this.#pending = undefined;
          this.#start(pending.line);
        }
        return true;
      }
      if (pending.kind === "fragment" && /^["']?[12]["']?: .{0,4}closed before connect/.test(line.text)) {
        // A whole line of the JSON file, pretty-printed: its text comes behind its meta.
        this.#pending = undefined;
        this.#emit(recognise({ ...line, meta: looseMeta(pending.text) }));
        return true;
      }
      if (pending.kind === "fragment" && continuesFragment(line.text)) {
        if (pending.text.length < MAX_TEXT) pending.text += ` ${line.text}`;
        if (/^[}\]]{1,4}$/.test(line.text)) this.flush();
        return true;
      }
      if (pending.kind === "box" && /[│├╰]/u.test(line.base.quote)) {
        const keys = [...new Set([...pending.event.keys, ...configKeys(line.text)])].slice(0, 50);
        pending.event = { ...pending.event, keys };
        return true;
      }
      if (pending.kind === "client" && this.#continueClient(pending, line)) return true;
    }
    // Client output may have spinners and blank decorations between its lines.
    if (
      pending.kind === "client" &&
      pending.lines < MAX_PENDING &&
      line.base.at === undefined &&
      !isPrompt(line.text) &&
      recognise(line) === undefined
    ) {
      return false;
    }
    this.flush();
    return false;
  }

  #continueClient(pending: Extract<Pending, { kind: "client" }>, line: Line): boolean {
    const event = recognise(line);
    if (event === undefined) {
      const part = isPrompt(line.text) ? undefined : blockLine(line.text);
      if (part === undefined) return false;
      pending.block = { ...pending.block, ...part };
      pending.lines = 0;
      return true;
    }
    if (event.type !== "client-error") return false;
    if (pending.event === undefined) {
      pending.event = event;
      return true;
    }
    const merged = mergeClient(pending.event, event);
    if (merged === undefined) return false;
    pending.event = merged;
    return true;
  }

  #start(line: Line): void {
    const { text } = line;
    if (line.form !== "json") {
      if (isWrapped(text)) {
        this.flush();
        this.#pending = { kind: "wrapped", line, lines: 0 };
        return;
      }
      if (this.#startFragment(line)) return;
      const block = blockLine(text);
      if (block !== undefined && text.includes("Gateway target:") && recognise(line) === undefined) {
        if (this.#pending?.kind === "client") return;
        this.#pending = { kind: "client", event: undefined, block, lines: 0 };
        return;
      }
    }
    const event = recognise(line);
    if (event === undefined) return;
    if (line.form !== "json" && isProse(event)) for (const other of besideOf(line, event)) this.#emit(other);
    if (
      event.type === "client-error" &&
      event.form === "client" &&
      line.form !== "json" &&
      // The gateway dates the first line of a call of its own that failed; the block below has no time.
      (line.base.at === undefined || event.from === "tool")
    ) {
      this.flush();
      this.#pending = { kind: "client", event, block: blockInside(text), lines: 0 };
    } else if (event.type === "config-error" && event.kind === "migrated") {
      this.flush();
      this.#pending = { kind: "box", event, lines: 0 };
    } else {
      this.#emit(event);
    }
  }

  /** Loose keys of a meta object, on one line or on several. */
  #startFragment(line: Line): boolean {
    const { text } = line;
    if (!FRAGMENT_HINTS.some((hint) => text.includes(hint)) || /closed before connect|→ close/.test(text))
      return false;
    const event = fragmentOf(line, text);
    if (event === undefined) return false;
    const open = !text.includes("}") && /^[{\s]{0,8}["']?cause["']?\s{0,4}[:=]/.test(text);
    this.flush();
    if (open) this.#pending = { kind: "fragment", line, text, lines: 0 };
    else this.#emit(event);
    return true;
  }

  #emit(event: LogEvent | undefined): void {
    if (event === undefined) return;
    const whose = this.#isOfNodeHost(event) ? { ...event, from: "node" as const } : event;
    this.#events.push(this.#isOfCliService(whose) ? { ...whose, via: "openclaw-cli" } : whose);
  }

  /** What was printed below `openclaw node run`, by whoever does not name itself. */
  #isOfNodeHost(event: LogEvent): event is ClientErrorEvent {
    const { from, to } = this.#nodeHost;
    if (event.type !== "client-error" || event.line < from || event.line > to) return false;
    return event.from === "cli" || event.from === "unknown";
  }

  /** What a client printed below `docker compose run openclaw-cli …`. */
  #isOfCliService({ type, via, line }: LogEvent): boolean {
    const { from, to } = this.#cliService;
    return type === "client-error" && via === undefined && line > from && line <= to;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  "#34": '"',
  apos: "'",
  "#39": "'",
  "#x27": "'",
  lt: "<",
  gt: ">",
  nbsp: " ",
  amp: "&",
};

/** Lines copied out of a page's source or a mail: `&quot;cause&quot;:&quot;pairing-required&quot;`. */
function unescapeHtml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(quot|#34|apos|#39|#x27|lt|gt|nbsp|amp);/g,
    (entity, name: string) => ENTITIES[name] ?? entity,
  );
}

function fragmentOf(line: Line, text: string): LogEvent | undefined {
  return readFragment(line, { ...looseMeta(text), ...line.meta });
}

function runsCliService(raw: string): boolean {
  return raw.includes("compose") && CLI_SERVICE.test(raw.slice(0, 400));
}

/** Line breaks inside of a JSON string are not those between lines. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}

function withText(stripped: Stripped, text: string): Stripped {
  const head = stripped.own.endsWith(stripped.text) ? stripped.own.slice(0, -stripped.text.length) : "";
  return { ...stripped, text, own: stripped.text === "" ? stripped.own : head + text };
}

/**
 * Text and meta of a JSON line as one quote: both are needed to see what it says. A quote is cut at its end, where
 * the gateway writes its reason (`role-upgrade`, up to 2026.4.15 nowhere else): what tells most comes first.
 */
function quoteOf({ text, meta }: JsonLine): string {
  if (meta === undefined) return text;
  const { cause, reason, authReason } = meta;
  return `${text} ${JSON.stringify({ cause, reason, authReason, ...meta })}`;
}

/** A block that came on one line: `…\nGateway target: ws://…\nSource: …` inside a JSON string, or with the breaks lost. */
function blockInside(text: string): Block {
  const parts = text.split(/\\n|\\r| (?=(?:Gateway target|RPC target|Source|Config|Bind): )/).slice(1, 8);
  return Object.assign({}, ...parts.map((part) => blockLine(part.trim())));
}

/** Somebody's sentence rather than a line of a log, so that there may be more in it. */
function isProse(event: LogEvent): boolean {
  if (event.type === "client-error") return event.gate !== undefined || event.why !== undefined;
  return event.type === "setting" || (event.type === "aside" && event.as === "said");
}
