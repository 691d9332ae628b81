import { writeFile } from "node:fs/promises";
import type { Lang } from "../core/languages.ts";
import { say } from "../core/saying.ts";
import { type Format, formatOf } from "../report/formats.ts";
import type { Report } from "../report/result.ts";
import type { Out, Written } from "./out.ts";
import { type ColorOption, lookOf } from "./style.ts";
import { UsageError } from "./usage-error.ts";

export interface EmitOptions {
  readonly format: Format;
  readonly lang: Lang;
  readonly color: ColorOption;
  readonly output?: string;
  readonly verbose: boolean;
}

/** Writes the report to stdout, or to `--output FILE` (plain, no box). An interrupted look gives no report. */
export async function emit(report: Report, options: EmitOptions, session: Written): Promise<void> {
  const { io, out } = session;
  io.signal.throwIfAborted();
  const toFile = options.output !== undefined;
  const look = lookOf(options.color, io);
  const formatter = await formatOf(options.format).load();
  const made = await formatter.report(report, {
    lang: options.lang,
    verbose: options.verbose,
    width: toFile ? 80 : look.width,
    unicode: look.unicode,
    color: toFile ? options.color === "always" : look.color,
    box: !toFile && look.box,
  });
  await write(out.made(made), options.output, out);
}

/**
 * Writes what `Out` made to stdout, or to a file.
 *
 * @throws {UsageError} the file cannot be written.
 */
export async function write(text: string, output: string | undefined, out: Out): Promise<void> {
  if (output === undefined) {
    out.put(text);
    return;
  }
  try {
    await writeFile(output, text, { mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    throw new UsageError(`--output ${output}`, say("not-writable", { code }), say("name-writable-place"));
  }
}
