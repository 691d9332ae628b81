import { createInterface } from "node:readline/promises";
import type { Io } from "./io.ts";

/** Characters of a question; it stands below what it is about. */
const MAX_QUESTION = 4000;

/** What is typed after a question on stderr; nothing when it was interrupted. */
export async function askHere(
  question: string,
  io: Pick<Io, "stdin" | "stderr" | "signal">,
): Promise<string> {
  const terminal = createInterface({ input: io.stdin, output: io.stderr as NodeJS.WritableStream });
  // While it reads keys, Ctrl-C is one of them and no signal.
  terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return (await terminal.question(`${question.slice(0, MAX_QUESTION)} `, { signal: io.signal })).trim();
  } catch {
    return "";
  } finally {
    terminal.close();
  }
}
