import { isDeepStrictEqual } from "node:util";
import type { JsonValue } from "../core/finding.ts";
import { isObject } from "../core/json.ts";
import { type EditFailure, editAt } from "./edit.ts";
import { parseJson5 } from "./json5.ts";

/** What was made of a dotted key: its values, one after another; `undefined`: it was removed. */
export interface MadeKey {
  readonly key: string;
  readonly to: readonly (JsonValue | undefined)[];
  /** Whether a value is one of ours that nobody kept. */
  isOurs?(value: JsonValue): boolean;
}

export type TakeBackOutcome =
  /** `left`: keys that somebody changed since, so that nothing of them went back. */
  | { readonly ok: true; readonly text: string; readonly left: readonly string[] }
  | { readonly ok: false; readonly why: EditFailure };

/**
 * Takes what was made of `before` out of a text that somebody wrote to since: everything else of that text stays, also
 * what they added to the same list or object, and a value that they changed. Objects that `before` does not have are
 * removed when nothing is left in them.
 */
export function takeBack(now: string, before: string, made: readonly MadeKey[]): TakeBackOutcome {
  let text = now;
  const left: string[] = [];
  for (const one of made) {
    const path = one.key.split(".");
    const [was, is] = [valueAt(before, path), valueAt(text, path)];
    const goal = merged(was, one, is);
    if (goal === LEFT) {
      left.push(one.key);
      continue;
    }
    if (isDeepStrictEqual(goal, is)) continue;
    const outcome = editAt(text, path, goal);
    if (!outcome.ok) return outcome;
    text = goal === undefined ? withoutEmptyParents(outcome.text, before, path) : outcome.text;
  }
  return { ok: true, text, left };
}

/** Whether a text has, at each of the keys, what was there before or what was made of it. */
export function isAsMade(now: string, before: string, made: readonly MadeKey[]): boolean {
  return made.every((one) => {
    const path = one.key.split(".");
    const [was, is] = [valueAt(before, path), valueAt(now, path)];
    return isDeepStrictEqual(is, was) || isMade(one, is);
  });
}

function isMade({ to, isOurs }: MadeKey, value: JsonValue | undefined): boolean {
  return to.some((one) => isDeepStrictEqual(one, value)) || (value !== undefined && isOurs?.(value) === true);
}

/** Entries of a list that is merged: each is compared with each. */
const MAX_LIST = 1000;
const LEFT = Symbol("somebody else's");

/** The value without what was made of it. */
function merged(
  was: JsonValue | undefined,
  made: MadeKey,
  is: JsonValue | undefined,
): JsonValue | undefined | typeof LEFT {
  if (isDeepStrictEqual(is, was)) return is;
  if (isMade(made, is)) return was;
  const to = made.to.at(-1);
  if (Array.isArray(is) && Array.isArray(to) && (was === undefined || Array.isArray(was)))
    return [is, to, was ?? []].some(({ length }) => length > MAX_LIST) ? LEFT : mergedList(was, to, is);
  if (isObject(is) && isObject(to) && (was === undefined || isObject(was))) return mergedObject(was, to, is);
  return LEFT;
}

function mergedList(
  was: readonly JsonValue[] | undefined,
  to: readonly JsonValue[],
  is: readonly JsonValue[],
): readonly JsonValue[] | undefined {
  const added = without(to, was ?? []);
  const removed = without(was ?? [], to);
  const rest = [...without(is, added)];
  // What was taken out comes back to its place, unless somebody did that already.
  for (const item of without(removed, rest)) rest.splice((was ?? []).indexOf(item), 0, item);
  return rest.length === 0 && was === undefined ? undefined : rest;
}

/** Each entry of `others` takes one of its like away. */
function without(list: readonly JsonValue[], others: readonly JsonValue[]): readonly JsonValue[] {
  const left = [...others];
  return list.filter((item) => {
    const at = left.findIndex((other) => isDeepStrictEqual(other, item));
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

type JsonObject = { readonly [key: string]: JsonValue };

function mergedObject(was: JsonObject | undefined, to: JsonObject, is: JsonObject): JsonObject | undefined {
  const rest: Record<string, JsonValue> = { ...is };
  for (const name of new Set([...Object.keys(was ?? {}), ...Object.keys(to)])) {
    const own = (object: JsonObject | undefined) =>
      object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
    const goal = merged(own(was), { key: name, to: [own(to)] }, own(is));
    if (goal === LEFT) continue;
    if (goal === undefined) delete rest[name];
    else rest[name] = goal;
  }
  return Object.keys(rest).length === 0 && was === undefined ? undefined : rest;
}

function withoutEmptyParents(text: string, before: string, path: readonly string[]): string {
  let result = text;
  for (let length = path.length - 1; length > 0; length -= 1) {
    const parent = path.slice(0, length);
    const value = valueAt(result, parent);
    const isEmpty = value !== undefined && isObject(value) && Object.keys(value).length === 0;
    if (valueAt(before, parent) !== undefined || !isEmpty) break;
    const outcome = editAt(result, parent, undefined);
    if (!outcome.ok) break;
    result = outcome.text;
  }
  return result;
}

function valueAt(text: string, path: readonly string[]): JsonValue | undefined {
  let value: unknown;
  try {
    value = parseJson5(text);
  } catch {
    return undefined;
  }
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value as JsonValue;
}
