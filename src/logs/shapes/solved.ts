import { STATEMENT_DENIAL } from "../denial.ts";
import type { Shape } from "../line.ts";

/**
 * What people write when it is over, or when they only ask: "never mind, it works now", "I don't have this error".
 * Whole statements alone: "works on localhost" and "solved by others" say nothing of this one.
 */
const SOLVED =
  /\b(?:never ?mind|nvm)\b|\b(?:it|this|that|everything|all)(?:['’]s| is| are)? (?:now )?(?:works?|working|fixed|solved|resolved|green|fine|ok|good) now\b|\b(?:it|this|everything)(?:['’]s| is)? now (?:works|working|fixed|solved|resolved|fine)\b|\b(?:it|this|everything)(?:['’]s| is) (?:solved|resolved|fixed)\b|\beverything is (?:\w{1,8} )?(?:green|fine|ok) now\b|\b(?:don['’]t|do not) have (?:this|the|that) error\b|\bnot an error\b|\bsince then\b(?:(?!\bno\b|\bnot\b|n['’]t\b|\bno(?:thing|ne|body)\b|\bnever\b|\bonly\b|\bstop|\bfail)[^.!?\n]){0,40}\b(?:works?|worked|working|fine|ok|stable)\b|\bnow (?:it|everything|the (?:ui|page|dashboard|browser|cli|app)) (?:finally )?(?:connects|is connected|works|loads)\b|\b(?:it|everything|the (?:ui|page|dashboard|browser|cli|app)) (?:finally )?(?:connects|is connected|connected|loads) (?:fine )?now\b|\bconnected now(?=\s*(?:[.!)]|$))|\b(?:errors?|message|warning|banner|problem|issue|prompt)(?: message)?(?: is| are| has| have|['’]s)?(?: now| finally)? (?:gone|disappeared|vanished|went away)\b|\bthat (?:fixed|solved|did) it\b|\bdid the trick\b|\b(?:problem|issue) (?:is )?(?:now )?(?:solved|fixed|resolved)\b|已经?解决|问题解决了|(?<![没未不])解决了[，,；;。 ]{0,2}(?:现在|但是?|然后|接着)?(?:又|还)|没有报错|已经可以(?:用)?了|恢复正常|现在正常了/i;

/**
 * The whole text's state, at the head of a line: "Solved.", "[SOLVED] …", "Update: solved!", "EDIT 2: fixed it". What it
 * says is over stands above it or below: "Solved. It was: …".
 */
const LABEL =
  /^[\s*#>_(✅🎉-]{0,8}(?:(?:update|edit|eta|upd|更新|编辑|补充)(?: ?\d{1,2})?[\s*_:：,.)-]{1,6}(?:(?:and|it['’]?s|this is|finally|now|got it|all|i|we) ){0,2}(?:solved|resolved|fixed|已?解决|搞定|好了)(?!\w)(?! (?:in|the|a|an|this)\b)|\[?(?:solved|resolved)(?:\]|[.!)]|\s*$| (?:it|this|by|with|after|now|thanks?)\b)|solved:|fixed(?:[.!]| it\b)|(?:已解决|搞定了))/iu;

/** Before the statement, so that it says the opposite. */
const NOT = new RegExp(
  `(?:${STATEMENT_DENIAL}|\\b(?:can['’]t|cannot|won['’]t|if|once|until|hope|when|would|should|could|might|maybe|will|whether)\\b|\\bis (?:the|this|that|my)\\b|没有|如何|怎么|怎样)\\s{0,3}(?:\\w{1,10}\\s{1,3})?$`,
  "iu",
);

/** Behind it in the same sentence: another part of it is not over, it came back, or it was somebody else's; or it is asked. */
const YET =
  /^[^.!?\n。！？]{0,120}(?:\?|？|\b(?:but|except|however|though|still|again|only|came back|comes back|returns?|until|for (?:a|an|some|others?|him|her|them|somebody|someone|few)\b)|但|不过|只是|仍|又|还是)/i;

/** Further on in the same paragraph another error takes its place; "it was: …" tells of the one that is over. */
const NEXT =
  /^(?!.{0,60}\b(?:it was|was:|used to)).*(?:disconnected \(\d{4}\)|pairing required|mismatch|not allowed|device identity|unauthorized|refused|\b(?:says?|shows?|gets?|fails?|complains?)\b|提示|报错)/is;

export const solved: Shape = {
  name: "solved",
  hints: [
    ...["olved", "OLVED", "Fixed", "FIXED", "fixed", "搞定", "好了"],
    ...["now it ", "connects", "connected", "loads now", " gone", "disappeared", "vanished", "went away"],
    ...["that did it", "did the trick"],
    "ever mind",
    "evermind",
    "nvm",
    "works now",
    "working now",
    "green now",
    "fine now",
    "ok now",
    "good now",
    "now works",
    "now working",
    "now fine",
    "have this error",
    "have the error",
    "have that error",
    "not an error",
    "ince then",
    "Not an error",
    "解决",
    "没有报错",
    "可以了",
    "可以用了",
    "恢复正常",
    "现在正常了",
  ],
  needles: [],
  read(line) {
    const text = line.text.slice(0, 2000);
    if (line.form === "json" || /^\[(?!solved\b|resolved\b)[a-z]/.test(text)) return undefined;
    const label = LABEL.exec(text);
    if (label !== null && !YET.test(text.slice(label[0].length)))
      return { type: "aside", ...line.base, about: "solved", as: "said", ofAll: true };
    const found = SOLVED.exec(text);
    if (found === null || NOT.test(text.slice(Math.max(0, found.index - 24), found.index))) return undefined;
    if (NEXT.test(text.slice(found.index + found[0].length))) return undefined;
    // In Chinese what follows the word is the next trouble: 解决了，但是又…
    if (/[a-z]/i.test(found[0]) && YET.test(text.slice(found.index + found[0].length))) return undefined;
    return { type: "aside", ...line.base, about: "solved", as: "said" };
  },
};
