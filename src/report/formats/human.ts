import { renderFix } from "../fix.ts";
import type { Formatter } from "../formatter.ts";
import { colorStyle, renderTerminal } from "../terminal.ts";

/** For a person at a terminal, or who reads the file. */
export const human: Formatter = {
  report: async (report, look) => ({ page: await renderTerminal(report, look) }),
  fix: (report, { lang, width, unicode, color, isShown }) => ({
    page: renderFix(report, { lang, width, unicode, style: colorStyle(color), isShown }),
  }),
};
