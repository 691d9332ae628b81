import { type Finder, finderOf } from "./bytes/finder.ts";
import { needles } from "./bytes/needles.ts";
import { Utf8 } from "./bytes/utf8.ts";
import { type Chunk, LineSplitter } from "./lines.ts";
import { type LineConsumer, LongLog } from "./long-log.ts";

/** Of one log at a time: their memory is large. */
const idle: Finder[] = [];

/** A log of any length: read line by line at first, and where it goes on, searched (`LongLog`). */
export class AnyLog {
  readonly #consumer: LineConsumer & { readonly isSpelled: boolean };
  readonly #careful: number;
  readonly #splitter: LineSplitter;
  readonly #utf8 = new Utf8();
  #finder: Finder | undefined;
  #long: LongLog | undefined;
  /** Bytes that the splitter was given. */
  #split = 0;
  /** Characters where chunks are strings. */
  bytes = 0;

  constructor(consumer: LineConsumer & { readonly isSpelled: boolean }, careful: number) {
    this.#consumer = consumer;
    this.#careful = careful;
    this.#splitter = new LineSplitter((text, number) => consumer.line(text, number));
  }

  get lines(): number {
    return this.#long?.lines ?? this.#splitter.lines;
  }

  get skipped(): number {
    return this.#splitter.skipped + (this.#long?.skipped ?? 0);
  }

  push(chunk: Chunk): void {
    const read = this.bytes;
    this.bytes += chunk.length;
    const bytes = this.#utf8.of(chunk);
    if (this.#long !== undefined) {
      this.#long.push(bytes);
      return;
    }
    // Where it is exactly does not matter; but the splitter waits for four bytes.
    const from = Math.max(this.#careful - read, 3 - this.#split, 0);
    const end = this.bytes <= this.#careful || from >= bytes.length ? 0 : bytes.indexOf(10, from) + 1;
    this.#split += end === 0 ? bytes.length : end;
    this.#splitter.push(end === 0 ? bytes : bytes.subarray(0, end));
    if (end > 0) this.#goOn(bytes.subarray(end));
  }

  end(): void {
    const rest = this.#utf8.rest();
    if (this.#long === undefined) {
      this.#splitter.push(rest);
      this.#splitter.end();
      return;
    }
    this.#long.push(rest);
    this.#long.end();
    if (this.#finder !== undefined) idle.push(this.#finder);
  }

  /** What is left after the end of a line. */
  #goOn(bytes: Uint8Array): void {
    this.#finder = this.#consumer.isSpelled ? undefined : (idle.pop() ?? finderOf(needles()));
    if (this.#finder === undefined) {
      this.#splitter.push(bytes);
      return;
    }
    const { number } = this.#splitter;
    this.#long = new LongLog(this.#finder, this.#consumer, { number, seen: this.bytes });
    this.#long.push(bytes);
  }
}
