/** Bad input. One clear error: what, why, what to do; exit code 2. The parts must be safe to print. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly todo: string;

  constructor(what: string, why: string, todo: string) {
    super(`${what}: ${why}`);
    this.todo = todo;
  }
}
