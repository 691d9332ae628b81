import { isDeepStrictEqual } from "node:util";
import {
  type DocumentNode,
  type MemberNode,
  type ObjectNode,
  parse,
  type ValueNode,
} from "@humanwhocodes/momoa";
import type { JsonValue } from "../core/finding.ts";
import { isObject } from "../core/json.ts";
import { MAX_CONFIG, parseJson5, TooMuchJson5 } from "./json5.ts";
import { memberName } from "./positions.ts";

export type ConfigChange =
  | { readonly set: { readonly key: string; readonly value: JsonValue } }
  | { readonly unset: { readonly key: string } };

export type EditOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: EditFailure };

/**
 * `syntax`: no JSON5. `too-much`: too long, too deep, or the key is there too often. `not-an-object`: a part of the
 * key's path is there and is no object. `prototype`: no key of a config.
 */
export type EditFailure = "syntax" | "too-much" | "not-an-object" | "prototype";

/** How often one key may be there; taking one out writes the text anew. */
const MAX_DUPLICATES = 50;

/**
 * The text of an openclaw.json with one dotted key set or removed. Comments, formatting, quotes, line ends and
 * a byte-order mark stay; of a key that is there more than once the last is changed, as its value is the one
 * that counts. Objects on the way to a key that is set are made; none is removed. Of a list or an object that is set
 * anew only the entries are touched that differ.
 */
export function editConfig(text: string, change: ConfigChange): EditOutcome {
  const path = ("set" in change ? change.set.key : change.unset.key).split(".");
  return editAt(text, path, "set" in change ? change.set.value : undefined);
}

/** The same with the names of the path one by one, as they may have dots in them. `undefined`: the key is removed. */
export function editAt(text: string, path: readonly string[], value: JsonValue | undefined): EditOutcome {
  const source = text === "" ? "{}\n" : text;
  if (path.includes("__proto__")) return { ok: false, why: "prototype" };
  const document = documentOf(source);
  if (typeof document === "string") return { ok: false, why: document };
  const root = document.body;
  if (root.type !== "Object") return { ok: false, why: "not-an-object" };
  if (value === undefined) return unsetIn(source, root, path);
  const there = nodeAt(root, path);
  if (there?.type === "Array" && Array.isArray(value)) return setList(source, path, value);
  if (there?.type === "Object" && isObject(value)) return setObject(source, path, there, value);
  return setIn({ source, style: styleOf(source, document) }, root, path, value);
}

/** More differences than this are no edit of a list or an object any more. */
const MAX_EDITS = 50;
/** Characters that are read for the edits of one list or object; each reads the whole text anew. */
const MAX_READ = 8 * MAX_CONFIG;

function mostEdits(source: string): number {
  return Math.min(MAX_EDITS, Math.floor(MAX_READ / source.length));
}

/** Entry by entry, so that the comments beside the others stay. */
function setList(source: string, path: readonly string[], value: readonly JsonValue[]): EditOutcome {
  let text = source;
  const most = mostEdits(source);
  for (let edits = 0; edits <= most; edits += 1) {
    const document = documentOf(text);
    if (typeof document === "string") return { ok: false, why: document };
    const root = document.body;
    const node = root.type === "Object" ? nodeAt(root, path) : undefined;
    if (node?.type !== "Array") return { ok: false, why: "not-an-object" };
    const now = node.elements.map((element) => plainOf(text, element.value));
    const at = value.findIndex((item, index) => index >= now.length || !isDeepStrictEqual(item, now[index]));
    if (at === -1 && now.length === value.length) return { ok: true, text };
    const context = { source: text, style: styleOf(text, document) };
    const items = node.elements.map((element) => rangeOf(element.value));
    const first = value.at(at === -1 ? value.length : at);
    if (edits === most || now.length === 0 || value.length === 0)
      return { ok: true, text: replaced(context, node, value) };
    const isSurplus =
      first === undefined ||
      (at < now.length && !value.slice(at).some((item) => isDeepStrictEqual(item, now[at])));
    const index = at === -1 ? value.length : at;
    text = isSurplus
      ? removedItem(text, items, index)
      : insertedItem(context, rangeOf(node), items, index, (indent) => written(first, context.style, indent));
  }
  return { ok: false, why: "syntax" };
}

