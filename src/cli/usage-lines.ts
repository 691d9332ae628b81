import type { Saying } from "../core/saying.ts";
import { createScrubber, safeQuote } from "../core/scrub.ts";
import { catalogueOf, type Lang, sentenceOf } from "../report/messages/index.ts";
import type { UsageError } from "./usage-error.ts";

const scrub = createScrubber();

/**
 * What of the command line is wrong and why, and what to do, in a person's language. File names and words of theirs are
 * made printable, and what looks like a secret among them is not repeated.
 */
export function usageLines({ bad: { what, why, todo } }: UsageError, lang: Lang): readonly [string, string] {
  const words = catalogueOf(lang);
  const text = (said: string | Saying, max: number) =>
    safeQuote(typeof said === "string" ? said : (sentenceOf(words, said) ?? said.message), scrub, max);
  return [`${text(what, 300)}${words.words.colon}${text(why, 600)}`, text(todo, 600)];
}
