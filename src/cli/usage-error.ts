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
