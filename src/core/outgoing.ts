import { cleanDocument } from "./clean-document.ts";
import { createKnownScrubber } from "./scrub.ts";
import { safePage } from "./text.ts";

/**
 * What is shown to somebody, whichever door it leaves by: what is not printable stays behind, and so does every secret
 * that this run has met, whoever put it into a text.
 */
export class Outgoing {
  readonly #known = new Set<string>();
  #scrub: ((text: string) => string) | undefined;

  /** Values that must not be shown from now on. */
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

  /** What a format made; it ends with a line break. */
  made(made: { readonly page: string } | { readonly document: unknown }): string {
    const text = "page" in made ? this.page(made.page) : this.json(made.document, 2);
    return text.endsWith("\n") ? text : `${text}\n`;
  }

  /** A text of several lines; our own colours stay. */
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
