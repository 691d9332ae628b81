/**
 * The tests' own way to disguise a secret, for every disguise that the tool claims to see through. Nothing of the tool's
 * list is used but its names: a fault there is seen here, and a new name without a generator does not compile.
 */
import type { Disguise } from "../../src/core/disguises.ts";

/** Numbers that a seed gives. */
export interface Draw {
  /** From 0 to below `below`. */
  int(below: number): number;
  chance(of: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32. */
export function drawing(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    chance: (of) => next() < of,
    pick: <T>(list: readonly T[]) => list[int(list.length)] as T,
  };
}

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function drawn(draw: Draw, alphabet: string, length: number): string {
  return Array.from({ length }, () => draw.pick([...alphabet])).join("");
}

const WORDS = "walnut harbour sextant mango violin tundra pepper glacier juniper saffron kettle marble".split(
  " ",
);

/** Kinds of secrets: drawn by programs, and made up by people. */
export const SECRETS = {
  "gateway token": (draw) => drawn(draw, "0123456789abcdef", 48),
  "64 hex digits": (draw) => drawn(draw, "0123456789ABCDEF", 64),
  "32 hex digits": (draw) => drawn(draw, "0123456789abcdef", 32),
  base64url: (draw) => drawn(draw, `${ALPHANUMERIC}-_`, 43),
  base64: (draw) => `${drawn(draw, `${ALPHANUMERIC}+/`, 43)}=`,
  "provider key": (draw) => `sk-live-${drawn(draw, ALPHANUMERIC, 40)}`,
  passphrase: (draw) => Array.from({ length: 4 }, () => draw.pick(WORDS)).join("-"),
  "words and a number": (draw) => `${draw.pick(WORDS)}.${draw.pick(WORDS)}.${100 + draw.int(900)}`,
  "with quotes": (draw) => `it's "${draw.pick(WORDS)}" & ${draw.pick(WORDS)}'s \\${draw.int(99)}`,
  "with signs": (draw) =>
    `${drawn(draw, ALPHANUMERIC, 5)}!%#&${drawn(draw, ALPHANUMERIC, 6)}<>?=${draw.int(99)}`,
  "not English": (draw) =>
    `пароль-${draw.pick(WORDS)}-${draw.pick(["дня", "ночи"])}-密码${100 + draw.int(900)}`,
  short: (draw) => `${draw.pick(WORDS)}${10 + draw.int(90)}`,
} as const satisfies Readonly<Record<string, (draw: Draw) => string>>;

export type SecretKind = keyof typeof SECRETS;
export const SECRET_KINDS = Object.keys(SECRETS) as readonly SecretKind[];

type Maker = (secret: string, draw: Draw) => string;

const utf8 = (secret: string): readonly number[] => [...Buffer.from(secret, "utf8")];
const units = (secret: string): readonly number[] => secret.split("").map((unit) => unit.charCodeAt(0));
const points = (secret: string): readonly number[] => [...secret].map((point) => point.codePointAt(0) ?? 0);
const hex = (code: number, digits: number, draw: Draw): string => {
  const text = code.toString(16).padStart(digits, "0");
  return draw.chance(0.5) ? text : text.toUpperCase();
};
/** All of it, or here and there a plain ASCII character between. */
const each = (codes: readonly number[], draw: Draw, write: (code: number) => string): string => {
  const mixed = draw.chance(0.4);
  return codes
    .map((code) => {
      const plain = String.fromCharCode(code);
      return mixed && /^[A-Za-z0-9]$/.test(plain) && draw.chance(0.5) ? plain : write(code);
    })
    .join("");
};
const between = (secret: string, put: () => string): string =>
  [...secret].map((c, i) => (i === 0 ? c : put() + c)).join("");

const NOTHING_SEEN = [
  0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0xad, 0x61c, 0x180e, 0x34f, 0x202e, 0x2066, 0xfe0f, 0xe0001,
  0xe0041, 0xe0100, 0x0, 0x7, 0x1b,
].map((code) => (code === 0x1b ? "\u001b[3m" : String.fromCodePoint(code)));

export const DISGUISES = {
  "percent byte": (secret, draw) => each(utf8(secret), draw, (byte) => `%${hex(byte, 2, draw)}`),
  "percent u": (secret, draw) => each(units(secret), draw, (unit) => `%u${hex(unit, 4, draw)}`),
  "backslash u": (secret, draw) => each(units(secret), draw, (unit) => `\\u${hex(unit, 4, draw)}`),
  "backslash u in braces": (secret, draw) =>
    each(points(secret), draw, (point) => `\\u{${hex(point, draw.pick([1, 4, 6]), draw)}}`),
  "backslash U": (secret, draw) => each(points(secret), draw, (point) => `\\U${hex(point, 8, draw)}`),
  "backslash x": (secret, draw) => each(utf8(secret), draw, (byte) => `\\x${hex(byte, 2, draw)}`),
  "backslash octal": (secret) =>
    utf8(secret)
      .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
      .join(""),
  "0x": (secret, draw) =>
    utf8(secret)
      .map((byte) => `0x${hex(byte, 2, draw)}`)
      .join(draw.pick([", ", ",", " "])),
  "decimal entity": (secret, draw) =>
    each(points(secret), draw, (point) => `&#${draw.pick(["", "0", "000"])}${point};`),
  "hex entity": (secret, draw) =>
    each(points(secret), draw, (point) => `&#${draw.pick(["x", "X"])}${hex(point, 1, draw)};`),
  "named entity": (secret) =>
    secret
      .replaceAll("&", "&amp;")
      .replaceAll('"', "&quot;")
      .replaceAll("'", "&apos;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;"),
  "backslash character": (secret, draw) =>
    draw.chance(0.5) ? JSON.stringify(secret).slice(1, -1) : secret.replace(/[^\p{L}\p{N}\s]/gu, "\\$&"),
  hex: (secret, draw) => {
    const pairs = utf8(secret).map((byte) => byte.toString(16).padStart(2, "0"));
    const text = pairs.join(draw.pick(["", "", ":", " ", "-"]));
    return draw.chance(0.5) ? text : text.toUpperCase();
  },
  decimals: (secret, draw) => utf8(secret).join(draw.pick([",", ", ", " "])),
  base64: (secret, draw) => {
    const around = [draw.pick(["", "u", "u:", "user:", "operator:x"]), draw.pick(["", "\n", "@host"])];
    const bytes = Buffer.from(`${around[0]}${secret}${around[1]}`);
    const text = bytes.toString(draw.pick(["base64", "base64url"] as const));
    return draw.chance(0.3) ? text.replace(/=+$/, "") : text;
  },
  "base64 twice": (secret, draw) => {
    const kinds = ["base64", "base64url"] as const;
    const once = Buffer.from(secret).toString(draw.pick(kinds));
    return Buffer.from(once).toString(draw.pick(kinds));
  },
  base32: (secret, draw) => {
    const bits = utf8(secret)
      .map((byte) => byte.toString(2).padStart(8, "0"))
      .join("");
    const text = (bits.match(/.{1,5}/g) ?? [])
      .map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(five.padEnd(5, "0"), 2)])
      .join("");
    const padded = text.padEnd(Math.ceil(text.length / 8) * 8, draw.pick(["", "="]) || " ").trimEnd();
    return draw.chance(0.5) ? padded : padded.toLowerCase();
  },
  reversed: (secret) => [...secret].reverse().join(""),
  rot13: (secret) => {
    const letters = "abcdefghijklmnopqrstuvwxyz";
    return [...secret]
      .map((sign) => {
        const at = letters.indexOf(sign.toLowerCase());
        const turned = letters[(at + 13) % 26] ?? sign;
        if (at < 0) return sign;
        return sign === sign.toLowerCase() ? turned : turned.toUpperCase();
      })
      .join("");
  },
  invisible: (secret, draw) => {
    const one = draw.pick(NOTHING_SEEN);
    return between(secret, () => (draw.chance(0.7) ? one : draw.pick(NOTHING_SEEN)));
  },
  punctuation: (secret, draw) => {
    const sign = draw.pick(["-", ".", "_", "·", " ", " | ", "/"]);
    const every = 1 + draw.int(4);
    return [...secret].map((c, i) => (i > 0 && i % every === 0 ? sign + c : c)).join("");
  },
  "line break": (secret, draw) => broken(secret, draw),
  case: (secret, draw) =>
    draw.pick([
      secret.toUpperCase(),
      secret.toLowerCase(),
      [...secret].map((c) => (draw.chance(0.5) ? c.toUpperCase() : c.toLowerCase())).join(""),
    ]),
  width: (secret) =>
    [...secret].map((c) => (/^[!-~]$/.test(c) ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c)).join(""),
} as const satisfies Readonly<Record<Disguise, Maker>>;

