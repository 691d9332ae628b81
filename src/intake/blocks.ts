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
  const balance = balancesOf(lines);
  const found: PastedBlock[] = [];
  for (let at = 0; at < lines.length && found.length < MAX_BLOCKS; ) {
    const block =
      fenceAt(lines, at) ??
      tablesAt(lines, at) ??
      bracedAt(lines, at, balance) ??
      keysAt(lines, at, balance) ??
      yamlAt(lines, at) ??
      describedAt(lines, at);
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

/** A piece of openclaw.json often comes without its outer braces, or without the sections that it is in. */
function kindOf(text: string): Pick<PastedBlock, "as" | "text"> | undefined {
  const as = documentKind(text);
  if (as !== undefined) return { as, text };
  const bare = text.trim().replace(/,$/, "");
  const inner = /^\{[\s\S]*\}$/.test(bare) ? bare.slice(1, -1).trim().replace(/,$/, "") : bare;
  const key = /^["']?(\w{1,40})["']?\s{0,8}:/.exec(inner)?.[1] ?? "";
  const whole =
    key === "gateway"
      ? `{${inner}}`
      : OF_GATEWAY.has(key)
        ? `{"gateway":{${inner}}}`
        : OF_PAGE.has(key)
          ? `{"gateway":{"controlUi":{${inner}}}}`
          : undefined;
  return whole !== undefined && documentKind(whole) === "config" ? { as: "config", text: whole } : undefined;
}

/** Keys that only the gateway's section has, and those of its page; shorter words are other programs', too. */
const OF_GATEWAY: ReadonlySet<string> = new Set(["controlUi", "trustedProxies", "tailscale", "bind", "auth"]);
const OF_PAGE: ReadonlySet<string> = new Set([
  "allowedOrigins",
  "allowInsecureAuth",
  "dangerouslyDisableDeviceAuth",
  "dangerouslyAllowHostHeaderOriginFallback",
]);

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
function bracedAt(lines: readonly string[], at: number, balance: Balance): Region | undefined {
  const first = (lines[at] ?? "").trim();
  if (!/^(?:[{[]|["']?gateway["']?\s{0,8}:\s{0,8}\{)/.test(first) || /^\[[a-z]/i.test(first))
    return undefined;
  let depth = 0;
  const last = Math.min(lines.length, at + MAX_LINES);
  for (let end = at; end < last; end++) {
    depth += balance(end);
    if (depth <= 0)
      return end === at ? undefined : { text: lines.slice(at, end + 1).join("\n"), line: at, end: end + 1 };
  }
  return undefined;
}

/** Keys of the gateway's section, one below the other, with nothing around them. */
function keysAt(lines: readonly string[], at: number, balance: Balance): Region | undefined {
  let depth = 0;
  let end = at;
  const last = Math.min(lines.length, at + MAX_LINES);
  for (; end < last; end++) {
    const line = lines[end] ?? "";
    const key = /^\s{0,40}["'](\w{1,40})["']\s{0,8}:\s{0,8}\S/.exec(line)?.[1];
    if (depth === 0 && (key === undefined || !(OF_GATEWAY.has(key) || OF_PAGE.has(key)))) break;
    depth += balance(end);
    if (depth < 0) return undefined;
  }
  if (depth !== 0 || end === at) return undefined;
  const text = lines.slice(at, end).join("\n");
  return { text: text.replace(/([}\]"\w])[ \t]{0,8}\n(?=\s{0,40}["'])/g, "$1,\n"), line: at, end };
}

/** Sections that a manifest, a Compose file, or a config in a chart's values begins with. */
const YAML_START =
  /^\s{0,12}(?:apiVersion|services|gateway|controlUi|openclaw\.json):(?:\s{0,8}$|\s{1,8}(?!\{)\S)/;

/** YAML without a fence: as far as its lines are indented, or are keys. */
function yamlAt(lines: readonly string[], at: number): Region | undefined {
  const first = lines[at] ?? "";
  if (!YAML_START.test(first)) return undefined;
  const indent = indentOf(first);
  const last = Math.min(lines.length, at + MAX_LINES);
  let end = at + 1;
  while (end < last && isOfYaml(lines[end] ?? "", indent)) end++;
  while ((lines[end - 1] ?? "").trim() === "") end--;
  if (end === at + 1) return undefined;
  const own = lines.slice(at, end).map((line) => line.slice(Math.min(indent, indentOf(line))));
  return { text: own.join("\n"), line: at, end };
}

function isOfYaml(line: string, indent: number): boolean {
  if (line.trim() === "") return true;
  return indentOf(line) > indent || /^\s{0,12}(?:[\w.-]{1,60}:(?:\s|$)|- \S|---\s{0,8}$|#)/.test(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** `kubectl describe pod`: up to its events, which are a table. */
function describedAt(lines: readonly string[], at: number): Region | undefined {
  if (!/^Name:\s{2,40}\S/.test(lines[at] ?? "") || !/^Namespace:\s{1,40}\S/.test(lines[at + 1] ?? ""))
    return undefined;
  const last = Math.min(lines.length, at + MAX_LINES);
  let end = at + 2;
  while (end < last && /^(?:\s|$|[A-Z][\w /-]{1,40}:)/.test(lines[end] ?? "")) end++;
  return { text: lines.slice(at, end).join("\n"), line: at, end };
}

/** Of the line at a place. */
type Balance = (at: number) => number;

/** Each line is looked at once, however many begin something that does not end. */
function balancesOf(lines: readonly string[]): Balance {
  const known: number[] = [];
  return (at) => {
    known[at] ??= balanceOf(lines[at] ?? "");
    return known[at];
  };
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
