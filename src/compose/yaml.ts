import type { Document, ParsedNode } from "yaml";
import { isObject } from "../core/json.ts";

/** One Compose file as YAML: its plain value, and where its nodes stand. */
export interface ComposeYaml {
  readonly value: Readonly<Record<string, unknown>>;
  readonly document: Document.Parsed<ParsedNode>;
  /** Line of the value at a path, from 1; absent where an anchor brought it in. */
  lineOf(path: readonly (string | number)[]): number | undefined;
}

/** `!reset`: what the files before say is gone. `!override`: what they say is replaced, not merged. */
export const RESET = "\u0000reset";
export const OVERRIDE = "\u0000override";

export const MAX_COMPOSE = 524_288;
export const MAX_COMPOSE_LINES = 5000;
/** Nesting that no Compose file has; the parser recurses. */
const MAX_DEPTH = 60;
/** Upstream's have ten; an alias of aliases is multiplied. */
const MAX_ALIASES = 200;
/** Marks, blanks and words of the text; the parser takes up to 8 ms for a thousand of them (yaml 2.9, measured). */
const MAX_TOKENS = 60_000;

/**
 * Half a second of CPU on a small machine: only where there is a Compose file. The package is CommonJS, of which
 * the built command has the default export only.
 */
export async function loadYaml(): Promise<typeof import("yaml")> {
  const { default: yaml } = await import("yaml");
  return yaml;
}

/**
 * Reads a Compose file with its anchors, merge keys and tags, in block or in flow style. `undefined`: it is no YAML
 * mapping, or more than a Compose file is: too long, too deep, too many marks or
 * aliases. Nothing is thrown.
 */
export async function composeYaml(text: string): Promise<ComposeYaml | undefined> {
  if (isTooMuch(text)) return undefined;
  const { Lexer, LineCounter, parseDocument, Scalar, visit, YAMLMap } = await loadYaml();
  if (hasMoreThan(new Lexer().lex(text), MAX_TOKENS)) return undefined;
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      merge: true,
      lineCounter: lines,
      logLevel: "silent",
      prettyErrors: false,
      // Compared one with each other, which a hostile file makes slow; the last one counts.
      uniqueKeys: false,
    });
    if (document.errors.length > 0) return undefined;
    const isMarked = /!(?:reset|override)\b/.test(text);
    const marked = isMarked ? (document.clone() as typeof document) : document;
    if (isMarked)
      visit(marked, {
        Pair: (_key, pair) => {
          const node = pair.value;
          if (!isTagged(node)) return;
          if (node.tag === "!reset") pair.value = new Scalar(RESET);
          if (node.tag === "!override") {
            delete node.tag;
            const map = new YAMLMap();
            map.set(OVERRIDE, node);
            pair.value = map;
            return visit.SKIP;
          }
          return undefined;
        },
      });
    const value: unknown = marked.toJS({ maxAliasCount: MAX_ALIASES });
    if (!isObject(value)) return undefined;
    return {
      value,
      document,
      lineOf: (path) => {
        const node: unknown = document.getIn(path, true);
        const start = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
        return Array.isArray(start) ? lines.linePos(Number(start[0])).line : undefined;
      },
    };
  } catch {
    // An alias without its anchor, or one too many.
    return undefined;
  }
}

function hasMoreThan(items: Iterable<unknown>, max: number): boolean {
  let seen = 0;
  for (const _ of items) {
    seen += 1;
    if (seen > max) return true;
  }
  return false;
}

function isTagged(node: unknown): node is { tag?: string } {
  return typeof node === "object" && node !== null && "tag" in node && typeof node.tag === "string";
}

/** Depth by what can only make it larger than it is: open brackets, and indentation with its dashes. */
function isTooMuch(text: string): boolean {
  if (text.length > MAX_COMPOSE) return true;
  let lines = 1;
  let depth = 0;
  let deepest = 0;
  let indents = 0;
  let inIndent = true;
  for (const char of text) {
    if (char === "\n") {
      lines += 1;
      inIndent = true;
      indents = 0;
    } else if (inIndent && (char === " " || char === "-" || char === "?")) {
      // A level takes at least one column.
      if (char !== " ") indents += 1;
      if (indents > MAX_DEPTH) return true;
    } else {
      inIndent = false;
      if (char === "[" || char === "{") depth += 1;
      if ((char === "]" || char === "}") && depth > 0) depth -= 1;
      deepest = Math.max(deepest, depth);
    }
  }
  return lines > MAX_COMPOSE_LINES || deepest > MAX_DEPTH;
}