export const DISGUISE_NAMES = Object.keys(DISGUISES) as readonly Disguise[];

/** Broken in two or more where a terminal or a mail has no more room. */
export function broken(text: string, draw: Draw): string {
  const end = draw.pick(["\n", "\r\n", "\n    "]);
  const characters = [...text];
  if (draw.chance(0.3)) {
    const width = 8 + draw.int(40);
    return (text.match(new RegExp(`.{1,${width}}`, "gsu")) ?? []).join(end);
  }
  const at = 1 + draw.int(Math.max(1, characters.length - 1));
  return `${characters.slice(0, at).join("")}${end}${characters.slice(at).join("")}`;
}

/** What a log, a page or a tool makes of a text on its way. */
const WRAPPINGS: readonly Maker[] = [
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => encodeURIComponent(text.toWellFormed()),
  (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  (text, draw) => broken(text, draw),
];

/** A secret in one of its disguises, sometimes wrapped once more. Short ones are not looked for between signs. */
export function disguised(secret: string, name: Disguise, draw: Draw, wraps = 0.3): string {
  const text = DISGUISES[name](secret, draw);
  return draw.chance(wraps) ? draw.pick(WRAPPINGS)(text, draw) : text;
}

/** Kinds of 16 letters and more, which are no word of somebody else's when they are turned round. */
const LONG: ReadonlySet<SecretKind> = new Set([
  "gateway token",
  "64 hex digits",
  "32 hex digits",
  "base64url",
  "base64",
  "provider key",
]);

/** Whether the tool claims to see through it: few letters between signs may be anything. */
export function isClaimed(kind: SecretKind, name: Disguise): boolean {
  if (name === "reversed" || name === "rot13") return LONG.has(kind);
  return name !== "punctuation" || !["short", "with signs", "with quotes", "not English"].includes(kind);
}

/**
 * What a text tells of a secret: half of its letters and digits in a row, plain or in base64, or half of how it was
 * disguised; `undefined`: nothing. Knows nothing of how the tool looks for it.
 */
export function toldOf(text: string, secret: string, shown: string): string | undefined {
  return reader(text)(secret, shown);
}

/** The same for many secrets in several texts. */
export function reader(...texts: readonly string[]): (secret: string, shown: string) => string | undefined {
  // No letter and no digit, so that nothing is read over it.
  const plain = new Searched(texts.flatMap((text) => [lettersOf(text), ...base64In(text)]).join("\n"));
  const seen = new Searched(texts.map((text) => text.replaceAll(/\s+/g, " ")).join("\n"));
  return (secret, shown) => {
    const letters = lettersOf(secret);
    const half = letters.length < 10 ? letters.length : Math.max(8, Math.ceil(letters.length / 2));
    const told = plain.partOf(letters, half);
    if (told !== undefined) return told;
    // What fills the last group of base32 and base64 up tells nothing.
    const worn = shown.replaceAll(/\s+/g, " ").replace(/(?:=|%3D)+$/i, "");
    return seen.partOf(worn, Math.max(12, Math.ceil(worn.length / 2)));
  };
}

/** What runs of base64 in a text say, from whichever of their characters on. */
function base64In(text: string): readonly string[] {
  const runs = new Set(text.replaceAll(/[\r\n]+ */g, "").match(/[A-Za-z0-9+/_-]{8,}/g) ?? []);
  return [...runs].flatMap((run) =>
    [0, 1, 2, 3].map((from) => lettersOf(Buffer.from(run.slice(from), "base64").toString("utf8"))),
  );
}

/** A text in which many others are looked for: nearly all of them are told not to be there without reading it again. */
class Searched {
  readonly #text: string;
  readonly #grams = new Uint8Array(1 << GRAM_BITS);

  constructor(text: string) {
    this.#text = text;
    for (let at = 0; at + GRAM <= text.length; at += 1) this.#grams[gramAt(text, at)] = 1;
  }

  /** `size` characters of `whole` in a row that stand here. */
  partOf(whole: string, size: number): string | undefined {
    if (whole.length < size || size === 0 || !this.#mayHold(whole, size)) return undefined;
    for (let at = 0; at + size <= whole.length; at += 1) {
      const part = whole.slice(at, at + size);
      if (this.#text.includes(part)) return part;
    }
    return undefined;
  }

  /** As many as that have all their grams here, one after the other. */
  #mayHold(whole: string, size: number): boolean {
    if (size < GRAM) return true;
    let held = 0;
    for (let at = 0; at + GRAM <= whole.length; at += 1) {
      held = this.#grams[gramAt(whole, at)] === 1 ? held + 1 : 0;
      if (held >= size - GRAM + 1) return true;
    }
    return false;
  }
}

const GRAM = 5;
const GRAM_BITS = 20;

/** A place in the table for the characters from `at`; others may have the same. */
function gramAt(text: string, at: number): number {
  let hash = 0;
  for (let unit = at; unit < at + GRAM; unit += 1)
    hash = (Math.imul(hash, 0x01000193) + text.charCodeAt(unit)) | 0;
  return Math.imul(hash, 0x9e3779b1) >>> (32 - GRAM_BITS);
}

function lettersOf(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "");
}
