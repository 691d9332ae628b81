import type { Shape } from "../line.ts";

/**
 * What people write when it is over, or when they only ask: "never mind, it works now", "I don't have this error".
 * Whole statements alone: "works on localhost" and "solved by others" say nothing of this one.
 */
const SOLVED =
  /\b(?:never ?mind|nvm)\b|\b(?:it|this|that|everything|all)(?:['’]s| is| are)? (?:now )?(?:works?|working|fixed|solved|resolved|green|fine|ok|good) now\b|\b(?:it|this|everything)(?:['’]s| is)? now (?:works|working|fixed|solved|resolved|fine)\b|\b(?:it|this|everything)(?:['’]s| is) (?:solved|resolved|fixed)\b|\beverything is (?:\w{1,8} )?(?:green|fine|ok) now\b|\b(?:don['’]t|do not) have (?:this|the|that) error\b|\bnot an error\b|\bsince then\b[^.!?\n]{0,40}\b(?:works?|worked|working|fine|ok|stable)\b|\b(?:that|this|which) (?:has )?fixed it\b|\bworks again\b|\b(?:works|working|fine|stable) (?:ever )?since\b|已经?解决|(?<![没未不])(?:问题)?解决了|\b(?:solved|fixed) (?:it|that|this)(?: by| with)\b|\bgot (?:past|around) (?:it|that|this)\b|没有报错|已经可以(?:用)?了|恢复正常|现在正常了/i;

/** Before the statement, so that it says the opposite. */
const NOT =
  /(?:\bnot|n['’]t|\bnever|\bif|\bonce|\buntil|\bhope|\bwhen|未|没有?|不|如何|怎么|怎样)\s{0,3}(?:\w{1,10}\s{1,3})?$/i;

export const solved: Shape = {
  name: "solved",
  hints: [
    "ever mind",
    "evermind",
    "nvm",
    "works now",
    "working now",
    "fixed now",
    "solved",
    "resolved",
    "green now",
    "fine now",
    "ok now",
    "good now",
    "now works",
    "now working",
    "now fixed",
    "now fine",
    "is fixed",
    "s fixed",
    "have this error",
    "have the error",
    "have that error",
    "not an error",
    "ince then",
    "fixed it",
    "fixed that",
    "fixed this",
    "solved it",
    "solved that",
    "solved this",
    "got past",
    "got around",
    "works again",
    "works since",
    "working since",
    "fine since",
    "stable since",
    "ever since",
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
    if (line.form === "json" || /^\[[a-z]/.test(text)) return undefined;
    const found = SOLVED.exec(text);
    if (found === null || NOT.test(text.slice(Math.max(0, found.index - 24), found.index))) return undefined;
    return { type: "aside", ...line.base, about: "solved", as: "said" };
  },
};
