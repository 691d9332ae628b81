import type Docker from "dockerode";
import type { Container } from "dockerode";
import type { Scrubber } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import { containerLog } from "./logs.ts";

const LINES = 5;
/** Asked for: some are empty, and a stack trace is long. */
const TAIL = 40;
/** A frame of a stack trace; what stands before it says more. */
const FRAME = /^\s{2,20}at\s/;

/** The last lines that a container wrote, without secrets; none where the log cannot be read. */
export async function lastWords(
  api: Docker,
  container: Container,
  tty: boolean,
  scrub: Scrubber,
): Promise<readonly string[]> {
  try {
    const kept = await containerLog(api, container, tty, { tail: TAIL });
    // Together, as a secret may go over the end of a line.
    return scrub(Buffer.concat(kept).toString("utf8"))
      .text.split(/\r?\n/)
      .filter((line) => line.trim() !== "" && !FRAME.test(line))
      .slice(-LINES)
      .map((line) => safeText(line, 300));
  } catch {
    return [];
  }
}
