import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { parseJson5 } from "../../../config/json5.ts";
import { isAsMade, type MadeKey, takeBack } from "../../../config/take-back.ts";
import type { JsonValue } from "../../../core/finding.ts";
import type { Made } from "../../../core/journal.ts";
import { isObject } from "../../../core/json.ts";
import type { ConfigEditor } from "../../../core/transaction.ts";

/** What the engine asks about the texts of two openclaw.json. */
export const configEditor: ConfigEditor = {
  takeBack(now, before, made) {
    const outcome = takeBack(textOf(now), textOf(before), byKey(made));
    if (!outcome.ok) return undefined;
    return { content: Buffer.from(outcome.text).toString("base64"), left: outcome.left };
  },
  isOurs(now, before, made) {
    const [first, second] = [valuesIn(now), valuesIn(before)];
    if (second === undefined) return false;
    if (first === undefined) return isTorn(Buffer.from(now, "base64"), Buffer.from(before, "base64"));
    const keys = byKey(made);
    // `meta` is OpenClaw's own note of its release and the time (lastTouchedVersion, lastTouchedAt).
    const paths = [["meta"], ...keys.map(({ key }) => key.split("."))];
    return (
      isDeepStrictEqual(without(first, paths), without(second, paths)) &&
      isAsMade(textOf(now), textOf(before), keys)
    );
  },
};

function byKey(made: readonly Made[]): readonly MadeKey[] {
  const keys = new Map<string, MadeKey>();
  for (const one of made) {
    const known = keys.get(one.key);
    const to = "to" in one && one.to !== undefined ? [one.to] : "unset" in one ? [undefined] : [];
    const isOurs = known?.isOurs ?? (to.length === 0 ? oursOf(one) : undefined);
    keys.set(one.key, {
      key: one.key,
      to: [...(known?.to ?? []), ...to],
      ...(isOurs === undefined ? {} : { isOurs }),
    });
  }
  return [...keys.values()];
}

/** A value that nobody noted, as when a run was killed, counts as ours. */
function oursOf(made: Made): (value: JsonValue) => boolean {
  const sha256 = "sha256" in made ? made.sha256 : undefined;
  return (value) =>
    sha256 === undefined || createHash("sha256").update(JSON.stringify(value)).digest("hex") === sha256;
}

/** Writes in one piece end at pages, when they end too early. */
const PAGE = 4096;

/**
 * Whether a text that cannot be read is one that was written in its place and not whole: from a page's end on it is
 * still the one from before, or it ends there.
 */
function isTorn(now: Buffer, before: Buffer): boolean {
  for (let at = PAGE; at <= now.length; at += PAGE) {
    if (at === now.length ? at >= before.length : now.subarray(at).equals(before.subarray(at))) return true;
  }
  return false;
}

function textOf(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

type Values = { readonly [key: string]: unknown };

function valuesIn(base64: string): Values | undefined {
  const text = textOf(base64);
  if (text.trim() === "") return {};
  try {
    const value: unknown = parseJson5(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function without(value: Values, paths: readonly (readonly string[])[]): Values {
  return paths.reduce((rest, path) => withoutPath(rest, path), value);
}

/** Objects that only led to the key go with it: `config set` makes them. */
function withoutPath(value: Values, [head, ...rest]: readonly string[]): Values {
  if (head === undefined || !Object.hasOwn(value, head)) return value;
  const { [head]: child, ...others } = value;
  if (rest.length === 0 || !isObject(child)) return others;
  const left = withoutPath(child, rest);
  return Object.keys(left).length === 0 ? others : { ...others, [head]: left };
}
