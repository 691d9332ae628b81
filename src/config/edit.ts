import {
  type DocumentNode,
  type MemberNode,
  type ObjectNode,
  parse,
  type ValueNode,
} from "@humanwhocodes/momoa";
import JSON5 from "json5";
import type { JsonValue } from "../core/finding.ts";

export type ConfigChange =
  | { readonly set: { readonly key: string; readonly value: JsonValue } }
  | { readonly unset: { readonly key: string } };

export type EditOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: EditFailure };

/** `syntax`: no JSON5. `not-an-object`: a part of the key's path is there and is no object. `prototype`: no key of a config. */
export type EditFailure = "syntax" | "not-an-object" | "prototype";

/** Nesting that no real openclaw.json has; the parser recurses. */
const MAX_DEPTH = 100;

/**
 * The text of an openclaw.json with one dotted key set or removed. Comments, formatting, quotes, line ends and
 * a byte-order mark stay; of a key that is there more than once the last is changed, as its value is the one
 * that counts. Objects on the way to a key that is set are made; none is removed.
 */
export function editConfig(text: string, change: ConfigChange): EditOutcome {
  const source = text === "" ? "{}\n" : text;
  const path = ("set" in change ? change.set.key : change.unset.key).split(".");
  if (path.includes("__proto__")) return { ok: false, why: "prototype" };
  const root = rootOf(source);
  if (root === undefined) return { ok: false, why: "syntax" };
  if (root.type !== "Object") return { ok: false, why: "not-an-object" };
  const style = styleOf(source);
  return "set" in change
    ? setIn({ source, style }, root, path, change.set.value)
    : unsetIn(source, root, path);
}

/**
 * Takes `keys` back to what they are in `before`, in a text that somebody wrote to since: everything else of
 * that text stays. Objects that `before` does not have are removed when nothing is left in them.
 */
export function takeBack(now: string, before: string, keys: readonly string[]): EditOutcome {
  let text = now;
  for (const key of keys) {
    const old = valueAt(before, key.split("."));
    const outcome = editConfig(text, old === undefined ? { unset: { key } } : { set: { key, value: old } });
    if (!outcome.ok) return outcome;
    text = old === undefined ? withoutEmptyParents(outcome.text, before, key) : outcome.text;
  }
  return { ok: true, text };
}

function withoutEmptyParents(text: string, before: string, key: string): string {
  const path = key.split(".");
  let result = text;
  for (let length = path.length - 1; length > 0; length -= 1) {
    const parent = path.slice(0, length);
    const value = valueAt(result, parent);
    if (valueAt(before, parent) !== undefined || !isEmptyObject(value)) break;
    const outcome = editConfig(result, { unset: { key: parent.join(".") } });
    if (!outcome.ok) break;
    result = outcome.text;
  }
  return result;
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
  const all = object.members.filter((member) => nameOf(member) === name);
  // Every one of them: an earlier duplicate would otherwise come to life.
  let text = source;
  for (const member of [...all].reverse()) text = removed(text, object, member);
  return { ok: true, text };
}

// ---- places

function rootOf(source: string): ValueNode | undefined {
  if (deeper(source)) return undefined;
  try {
    // What the gateway itself cannot read (JSON5) is nothing to edit.
    JSON5.parse(source);
    return documentOf(source).body;
  } catch {
    return undefined;
  }
}

function documentOf(source: string): DocumentNode {
  return parse(source, { mode: "json5", ranges: true, tokens: true });
}

function deeper(source: string): boolean {
  let open = 0;
  for (const char of source) {
    if (char === "{" || char === "[") open += 1;
    if (char === "}" || char === "]") open -= 1;
    if (open > MAX_DEPTH) return true;
  }
  return false;
}

function lastMember(object: ObjectNode, name: string): MemberNode | undefined {
  return object.members.findLast((member) => nameOf(member) === name);
}

function nameOf({ name }: MemberNode): string {
  return name.type === "Identifier" ? name.name : name.value;
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
  const { source, style } = context;
  const [start, end] = rangeOf(object);
  const last = object.members.at(-1);
  const base = indentAt(source, start);
  const inner = base + style.indent;
  if (last === undefined) {
    const line = `${inner}${keyText(name, style)}: ${written(value, style, inner)}`;
    const between = source.slice(start + 1, end - 1).trimEnd();
    return `${source.slice(0, start + 1)}${between}${style.newline}${line}${style.newline}${base}${source.slice(end - 1)}`;
  }
  const [lastStart, lastEnd] = rangeOf(last);
  const [gapEnd, comma] = afterMember(source, lastEnd);
  const oneLine = !/[\n\r\u2028\u2029]/.test(source.slice(start, lastStart) + source.slice(lastEnd, end));
  const head =
    comma === undefined
      ? `${source.slice(0, lastEnd)},${source.slice(lastEnd, gapEnd)}`
      : source.slice(0, gapEnd);
  const tail = comma === undefined ? "" : ",";
  if (oneLine) {
    const text = `${keyText(name, style)}: ${written(value, style, base)}`;
    return `${head.trimEnd()} ${text}${tail}${padding(source, gapEnd)}${source.slice(gapEnd).trimStart()}`;
  }
  const sibling = indentAt(source, lastStart);
  const text = `${sibling}${keyText(name, style)}: ${written(value, style, sibling)}`;
  return `${head}${style.newline}${text}${tail}${source.slice(gapEnd)}`;
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

function removed(source: string, object: ObjectNode, member: MemberNode): string {
  const [start, end] = rangeOf(member);
  const following = commaAfter(source, end);
  if (following !== undefined) return withoutLine(source, start, end, following);
  const before = object.members[object.members.indexOf(member) - 1];
  const preceding = before === undefined ? undefined : commaAfter(source, rangeOf(before)[1]);
  const text = withoutLine(source, start, end, undefined);
  return preceding === undefined ? text : text.slice(0, preceding) + text.slice(preceding + 1);
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

function styleOf(source: string): Style {
  const tokens = documentOf(source).tokens ?? [];
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

function valueAt(text: string, path: readonly string[]): JsonValue | undefined {
  let value: unknown;
  try {
    value = JSON5.parse(text);
  } catch {
    return undefined;
  }
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value as JsonValue;
}

function isEmptyObject(value: JsonValue | undefined): boolean {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}
