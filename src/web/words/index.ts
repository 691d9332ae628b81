import type { Lang } from "../../core/languages.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export type WebWords = Readonly<Record<keyof typeof en, string>>;

const WORDS: Readonly<Record<Lang, WebWords>> = { en, zh };

export function webWords(lang: Lang): WebWords {
  return WORDS[lang];
}
