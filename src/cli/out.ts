import { cleanDocument } from "../core/clean-document.ts";
import { createKnownScrubber } from "../core/scrub.ts";
import { safePage } from "../core/text.ts";
import type { Made } from "../report/formatter.ts";
import type { Io } from "./io.ts";

/**
 * The one door to the terminal and to files: whatever is written goes through it. What is not printable stays behind,
 * and so does every secret that this run has met, whoever put it into a text.
 */
export class Out {
  readonly #io: Pick<Io, "stdout" | "stderr">;
  readonly #known = new Set<string>();
  #scrub: ((text: string) => string) | undefined;

  constructor(io: Pick<Io, "stdout" | "stderr">) {
    this.#io = io;
  }

  /** Values that must not be written from now on. */
  learn(secrets: Iterable<string | undefined>): void {
    for (const secret of secrets) {
      if (secret === undefined || this.#known.has(secret)) continue;
      this.#known.add(secret);
      this.#scrub = undefined;
    }
  }

  /** Every value that this run has met so far. */
  get known(): readonly string[] {
    return [...this.#known];
  }

  /** To stdout. */
  print(page: string): void {
    this.put(this.page(page));
  }

  /** To stdout, what `page` or `json` made. */
  put(text: string): void {
    this.#io.stdout.write(text);
  }

  /** To stderr. */
  say(page: string): void {
    this.#io.stderr.write(this.page(page));
  }

  /** What a format made, as it may be written; it ends with a line break. */
  made(made: Made): string {
    const text = "page" in made ? this.page(made.page) : this.json(made.document, 2);
    return text.endsWith("\n") ? text : `${text}\n`;
  }

  /** A text of several lines as it may be written; our own colours stay. */
  page(text: string): string {
    return safePage(this.#clean(text));
  }

  /** A value as JSON. Secrets go out of its texts, so that it stays what it is: JSON. */
  json(value: unknown, indent?: number): string {
    return JSON.stringify(
      cleanDocument(value, (text) => this.#clean(text)),
      undefined,
      indent,
    );
  }

  #clean(text: string): string {
    this.#scrub ??= createKnownScrubber(this.#known);
    return this.#scrub(text);
  }
}

/** A terminal, and the door to it. */
export interface Written {
  readonly io: Io;
  readonly out: Out;
}
