import { renderFix } from "../fix.ts";
import type { Formatter } from "../formatter.ts";
import { colorStyle, renderTerminal } from "../terminal.ts";

/** For a person at a terminal, or who reads the file. */
export const human: Formatter = {
  report: async (report, look) => {
    const text = await renderTerminal(report, look);
    return text.endsWith("\n") ? text : `${text}\n`;
  },
  fix: (report, { lang, width, unicode, color, isShown }) =>
    renderFix(report, { lang, width, unicode, style: colorStyle(color), isShown }),
};
