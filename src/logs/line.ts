import type { LogEvent } from "../core/log-event.ts";

/** Scalars of the gateway's meta object: `cause`, `reason`, `requestId`, `client` … */
export type Meta = Readonly<Record<string, string | number | boolean>>;

/** One logical line, after prefixes, JSON wrappers and wrapped continuations were dealt with. Safe and scrubbed. */
export interface Line {
  /** The message, without the gateway's own timestamp; at most 4,096 characters. */
  readonly text: string;
  /** From a JSON line, or from the end of a 9.x console line. */
  readonly meta?: Meta;
  readonly form: NonNullable<LogEvent["form"]>;
  /** Of a JSON line: `gateway/ws`. */
  readonly subsystem?: string;
  /** What every event of the line has. */
  readonly base: Pick<LogEvent, "line" | "source" | "quote"> & Partial<Pick<LogEvent, "at" | "form" | "via">>;
}

/** One kind of line. `hints` are searched literally before anything else runs: every line that `read` knows has one. */
export interface Shape {
  readonly name: string;
  readonly hints: readonly string[];
  /**
   * What is searched for the same among the bytes of a long log, where the hints are too common or too short (six
   * characters is the least); none for what only people write.
   */
  readonly needles?: readonly string[];
  readonly read: (line: Line) => LogEvent | undefined;
}
