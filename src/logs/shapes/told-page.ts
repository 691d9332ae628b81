import type { Shape } from "../line.ts";
import { stanceOf } from "../stance.ts";

const URL_TOLD = "(https?:\\/\\/[\\w.-]{1,253}(?::\\d{1,5})?)";
/** "when I open https://…", "I reach it as http://…", "https://… says", 打开 https://…. */
const PAGE = new RegExp(
  `(?:\\b(?:open(?:s|ed|ing)?|reach(?:es|ed|ing)?|visit(?:s|ed|ing)?|access(?:es|ed|ing)?|brows(?:e|es|ed|ing)|load(?:s|ed|ing)?|go(?:ing)? to|navigat(?:e|es|ed|ing)|打开|访问)|打开|访问)[^.!?;\\n。！？]{0,40}?${URL_TOLD}|${URL_TOLD}[^\\s.,;!?]{0,80}\\s(?:says?|said|shows?|showed|gives?|gave|refuse[sd]?|reports?|提示|显示)`,
  "giu",
);
/** Where people read about it. */
const READING =
  /^https?:\/\/(?:[\w-]{1,60}\.){0,4}(?:github\.com|openclaw\.ai|reddit\.com|stackoverflow\.com)$/i;

/** The address at which somebody opens the page, as they tell it. */
export const toldPage: Shape = {
  name: "told-page",
  // Not "http" alone: every refusal in a log has one.
  hints: [
    ...["pen http", "ing http", "ed http", "at http", "on http", "as http", "to http", "ia http", "it http"],
    ...["isit http", "ach http", "oad http", "ess http", "`http", "<http", "(http", "打开", "访问"],
    ...[" says ", " said ", " shows ", " gives ", "提示", "显示"],
  ],
  needles: [],
  read(line) {
    if (line.form === "json" || /^\[[a-z]/.test(line.text)) return undefined;
    for (const match of line.text.slice(0, 2000).matchAll(PAGE)) {
      const origin = originIn(match[1] ?? match[2] ?? "");
      if (origin === undefined || READING.test(origin)) continue;
      if (stanceOf(line.text, match.index, match[0].length) !== "own") continue;
      return { type: "setting", ...line.base, key: "page", value: origin };
    }
    return undefined;
  },
};

function originIn(text: string): string | undefined {
  const plain = text.replace(/[.-]+$/, "");
  return URL.canParse(plain) ? new URL(plain).origin : undefined;
}
