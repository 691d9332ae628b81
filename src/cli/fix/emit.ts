import type { FixReport } from "../../report/fix-report.ts";
import { formatOf } from "../../report/formats.ts";
import { type EmitOptions, write, writeMade } from "../emit.ts";
import type { Written } from "../out.ts";
import { lookOf } from "../style.ts";

/** The end of a fix goes to stdout or `--output`; a preview before a question to stderr, where the question is. */
export async function emitFix(
  report: FixReport,
  options: EmitOptions,
  { io, out }: Written,
  stream: "stdout" | "stderr" = "stdout",
  isShown = false,
): Promise<void> {
  const look = lookOf(options.color, stream === "stderr" ? { ...io, stdout: io.stderr } : io);
  const shown = {
    lang: options.lang,
    verbose: options.verbose,
    width: look.width,
    unicode: look.unicode,
    color: options.output === undefined && look.color,
    box: false,
    isShown: isShown && stream === "stdout" && options.output === undefined && io.stdout.isTTY === true,
  };
  if (stream === "stderr") {
    const { fix } = await formatOf("human").load();
    out.say(`${out.made(fix(report, shown))}\n`);
    return;
  }
  const { fix } = await formatOf(options.format).load();
  await writeMade(fix(report, shown), options, { io, out });
  for (const { format, path } of options.further) {
    const further = await formatOf(format).load();
    await write(out.made(further.fix(report, { ...shown, color: false, isShown: false })), path, out);
  }
}
