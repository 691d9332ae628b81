import type { LogEvent, RefusedEvent } from "../core/log-event.ts";
import { Lru } from "../core/lru.ts";
import { detached } from "./lines.ts";

/**
 * What differs between two lines of one client that tries again: ids of connections and requests, times, ports behind an
 * arrow's left end, durations. Digits in anything else are a reason, an address, a release.
 */
const VARIABLE =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?|(?<=(?:durationMs|elapsedMs|remotePort)(?:=|":))\d{1,7}(?!\d)|(?<=:)\d{3,5}(?=->)/g;

/** Characters of a line, and lines of which more than one was seen. */
const LONGEST = 8192;
const MOST_SEEN = 1000;
const MOST_OF_LENGTH = 48;
const MOST_LENGTHS = 256;
const ID_LENGTH = 36;
/** Shorter numbers stand in a text by chance, too. */
const TELLING = 3;

interface Variable {
  readonly at: number;
  readonly length: number;
  readonly kind: "id" | "time" | "number";
}

interface Part {
  readonly at: number;
  readonly end: number;
}

/** A text of which parts come from a line: literal, or from `at` to `end` of the line. */
type Piece = string | Part;

interface Made {
  readonly event: LogEvent;
  readonly fields: readonly (readonly [key: string, pieces: readonly Piece[]])[];
  /** Where it is a refusal that differs from others made of this template in nothing that tells whose or why it is. */
  readonly refusal?: Kind;
}

/** Refusals that are alike but for their connection, their time and the line itself. */
export interface Kind {
  /** One of them. */
  readonly event: RefusedEvent;
  readonly conn: Part;
  readonly at: Part;
}

/** What may differ within a kind. */
const OWN: ReadonlySet<string> = new Set(["at", "conn", "quote", "requestId", "peer"]);

/** A refusal of a kind that was met before: its event is made when somebody asks for it. */
export class Repeat {
  readonly kind: Kind;
  readonly conn: string;
  readonly at: string;
  readonly line: number;
  readonly #made: Made;
  readonly #text: string;

  constructor(kind: Kind, made: Made, text: string, line: number) {
    this.kind = kind;
    // It is remembered for long; as a part of its line it would keep that, too.
    this.conn = detached(text.slice(kind.conn.at, kind.conn.end));
    this.at = text.slice(kind.at.at, kind.at.end);
    this.line = line;
    this.#made = made;
    this.#text = text;
  }

  event(): RefusedEvent {
    // Of the same type as the one that it was made from.
    return eventOf(this.#made, this.#text, this.line) as RefusedEvent;
  }
}

/** A refusal, or how to make it. */
export type Refused = RefusedEvent | Repeat;

/** What a line says: the event, or how to make it. */
export type Told = LogEvent | Repeat;

export function toldEvent(told: Told): LogEvent {
  return told instanceof Repeat ? told.event() : told;
}

interface Template {
  readonly line: string;
  readonly variables: readonly Variable[];
  /** What stands before each variable, and behind the last one. */
  readonly literals: readonly string[];
  readonly made: readonly Made[];
}

/**
 * What lines say that differ from an earlier one in their variables alone, without reading them again. A template is
 * believed only after two made-up lines of its kind were read in full and said what it says.
 */
export class Templates {
  readonly #readAlone: (text: string) => readonly LogEvent[] | undefined;
  readonly #byLength = new Map<number, Template[]>();
  readonly #seen = new Lru<"once" | "tried">(MOST_SEEN);
  #seed = 1;

  /** `readAlone`: what a line says by itself; `undefined` where it asks for the next one. */
  constructor(readAlone: (text: string) => readonly LogEvent[] | undefined) {
    this.#readAlone = readAlone;
  }

  /** `undefined`: such a line was not learnt. */
  find(text: string, number: number): readonly Told[] | undefined {
    const some = this.#byLength.get(text.length);
    if (some === undefined) return undefined;
    for (let place = 0; place < some.length; place += 1) {
      const template = some[place];
      if (template === undefined || !fits(template, text)) continue;
      // A client that tries again does so often.
      const before = some[place - 1];
      if (before !== undefined) {
        some[place - 1] = template;
        some[place] = before;
      }
      return template.made.map((made) =>
        made.refusal === undefined
          ? eventOf(made, text, number)
          : new Repeat(made.refusal, made, text, number),
      );
    }
    return undefined;
  }

  /** Learns from a line that was read in full, once another one like it was seen. */
  learn(text: string): void {
    if (text.length > LONGEST) return;
    const all = variablesOf(text);
    if (all.length === 0) return;
    const key = skeletonOf(text, all);
    const seen = this.#seen.get(key);
    this.#seen.set(key, seen === undefined ? "once" : "tried");
    if (seen !== "once") return;
    const telling = all.filter(({ kind, length }) => kind !== "number" || length >= TELLING);
    for (const variables of telling.length === all.length ? [all] : [all, telling]) {
      const template = this.#templateOf(text, variables);
      if (template === undefined) continue;
      this.#keep(template);
      return;
    }
  }

  #keep(template: Template): void {
    const { length } = template.line;
    const some = this.#byLength.get(length) ?? [];
    some.unshift(template);
    if (some.length > MOST_OF_LENGTH) some.pop();
    this.#byLength.set(length, some);
    if (this.#byLength.size <= MOST_LENGTHS) return;
    const oldest = this.#byLength.keys().next();
    if (oldest.done !== true) this.#byLength.delete(oldest.value);
  }

  #templateOf(text: string, variables: readonly Variable[]): Template | undefined {
    const line = this.#another(text, variables);
    const events = this.#readAlone(line);
    if (events === undefined) return undefined;
    const made = events.map((event) => madeOf(event, line, variables));
    for (let turn = 0; turn < 2; turn += 1) {
      const other = this.#another(text, variables);
      const said = this.#readAlone(other);
      const foretold = made.map((one) => eventOf(one, other, 1));
      if (said === undefined || !isSame(said, foretold)) return undefined;
    }
    return { line, variables, literals: literalsOf(line, variables), made };
  }

  /** The line with other values in the places of the variables. */
  #another(text: string, variables: readonly Variable[]): string {
    let line = "";
    let from = 0;
    for (const { at, length, kind } of variables) {
      const old = text.slice(at, at + length);
      line += text.slice(from, at) + (kind === "time" ? this.#time(old) : this.#value(old, kind));
      from = at + length;
    }
    return line + text.slice(from);
  }

  #time(old: string): string {
    const two = (least: number, most: number) => String(least + this.#random(most - least)).padStart(2, "0");
    const [space, fraction] = [old[10] ?? "T", old.slice(19)];
    const day = `20${two(30, 90)}-${two(1, 13)}-${two(1, 29)}`;
    return `${day}${space}${two(0, 24)}:${two(0, 60)}:${two(0, 60)}${this.#value(fraction, "number")}`;
  }

  #value(old: string, kind: "id" | "number"): string {
    return old.replace(kind === "id" ? /[0-9a-f]/g : /\d/g, (_, at: number) =>
      kind === "id"
        ? this.#random(16).toString(16)
        : String(at === 0 ? 1 + this.#random(9) : this.#random(10)),
    );
  }

  /** No secret hangs on it: a generator that gives the same each time keeps runs alike. */
  #random(below: number): number {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
    return (this.#seed >>> 8) % below;
  }
}

function variablesOf(text: string): readonly Variable[] {
  const found: Variable[] = [];
  for (const { 0: value, index } of text.matchAll(VARIABLE)) {
    const kind = value.length === ID_LENGTH ? "id" : /^\d{4}-/.test(value) ? "time" : "number";
    found.push({ at: index, length: value.length, kind });
  }
  return found;
}

function skeletonOf(text: string, variables: readonly Variable[]): string {
  let key = "";
  let from = 0;
  for (const { at, length, kind } of variables) {
    key += `${text.slice(from, at)}\0${kind}${length}`;
    from = at + length;
  }
  return key + text.slice(from);
}

function literalsOf(line: string, variables: readonly Variable[]): readonly string[] {
  let from = 0;
  const literals = variables.map(({ at, length }) => {
    const literal = line.slice(from, at);
    from = at + length;
    return literal;
  });
  return [...literals, line.slice(from)];
}

function fits({ line, variables, literals }: Template, text: string): boolean {
  // Cheap, and seldom the same in two templates. Slices are compared as words of memory, `startsWith` letter by letter.
  let from = 0;
  for (let place = 0; place <= variables.length; place += 1) {
    const literal = literals[place] ?? "";
    if (text.slice(from, from + literal.length) !== literal) return false;
    from += literal.length + (variables[place]?.length ?? 0);
  }
  for (const { at, length, kind } of variables) {
    const end = at + length;
    if (kind === "time" ? !isTime(line, text, at, end) : !isValue(line, text, at, end, kind)) return false;
  }
  return true;
}

/** Digits where the other one has digits, or hex digits where it has those; all else is the same. */
function isValue(line: string, text: string, at: number, end: number, kind: "id" | "number"): boolean {
  for (let place = at; place < end; place += 1) {
    const [known, code] = [line.charCodeAt(place), text.charCodeAt(place)];
    const isDigit = code >= 48 && code <= 57;
    if (kind === "id") {
      if (known === 45 ? code !== 45 : !isDigit && !(code >= 97 && code <= 102)) return false;
    } else if (!isDigit) return false;
  }
  return true;
}

/** `2026-11-22T12:31:44.018`, and a time that there is. */
function isTime(line: string, text: string, at: number, end: number): boolean {
  for (let place = at; place < end; place += 1) {
    const [known, code] = [line.charCodeAt(place), text.charCodeAt(place)];
    const isDigit = code >= 48 && code <= 57;
    if (known >= 48 && known <= 57 ? !isDigit : code !== known) return false;
  }
  const two = (place: number) => text.charCodeAt(at + place) * 10 + text.charCodeAt(at + place + 1) - 528;
  const [month, day] = [two(5), two(8)];
  return month > 0 && month < 13 && day > 0 && day < 32 && two(11) < 24 && two(14) < 60 && two(17) < 60;
}

function eventOf({ event, fields }: Made, text: string, number: number): LogEvent {
  const made: Record<string, unknown> = { ...event, line: number };
  for (const [key, pieces] of fields) {
    let value = "";
    for (const piece of pieces) value += typeof piece === "string" ? piece : text.slice(piece.at, piece.end);
    // An id is remembered for long; as a part of its line it would keep that, too.
    made[key] = value.length === ID_LENGTH ? detached(value) : value;
  }
  // Of the same type as the one that it was made from.
  return made as unknown as LogEvent;
}

function madeOf(event: LogEvent, line: string, variables: readonly Variable[]): Made {
  const fields = Object.entries(event).flatMap(([key, value]): [string, readonly Piece[]][] => {
    const pieces = typeof value === "string" ? piecesOf(value, line, variables) : [];
    return pieces.some((piece) => typeof piece !== "string") ? [[key, pieces]] : [];
  });
  const part = (name: string): Part | undefined => {
    const [piece, ...more] = fields.find(([key]) => key === name)?.[1] ?? [];
    return typeof piece === "object" && more.length === 0 ? piece : undefined;
  };
  const [conn, at] = [part("conn"), part("at")];
  const isKind = event.type === "refused" && fields.every(([key]) => OWN.has(key));
  if (!isKind || conn === undefined || at === undefined) return { event, fields };
  return { event, fields, refusal: { event, conn, at } };
}

/** As a part of the line where it is one, else by the values of the variables in it. */
function piecesOf(value: string, line: string, variables: readonly Variable[]): readonly Piece[] {
  const isCut = value.endsWith("…");
  const plain = isCut ? value.slice(0, -1) : value;
  const end = isCut ? ["…"] : [];
  const start = plain.length < 4 ? -1 : line.indexOf(plain);
  if (start >= 0) {
    const last = start + plain.length;
    const isVariable = variables.some(({ at, length }) => at + length > start && at < last);
    return [isVariable ? { at: start, end: last } : plain, ...end];
  }
  const pieces: Piece[] = [];
  let from = 0;
  for (let place = 0; place < plain.length; place += 1) {
    const met = variables.find(
      ({ at, length }) => length >= TELLING && plain.startsWith(line.slice(at, at + length), place),
    );
    // The cut may have left the beginning of one.
    const torn =
      met === undefined && isCut
        ? variables.find(
            ({ at, length }) =>
              plain.length - place < length && line.slice(at, at + length).startsWith(plain.slice(place)),
          )
        : undefined;
    const variable = met ?? torn;
    if (variable === undefined) continue;
    const length = Math.min(variable.length, plain.length - place);
    pieces.push(plain.slice(from, place), { at: variable.at, end: variable.at + length });
    from = place + length;
    place = from - 1;
  }
  return [...pieces, plain.slice(from), ...end];
}

function isSame(events: readonly LogEvent[], others: readonly LogEvent[]): boolean {
  return JSON.stringify(events.map(ordered)) === JSON.stringify(others.map(ordered));
}

function ordered(event: LogEvent): readonly (readonly [string, unknown])[] {
  return Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1));
}
