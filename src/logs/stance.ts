import { isDenied } from "./denial.ts";

/** How a person speaks of something: of their own gateway, of what it is not, or of what others do. */
export type Stance = "own" | "denied" | "others";

/** Whose it is, in the same clause. */
const SOMEBODY =
  /\b(?:unlike|(?:my|a|our|the) (?:colleague|coworker|co-worker|friend|boss|team ?mate|neighbou?r|brother|sister)s?|(?:he|she|they) (?:uses?|runs?|has|have))\b[^,;]{0,60}$/i;
const NOT_HERE =
  /\b(?:I|we) (?:don't|do not|didn't|did not) (?:have|use|run) (?:it|that|this|one|any)\b|\bnot (?:my|our) (?:setup|case)\b/i;
const OTHERS =
  /\b(?:some(?:one|body)|people|a friend|friends?|the docs?|docs?|documentation|guides?|articles?|readme|tutorials?|blogs?|forum|reddit|stack ?overflow|chatgpt|claude|everyone|others|other users?)\b.{0,60}\b(?:told|tells?|says?|said|suggest\w{0,4}|recommend\w{0,4}|advis\w{0,4}|mention\w{0,4}|writes?|show\w{0,3}|assume\w{0,1})\b|\b(?:told|suggested|recommended|advised) (?:me|us|to)\b|\b(?:should|could|can|must|shall|may|do) (?:I|we) (?:have to |need to )?(?:use|run|switch|move|try|install)\b|\bwould (?:it|that|\w{1,12}) (?:help|work)\b|\b(?:thinking|plan\w{0,4}|consider\w{0,3}|want\w{0,3}|going|hope) (?:of|to|about) (?:switch|mov|migrat|us|try|run)\w{0,4}\b|网上.{0,10}说|有人说|别人|教程|建议/iu;
const WORKS_ELSEWHERE =
  /\b(?:works?|worked|fine|good|ok(?:ay)?)(?: well| fine| for me)? (?:in|with|on|under|when|inside|via|using)(?: (?:the|a|an|my|our|official|plain)){0,3} ?$/i;

/** `at`: where the words begin; `length`: of them. */
export function stanceOf(text: string, at: number, length: number): Stance {
  const { start, end } = sentenceAround(text, at);
  const before = text.slice(Math.max(start, at - 90), at);
  const behind = text.slice(at + length, Math.min(end, at + length + 60));
  const clause = before.slice(Math.max(before.lastIndexOf(", ") + 1, before.lastIndexOf("，") + 1, 0));
  if (isDenied(clause, behind, "thing")) return "denied";
  const sentence = text.slice(start, end);
  if (
    SOMEBODY.test(clause) ||
    WORKS_ELSEWHERE.test(before) ||
    OTHERS.test(sentence) ||
    NOT_HERE.test(sentence)
  )
    return "others";
  return "own";
}

function sentenceAround(text: string, at: number): { readonly start: number; readonly end: number } {
  let start = 0;
  for (const match of text.slice(0, at).matchAll(SENTENCE_END)) start = match.index + match[0].length;
  const rest = text.slice(at).search(SENTENCE_END);
  return { start, end: rest === -1 ? text.length : at + rest };
}

const SENTENCE_END = /[.!?;](?=\s)|[。！？；]/gu;
