import { renderFix } from "../fix.ts";
import type { Formatter } from "../formatter.ts";
import { renderMarkdown } from "../markdown.ts";

/** A reply to paste into a ticket. */
export const markdown: Formatter = {
  report: async (report, { lang }) => ({ page: renderMarkdown(report, lang) }),
  fix: (report, { lang, width, isShown }) => ({
    page: `~~~~text\n${renderFix(report, { lang, width, unicode: true, isShown }).replaceAll("~~~~", "~~~")}~~~~\n`,
  }),
};
