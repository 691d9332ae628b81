import { isObject, parseBoundedJson } from "./json.ts";
import { changesOf } from "./known-values.ts";

/** Characters of a word that may be one. */
const SHORTEST = 10;
const LONGEST = 4096;
/** Objects within objects, and words, that are looked at. */
const MAX_DEPTH = 40;
const MAX_WORDS = 100_000;

/** Paths, addresses of all kinds, releases, times, digests and files: what programs write. */
const WRITTEN =
  /^(?:~?\/|\.{1,2}\/|[A-Za-z]:\\)|:\/\/|^sha\d{1,3}[:-]|^v?\d{1,4}[.:-]\d|^[\da-f:.]*::|^[a-z]+(?:[-_./:@][a-z]+|[-_.]\d{1,5})*$|^[\w.-]{1,200}(?:\/[\w.-]{1,200}){1,8}(?:[:@][\w.:-]{1,200})?$/i;

/**
 * Whether a word looks as if it was drawn at random: letters and digits, small and capital ones follow each other as
 * they do in no name. So is a password or a key, whatever it is called; so are ids, which are kept back at no loss.
 */
export function looksDrawn(word: string): boolean {
  if (word.length < SHORTEST || word.length > LONGEST || /\s/.test(word) || WRITTEN.test(word)) return false;
  const letters = word.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return /\d/.test(word) && letters >= 8 && changesOf(word) / letters >= 0.25;
}

/** Names that their own system gives a drawn value, which is part of the names of other things. */
const OF_THE_SYSTEM =
  /^(?:pod-template-hash|controller-revision-hash|controller-uid|batch\.kubernetes\.io\/.{1,60}|com\.docker\.compose\..{1,60}|HOSTNAME|.{0,60}_?(?:VERSION|NAME|HOST|COMMIT|REVISION))$/i;

export function isOfTheSystem(name: string): boolean {
  return OF_THE_SYSTEM.test(name);
}

/**
 * Words that look drawn of values that anybody may have put there under any name: of the annotations, labels and
 * variables of a cluster's and an engine's objects, at any depth and in JSON within (`last-applied-configuration`).
 * None of them is used, so none has to be seen anywhere, as in a log line that repeats one.
 */
export function drawnValues(document: unknown): readonly string[] {
  const found = new Set<string>();
  let left = MAX_WORDS;
  const take = (name: string, value: unknown): void => {
    if (typeof value !== "string" || isOfTheSystem(name)) return;
    const inner = /^\s{0,20}[{[]/.test(value) ? parseBoundedJson(value) : undefined;
    if (inner !== undefined) walk(inner, MAX_DEPTH / 2);
    for (const word of value.split(/[\s"'`,;()<>[\]{}=|\\]+/)) {
      if (left <= 0) return;
      left -= 1;
      if (looksDrawn(word)) found.add(word);
    }
  };
  const walk = (value: unknown, depth: number): void => {
    if (depth > MAX_DEPTH || typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      for (const one of value) walk(one, depth + 1);
      return;
    }
    for (const [key, one] of Object.entries(value)) {
      if (/^(?:annotations|labels|environment|env)$/i.test(key))
        for (const [name, text] of pairsOf(one)) take(name, text);
      walk(one, depth + 1);
    }
  };
  walk(document, 0);
  return [...found];
}

/** `{ NAME: value }`, `[{ name, value }]` and `["NAME=value"]`. */
function pairsOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value))
    return value.map((one) => {
      if (isObject(one)) return [typeof one.name === "string" ? one.name : "", one.value];
      const text = typeof one === "string" ? one : "";
      const equals = text.indexOf("=");
      return [text.slice(0, Math.max(0, equals)), text.slice(equals + 1)];
    });
  return isObject(value) ? Object.entries(value) : [];
}
