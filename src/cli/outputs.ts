import { resolve } from "node:path";
import { say } from "../core/saying.ts";
import { type Format, isFormat } from "../report/formats.ts";
import { UsageError } from "./usage-error.ts";

/** Where reports go besides stdout. */
export interface Outputs {
  /** In the place of stdout, in the format of `--format`. */
  readonly report?: string;
  /** `--output FORMAT=FILE`: more of them, each in its own format. */
  readonly further: readonly FurtherOutput[];
}

export interface FurtherOutput {
  readonly format: Format;
  readonly path: string;
}

/**
 * `others`: what else the command line names; a file that is read is not written over.
 * @throws {UsageError} more than one file for one report, one file for more than one, or one that is read.
 */
export function outputsSaid(texts: readonly string[], others: readonly string[] = []): Outputs {
  const further: FurtherOutput[] = [];
  const plain: string[] = [];
  for (const text of texts) {
    const [, name = "", path = ""] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
    if (isFormat(name)) further.push({ format: name, path });
    else plain.push(text);
  }
  if (plain.length > 1) throw new UsageError("--output", say("given-twice"), say("output-format-file"));
  const read = new Set(others.map((other) => resolve(other)));
  const taken = new Set<string>();
  for (const path of [...plain, ...further.map((each) => each.path)]) {
    const whole = resolve(path);
    // Terminals, pipes of the shell and /dev/null.
    if (whole.startsWith("/dev/")) continue;
    if (taken.has(whole) || read.has(whole))
      throw new UsageError(
        `--output ${path}`,
        say(taken.has(whole) ? "given-twice" : "output-is-read"),
        say("output-own-file"),
      );
    taken.add(whole);
  }
  const [report] = plain;
  return { further, ...(report === undefined ? {} : { report }) };
}
