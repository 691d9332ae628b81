import type { KeyChange } from "../core/change.ts";
import { isObject } from "../core/json.ts";
import { createScrubber, type Scrubber } from "../core/scrub.ts";
import { fingerprintOf } from "../core/secret.ts";
import { safeText } from "../core/text.ts";

export interface ShownOptions {
  /** For the fingerprints of secrets. */
  readonly salt: string;
  /** Values that must not be shown, whatever their keys are called. */
  readonly secrets: readonly string[];
}

/** A remedy changes a few keys; more are named by nobody. */
const MOST = 120;
const MAX_DEPTH = 100;
const LONGEST = 300;

/**
 * What differs between two values of a file, key by key, and nothing that stands beside it: of a list the items, of a
 * command line the words. Values of keys that are secret are fingerprints; a reference to a variable stays one.
 */
export function changesBetween(before: unknown, after: unknown, options: ShownOptions): readonly KeyChange[] {
  const comparison = new Comparison(options);
  comparison.compare("", before, after, false, 0);
  return comparison.changes;
}

class Comparison {
  readonly changes: KeyChange[] = [];
  readonly #salt: string;
  readonly #scrub: Scrubber;

  constructor({ salt, secrets }: ShownOptions) {
    this.#salt = salt;
    this.#scrub = createScrubber(secrets);
  }

  /** `isSecret`: the key, or one above it, names a secret. */
  compare(key: string, before: unknown, after: unknown, isSecret: boolean, depth: number): void {
    if (this.changes.length >= MOST || depth > MAX_DEPTH || isSame(before, after, depth)) return;
    const [old, now] = [before ?? {}, after ?? {}];
    if (isObject(old) && isObject(now) && (isObject(before) || isObject(after))) {
      for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
        const path = key === "" ? name : `${key}.${name}`;
        this.compare(path, own(old, name), own(now, name), isSecret || isSecretName(name), depth + 1);
      }
    } else if (Array.isArray(before) && Array.isArray(after)) {
      this.#items(key, before, after, isSecret, depth);
    } else if (typeof before === "string" && typeof after === "string" && !isSecret) {
      const [was, is] = onlyWords(before, after);
      this.#note(key, this.shown(was, false), this.shown(is, false));
    } else {
      this.#note(
        key,
        before === undefined ? undefined : this.shown(before, isSecret),
        after === undefined ? undefined : this.shown(after, isSecret),
      );
    }
  }

  /** A secret as its fingerprint; `NAME=value` in a list of variables by its name. */
  shown(value: unknown, isSecret: boolean): string {
    if (typeof value !== "string") {
      if (isSecret && Array.isArray(value))
        return `[${value.map((item) => this.shown(item, true)).join(", ")}]`;
      return this.#safe(JSON.stringify(value) ?? "null");
    }
    if (isSecret) return isOpen(value) ? this.#safe(value) : fingerprintOf(value, this.#salt);
    const [, name = "", text = ""] = /^([A-Za-z_]\w{0,127})=(.*)$/s.exec(value) ?? [];
    return isSecretName(name)
      ? this.#safe(`${name}=`) + this.shown(text, true)
      : this.#safe(JSON.stringify(value));
  }

  /** What is the same at both ends is left out. */
  #items(
    key: string,
    before: readonly unknown[],
    after: readonly unknown[],
    isSecret: boolean,
    depth: number,
  ): void {
    const least = Math.min(before.length, after.length);
    let start = 0;
    while (start < least && isSame(before[start], after[start], depth)) start += 1;
    let same = 0;
    while (same < least - start && isSame(before.at(-1 - same), after.at(-1 - same), depth)) same += 1;
    const end = Math.max(before.length, after.length) - same;
    for (let at = start; at < end; at += 1) {
      const old = at < before.length - same ? before[at] : undefined;
      const now = at < after.length - same ? after[at] : undefined;
      this.compare(`${key}[${at}]`, old, now, isSecret, depth + 1);
    }
  }

  #note(key: string, before: string | undefined, after: string | undefined): void {
    this.changes.push({
      key: this.#safe(key),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  }

  #safe(text: string): string {
    return safeText(this.#scrub.head(text, LONGEST), LONGEST);
  }
}

/** A placeholder, or a reference to where the secret is. */
function isOpen(value: string): boolean {
  return /^(?:<[a-z][a-z ]{0,40}>|\$\{[A-Za-z_]\w{0,127}\})?$/.test(value);
}

/** Of two command lines the words that differ. */
function onlyWords(before: string, after: string): readonly [string, string] {
  const [old, now] = [before.split(/(?<=\s)/), after.split(/(?<=\s)/)];
  const least = Math.min(old.length, now.length);
  if (least < 3) return [before, after];
  let start = 0;
  while (start < least && old[start]?.trimEnd() === now[start]?.trimEnd()) start += 1;
  let end = 0;
  while (end < least - start && old.at(-1 - end)?.trimEnd() === now.at(-1 - end)?.trimEnd()) end += 1;
  const middle = (words: readonly string[]): string =>
    [
      ...(start === 0 ? [] : ["…"]),
      words
        .slice(start, words.length - end)
        .join("")
        .trim(),
      ...(end === 0 ? [] : ["…"]),
    ].join(" ");
  return [middle(old), middle(now)];
}

/** What the name of a key or of a variable tells. */
function isSecretName(name: string): boolean {
  return /token|password|passwd|passphrase|secret|credential|cookie|authorization|(?:api|access|private|signing|auth)[_-]?key|(?:^|_)pass$|^x-auth/i.test(
    name,
  );
}

function isSame(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => isSame(item, b[at], depth + 1));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name], depth + 1))
  );
}

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
