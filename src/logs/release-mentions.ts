import { RELEASE_IN_TEXT, releaseOf } from "./keys.ts";

/** A release that somebody names in prose: "I run 2026.3.13 in Docker". */
export interface Mention {
  readonly release: string;
  /** 1-based. */
  readonly line: number;
  /** How sure it is what runs: it stands beside the product's name or a label, or it only stands there. */
  readonly as: "running" | "named";
}

const RELEASE = new RegExp(String.raw`(?<![\w.-])v?${RELEASE_IN_TEXT}(?![\w.]*\d)`, "g");
/** Before a release that does not run here (any more). */
const ELSEWHERE =
  /(?:downgrad\w{1,4}(?: to)?|(?:required|needed|mandatory|introduced|added|available|supported|deprecated|removed|retired),? (?:since|as of|from|in|starting (?:with|in|from))|requires|needs|at least|latest(?: is|:)?|update available:?|fixed in|works? (?:in|on|with)|worked (?:in|on|with)|until|before|older than|newer than|from|(?<![-=])[<>\u2264\u2265]=?) {0,3}(?:version |openclaw |release )?[`"'(v]{0,3}$/i;
/** Behind one: `2026.4.15 -> 2026.4.21`, "2026.4.15 worked". */
const GONE =
  /^[`"')]{0,2} {0,2}(?:-{1,2}>|\u2192|=>|worked\b|was fine|(?:\u5347\u7ea7|\u66f4\u65b0|\u964d\u7ea7|\u56de\u9000)\u5230)/i;
/** Before the release of something that connects: which gateway runs it does not say. */
const CLIENTS =
  /\b(?:client|app|node(?: host)?|cli|tui|page|ui|dashboard|panel|extension|plugin|studio|bridge|android|ios)(?: (?:still|now|itself|footer|header|title|tab))?(?: (?:is|runs|version|on|at|shows|says))?[\s:=@(`"'*_-]{0,4}v?$|(?:客户端|应用|节点|插件|页面|面板)(?:版本)?[\s:：=是为]{0,4}v?$/i;
const RUNNING =
  /(?:openclaw|version|release|image|gateway|\u7248\u672c|running|run|tag)(?: (?:is|says|shows|prints|gives|reports))?[\s:=@(`"'*_-]{0,8}v?$/i;

/** A command that prints the release of what runs on the line below. */
const PRINTS = /\b(?:openclaw(?:\.mjs)?|dist\/index\.js) (?:--version|-[vV])\s*$/;

/** Releases in a ticket, in order, at most 20. For prose; a log names its release in its own lines. */
export function releaseMentions(text: string): readonly Mention[] {
  const mentions: Mention[] = [];
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (!line.includes("20")) continue;
    const isPrinted = PRINTS.test((lines[index - 1] ?? "").slice(-200));
    for (const match of line.slice(0, 2000).matchAll(RELEASE)) {
      const release = releaseOf(match[0]);
      const before = line.slice(Math.max(0, match.index - 40), match.index);
      if (release === undefined) continue;
      const behind = line.slice(match.index + match[0].length, match.index + match[0].length + 20);
      if (ELSEWHERE.test(before) || CLIENTS.test(before) || GONE.test(behind)) continue;
      const running = RUNNING.test(before) || (isPrinted && before.trim() === "");
      mentions.push({ release, line: index + 1, as: running ? "running" : "named" });
      if (mentions.length === 20) return mentions;
    }
  }
  return mentions;
}
