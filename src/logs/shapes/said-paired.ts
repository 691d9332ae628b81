import { DENIAL } from "../denial.ts";
import type { Shape } from "../line.ts";

/** Somebody tells that their device is in the list already: "both are paired", "my phone shows as paired", 已经配对. */
const PAIRED =
  /\b(?:both|all|it|they|i|we|devices?|browsers?|nodes?|phone|app|client|cli|laptop|tablet)\b[^.!?;\n]{0,40}?\b(?:is|are|am|was|were|shows?(?: up)?|appears?|listed|stands?)\b(?: (?:both|all|already|now|correctly|properly|still|listed|shown|as|in the list as)){0,3} paired\b|(?:都|均|已经?|显示)(?:经|为|是)?(?:配对|paired)(?!失败|请求|要求)(?:了|过|成功|好)?/i;

/** Before it or in it, so that it says the opposite, only hopes, or speaks of another device. */
const NOT = new RegExp(
  `${DENIAL}|\\b(?:that|which|who) (?:is|are|was|were)\\b|\\b(?:an?|another|other) (?:\\w{1,12} )?(?:device|browser|phone|node|client|app)\\b|\\b(?:can['’]t|cannot|won['’]t|if|once|until|unless|when|whether|should|must|has to|need(?:s|ed)? to|how|want)\\b|如果|需要|怎么|如何|才能`,
  "iu",
);

export const saidPaired: Shape = {
  name: "said-paired",
  hints: ["paired", "Paired", "配对"],
  needles: [],
  read(line) {
    const text = line.text.slice(0, 2000);
    if (line.form === "json" || /^\[[a-z]/.test(text)) return undefined;
    const found = PAIRED.exec(text);
    if (found === null) return undefined;
    const clause = text
      .slice(Math.max(0, found.index - 40), found.index + found[0].length)
      .split(/[.!?;。！？；]/)
      .at(-1);
    if (NOT.test(clause ?? "")) return undefined;
    return { type: "aside", ...line.base, about: "said-paired", as: "said" };
  },
};
