import { INVISIBLE } from "./text.ts";

/**
 * The one list of what a secret can look like in a text: how single characters are written otherwise (`ESCAPES`), what
 * a whole value is turned into (`FORMS`, `MIRRORS`), and what stands between its characters or changes them (`BLURS`).
 * `layersOf` and `folded` undo the first and the last; `known-values.ts` looks for the forms.
 */
export type Disguise =
  | keyof typeof ESCAPES
  | keyof typeof FORMS
  | keyof typeof MIRRORS
  | (typeof BLURS)[number];

/** A text, and where each unit of it stands in the text that was given. */
export interface Layer {
  readonly text: string;
  /** Begin and end of what each unit stands for; absent where every unit stands for itself. */
  readonly from?: Int32Array;
  readonly to?: Int32Array;
}

interface Escape {
  /** One group: what is written. */
  readonly source: string;
  readonly radix?: 8 | 10 | 16;
  /** A byte of UTF-8; else a code point. */
  readonly isByte?: true;
  readonly read?: (written: string) => string;
}

const CONTROLS: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "",
  f: "",
  v: "",
  "0": "",
};

/** Names that text between tags and in attributes has; there are none for letters and digits. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  equals: "=",
  num: "#",
  quest: "?",
  colon: ":",
  semi: ";",
  sol: "/",
  bsol: "\\",
  period: ".",
  comma: ",",
  percnt: "%",
  plus: "+",
  excl: "!",
  dollar: "$",
  commat: "@",
  lowbar: "_",
  ast: "*",
  lpar: "(",
  rpar: ")",
  Hat: "^",
  hyphen: "-",
  dash: "-",
  Tab: "\t",
  NewLine: "\n",
  shy: "",
  zwj: "",
  zwnj: "",
};

/** Every source is a literal start and bounded classes after it: linear time. The first that fits counts. */
export const ESCAPES = {
  "percent byte": { source: "%([0-9A-Fa-f]{2})", radix: 16, isByte: true },
  "percent u": { source: "%u([0-9A-Fa-f]{4})", radix: 16 },
  "backslash u": { source: "\\\\u([0-9A-Fa-f]{4})", radix: 16 },
  "backslash u in braces": { source: "\\\\u\\{0{0,6}([0-9A-Fa-f]{1,6})\\}", radix: 16 },
  "backslash U": { source: "\\\\U([0-9A-Fa-f]{8})", radix: 16 },
  "backslash x": { source: "\\\\x([0-9A-Fa-f]{2})", radix: 16, isByte: true },
  "backslash octal": { source: "\\\\([0-3][0-7]{2})", radix: 8, isByte: true },
  "0x": {
    source: "0[xX]([0-9A-Fa-f]{2})(?!%|(?!0[xX])[0-9A-Fa-f])(?:[,\\s]{1,12}(?=0[xX]))?",
    radix: 16,
    isByte: true,
  },
  "decimal entity": { source: "&#0{0,6}([0-9]{1,7});?", radix: 10 },
  "hex entity": { source: "&#[xX]0{0,6}([0-9A-Fa-f]{1,6});?", radix: 16 },
  "named entity": { source: "&([A-Za-z]{2,31});", read: (name) => own(ENTITIES, name) ?? "\ufffd" },
  "backslash character": { source: "\\\\([^])", read: (character) => own(CONTROLS, character) ?? character },
} as const satisfies Readonly<Record<string, Escape>>;

