import type { BadInput, Parsed } from "../core/bad-input.ts";
import { inEnglish, type Saying } from "../core/saying.ts";

/**
 * Bad input. One clear error: what, why, what to do (`usageLines`); exit code 2.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly bad: BadInput;

  /** `what`: the option or file, as it was given, or how it is called. */
  constructor(what: BadInput["what"], why: Saying, todo: Saying) {
    super(inEnglish(why));
    this.bad = { what, why, todo };
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