function setObject(
  source: string,
  path: readonly string[],
  there: ObjectNode,
  value: { readonly [key: string]: JsonValue },
): EditOutcome {
  let text = source;
  const gone = [...new Set(there.members.map(memberName))].filter((name) => !Object.hasOwn(value, name));
  const changes = [
    ...gone.map((name) => [name, undefined] as const),
    ...Object.entries(value).filter(([name, item]) => {
      const member = lastMember(there, name);
      return member === undefined || !isDeepStrictEqual(plainOf(source, member.value), item);
    }),
  ];
  if (changes.length > mostEdits(source)) {
    const document = documentOf(source);
    if (typeof document === "string") return { ok: false, why: document };
    return { ok: true, text: replaced({ source, style: styleOf(source, document) }, there, value) };
  }
  for (const [name, item] of changes) {
    const outcome = editAt(text, [...path, name], item);
    if (!outcome.ok) return outcome;
    text = outcome.text;
  }
  return { ok: true, text };
}

interface Context {
  readonly source: string;
  readonly style: Style;
}

interface Style {
  readonly newline: string;
  /** One level. */
  readonly indent: string;
  readonly quote: '"' | "'";
  readonly bareKeys: boolean;
}

function setIn(context: Context, root: ObjectNode, path: readonly string[], value: JsonValue): EditOutcome {
  let object = root;
  for (const [index, name] of path.entries()) {
    const member = lastMember(object, name);
    const rest = path.slice(index + 1);
    if (member === undefined) {
      return { ok: true, text: inserted(context, object, name, nested(rest, value)) };
    }
    if (rest.length === 0) return { ok: true, text: replaced(context, member.value, value) };
    if (member.value.type !== "Object") return { ok: false, why: "not-an-object" };
    object = member.value;
  }
  return { ok: false, why: "not-an-object" };
}

function unsetIn(source: string, root: ObjectNode, path: readonly string[]): EditOutcome {
  let object = root;
  for (const name of path.slice(0, -1)) {
    const member = lastMember(object, name);
    if (member === undefined) return { ok: true, text: source };
    if (member.value.type !== "Object") return { ok: false, why: "not-an-object" };
    object = member.value;
  }
  const name = path.at(-1) ?? "";
  const all = object.members.filter((member) => memberName(member) === name);
  if (all.length > MAX_DUPLICATES) return { ok: false, why: "too-much" };
  // Every one of them: an earlier duplicate would otherwise come to life.
  let text = source;
  const items = object.members.map(rangeOf);
  for (const member of [...all].reverse()) text = removedItem(text, items, object.members.indexOf(member));
  return { ok: true, text };
}

// ---- places

function documentOf(source: string): DocumentNode | "syntax" | "too-much" {
  try {
    // What the gateway itself cannot read (JSON5) is nothing to edit; the depth also holds momoa, which recurses.
    parseJson5(source);
    return parse(source, { mode: "json5", ranges: true, tokens: true });
  } catch (error) {
    return error instanceof TooMuchJson5 ? "too-much" : "syntax";
  }
}

/** What the path leads to; of a key that is there more than once the last. */
function nodeAt(root: ObjectNode, path: readonly string[]): ValueNode | undefined {
  let node: ValueNode | undefined = root;
  for (const name of path) node = node?.type === "Object" ? lastMember(node, name)?.value : undefined;
  return node;
}

function plainOf(source: string, node: ValueNode): unknown {
  const [start, end] = rangeOf(node);
  return parseJson5(source.slice(start, end));
}

function lastMember(object: ObjectNode, name: string): MemberNode | undefined {
  return object.members.findLast((member) => memberName(member) === name);
}

function rangeOf({
  range,
}: {
  readonly range?: readonly [number, number] | number[] | undefined;
}): readonly [number, number] {
  const [start, end] = range ?? [];
  if (start === undefined || end === undefined) throw new Error("a node without its range");
  return [start, end];
}

