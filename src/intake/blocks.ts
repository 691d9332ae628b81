import { type DocumentKind, documentKind } from "./recognise.ts";

/** A document that somebody pasted into a text. */
export interface PastedBlock {
  readonly as: DocumentKind;
  readonly text: string;
  /** Of its first line, 1-based. */
  readonly line: number;
}

/** Characters of a text in which they are looked for, and how many are taken. */
const MAX_TEXT = 262_144;
const MAX_BLOCKS = 20;
const MAX_LINES = 2000;

/**
 * Documents in somebody's words: in code fences, as JSON that stands by itself, and as the tables of `devices list`;
 * quoted (`> `), indented and HTML-escaped pastes as well.
 */
export function pastedBlocks(text: string): readonly PastedBlock[] {
  if (text.length > MAX_TEXT) return [];
  const lines = unescaped(text).split(/\r?\n/).map(unquoted);
  const found: PastedBlock[] = [];
  for (let at = 0; at < lines.length && found.length < MAX_BLOCKS; ) {
    const block = fenceAt(lines, at) ?? tablesAt(lines, at) ?? bracedAt(lines, at);
    if (block === undefined) {
      at++;
      continue;
    }
    const as = kindOf(block.text);
    if (as !== undefined) found.push({ ...as, line: block.line + 1 });
    // A fence that is nothing by itself may have something in it.
    at = as === undefined && block.inside !== undefined ? block.inside : block.end;
  }
  return found;
}

interface Region {
  readonly text: string;
  readonly line: number;
  readonly end: number;
  readonly inside?: number;
}

/** A piece of openclaw.json often comes without its outer braces. */
function kindOf(text: string): Pick<PastedBlock, "as" | "text"> | undefined {
  const as = documentKind(text);
  if (as !== undefined) return { as, text };
  const bare = text.trim().replace(/,$/, "");
  if (!/^["']?gateway["']?\s{0,8}:\s{0,8}\{/.test(bare)) return undefined;
  const whole = `{${bare}}`;
  return documentKind(whole) === "config" ? { as: "config", text: whole } : undefined;
}

function fenceAt(lines: readonly string[], at: number): Region | undefined {
  const mark = /^\s{0,12}(`{3,8}|~{3,8})[\w.+-]{0,20}\s{0,8}$/.exec(lines[at] ?? "")?.[1];
  if (mark === undefined) return undefined;
  const last = Math.min(lines.length, at + 1 + MAX_LINES);
  for (let end = at + 1; end < last; end++)
    if ((lines[end] ?? "").trim().startsWith(mark))
      return { text: lines.slice(at + 1, end).join("\n"), line: at + 1, end: end + 1, inside: at + 1 };
  return undefined;
}

function tablesAt(lines: readonly string[], at: number): Region | undefined {
  if (!isTableTitle(lines[at])) return undefined;
  let end = at + 1;
  while (end < lines.length && end < at + MAX_LINES && isOfTable(lines[end] ?? "")) end++;
  return end > at + 1 ? { text: lines.slice(at, end).join("\n"), line: at, end } : undefined;
}

function isTableTitle(line: string | undefined): boolean {
  return /^(?:Pending|Paired) \(\d{1,5}\)\s{0,8}$/.test(line ?? "");
}

function isOfTable(line: string): boolean {
  return isTableTitle(line) || line.trim() === "" || /^\s{0,8}[┌├└│┃|+]/u.test(line);
}

/** From a line that opens a bracket to the one that closes it. */
function bracedAt(lines: readonly string[], at: number): Region | undefined {
  const first = (lines[at] ?? "").trim();
  if (!/^(?:[{[]|["']?gateway["']?\s{0,8}:\s{0,8}\{)/.test(first) || /^\[[a-z]/i.test(first))
    return undefined;
  let depth = 0;
  const last = Math.min(lines.length, at + MAX_LINES);
  for (let end = at; end < last; end++) {
    depth += balanceOf(lines[end] ?? "");
    if (depth <= 0)
      return end === at ? undefined : { text: lines.slice(at, end + 1).join("\n"), line: at, end: end + 1 };
  }
  return undefined;
}

/** Brackets that a line opens, less those that it closes; those in texts and comments aside. */
function balanceOf(line: string): number {
  const code = line
    .replace(/"(?:\\.|[^"\\]){0,4000}"|'(?:\\.|[^'\\]){0,4000}'/g, '""')
    .replace(/(?:^|\s)\/\/.*$/, "");
  return (code.match(/[{[]/g)?.length ?? 0) - (code.match(/[}\]]/g)?.length ?? 0);
}

function unquoted(line: string): string {
  return line.replace(/^(?:\s{0,3}>\s?){1,8}/, "");
}

/** Copied out of a page's source or a mail. */
function unescaped(text: string): string {
  if (!/&(?:quot|#34|lt|gt);/.test(text)) return text;
  return text
    .replace(/&(?:quot|#34|#x22);/g, '"')
    .replace(/&(?:apos|#39|#x27);/g, "'")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&nbsp;/g, " ")
    .replace(/&amp;/g, "&");
}
