import { Outgoing } from "../core/outgoing.ts";
import type { Io } from "./io.ts";

/** The one door to the terminal and to files: whatever is written goes through it. */
export class Out extends Outgoing {
  readonly #io: Pick<Io, "stdout" | "stderr">;

  constructor(io: Pick<Io, "stdout" | "stderr">) {
    super();
    this.#io = io;
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
}

/** A terminal, and the door to it. */
export interface Written {
  readonly io: Io;
  readonly out: Out;
}
