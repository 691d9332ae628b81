import type { Scrubber } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";

/** Asked for: some are empty, and a stack trace is long. */
export const TAIL = 40;
const LINES = 5;
/** A frame of a stack trace; what stands before it says more. */
const FRAME = /^\s{2,20}at\s/;

/** The lines of a container's end that say something, without secrets. */
export function lastLines(log: readonly Uint8Array[], scrub: Scrubber): readonly string[] {
  // Together, as a secret may go over the end of a line.
  return scrub(Buffer.concat(log).toString("utf8"))
    .text.split(/\r?\n/)
    .filter((line) => line.trim() !== "" && !FRAME.test(line))
    .slice(-LINES)
    .map((line) => safeText(line, 300));
}
