import { isObject } from "../../core/json.ts";

/** Documents of a cluster come from whoever may write there: nothing of them is taken to have its type. */
export type Document = Readonly<Record<string, unknown>>;

const MAX_ITEMS = 1000;
const NONE: Document = {};

/** The object at a path; an empty one where there is none. */
export function objectAt(from: unknown, ...path: readonly string[]): Document {
  const found = valueAt(from, path);
  return isObject(found) ? found : NONE;
}

/** The objects of a list at a path, at most 1000. */
export function listAt(from: unknown, ...path: readonly string[]): readonly Document[] {
  const found = valueAt(from, path);
  return Array.isArray(found) ? found.slice(0, MAX_ITEMS).filter(isObject) : [];
}

export function textAt(from: unknown, ...path: readonly string[]): string | undefined {
  const found = valueAt(from, path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

export function numberAt(from: unknown, ...path: readonly string[]): number | undefined {
  const found = valueAt(from, path);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

export function isTrueAt(from: unknown, ...path: readonly string[]): boolean {
  return valueAt(from, path) === true;
}

/** The texts of a list at a path. */
export function textsAt(from: unknown, ...path: readonly string[]): readonly string[] {
  const found = valueAt(from, path);
  return Array.isArray(found)
    ? found.slice(0, MAX_ITEMS).filter((one): one is string => typeof one === "string")
    : [];
}

/** Names to texts at a path: labels, annotations, the data of a ConfigMap. */
export function textMapAt(from: unknown, ...path: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectAt(from, ...path))
      .slice(0, MAX_ITEMS)
      .filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}

function valueAt(from: unknown, path: readonly string[]): unknown {
  let at = from;
  for (const name of path) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

export function nameOf(document: unknown): string {
  return textAt(document, "metadata", "name") ?? "";
}
