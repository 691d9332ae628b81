import { safeFix } from "../fix.ts";
import type { Formatter } from "../formatter.ts";
import { renderJson } from "../json.ts";

/** The documents of `schema/`. */
export const json: Formatter = {
  report: async (report, { lang }) => renderJson(report, lang),
  fix: (report) => `${JSON.stringify(safeFix(report), null, 2)}\n`,
};
