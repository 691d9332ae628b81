import type { BadInput, Parsed } from "../core/bad-input.ts";
import { safeText } from "../core/text.ts";

/** Bad input. One clear error: what, why, what to do; exit code 2. File names and words of the user are made printable. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly todo: string;

  constructor(what: string, why: string, todo: string) {
    super(`${safeText(what, 300)}: ${safeText(why, 600)}`);
    this.todo = safeText(todo, 600);
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
