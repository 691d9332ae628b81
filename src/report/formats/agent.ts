import { renderAgent } from "../agent.ts";
import { renderFix } from "../fix.ts";
import type { Formatter } from "../formatter.ts";

/** For an AI agent that acts on it. */
export const agent: Formatter = {
  report: async (report, { lang }) => ({ page: renderAgent(report, lang) }),
  fix: (report, { lang, width, isShown }) => ({
    page: renderFix(report, { lang, width, unicode: true, isShown }),
  }),
};
