/**
 * By which words somebody denies what they speak of: a product, a setting, a refusal that they have not met, a device
 * that is not in the list. One vocabulary for all who read prose.
 */

/** Denies a statement; a verb that is only impossible (`can't get in`) denies nothing of what stands behind it. */
const NOT =
  "\\b(?:not|never)\\b|\\b(?:is|are|was|were|do|does|did|have|has|had|ai)n['’]t\\b|没|未|并非|并不|不(?![过同仅但管断久知])";
/** Denies a thing. */
const NO = "\\b(?:no|none|neither|nor|without)\\b|无(?![论法])";
/** Left behind, or in the place of what is. */
const DEPARTED =
  "\\b(?:instead of|rather than|unlike|other than|outside(?: of)?|away from|no longer|(?:moved?|migrated?|switch(?:ed|ing)?|came) from|used to (?:run|be|use|get|see|say)|previously|formerly)\\b|之前用|之前是|不再";
/** What may stand between a denial and the thing: `neither A nor`, `do not have any`, 没有看到. */
const BETWEEN =
  "(?:\\W{1,3}(?:a|an|the|any|my|our|in|on|with|via|by|use|using|used|uses|have|has|had|having|run|running|runs|inside|under|through|of|plain|real|kind of|involved in|installed|like|get|gets|got|getting|see|saw|seen|seeing|met|do|is|was|been|error|message|about|says?|said|show[ns]?|[\"'“‘]?[\\w.-]{2,20}(?: [\\w.-]{2,20}){0,3}[\"'”’]?\\W{1,3}(?:or|nor))|\\s?(?:有|是|用|使用|安装|装|部署|运行|跑|看到|见过|出现|遇到|提示|报|任何))";
const BEFORE = new RegExp(`(?:${NOT}|${NO}|${DEPARTED})${BETWEEN}{0,4}[\\s"'\`“‘「(]{0,4}$`, "iu");
const BEHIND =
  /^[\w.-]{0,20}["'`”’」]?(?: ?\(\w{1,20}\))?(?::? ?command not found|\W{1,3}(?:(?:is|are|was|were|do|does|did|has|have)(?: not|n['’]t) |not )(?:been )?(?:installed|used|involved|available|in use|running|there|shown|seen|appear|come up|show up|it|an? (?:error|issue|problem)|(?:my|the|our) (?:case|problem|issue|error|cause))\b(?! (?:on|in|with|when|from|until|if|unless|after|before|at)\b)|\W{1,3}(?:(?:is|are|was|were)(?: not|n['’]t)|n\/a|involved\?)(?=\s*(?:[.,;!?)]|$))|\W{1,3}never (?:comes?|came|appears?|appeared|shows?|showed)\b|\s?[:=?]\s?(?:no|none)\b|\s?(?:都)?没(?:有|装|用|出现|见))/iu;
/** Behind it: tried, and over. */
const OVER = {
  thing:
    /^[^.!?;]{0,40}\b(?:but|then|and)(?: (?:i|we|have|has|since|then|later|already)){0,3} (?:removed|uninstalled|disabled|dropped|deleted|stopped|turned (?:it )?off|took (?:it )?(?:out|down))\b/i,
  refusal:
    /^[^.!?;]{0,12}\b(?:but|which|that|then)(?: (?:i|we)(?: (?:have|already|since|then|later)){0,2}|(?: is| was| has been|['’]s)(?: (?:now|already|since)){0,2}) (?:fixed|solved|resolved|cured|gone)\b/i,
} as const;
/** `fixed "pairing required" on loopback`: release notes, and what somebody has behind them. */
const MENDED = /\b(?:fixed|fixes|resolved|solved)(?: the)? ["'`“]?$/i;

/** `before` and `behind`: of the same clause, up to the words and from them on. */
export function isDenied(before: string, behind: string, what: keyof typeof OVER): boolean {
  if (what === "refusal" && MENDED.test(before)) return true;
  return BEFORE.test(before) || BEHIND.test(behind) || OVER[what].test(behind);
}

/** A denial anywhere in a clause; its source, to be put into a pattern of what else takes a statement back. */
export const DENIAL = `${NOT}|${NO}`;
/** What denies a whole statement that follows. */
export const STATEMENT_DENIAL = NOT;
