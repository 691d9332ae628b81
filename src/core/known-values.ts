import { FORMS, folded, foldedText, type Layer, layersOf, layersOfCut, MIRRORS } from "./disguises.ts";

/** Begin and end in a text. */
export type Span = readonly [start: number, end: number];

/** Shorter values would take words and ports out of every line; by their key they are found all the same. */
const SHORTEST = 6;
/** Values, and characters of all of them, that are looked for. Real configs have some dozen. */
export const MOST_SECRETS = 4000;
export const MOST_OF_SECRETS = 262_144;
/** Characters of a value that are looked at together. */
const LONGEST = 4096;
/** Of one value, as many; what is behind them is no password of anybody, but a file. */
const MOST_OF_ONE = 65_536;
/** A plain word of up to 15 letters, or a number of up to 11 digits, is a secret only where it stands by itself. */
const WORD = /^(?:\p{L}{1,15}|\d{1,11})$/u;
/** A word is not written in both cases, but for its first letter. */
const ONE_CASE = /^(?:.?\P{Lu}*|\P{Ll}*)$/su;
/** Of a long text, so many characters in a row tell something. */
const LONG_TEXT = 64;
const LONG_WINDOW = 24;
/** Of a value that was drawn at random, so many in a row are no accident: 2 in 10^12; of hex digits as many. */
const WINDOW = 8;
const HEX_WINDOW = 10;
const FORM_WINDOW = 12;
/** Letters of a value that is looked for reversed and in rot13, too: a shorter one may be a word there. */
const MIRRORED = 16;
/** What is looked at before a cut, and how many cuts of a text are. */
const LONGEST_END = 2000;
const MOST_CUTS = 100;
/** As many characters at the end of a line may be those of a value that goes on in the next one. */
const TELLING_END = 3;

/**
 * Words of the gateway's own lines, of its config and of this tool. Whoever has one of them as a password has it in
 * every line already, and without them nothing could be diagnosed.
 */
const VOCABULARY: ReadonlySet<string> = new Set(
  (
    "openclaw clawdbot gateway pairing paired required unauthorized disconnected connected connection connect closed " +
    "before origin allowed token tokens password passwd secret device devices identity signature expired invalid " +
    "missing mismatch control browser localhost loopback tailscale tailnet docker container compose kubernetes " +
    "trusted proxies request requests approve approved approval pending operator webchat remote handshake protocol " +
    "version config default admin administrator redacted production development unknown credentials reason client " +
    "server session failed refused internal external release"
  ).split(" "),
);

const LONGEST_WORD = Math.max(...Array.from(VOCABULARY, (word) => word.length));

/**
 * More secrets than can be kept out of what is shown: nothing may be shown then, as some of them would be seen. An error
 * and no value, so that no way on leads past it.
 */
export class TooManySecrets extends Error {
  override readonly name = "TooManySecrets";

  constructor() {
    super(`more than ${MOST_SECRETS} secrets, or ${MOST_OF_SECRETS} characters of them`);
  }
}

/** Values that are known, found in every disguise that `disguises.ts` lists. Linear in the length of the text. */
export class KnownValues {
  /** Compared by letters and digits; by whatever is not blank; words that have to stand by themselves. */
  readonly #letters = new Needles();
  readonly #signs = new Needles();
  readonly #words = new Needles();
  readonly #withWords: boolean;

  /**
   * `words`: also plain words and short numbers, which may be somebody's password and everybody's text.
   * @throws {TooManySecrets} more than {@link MOST_SECRETS}, or longer together than {@link MOST_OF_SECRETS}.
   */
  constructor(values: Iterable<string>, { words = true }: { readonly words?: boolean } = {}) {
    this.#withWords = words;
    let [count, length] = [0, 0];
    for (const value of new Set(values)) {
      const whole = value.trim().slice(0, MOST_OF_ONE);
      count += 1;
      length += whole.length;
      if (count > MOST_SECRETS || length > MOST_OF_SECRETS) throw new TooManySecrets();
      for (let at = 0; at < whole.length; at += LONGEST) this.#add(whole.slice(at, at + LONGEST));
    }
  }

  get isEmpty(): boolean {
    return this.#letters.isEmpty && this.#signs.isEmpty && this.#words.isEmpty;
  }