// ---- changes

function replaced({ source, style }: Context, node: ValueNode, value: JsonValue): string {
  const [start, end] = rangeOf(node);
  return source.slice(0, start) + written(value, style, indentAt(source, start)) + source.slice(end);
}

function inserted(context: Context, object: ObjectNode, name: string, value: JsonValue): string {
  const { style } = context;
  const items = object.members.map(rangeOf);
  return insertedItem(context, rangeOf(object), items, items.length, (indent) => {
    return `${keyText(name, style)}: ${written(value, style, indent)}`;
  });
}

type Range = readonly [start: number, end: number];

/** With a member or element more, at `index` among those that are there. */
function insertedItem(
  { source, style }: Context,
  [start, end]: Range,
  items: readonly Range[],
  index: number,
  textAt: (indent: string) => string,
): string {
  const last = items.at(-1);
  const base = indentAt(source, start);
  const inner = base + style.indent;
  if (last === undefined) {
    const between = source.slice(start + 1, end - 1).trimEnd();
    return `${source.slice(0, start + 1)}${between}${style.newline}${inner}${textAt(inner)}${style.newline}${base}${source.slice(end - 1)}`;
  }
  const [lastStart, lastEnd] = last;
  const oneLine = !/[\n\r\u2028\u2029]/.test(source.slice(start, lastStart) + source.slice(lastEnd, end));
  const before = items[index];
  if (before !== undefined) {
    const [at] = before;
    const indent = indentAt(source, at);
    const startsLine = source.slice(0, at).endsWith(indent) && !oneLine;
    return startsLine
      ? `${source.slice(0, at)}${textAt(indent)},${style.newline}${indent}${source.slice(at)}`
      : `${source.slice(0, at)}${textAt(base)}, ${source.slice(at)}`;
  }
  const [gapEnd, comma] = afterMember(source, lastEnd);
  const head =
    comma === undefined
      ? `${source.slice(0, lastEnd)},${source.slice(lastEnd, gapEnd)}`
      : source.slice(0, gapEnd);
  const tail = comma === undefined ? "" : ",";
  if (oneLine) {
    return `${head.trimEnd()} ${textAt(base)}${tail}${padding(source, gapEnd)}${source.slice(gapEnd).trimStart()}`;
  }
  const sibling = indentAt(source, lastStart);
  return `${head}${style.newline}${sibling}${textAt(sibling)}${tail}${source.slice(gapEnd)}`;
}

/** Space before the closing bracket of an object on one line, as it has it now. */
function padding(source: string, at: number): string {
  return /^[ \t]/.test(source.slice(at, at + 1)) ? " " : "";
}

/** Where a new member can follow: behind the comma and the comments of the member's own line. */
function afterMember(source: string, memberEnd: number): readonly [end: number, comma: number | undefined] {
  let at = memberEnd;
  let comma: number | undefined;
  let end = memberEnd;
  for (;;) {
    const char = source[at];
    if (char === undefined || isLineEnd(char)) return [end, comma];
    if (char === "," && comma === undefined) {
      comma = at;
      at += 1;
      end = at;
    } else if (source.startsWith("//", at)) {
      while (at < source.length && !isLineEnd(source[at] ?? "")) at += 1;
      return [at, comma];
    } else if (source.startsWith("/*", at)) {
      const close = source.indexOf("*/", at + 2);
      const stop = close + 2;
      // A comment over several lines belongs to what comes after it, unless the comma is behind it.
      if (/[\n\r]/.test(source.slice(at, stop)) && comma !== undefined) return [end, comma];
      at = stop;
      end = at;
    } else if (/\s|\ufeff/.test(char)) {
      at += 1;
    } else {
      return [end, comma];
    }
  }
}

