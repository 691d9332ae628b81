import { safeFix } from "../fix.ts";
import type { Formatter } from "../formatter.ts";
import { toJsonReport } from "../json.ts";

/** The documents of `schema/`. */
export const json: Formatter = {
  report: async (report, { lang }) => ({ document: toJsonReport(report, lang) }),
  fix: (report) => ({ document: safeFix(report) }),
};
