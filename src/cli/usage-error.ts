import type { BadInput, Parsed } from "../core/bad-input.ts";
import { createScrubber, safeQuote } from "../core/scrub.ts";

const scrub = createScrubber();

/**
 * Bad input. One clear error: what, why, what to do; exit code 2. File names and words of the user are made printable,
 * and what looks like a secret among them is not repeated.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly todo: string;

  constructor(what: string, why: string, todo: string) {
    super(`${safeQuote(what, scrub, 300)}: ${safeQuote(why, scrub, 600)}`);
    this.todo = safeQuote(todo, scrub, 600);
  }
}

export function usageError({ what, why, todo }: BadInput): UsageError {
  return new UsageError(what, why, todo);
}

/** What was read. @throws {UsageError} it could not be. */
export function mustParse<T>(read: Parsed<T>): T {
  if (read.ok) return read.value;
  throw usageError(read.bad);
}