/** What the bytes of a whole value are turned into, as letters and digits. At most 4,096 bytes are. */
export const FORMS = {
  hex: (bytes) => [bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")],
  decimals: (bytes) => [bytes.join("")],
  // Inside of something longer its first byte may be any of the three of a group, and the ends mix with that.
  base64: (bytes) => [0, 1, 2].map((before) => base64Within(bytes, before)),
  // What somebody does to a value by itself.
  "base64 twice": (bytes) => {
    const inner = base64Within(bytes, 0);
    const both = [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
    return [...new Set(both)].map((text) => base64Within([...UTF8_BYTES.encode(text)], 0));
  },
  base32: (bytes) => [base32Of(bytes)],
} as const satisfies Readonly<Record<string, (bytes: readonly number[]) => readonly string[]>>;

/** The same of its letters, where they are too many to be a word that somebody else writes. */
export const MIRRORS = {
  reversed: (text) => [...text].reverse().join(""),
  rot13: (text) =>
    text.replace(/[A-Za-z]/g, (letter) => {
      const first = letter <= "Z" ? 65 : 97;
      return String.fromCharCode(first + ((letter.charCodeAt(0) - first + 13) % 26));
    }),
} as const satisfies Readonly<Record<string, (text: string) => string>>;

/** Undone by `folded`: only letters and digits count there, in lower case and their plain form. */
export const BLURS = ["invisible", "punctuation", "line break", "case", "width"] as const;

/** Escapes of escapes of escapes; more levels are nobody's accident. */
const MOST_LEVELS = 5;

const ESCAPE_CHARACTER = "\\u001b";
const COLOUR = `${ESCAPE_CHARACTER}\\[[0-?]{0,64}[ -/]{0,8}[@-~]`;

/** Escapes that are undone together, and with them whatever draws nothing. */
interface Code {
  readonly escapes: readonly Escape[];
  readonly pattern: RegExp;
}

function codeOf(escapes: readonly Escape[]): Code {
  const sources = escapes.map(({ source }) => source).join("|");
  return { escapes, pattern: new RegExp(`${sources}|${COLOUR}|(?![\\n\\r\\t])${INVISIBLE}`, "gu") };
}

const { "0x": lists, "backslash character": backslashes, ...others } = ESCAPES;
const common: readonly Escape[] = Object.values(others);
/** One level is undone by the first that finds something: what stands between the numbers of a list may be escaped. */
const CODES = {
  all: [codeOf([...common, backslashes]), codeOf([lists])],
  // A backslash before a quote tells where a quoted value ends.
  names: [codeOf(common)],
} as const satisfies Readonly<Record<string, readonly Code[]>>;
/** One that a blank may break, or what has become of the end of a line. */
const TORN_ESCAPE = /(?:[%\\&]\S{0,10}|0[xX][0-9A-Fa-f]?)\s/;
const BLANKS = /\s+/g;
/** An escape of which the rest comes in the next line, or was cut off. */
export const BROKEN_OFF =
  /(?:%u?[0-9A-Fa-f]{0,3}|\\[uUx{]{0,2}[0-9A-Fa-f]{0,7}|0(?:[xX][0-9A-Fa-f]?,?)?|&[#\w]{0,10})$/;

/** What has none of these is what it is. */
const MAY_BE_CODED = /[^\n\r\t\x20-\x7e]|[%\\&]|0[xX]/;
/** An escape that the end of its line breaks in two, with what is to be left out there. */
const BROKEN_ESCAPE = new RegExp(
  `(?:(?:%u?|\\\\[uUx{]{0,2}|0[xX])[0-9A-Fa-f]{0,7}|&[#\\w]{0,10}|0(?=\\s{1,80}[xX][0-9A-Fa-f])|` +
    `${ESCAPE_CHARACTER}[[;\\d]{0,12})([ \\t]{0,8}\\r?\\n(?:[ \\t]{2,80})?)`,
  "g",
);

/**
 * The text as it is, and with its escapes and invisible characters undone, level by level; for `names` backslashes
 * before single characters stay.
 */
export function layersOf(text: string, which: keyof typeof CODES = "all"): readonly Layer[] {
  const layers: Layer[] = [];
  for (const base of basesOf(text, which)) {
    let layer: Layer | undefined = base;
    for (let level = 0; level <= MOST_LEVELS && layer !== undefined; level += 1) {
      layers.push(layer);
      if (!MAY_BE_CODED.test(layer.text)) break;
      const whole = mended(layer);
      if (whole !== layer) layers.push(whole);
      layer = decoded(whole, CODES[which]);
    }
  }
  return layers;
}

/** The same of a text that was cut: with and without what the cut may have left of an escape, at every level. */
export function layersOfCut(text: string): readonly Layer[] {
  const layers: Layer[] = [];
  let last = basesOf(text, "all");
  for (let level = 0; level <= MOST_LEVELS && last.length > 0; level += 1) {
    const whole = last.map((layer) => ({ ...layer, text: layer.text.replace(BROKEN_OFF, "") }));
    const all = [...last, ...whole.filter((layer, index) => layer.text !== last[index]?.text)];
    layers.push(...all);
    last = all.flatMap((layer) => decoded(layer, CODES.all) ?? []);
  }
  return layers;
}

/** Begin and end, in the text that was given, of the units `start` to `end` of a layer. */
export function spanOf({ from, to }: Layer, start: number, end: number): readonly [number, number] {
  return [from?.[start] ?? start, to?.[end - 1] ?? end];
}

/**
 * The text, and what it was before blanks took the place of the ends of its lines: where known values are looked for
 * blanks do not count anyway, so that all of them may go.
 */
function basesOf(text: string, which: keyof typeof CODES): readonly Layer[] {
  return which === "all" && TORN_ESCAPE.test(text)
    ? [{ text }, without({ text }, text.matchAll(BLANKS))]
    : [{ text }];
}

/** Without the ends of lines that break an escape; every other one ends a value. */
function mended(layer: Layer): Layer {
  const { text } = layer;
  return text.includes("\n") ? without(layer, text.matchAll(BROKEN_ESCAPE)) : layer;
}

/** Leaves out each match, or the end of it that its group is. */
function without(layer: Layer, gaps: Iterable<RegExpExecArray>): Layer {
  let builder: Builder | undefined;
  let at = 0;
  for (const { index, 0: all, 1: gap = all } of gaps) {
    const end = index + all.length;
    builder ??= new Builder(layer);
    builder.copy(at, end - gap.length);
    at = end;
  }
  builder?.copy(at, layer.text.length);
  return builder?.done() ?? layer;
}

/** One level of escapes undone; `undefined` when there are none. */
function decoded(layer: Layer, codes: readonly Code[]): Layer | undefined {
  for (const code of codes) {
    const next = undone(layer, code);
    if (next !== undefined) return next;
  }
  return undefined;
}

function undone(layer: Layer, { escapes, pattern }: Code): Layer | undefined {
  const { text } = layer;
  let builder: Builder | undefined;
  let at = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    builder ??= new Builder(layer);
    builder.copy(at, match.index);
    at = match.index + match[0].length;
    const kind = escapes.findIndex((_, index) => match?.[index + 1] !== undefined);
    const how = escapes[kind];
    if (how === undefined) continue;
    const written = match[kind + 1] ?? "";
    if (how.read !== undefined) builder.put(how.read(written), match.index, at);
    else {
      const code = Number.parseInt(written, how.radix);
      if (how.isByte) builder.byte(code & 0xff, match.index, at);
      else if (code <= 0x10ffff) builder.put(String.fromCodePoint(code), match.index, at);
    }
  }
  builder?.copy(at, text.length);
  return builder?.done();
}

/** Makes a layer out of another one. What it makes is never longer. */
class Builder {
  readonly #of: Layer;
  readonly #parts: string[] = [];
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  #length = 0;
  /** Bytes of a character of which the rest may follow. */
  #bytes: { readonly byte: number; readonly start: number; readonly end: number }[] = [];

  constructor(of: Layer) {
    this.#of = of;
    this.#from = new Int32Array(of.text.length);
    this.#to = new Int32Array(of.text.length);
  }

  copy(start: number, end: number): void {
    if (start >= end) return;
    this.#flush();
    this.#parts.push(this.#of.text.slice(start, end));
    const { from, to } = this.#of;
    for (let at = start; at < end; at += 1) {
      this.#from[this.#length] = from?.[at] ?? at;
      this.#to[this.#length] = to?.[at] ?? at + 1;
      this.#length += 1;
    }
  }

  put(text: string, start: number, end: number): void {
    this.#flush();
    this.#push(text, start, end);
  }

  byte(byte: number, start: number, end: number): void {
    const pending = this.#bytes[0];
    if (pending !== undefined && (byte & 0xc0) !== 0x80) this.#flush();
    this.#bytes.push({ byte, start, end });
    const [{ byte: first = 0 } = {}] = this.#bytes;
    const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (this.#bytes.length >= wanted) this.#flush();
  }

  done(): Layer {
    this.#flush();
    return {
      text: this.#parts.join(""),
      from: this.#from.subarray(0, this.#length),
      to: this.#to.subarray(0, this.#length),
    };
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    const bytes = this.#bytes;
    this.#bytes = [];
    const text = UTF8.decode(Uint8Array.from(bytes, ({ byte }) => byte));
    this.#push(text.slice(0, bytes.length), bytes[0]?.start ?? 0, bytes.at(-1)?.end ?? 0);
  }

  #push(text: string, start: number, end: number): void {
    const [from, to] = spanOf(this.#of, start, end);
    this.#parts.push(text);
    for (let unit = 0; unit < text.length; unit += 1) {
      this.#from[this.#length] = from;
      this.#to[this.#length] = to;
      this.#length += 1;
    }
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const UTF8_BYTES = new TextEncoder();

/**
 * What is compared: letters and digits in lower case and their plain form (`ａ` is `a`, `é` is `e`); with `all` whatever
 * is neither blank nor invisible, so that a password of signs is one, too.
 */
export function foldedText(text: string, all: boolean): string {
  if (ASCII.test(text)) return text.replace(all ? /[\0-\x20\x7f]+/g : /[^A-Za-z0-9]+/g, "").toLowerCase();
  let plain = "";
  for (const character of text) plain += plainOf(character, all);
  return plain;
}

const ASCII = /^[\0-\x7f]*$/;

/** The same text, with the places where its units stand. */
export function folded(layer: Layer, all: boolean): Required<Layer> {
  const { text } = layer;
  const parts: string[] = [];
  const from = new Int32Array(text.length * 3);
  const to = new Int32Array(text.length * 3);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const last = at + character.length - 1;
    const plain = plainOf(character, all);
    parts.push(plain);
    for (let unit = 0; unit < plain.length; unit += 1) {
      from[length] = layer.from?.[at] ?? at;
      to[length] = layer.to?.[last] ?? last + 1;
      length += 1;
    }
    at = last;
  }
  return { text: parts.join(""), from: from.subarray(0, length), to: to.subarray(0, length) };
}

const NOTHING = new RegExp(`${INVISIBLE}|\\s|\\p{M}`, "u");
const LETTER = /[\p{L}\p{N}]/u;

/** Characters that are kept with what they are; a text of a language has a few hundred. */
const MOST_PLAIN = 4096;
const PLAIN = { all: new Map<string, string>(), letters: new Map<string, string>() };

/** Three units at most. */
function plainOf(character: string, all: boolean): string {
  const kept = all ? PLAIN.all : PLAIN.letters;
  const known = kept.get(character);
  if (known !== undefined) return known;
  const plain = plainFrom(character, all);
  if (kept.size < MOST_PLAIN) kept.set(character, plain);
  return plain;
}

function plainFrom(character: string, all: boolean): string {
  const code = character.charCodeAt(0);
  if (code < 0x80) {
    if (/[A-Za-z0-9]/.test(character)) return character.toLowerCase();
    return all && code > 0x20 && code !== 0x7f ? character : "";
  }
  let plain = "";
  for (const part of character.normalize("NFKD").toLowerCase())
    if (!NOTHING.test(part) && (all || LETTER.test(part))) plain += part;
  return plain.slice(0, 3);
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The characters that are the same whatever stands before and behind the bytes. `before`: how many of its group do. */
function base64Within(bytes: readonly number[], before: number): string {
  let bits = 0;
  let held = 0;
  let text = "";
  for (const byte of [...new Array<number>(before).fill(0), ...bytes]) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += BASE64[(held >> bits) & 63] ?? "";
    }
  }
  return text.slice(Math.ceil((before * 8) / 6));
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The characters that are the same whatever stands behind the bytes. */
function base32Of(bytes: readonly number[]): string {
  let bits = 0;
  let held = 0;
  let text = "";
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(held >> bits) & 31] ?? "";
    }
  }
  return text;
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