function removedItem(source: string, items: readonly Range[], index: number): string {
  const [start, end] = items[index] ?? [0, 0];
  const following = commaAfter(source, end);
  if (following !== undefined) return withoutLine(source, start, end, following);
  const before = items[index - 1];
  const preceding = before === undefined ? undefined : commaAfter(source, before[1]);
  const text = withoutLine(source, start, end, undefined);
  if (preceding === undefined) return text;
  const rest = text.slice(preceding + 1);
  // `[1, 2]` has no blank before its end.
  return text.slice(0, preceding) + (source[end] === "]" ? rest.replace(/^[ \t]+(?=\])/, "") : rest);
}

/** Without the member and its comma; and without its line when nothing else is on it. Comments stay. */
function withoutLine(source: string, start: number, end: number, comma: number | undefined): string {
  const between = comma === undefined ? "" : source.slice(end, comma);
  const after = comma === undefined ? end : comma + 1;
  let left = start;
  while (left > 0 && /[ \t]/.test(source[left - 1] ?? "")) left -= 1;
  const startsLine = left === 0 || isLineEnd(source[left - 1] ?? "");
  let right = after;
  while (/[ \t]/.test(source[right] ?? "")) right += 1;
  const endsLine = right < source.length && isLineEnd(source[right] ?? "");
  if (startsLine && endsLine && between.trim() === "") {
    const stop = right + (source.startsWith("\r\n", right) ? 2 : 1);
    return source.slice(0, left) + source.slice(stop);
  }
  const rest = source.slice(after);
  return source.slice(0, start) + between + (startsLine ? rest.trimStart() : rest.replace(/^[ \t]/, ""));
}

/** The comma behind a member, past blanks and comments. */
function commaAfter(source: string, from: number): number | undefined {
  let at = from;
  for (;;) {
    const char = source[at];
    if (char === ",") return at;
    if (source.startsWith("//", at)) {
      while (at < source.length && !isLineEnd(source[at] ?? "")) at += 1;
    } else if (source.startsWith("/*", at)) {
      at = source.indexOf("*/", at + 2) + 2;
    } else if (char !== undefined && /\s|\ufeff/.test(char)) {
      at += 1;
    } else {
      return undefined;
    }
  }
}

// ---- text

function written(value: JsonValue, style: Style, indent: string): string {
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null)) {
    return `[${value.map((item) => scalar(item, style)).join(", ")}]`;
  }
  if (typeof value !== "object" || value === null) return scalar(value, style);
  const inner = indent + style.indent;
  const items = Array.isArray(value)
    ? value.map((item) => written(item, style, inner))
    : Object.entries(value).map(([name, item]) => `${keyText(name, style)}: ${written(item, style, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (items.length === 0) return `${open}${close}`;
  const lines = items.map((item) => `${inner}${item}`).join(`,${style.newline}`);
  return `${open}${style.newline}${lines}${style.newline}${indent}${close}`;
}

function scalar(value: JsonValue, style: Style): string {
  return typeof value === "string" ? quoted(value, style.quote) : JSON.stringify(value);
}

function keyText(name: string, style: Style): string {
  return style.bareKeys && /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name, style.quote);
}

function quoted(text: string, quote: Style["quote"]): string {
  const json = JSON.stringify(text);
  if (quote === '"') return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function nested(path: readonly string[], value: JsonValue): JsonValue {
  return path.reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), value);
}

function styleOf(source: string, { tokens = [] }: DocumentNode): Style {
  const texts = tokens.flatMap((token) => (token.type === "String" ? [source[rangeOf(token)[0]]] : []));
  const bare = tokens.some((token) => token.type === "Identifier");
  return {
    newline: /\r\n/.test(source) ? "\r\n" : "\n",
    indent: /(?:^|[\n\r])([ \t]+)\S/.exec(source)?.[1] ?? "  ",
    quote: texts.includes("'") && !texts.includes('"') ? "'" : '"',
    bareKeys: bare,
  };
}

/** The blanks that start the line of a position. */
function indentAt(source: string, at: number): string {
  let start = at;
  while (start > 0 && !isLineEnd(source[start - 1] ?? "")) start -= 1;
  return /^[ \t]*/.exec(source.slice(start, at))?.[0] ?? "";
}

function isLineEnd(char: string): boolean {
  return char === "\n" || char === "\r" || char === "\u2028" || char === "\u2029";
}
