import pc from "picocolors";
import { type HumanOptions, renderHuman } from "./human.ts";
import type { Report } from "./result.ts";
import type { Style } from "./style.ts";

/** The only impure file of this room: colour and boxes for a terminal. */
export interface TerminalOptions extends Omit<HumanOptions, "style" | "box"> {
  /** Whether to colour; NO_COLOR, FORCE_COLOR and `--color` were weighed by the caller. */
  readonly color: boolean;
  /** Whether to draw the headline's box: a terminal, not CI, not a file. */
  readonly box: boolean;
}

export async function renderTerminal(report: Report, options: TerminalOptions): Promise<string> {
  const { color, box, ...rest } = options;
  return renderHuman(report, {
    ...rest,
    style: colorStyle(color),
    ...(box ? { box: await headlineBox(options) } : {}),
  });
}

/** Colours by meaning; without `enabled` the text stays plain. */
export function colorStyle(enabled: boolean): Style {
  const { green, red, yellow, bold, dim, cyan } = pc.createColors(enabled);
  return { good: green, bad: red, warn: yellow, strong: bold, dim, command: cyan };
}

const BORDER = { healthy: "green", found: "red", undetermined: "yellow" } as const;

async function headlineBox({
  unicode,
  color,
  width,
}: TerminalOptions): Promise<NonNullable<HumanOptions["box"]>> {
  // Loaded only where a box is drawn: CI, files and scripts go without it.
  const { default: boxen } = await import("boxen");
  return (text, verdict) =>
    boxen(text, {
      padding: { left: 1, right: 1 },
      borderStyle: unicode ? "round" : "classic",
      width: Math.min(Math.max(width, 40), 120),
      ...(color ? { borderColor: BORDER[verdict] } : {}),
    });
}
