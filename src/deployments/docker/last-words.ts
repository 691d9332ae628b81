import type Docker from "dockerode";
import type { Container } from "dockerode";
import type { Scrubber } from "../../core/scrub.ts";
import { lastLines, TAIL } from "../contained/last-lines.ts";
import { containerLog } from "./logs.ts";

/** The last lines that a container wrote, without secrets; none where the log cannot be read. */
export async function lastWords(
  api: Docker,
  container: Container,
  tty: boolean,
  scrub: Scrubber,
): Promise<readonly string[]> {
  try {
    return lastLines(await containerLog(api, container, tty, { tail: TAIL }), scrub);
  } catch {
    return [];
  }
}
