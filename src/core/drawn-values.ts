import { isObject, parseBoundedJson } from "./json.ts";
import { changesOf } from "./known-values.ts";

/** Characters of a word that may be one. */
const SHORTEST = 10;
const LONGEST = 4096;
/** Objects within objects that are looked at: more than any reader of ours takes. */
const MAX_DEPTH = 200;

/** Words and small numbers, one after the other: names that people give. */
const NAME = /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)(?:[-_./:@](?:[a-z]+|[A-Z][a-z]+|[A-Z]+)|[-_.]\d{1,5})*$/;
/** Scheme, user and host of an address. */
const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/(?:([^/?#@\s]{1,300})@)?[^/?#@]{0,300}/;
const ABSOLUTE = /^(?:~?\/|\.{1,2}\/|[A-Za-z]:\\)/;
const IP =
  /^\[?(?:(?=[\da-f:.]*::)[\da-f:.]{2,45}|(?:[\da-f]{1,4}:){7}[\da-f]{1,4}|(?:[\da-f]{2}[:-]){5}[\da-f]{2})\]?(?:[/:]\d{1,5})?$/i;
const DIGEST = /(?<![\p{L}\p{N}])sha(?:1|256|384|512)[:-][0-9a-f]{40,128}(?![\p{L}\p{N}])/giu;
const RELEASE = /(?<![\p{L}\p{N}])v?\d{1,4}(?:\.\d{1,6}){1,4}(?![\p{L}\p{N}])/gu;
/** What git, a registry or an engine calls something by; nothing tells it from a secret that is as short. */
const COMMIT = /^(?:sha-|g)?(?:[0-9a-f]{7,12}|[0-9a-f]{40})$/;
const ID = /^(?:[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Whether a word looks as if it was drawn at random: letters and digits, small and capital ones follow each other as
 * they do in no name. So is a password or a key, whatever it is called; so are ids, which are kept back at no loss.
 * Paths, addresses, releases and digests are what programs write: of those each part is looked at for itself.
 */
export function looksDrawn(word: string): boolean {
  if (word.length < SHORTEST || word.length > LONGEST || /\s/.test(word) || IP.test(word)) return false;
  const [origin = "", user = ""] = ORIGIN.exec(word) ?? [];
  const rest = word.slice(origin.length).replace(DIGEST, "");
  if (user.split(":").some(isDrawn)) return true;
  const isPlace = origin !== "" || ABSOLUTE.test(word);
  const parts = rest.split(/[/\\?&#:@]/).filter((part) => !COMMIT.test(part) && !(isPlace && ID.test(part)));
  const isWritten = parts.length > 1 || rest !== word || rest.search(RELEASE) >= 0;
  if (!isWritten) return isDrawn(rest);
  return [...parts, parts.join("/")].some((part) => isDrawn(withoutRelease(part)));
}

/** A release, and the commit it was built from. */
function withoutRelease(part: string): string {
  const without = part.replace(RELEASE, "");
  if (without === part) return part;
  return without
    .split(/[-+.]/)
    .filter((piece) => !COMMIT.test(piece))
    .join("-");
}

function isDrawn(word: string): boolean {
  if (word.length < SHORTEST || NAME.test(word)) return false;
  const letters = word.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return /\d/.test(word) && letters >= 8 && changesOf(word) / letters >= 0.25;
}

/** The words of a text that do. */
export function drawnWords(text: string): readonly string[] {
  return text.split(/[\s"'`,;()<>[\]{}=|\\]+/).filter(looksDrawn);
}

/** What a cluster makes of a workload's name for its sets and pods (five letters without vowels at the end). */
const GENERATED = /^(.{1,253}?)(?:-[0-9a-z]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$/;
const HOST = /^[a-z0-9](?:[a-z0-9-]{0,62}\.){1,8}[a-z]{2,24}$/;

function isGenerated(value: string): boolean {
  const [, name] = GENERATED.exec(value) ?? [];
  return name !== undefined && /^[a-z0-9.-]+$/.test(value) && !looksDrawn(name);
}

/** Where things are: temporary directories and accounts have drawn names, and stand in the commands that people type. */
function arePaths(value: string): boolean {
  return value.split(/[,:;](?=[~/A-Z])/).every((one) => ABSOLUTE.test(one) && !/[\s=]/.test(one));
}

/** Drawn values that are part of the names of other things: what their own system gives them, by name and form. */
const OF_THE_SYSTEM: readonly (readonly [name: RegExp, is: (value: string) => boolean])[] = [
  [
    /^(?:pod-template-hash|controller-revision-hash)$/,
    (value) => /^(?:[a-z][a-z-]{0,200}-)?[0-9a-z]{5,12}$/.test(value),
  ],
  [/(?:^|\/)controller-uid$/, (value) => ID.test(value)],
  [/^com\.docker\.compose\.(?:config-hash|image)$/, (value) => ID.test(value)],
  [/^com\.docker\.compose\.(?:project|service)$/, (value) => /^[a-z0-9][a-z0-9_-]*$/.test(value)],
  [/^com\.docker\.compose\.project\.(?:config_files|working_dir|environment_file)$/, arePaths],
  [/(?:^|_)(?:HOME|PWD|PATH|DIR|DIRECTORY|ROOT|FILE|TMP|TEMP|TMPDIR)$/i, arePaths],
  [/^HOSTNAME$/, (value) => /^[0-9a-f]{12}$/.test(value)],
  [/(?:^|[_/-])(?:HOST)?NAME$|^batch\.kubernetes\.io\//i, isGenerated],
  [/(?:^|_)HOST(?:NAME)?$/i, (value) => HOST.test(value) || isGenerated(value)],
  [/(?:^|_)(?:VERSION|COMMIT|REVISION)$/i, (value) => COMMIT.test(value)],
];

export function isOfTheSystem(name: string, value: string): boolean {
  return OF_THE_SYSTEM.some(([names, is]) => names.test(name) && is(value));
}

/**
 * Words that look drawn of values that anybody may have put there under any name: of the annotations, labels and
 * variables of a cluster's and an engine's objects, at any depth and in JSON within (`last-applied-configuration`).
 * None of them is used, so none has to be seen anywhere, as in a log line that repeats one. Linear in the length of the
 * document, however many words it has before them.
 */
export function drawnValues(document: unknown): readonly string[] {
  const found = new Set<string>();
  const take = (name: string, value: unknown): void => {
    if (typeof value !== "string" || isOfTheSystem(name, value)) return;
    const inner = /^\s{0,20}[{[]/.test(value) ? parseBoundedJson(value) : undefined;
    if (inner !== undefined) walk(inner, 0);
    for (const word of drawnWords(value)) found.add(word);
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
