import { isDeepStrictEqual } from "node:util";
import JSON5 from "json5";
import { takeBack } from "../../config/edit.ts";
import type { ConfigEditor } from "../../core/transaction.ts";

/** What the engine asks about the texts of two openclaw.json. */
export const configEditor: ConfigEditor = {
  takeBack(now, before, keys) {
    const outcome = takeBack(textOf(now), textOf(before), keys);
    return outcome.ok ? Buffer.from(outcome.text).toString("base64") : undefined;
  },
  sameBut(a, b, keys) {
    const [first, second] = [valuesIn(a), valuesIn(b)];
    if (first === undefined || second === undefined) return false;
    // `meta` is OpenClaw's own note of its release and the time (lastTouchedVersion, lastTouchedAt).
    const paths = [["meta"], ...keys.map((key) => key.split("."))];
    return isDeepStrictEqual(without(first, paths), without(second, paths));
  },
};

function textOf(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

type Values = { readonly [key: string]: unknown };

function valuesIn(base64: string): Values | undefined {
  const text = textOf(base64);
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON5.parse(text);
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

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
