import { safeText } from "../core/text.ts";
import type { Io } from "./io.ts";

/** Writes sentences for the user to stderr, beside the report; nothing with `--quiet`. */
export function noteFor(io: Pick<Io, "stderr">, quiet: boolean): (text: string) => void {
  return (text) => {
    if (!quiet) io.stderr.write(`pairing-doctor: ${safeText(text, 400)}\n`);
  };
}
