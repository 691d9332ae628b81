import type { Session } from "./session.ts";

/** Who asks checks of third parties: what this run has met that is secret goes out of what they are given. */
export function askedBy({ io, out }: Session) {
  return {
    clean: (value: unknown): unknown => JSON.parse(out.json(value)),
    signal: io.signal,
  };
}
