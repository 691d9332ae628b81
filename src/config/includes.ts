import { isObject } from "../core/json.ts";
import { MAX_CONFIG, MAX_CONFIG_DEPTH, parseJson5, TooMuchJson5 } from "./json5.ts";
/** Reads an included file, named as the config names it and the file that names it; `undefined`: it cannot. */
export type ReadInclude = (
  name: string,
  from: string,
) => { readonly path: string; readonly text: string } | undefined;

export interface Expanded {
  readonly value: unknown;
  /** Includes that could not be followed, each with the reason: what they would say is not known. */
  readonly lost: readonly { readonly name: string; readonly why: string }[];
  readonly used: boolean;
}

/** As OpenClaw has it: a chain of ten files, and a bound of our own on how many there are in all. */
const MAX_CHAIN = 10;
const MAX_FILES = 50;
/** Characters of all of them; a file that is included again counts again, as it is read again. */
export const MAX_INCLUDED = 4 * MAX_CONFIG;
/** How many that cannot be followed are told. */
const MAX_LOST = 20;

/**
 * `$include` (a name or a list of names in any object): the included values are merged in order, then the keys
 * beside `$include` on top. Objects merge, lists are appended, anything else replaces (shipped code, 2026.2.1 on).
 */
export function expandIncludes(value: unknown, path: string, read: ReadInclude | undefined): Expanded {
  const lost: { name: string; why: string }[] = [];
  let files = 0;
  let characters = 0;

  const load = (name: string, from: string, chain: readonly string[]): unknown => {
    const lose = (why: string): undefined => {
      if (lost.length < MAX_LOST) lost.push({ name, why });
      return undefined;
    };
    if (read === undefined) return lose("not read");
    if (chain.length >= MAX_CHAIN || files >= MAX_FILES) return lose("too many files in a row");
    const file = read(name, from);
    if (file === undefined) return lose("cannot be read");
    if (chain.includes(file.path)) return lose("includes itself");
    files += 1;
    characters += file.text.length;
    if (characters > MAX_INCLUDED) return lose(`too long: more than ${MAX_INCLUDED} characters in all files`);
    try {
      return walk(parseJson5(file.text), file.path, [...chain, file.path], 0);
    } catch (error) {
      return lose(error instanceof TooMuchJson5 ? error.message : "is not JSON5");
    }
  };

  const walk = (node: unknown, from: string, chain: readonly string[], depth: number): unknown => {
    if (depth > MAX_CONFIG_DEPTH) return undefined;
    if (Array.isArray(node)) return node.map((item) => walk(item, from, chain, depth + 1));
    if (!isObject(node)) return node;
    const own: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(node))
      if (key !== "$include" && key !== "__proto__") own[key] = walk(child, from, chain, depth + 1);
    if (!Object.hasOwn(node, "$include")) return own;
    const include = node.$include;
    const names = typeof include === "string" ? [include] : Array.isArray(include) ? include : [];
    let merged: unknown = {};
    for (const name of names) if (typeof name === "string") merged = merge(merged, load(name, from, chain));
    return Object.keys(own).length === 0 ? merged : merge(merged, own);
  };

  const used = JSON.stringify(value)?.includes('"$include"') ?? false;
  return { value: used ? walk(value, path, [path], 0) : value, lost, used };
}

function merge(target: unknown, source: unknown): unknown {
  if (source === undefined) return target;
  if (Array.isArray(target) && Array.isArray(source)) return [...target, ...source];
  if (isObject(target) && isObject(source)) {
    const result: Record<string, unknown> = { ...target };
    for (const [key, value] of Object.entries(source))
      result[key] = Object.hasOwn(result, key) ? merge(result[key], value) : value;
    return result;
  }
  return source;
}
