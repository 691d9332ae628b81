import type { Lang } from "../../report/messages/index.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export type CliWords = Readonly<Record<keyof typeof en, string>>;

const WORDS: Readonly<Record<Lang, CliWords>> = { en, zh };

export function wordsFor(lang: Lang): CliWords {
  return WORDS[lang];
}
