import { renderFix } from "../fix.ts";
import type { Formatter } from "../formatter.ts";
import { renderHtml, renderHtmlText } from "../html.ts";

/** One page that needs nothing else. */
export const html: Formatter = {
  report: async (report, { lang }) => ({ page: renderHtml(report, lang) }),
  fix: (report, { lang, width, isShown }) => ({
    page: renderHtmlText(
      "pairing-doctor fix",
      renderFix(report, { lang, width, unicode: true, isShown }),
      lang,
    ),
  }),
};
