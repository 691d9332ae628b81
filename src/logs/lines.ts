import { type Decoder, decoderFor } from "../core/encoding.ts";

/** A line longer than this is cut; the rest of it is skipped and counted. In UTF-16 units. */
export const MAX_LINE = 65_536;

export type Chunk = string | Uint8Array;

export type OnLine = (text: string, number: number) => void;

/**
 * Splits chunks into lines, whatever the chunks: UTF-8, UTF-16 with a byte order mark (PowerShell's `>`),
 * LF, CRLF, and lone CR (progress output: its parts share the number of the line). Empty lines are counted,
 * not handed out. Holds at most one line.
 */
export class LineSplitter {
  readonly #onLine: OnLine;
  #decoder: Decoder | undefined;
  /** Bytes before the encoding is known. */
  #head: number[] = [];
  #rest = "";
  #overflow = false;
  #started = false;
  #number = 1;
  #atLineStart = true;

  /** Bytes seen; characters where chunks were strings. */
  bytes = 0;
  /** Characters of over-long lines that were not handed out. */
  skipped = 0;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  /** Of the line that is read, or of the next one where the last one ended. */
  get number(): number {
    return this.#number;
  }

  /** Lines begun so far. */
  get lines(): number {
    return this.#atLineStart ? this.#number - 1 : this.#number;
  }

  push(chunk: Chunk): void {
    if (typeof chunk === "string") {
      this.bytes += chunk.length;
      this.#flushDecoder();
      this.#text(chunk);
    } else {
      this.bytes += chunk.byteLength;
      this.#decode(chunk);
    }
  }

  end(): void {
    this.#flushDecoder();
    if (this.#rest !== "") this.#emit(this.#rest);
    this.#rest = "";
  }

  #decode(chunk: Uint8Array): void {
    if (this.#decoder !== undefined) {
      this.#text(this.#decoder.decode(chunk, { stream: true }));
      return;
    }
    // Four bytes tell the encoding.
    const needed = 4 - this.#head.length;
    this.#head.push(...chunk.subarray(0, needed));
    if (this.#head.length < 4) return;
    this.#decoder = decoderFor(this.#head);
    this.#text(this.#decoder.decode(Uint8Array.from(this.#head), { stream: true }));
    this.#head = [];
    if (chunk.length > needed) this.#text(this.#decoder.decode(chunk.subarray(needed), { stream: true }));
  }

  #flushDecoder(): void {
    if (this.#head.length > 0) {
      this.#decoder = decoderFor(this.#head);
      this.#text(this.#decoder.decode(Uint8Array.from(this.#head), { stream: true }));
      this.#head = [];
    }
    if (this.#decoder === undefined) return;
    const last = this.#decoder.decode();
    this.#decoder = undefined;
    this.#text(last);
  }

  #text(text: string): void {
    if (text === "") return;
    let from = 0;
    if (!this.#started) {
      this.#started = true;
      if (text.charCodeAt(0) === 0xfeff) from = 1;
    }
    let cr = text.indexOf("\r", from);
    let lf = text.indexOf("\n", from);
    while (cr >= 0 || lf >= 0) {
      const breakAt = cr < 0 ? lf : lf < 0 ? cr : Math.min(cr, lf);
      this.#segment(text, from, breakAt);
      from = breakAt + 1;
      if (breakAt === lf) {
        this.#number++;
        this.#atLineStart = true;
        lf = text.indexOf("\n", from);
      } else {
        cr = text.indexOf("\r", from);
      }
    }
    if (from < text.length) {
      this.#atLineStart = false;
      this.#keep(text, from, text.length);
    }
  }

  /** The end of a line, or of a part before a lone CR. */
  #segment(text: string, from: number, to: number): void {
    if (from < to) this.#atLineStart = false;
    if (this.#rest === "" && to - from <= MAX_LINE) {
      if (from < to) this.#emit(text.slice(from, to));
      return;
    }
    this.#keep(text, from, to);
    const line = this.#rest;
    this.#rest = "";
    this.#overflow = false;
    this.#emit(line);
  }

  #keep(text: string, from: number, to: number): void {
    const room = this.#overflow ? 0 : MAX_LINE - this.#rest.length;
    const taken = Math.min(room, to - from);
    if (taken > 0) this.#rest += text.slice(from, from + taken);
    if (to - from > taken) {
      this.#overflow = true;
      this.skipped += to - from - taken;
    }
  }

  #emit(line: string): void {
    this.#overflow = false;
    this.#onLine(line, this.#number);
  }
}

/** A copy that does not keep its parent string alive: slices of a chunk would hold the whole chunk. */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}
