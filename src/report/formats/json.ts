import { fixDocument } from "../fix-report.ts";
import type { Formatter } from "../formatter.ts";
import { toJsonReport } from "../json.ts";
import { safeValue } from "../safe.ts";

/** The documents of `schema/`. */
export const json: Formatter = {
  report: async (report, { lang }) => ({ document: toJsonReport(report, lang) }),
  fix: (report) => ({ document: safeValue(fixDocument(report)) }),
};
