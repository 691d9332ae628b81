import type { Finder } from "./bytes/finder.ts";
import { MAX_LINE } from "./lines.ts";

/** Who reads lines one by one. */
export interface LineConsumer {
  line(text: string, number: number, around?: Around): void;
  /** Whether what was read so far may go on in the line of this number, whatever that one says. */
  isWaiting(number: number): boolean;
}

/** What stands around the line that is handed over, and was not; good until the next one is. */
export interface Around {
  /** The nearest line before it that is not empty. */
  last(): string | undefined;
  /** Such lines before it, at most four, the nearest one last. */
  before(): readonly string[];
  /** How the next line begins; `undefined` where that is not known yet. */
  next(): string | undefined;
}

const LF = 10;
const CR = 13;
const ESCAPE = 27;
/** Bytes that stay in memory behind what was searched: the lines before the next hit. */
const HISTORY = 16_384;
const MOST_BEFORE = 4;
/** Of the next line. */
const BEGINNING = 512;
/** As many may be the characters of the longest line that is read. */
const MAX_BYTES = 3 * MAX_LINE;
/** Lines are read one by one for so many bytes whenever there are twice as many as at the last time. */
const SAMPLE = 16_384;

/**
 * The rest of a long log in UTF-8: of its lines only those are decoded that have a needle or an esc character in
 * them, what those wait for, and a bounded sample of all others. Holds one buffer, whatever the length of a line.
 */
