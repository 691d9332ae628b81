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

/** @throws {UsageError} more than one file for one report. */
export function outputsSaid(texts: readonly string[]): Outputs {
  const further: FurtherOutput[] = [];
  const plain: string[] = [];
  for (const text of texts) {
    const [, name = "", path = ""] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
    if (isFormat(name)) further.push({ format: name, path });
    else plain.push(text);
  }
  if (plain.length > 1) throw new UsageError("--output", say("given-twice"), say("output-format-file"));
  const [report] = plain;
  return { further, ...(report === undefined ? {} : { report }) };
}