  /** Where they stand. A value that goes over the end of a line, or of a quoted text, is several spans. */
  find(text: string): readonly Span[] {
    if (this.isEmpty || text.length < SHORTEST) return [];
    const spans: Span[] = [];
    for (const layer of layersOf(text)) {
      for (const { fold, start, end } of matches(layer, false, this.#letters))
        spans.push(...pieces(text, fold, start, end));
      if (this.#signs.isEmpty && this.#words.isEmpty) continue;
      for (const { fold, start, end } of matches(layer, true, this.#signs))
        spans.push(...pieces(text, fold, start, end));
      for (const { fold, start, end } of matches(layer, true, this.#words))
        if (standsAlone(text, fold, start, end)) spans.push(...pieces(text, fold, start, end));
    }
    return spans;
  }

  /** The beginnings of those that the text's end, or a cut that it marks with `…`, has shortened. */
  findCut(text: string): readonly Span[] {
    if (this.isEmpty) return [];
    return cutsOf(text).flatMap((cut) => {
      const start = Math.max(0, cut - LONGEST_END);
      return layersOfCut(text.slice(start, cut)).flatMap((layer) =>
        ([false, true] as const).flatMap((all): Span[] => {
          const plain = foldedText(layer.text, all);
          const needles = all ? [this.#signs, this.#words] : [this.#letters];
          const length = Math.max(...needles.map((each) => each.lengthAtEnd(plain, SHORTEST)));
          if (length === 0 || !isTelling(plain.slice(-length))) return [];
          const { from } = folded(layer, all);
          return [[start + (from[from.length - length] ?? 0), cut]];
        }),
      );
    });
  }

  /** Whether one may begin at the end of the text and go on behind it. */
  beginsAtEnd(text: string): boolean {
    if (this.isEmpty) return false;
    return layersOf(text).some((layer) => {
      if (this.#letters.lengthAtEnd(foldedText(layer.text, false), TELLING_END) > 0) return true;
      const signs = foldedText(layer.text, true);
      return [this.#signs, this.#words].some((needles) => needles.lengthAtEnd(signs, TELLING_END) > 0);
    });
  }

  #add(value: string): void {
    const fold = folded({ text: value }, false);
    const letters = fold.text;
    const signs = foldedText(value, true);
    if (signs.length < SHORTEST || VOCABULARY.has(signs)) return;
    const bytes = [...new TextEncoder().encode(value)];
    const mirrors = letters.length < MIRRORED ? [] : Object.values(MIRRORS).map((mirror) => mirror(value));
    const foldedAll = (texts: readonly string[]) => texts.map((text) => foldedText(text, false));
    const forms = foldedAll(Object.values(FORMS).flatMap((form) => form(bytes)));
    const turned = foldedAll(mirrors);
    if (letters.length >= 16 && changesOf(value) / letters.length >= 0.25) {
      const size = /^[0-9a-f]+$/.test(letters) ? HEX_WINDOW : WINDOW;
      for (let at = 0; at + size <= letters.length; at += 1) {
        // `openclaw` in the middle of a random value is no secret.
        const from = value.slice(fold.from[at], fold.to[at + size - 1]);
        if (changesOf(from) >= 2) this.#letters.addWindow(letters, at, size);
      }
      // With its quiet ends and stretches, which are in no window.
      this.#letters.addWhole(letters);
      const all = [...forms, ...turned];
      for (const whole of all) this.#letters.opensWith(whole);
      for (const form of all) this.#letters.addWindows(form, FORM_WINDOW);
      return;
    }
    for (const form of forms) {
      this.#letters.addWhole(form);
      // One character that was lost on the way leaves halves of it, and nobody else writes those.
      this.#letters.addWindows(form, FORM_WINDOW);
    }
    for (const form of turned)
      if (letters.length >= LONG_TEXT) this.#letters.addWindows(form, LONG_WINDOW);
      else this.#letters.addWhole(form);
    this.#addParts(value, fold);
    if (letters.length >= LONG_TEXT) {
      this.#letters.addWindows(letters, LONG_WINDOW);
      this.#letters.opensWith(letters);
    } else if (isPhrase(value) && letters.length >= PHRASE) this.#letters.addWhole(letters);
    else if (WORD.test(signs) && ONE_CASE.test(value)) {
      if (this.#withWords) this.#words.addWhole(signs);
    } else if (letters.length >= (/\d/.test(letters) ? 12 : 20)) this.#letters.addWhole(letters);
    else {
      this.#signs.addWhole(signs);
      // A form's way to write a blank.
      if (value.includes(" ")) this.#signs.addWhole(foldedText(value.replaceAll(" ", "+"), true));
    }
  }

  /** Of several words what goes over more than one of them, as a line break leaves it. */
  #addParts(value: string, { text: letters, from, to }: Fold): void {
    const own = ownLettersOf(value, from);
    for (let at = 0; at + PHRASE <= letters.length; at += 1) {
      const isOfSeveral = /[^\p{L}\p{N}]/u.test(value.slice(from[at], to[at + PHRASE - 1]));
      if (isOfSeveral && own.slice(at, at + PHRASE).filter(Boolean).length >= SHORTEST)
        this.#letters.addWindow(letters, at, PHRASE);
    }
  }
}

/** Texts that are looked for, all in one pass: what each unit of a text costs does not grow with their number. */
class Needles {
  /** Of one beginning, by their lengths: however many have it, a place costs one look for each length. */
  readonly #byHead = new Map<string, Map<number, Set<string>>>();
  readonly #windows = new Map<number, Windows>();
  readonly #wholes = new Beginnings(TELLING_END);
  #size = 0;
  /** Which hashes of a head there are; made when the first text comes. */
  #seen: Uint8Array | undefined;

  get isEmpty(): boolean {
    return this.#size === 0 && this.#windows.size === 0;
  }

  add(needle: string): void {
    if (needle.length < SHORTEST) return;
    const head = needle.slice(0, SHORTEST);
    const byLength = this.#byHead.get(head) ?? new Map<number, Set<string>>();
    this.#byHead.set(head, byLength);
    const others = byLength.get(needle.length) ?? new Set<string>();
    byLength.set(needle.length, others);
    if (others.has(needle)) return;
    others.add(needle);
    this.#size += 1;
    this.#seen = undefined;
  }

  /** Also without a character or two at an end, which a line break or an escape before it may have taken away. */
  addWhole(whole: string): void {
    this.add(whole);
    this.opensWith(whole);
    const less = whole.length < SHORTEST + 2 ? 0 : whole.length < SHORTEST + 4 ? 1 : 2;
    if (less === 0) return;
    this.add(whole.slice(less));
    this.add(whole.slice(0, -less));
  }

  addWindows(whole: string, size: number): void {
    if (whole.length <= size) this.add(whole);
    for (let at = 0; at + size <= whole.length; at += 1) this.addWindow(whole, at, size);
  }

  /** The units of a text from `at`: one of the many of which each by itself tells that a value is there. */
  addWindow(whole: string, at: number, size: number): void {
    const windows = this.#windows.get(size) ?? new Windows(size);
    this.#windows.set(size, windows);
    windows.add(whole, at);
  }

  /** Whose beginning at the end of a line is one. */
  opensWith(whole: string): void {
    if (whole.length > TELLING_END) this.#wholes.add(whole);
  }

  search(text: string): readonly Span[] {
    const windows = [...this.#windows.values()].flatMap((each) => each.search(text));
    return this.#size === 0 ? windows : [...this.#searchNeedles(text), ...windows];
  }

  #searchNeedles(text: string): readonly Span[] {
    this.#seen ??= this.#hashes();
    const seen = this.#seen;
    const mask = seen.length * 8 - 1;
    const spans: [number, number][] = [];
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) {
      hash = rolled(hash, text.charCodeAt(at));
      if (at < SHORTEST - 1) continue;
      const place = spread(hash) & mask;
      if (((seen[place >> 3] ?? 0) & (1 << (place & 7))) === 0) continue;
      const start = at - SHORTEST + 1;
      const end = start + longestAt(text, start, this.#byHead.get(text.slice(start, at + 1)));
      if (end === start) continue;
      const last = spans.at(-1);
      if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
      else spans.push([start, end]);
    }
    return spans;
  }

  /** How many units of one, at least `least` and not all of them, stand at the end of the text. */
  lengthAtEnd(text: string, least: number): number {
    return this.#wholes.lengthAtEnd(text, least);
  }

  #hashes(): Uint8Array {
    let bits = 1 << 16;
    while (bits < this.#size * 16 && bits < 1 << 22) bits *= 2;
    const seen = new Uint8Array(bits / 8);
    for (const head of this.#byHead.keys()) {
      let hash = 0;
      for (let at = 0; at < head.length; at += 1) hash = rolled(hash, head.charCodeAt(at));
      const place = spread(hash) & (bits - 1);
      seen[place >> 3] = (seen[place >> 3] ?? 0) | (1 << (place & 7));
    }
    return seen;
  }
}

/** How long the longest of the texts that stand there is, else 0. */
function longestAt(
  text: string,
  start: number,
  byLength: ReadonlyMap<number, ReadonlySet<string>> | undefined,
): number {
  let longest = 0;
  for (const [length, needles] of byLength ?? [])
    if (length > longest && needles.has(text.slice(start, start + length))) longest = length;
  return longest;
}

/**
 * Pieces of one length, of which there are millions: only two hashes of each are kept, eight bytes. That a text's own
 * piece has both hashes of another one happens once in 10^10; it is taken out then, too.
 */
class Windows {
  readonly #size: number;
  /** What the unit that leaves a window has added to its hashes. */
  readonly #leaving: readonly [number, number];
  #hashes: Uint32Array<ArrayBuffer> = new Uint32Array(2048);
  #count = 0;

  constructor(size: number) {
    this.#size = size;
    let [one, other] = [1, 1];
    for (let at = 0; at < size; at += 1) [one, other] = [Math.imul(one, ONE), Math.imul(other, OTHER)];
    this.#leaving = [one, other];
  }

  add(whole: string, at: number): void {
    let [one, other] = [0, 0];
    for (let unit = at; unit < at + this.#size; unit += 1) {
      const code = whole.charCodeAt(unit);
      one = (Math.imul(one, ONE) + code) | 0;
      other = (Math.imul(other, OTHER) + code) | 0;
    }
    if (this.#count * 4 >= this.#hashes.length) this.#grow();
    this.#put(one, other);
  }

  /** Spans that do not overlap, in order. */
  search(text: string): readonly Span[] {
    const spans: [number, number][] = [];
    const [leavesOne, leavesOther] = this.#leaving;
    let [one, other] = [0, 0];
    for (let at = 0; at < text.length; at += 1) {
      const start = at - this.#size + 1;
      const code = text.charCodeAt(at);
      const gone = start > 0 ? text.charCodeAt(start - 1) : 0;
      one = (Math.imul(one, ONE) + code - Math.imul(gone, leavesOne)) | 0;
      other = (Math.imul(other, OTHER) + code - Math.imul(gone, leavesOther)) | 0;
      if (start < 0 || !this.#has(one, other)) continue;
      const last = spans.at(-1);
      if (last !== undefined && start < last[1]) last[1] = at + 1;
      else spans.push([start, at + 1]);
    }
    return spans;
  }

  #has(one: number, other: number): boolean {
    return this.#hashes[this.#place(one, other) + 1] !== 0;
  }

  #put(one: number, other: number): void {
    const place = this.#place(one, other);
    if (this.#hashes[place + 1] !== 0) return;
    this.#hashes[place] = one;
    this.#hashes[place + 1] = marked(other);
    this.#count += 1;
  }

  /** Where both are, or where they would be put: an even place. */
  #place(one: number, other: number): number {
    const hashes = this.#hashes;
    const mask = hashes.length - 2;
    const [first, second] = [one >>> 0, marked(other)];
    let place = (Math.imul(one ^ (other >>> 15), 0x9e3779b1) >>> 4) & mask;
    while (hashes[place + 1] !== 0 && (hashes[place] !== first || hashes[place + 1] !== second))
      place = (place + 2) & mask;
    return place;
  }

  #grow(): void {
    const before = this.#hashes;
    this.#hashes = new Uint32Array(before.length * 2);
    this.#count = 0;
    for (let at = 0; at < before.length; at += 2)
      if (before[at + 1] !== 0) this.#put(before[at] ?? 0, before[at + 1] ?? 0);
  }
}

const ONE = 0x01000193;
const OTHER = 0x2c1b3c6d;

/** Never 0, which says that a place is empty. */
function marked(hash: number): number {
  return (hash | 1) >>> 0;
}

/** Texts of which a beginning is looked for at the end of another one, by halving the sorted list of them. */
class Beginnings {
  readonly #least: number;
  readonly #all = new Set<string>();
  readonly #heads = new Set<string>();
  #longest = 0;
  #sorted: readonly string[] | undefined;

  /** `least`: no shorter beginning is asked for. */
  constructor(least: number) {
    this.#least = least;
  }

  add(whole: string): void {
    this.#all.add(whole);
    this.#heads.add(whole.slice(0, this.#least));
    this.#longest = Math.max(this.#longest, whole.length);
    this.#sorted = undefined;
  }

  /** How many units of one, at least `least` and not all of them, stand at the end of the text. */
  lengthAtEnd(text: string, least: number): number {
    for (let at = Math.max(0, text.length - this.#longest + 1); at <= text.length - least; at += 1) {
      if (!this.#heads.has(text.slice(at, at + this.#least))) continue;
      if (this.#goesOn(text.slice(at))) return text.length - at;
    }
    return 0;
  }

  /** Whether one is longer than this and begins with it. */
  #goesOn(beginning: string): boolean {
    this.#sorted ??= [...this.#all].sort((a, b) => (a < b ? -1 : 1));
    const sorted = this.#sorted;
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? "") <= beginning) low = middle + 1;
      else high = middle;
    }
    return sorted[low]?.startsWith(beginning) === true;
  }
}

/** Of the last six units: after six steps of five bits a unit is out of the thirty. */
function rolled(hash: number, unit: number): number {
  return ((hash << 5) ^ unit) & 0x3fffffff;
}

function spread(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 10;
}

/** Several words, not all of them everybody's. */
function isPhrase(value: string): boolean {
  const words = value.trim().toLowerCase().split(/\s+/);
  return words.length > 1 && !words.every((word) => VOCABULARY.has(word));
}

/** Letters of a phrase that is nobody's by chance, over more than one of its words. */
const PHRASE = 12;

/** Of each letter, by its place, whether it is of a word that is not everybody's. */
function ownLettersOf(value: string, places: Int32Array): readonly boolean[] {
  const words = Array.from(value.matchAll(/[\p{L}\p{N}]+/gu), ({ 0: word, index }) => ({
    end: index + word.length,
    isOwn: !VOCABULARY.has(foldedText(word, false)),
  }));
  let at = 0;
  // Both go up, so that a long value costs no more for each of its letters.
  return Array.from(places, (place) => {
    while ((words[at]?.end ?? Number.POSITIVE_INFINITY) <= place) at += 1;
    return words[at]?.isOwn === true;
  });
}

/** `openclaw` is the beginning of many a token, and of much else. */
function isTelling(beginning: string): boolean {
  let rest = beginning;
  for (let word = wordAt(rest); word !== undefined; word = wordAt(rest)) rest = rest.slice(word.length);
  return rest.length >= TELLING_END;
}

function wordAt(text: string): string | undefined {
  for (let length = Math.min(text.length, LONGEST_WORD); length > TELLING_END; length -= 1)
    if (VOCABULARY.has(text.slice(0, length))) return text.slice(0, length);
  return undefined;
}

/** The end of a text, and cuts within it. */
function cutsOf(text: string): readonly number[] {
  const cuts = [text.length];
  for (let at = text.indexOf("…"); at >= 0 && cuts.length < MOST_CUTS; at = text.indexOf("…", at + 1))
    cuts.push(at);
  return cuts;
}

type Fold = Required<Layer>;

function* matches(layer: Layer, all: boolean, needles: Needles) {
  if (needles.isEmpty) return;
  const found = needles.search(foldedText(layer.text, all));
  if (found.length === 0) return;
  const fold = folded(layer, all);
  for (const [start, end] of found) yield { fold, start, end };
}

/** What stays where it stands: ends of lines, and quotes that may be the text's own. */
const KEPT = /[\n\r]|(?<!\\)"/;

function pieces(text: string, { from, to }: Fold, start: number, end: number): Span[] {
  const spans: Span[] = [];
  let begin = from[start] ?? 0;
  for (let at = start + 1; at < end; at += 1) {
    const [gap, next] = [to[at - 1] ?? 0, from[at] ?? 0];
    if (next <= gap || !KEPT.test(text.slice(gap, next))) continue;
    spans.push([begin, gap]);
    begin = next;
  }
  spans.push([begin, to[end - 1] ?? begin]);
  return spans;
}

/** No letter or digit beside it, and no blank within a line in it. */
function standsAlone(text: string, { from, to }: Fold, start: number, end: number): boolean {
  const beside =
    text.slice(Math.max(0, (from[start] ?? 0) - 1), from[start]) + (text[to[end - 1] ?? 0] ?? "");
  if (/[\p{L}\p{N}]/u.test(beside)) return false;
  for (let at = start + 1; at < end; at += 1)
    if (/^[ \t]+$/.test(text.slice(to[at - 1], from[at]))) return false;
  return true;
}

/** How often letters and digits, small and capital letters follow each other. Random text changes every other time. */
export function changesOf(value: string): number {
  let changes = 0;
  let last = "";
  for (const character of value) {
    const kind = /\d/.test(character)
      ? "digit"
      : /\p{Lu}/u.test(character)
        ? "capital"
        : /\p{L}/u.test(character)
          ? "letter"
          : undefined;
    if (kind === undefined) continue;
    if (last !== "" && kind !== last) changes += 1;
    last = kind;
  }
  return changes;
}