export class LongLog {
  readonly #finder: Finder;
  readonly #consumer: LineConsumer;
  readonly #decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  /**
   * Places in the finder's memory: behind the last line that was handed over (-1: it is not there any more), of the first
   * byte to be searched, of the end.
   */
  #handed = 0;
  #from = 0;
  #to = 0;
  /** Of the line that begins at `#from`. */
  #number: number;
  /** Bytes of a line that is longer than the buffer, of which the beginning was handed over. */
  #isPassing = false;
  /** Bytes seen, also before this; how many there have to be for the next sample; where this one ends. */
  #seen: number;
  #nextSample: number;
  #sampledUntil = 0;
  /** Of the line that is handed over, and where what may stand before it begins. */
  readonly #place = { from: 0, start: 0, end: 0 };
  /** One for all lines: there may be millions. */
  readonly #around: Around = {
    last: () => this.#linesBefore(this.#place.start, this.#place.from, 1)[0],
    before: () => this.#linesBefore(this.#place.start, this.#place.from, MOST_BEFORE),
    next: () => this.#beginningAt(this.#place.end),
  };
  /** Characters of over-long lines that were not handed over. */
  skipped = 0;

  /** `number`: of the first line to come; `seen`: bytes that were read one by one before it. */
  constructor(
    finder: Finder,
    consumer: LineConsumer,
    { number, seen }: { readonly number: number; readonly seen: number },
  ) {
    this.#finder = finder;
    this.#consumer = consumer;
    this.#number = number;
    this.#seen = seen;
    this.#nextSample = seen * 2;
  }

  /** Lines begun so far. */
  get lines(): number {
    return this.#from < this.#to || this.#isPassing ? this.#number : this.#number - 1;
  }

  push(bytes: Uint8Array): void {
    const { text, size } = this.#finder;
    for (let at = 0; at < bytes.length; ) {
      if (this.#to === size) this.#makeRoom();
      const taken = bytes.subarray(at, at + size - this.#to);
      text.set(taken, this.#to);
      const end = this.#to + taken.length;
      const last = text.subarray(this.#to, end).lastIndexOf(LF);
      const whole = last < 0 ? this.#from : this.#to + last + 1;
      this.#to = end;
      at += taken.length;
      this.#seen += taken.length;
      this.#search(whole);
      if (this.#to === size && this.#from < HISTORY + 1) this.#cutLine();
    }
  }

  /** What the last line feed is missing behind. What stands at the end of a log tells most: it is a sample, too. */
  end(): void {
    const { text } = this.#finder;
    if (text.subarray(this.#from, this.#to).every((byte) => byte === CR)) this.#to = this.#from;
    if (this.#from < this.#to && !this.#isPassing) {
      // As many needles end with a line feed as without.
      text[this.#to] = LF;
      this.#to += 1;
      this.#search(this.#to);
    }
    let { number, at } = this.#lineBack(this.#from, Math.max(this.#handed, this.#from - HISTORY, 0));
    while (at < this.#from) {
      const end = this.#finder.seek(at, this.#from, LF) + 1;
      this.#hand(at, Math.min(end, this.#from), number);
      at = end;
      number += 1;
    }
  }

  /** The first line that begins at `least` or behind it. */
  #lineBack(from: number, least: number): { readonly at: number; readonly number: number } {
    const at = least === this.#handed ? least : Math.min(from, this.#finder.seek(least, from, LF) + 1);
    return { at, number: this.#number - this.#finder.count(at, from) };
  }

  /** Whole lines up to `to`. */
  #search(to: number): void {
    const { find, seek, count, text } = this.#finder;
    const consumer = this.#consumer;
    if (this.#isPassing) {
      const end = seek(this.#from, this.#to, LF) + 1;
      if (end > this.#to) {
        this.skipped += this.#to - this.#from;
        this.#from = this.#to;
        return;
      }
      this.skipped += end - 1 - this.#from;
      this.#isPassing = false;
      this.#from = end;
      this.#handed = end;
      this.#number += 1;
    }
    let from = this.#from;
    let number = this.#number;
    let hit = -1;
    let esc = seek(from, to, ESCAPE);
    if (this.#seen >= this.#nextSample && from < to) {
      this.#nextSample *= 2;
      this.#sampledUntil = Math.min(to, from + SAMPLE);
    }
    while (from < to) {
      let start = from;
      if (from >= this.#sampledUntil && !consumer.isWaiting(number)) {
        // A look begins at a place that four divides; one before the line cannot be at a needle of it.
        if (hit < from) hit = find((from + 3) & ~3, to);
        if (esc < from) esc = seek(from, to, ESCAPE);
        const next = Math.min(hit, esc);
        if (next >= to) break;
        // Before the first byte of all there is no place to look back from.
        start = next === from ? from : Math.max(from, text.lastIndexOf(LF, next - 1) + 1);
        number += count(from, start);
      }
      const end = seek(start, to, LF) + 1;
      this.#hand(start, end, number);
      number += 1;
      from = end;
    }
    this.#number = number + (from < to ? count(from, to) : 0);
    this.#from = to;
    this.#sampledUntil = 0;
  }

  /** One line, with its line feed; lone carriage returns are ends of lines that share its number. */
  #hand(start: number, end: number, number: number): void {
    const { text } = this.#finder;
    const at = this.#place;
    at.start = start;
    at.from = Math.max(0, this.#handed);
    at.end = end;
    let stop = text[end - 1] === LF ? end - 1 : end;
    if (stop > start && text[stop - 1] === CR) stop -= 1;
    if (stop > start) {
      const isParted = this.#finder.seek(start, stop, CR) < stop;
      const whole = isParted ? stop : Math.min(stop, start + MAX_BYTES);
      const written = this.#decoder.decode(text.subarray(start, whole));
      if (!isParted) this.#one(written, number, this.#around);
      else {
        let first: Around | undefined = this.#around;
        for (const part of written.split("\r")) {
          if (part === "") continue;
          this.#one(part, number, first);
          first = undefined;
        }
      }
    }
    this.#handed = end;
  }

  #one(written: string, number: number, around: Around | undefined): void {
    const isCut = written.length > MAX_LINE;
    if (isCut) this.skipped += written.length - MAX_LINE;
    this.#consumer.line(isCut ? written.slice(0, MAX_LINE) : written, number, around);
  }

  /** At most `most` lines that are not empty, before `start` and not before `least`. */
  #linesBefore(start: number, least: number, most: number): string[] {
    const { text } = this.#finder;
    const lines: string[] = [];
    for (let end = start; end > least && lines.length < most; ) {
      // Up to the line feed before the one that ends it.
      const begin = end < 2 ? 0 : Math.max(least, text.lastIndexOf(LF, end - 2) + 1);
      const whole = this.#decoder.decode(text.subarray(begin, text[end - 1] === LF ? end - 1 : end));
      const parts = whole.includes("\r") ? whole.split("\r") : [whole];
      lines.unshift(...parts.filter((part) => part !== "").slice(-(most - lines.length)));
      end = begin;
    }
    return lines;
  }

  #beginningAt(at: number): string | undefined {
    const stop = this.#finder.seek(at, this.#to, LF);
    const last = Math.min(stop, at + BEGINNING);
    return stop === this.#to && last === stop
      ? undefined
      : this.#decoder.decode(this.#finder.text.subarray(at, last));
  }

  /** The searched part goes, but for its end. */
  #makeRoom(): void {
    const { text } = this.#finder;
    const keep = Math.max(0, this.#from - HISTORY);
    text.copyWithin(0, keep, this.#to);
    this.#handed = Math.max(-1, this.#handed - keep);
    this.#from -= keep;
    this.#to -= keep;
  }

  /** The buffer is full and has no end of a line: its beginning is read, the rest passes. */
  #cutLine(): void {
    if (this.#isPassing) return;
    const most = Math.min(this.#to, this.#from + MAX_BYTES);
    this.#hand(this.#from, most, this.#number);
    this.skipped += this.#to - most;
    this.#from = this.#to;
    this.#handed = this.#to;
    this.#isPassing = true;
  }
}
