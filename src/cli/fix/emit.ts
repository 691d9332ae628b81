import { renderFix } from "../../report/fix.ts";
import { type FixReport, fixDocument } from "../../report/fix-report.ts";
import { safeValue } from "../../report/safe.ts";
import { colorStyle } from "../../report/terminal.ts";
import { type EmitOptions, write } from "../emit.ts";
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
  const human = () =>
    renderFix(report, {
      lang: options.lang,
      width: look.width,
      unicode: look.unicode,
      style: colorStyle(options.output === undefined && look.color),
      isShown: isShown && stream === "stdout" && options.output === undefined && io.stdout.isTTY === true,
    });
  if (stream === "stderr") {
    out.say(`${human()}\n`);
    return;
  }
  const text =
    options.format === "json" ? `${out.json(safeValue(fixDocument(report)), 2)}\n` : out.page(human());
  await write(text, options.output, out);
}
