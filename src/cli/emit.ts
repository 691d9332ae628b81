import type { Severity } from "../core/finding.ts";
import type { Lang } from "../core/languages.ts";
import { say } from "../core/saying.ts";
import { writeOutput } from "../deployments/output-file.ts";
import { withoutCommands } from "../report/formats/github.ts";
import { type Format, formatOf } from "../report/formats.ts";
import type { Look, Made } from "../report/formatter.ts";
import { openclawDoctorDocument } from "../report/openclaw-doctor.ts";
import type { Report } from "../report/result.ts";
import { isGithubActions } from "./actions.ts";
import type { Io } from "./io.ts";
import type { Out, Written } from "./out.ts";
import type { FurtherOutput } from "./outputs.ts";
import { type ColorOption, lookOf } from "./style.ts";
import { UsageError } from "./usage-error.ts";

export interface EmitOptions {
  readonly format: Format;
  readonly lang: Lang;
  readonly color: ColorOption;
  readonly output?: string;
  readonly further: readonly FurtherOutput[];
  readonly verbose: boolean;
  /** Of whoever a reply goes to, where nobody asked for another. */
  readonly replyLang?: Lang;
  /** The report itself as `openclaw doctor --lint --json` prints it, of findings that are so severe. */
  readonly asOpenclawDoctor?: Severity;
}

/**
 * Writes the report to stdout, or to `--output FILE` (plain, no box), and again to each `--output FORMAT=FILE`. An
 * interrupted look gives no report.
 */
export async function emit(report: Report, options: EmitOptions, { io, out }: Written): Promise<void> {
  io.signal.throwIfAborted();
  const look = lookOf(options.color, io);
  const toFile: Look = {
    lang: options.lang,
    verbose: options.verbose,
    width: 80,
    unicode: look.unicode,
    color: options.color === "always",
    box: false,
  };
  const toStdout: Look = { ...toFile, ...look };
  const make = async (format: Format, how: Look) => {
    const { isReply, load } = formatOf(format);
    const lang = (isReply ? options.replyLang : undefined) ?? how.lang;
    return (await load()).report(report, { ...how, lang });
  };
  const { asOpenclawDoctor: least, lang } = options;
  const made =
    least === undefined
      ? await make(options.format, options.output === undefined ? toStdout : toFile)
      : { document: openclawDoctorDocument(report, lang, least) };
  await writeMade(made, options, { io, out });
  for (const { format, path } of options.further)
    await write(out.made(await make(format, toFile)), path, out);
}

/** The report itself: where it goes, and what must not be in it there. */
export async function writeMade(
  made: Made,
  { format, output }: Pick<EmitOptions, "format" | "output">,
  { io, out }: { readonly io: Pick<Io, "env">; readonly out: Out },
): Promise<void> {
  const text = out.made(made);
  const isRead = output === undefined && format !== "github" && isGithubActions(io.env);
  await write(isRead ? withoutCommands(text) : text, output, out);
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
  const why = await writeOutput(output, text);
  if (why !== undefined) throw new UsageError(`--output ${output}`, why, say("name-writable-place"));
}
