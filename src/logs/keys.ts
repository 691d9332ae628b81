import type { Meta } from "./line.ts";

/** The keys of the gateway's `conn=… remote=…` lines, in the order in which every release writes them. */
const HEAD_KEYS = ["conn", "peer", "remote", "remotePort", "fwd", "origin", "host", "ua"] as const;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A whole id; what a 120-byte close reason cut off, or somebody abbreviated, is of no use. */
export function uuid(text: string | undefined): string | undefined {
  return text !== undefined && UUID.test(text) ? text.toLowerCase() : undefined;
}

/** A whole ISO 8601 timestamp in the form that is stored, or `undefined`: nothing else may stand for a time. */
export function timestamp(text: unknown): string | undefined {
  if (typeof text !== "string" || text.length > 40) return undefined;
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?$/.test(text))
    return undefined;
  return text.replace(" ", "T").replace(",", ".");
}

/** The gateway writes `n/a` and `?` for what it does not know; people write `...`. */
export function given(text: string | undefined): string | undefined {
  const value = text?.trim();
  if (value === undefined || value === "" || value === "n/a" || value === "?") return undefined;
  return /^[.…<>x*-]{1,16}$/.test(value) ? undefined : value;
}

/**
 * Values by the positions of their keys, not by splitting: a user agent has spaces, and later parts of the
 * line repeat keys. `text` is the part before `code=` or `reason=`.
 */
export function headKeys(text: string): Partial<Record<(typeof HEAD_KEYS)[number], string>> {
  const padded = ` ${text}`;
  const found: { key: (typeof HEAD_KEYS)[number]; at: number; from: number }[] = [];
  let after = 0;
  for (const key of HEAD_KEYS) {
    const at = padded.indexOf(` ${key}=`, after);
    if (at < 0) continue;
    found.push({ key, at, from: at + key.length + 2 });
    after = at + key.length + 2;
  }
  const values: Partial<Record<(typeof HEAD_KEYS)[number], string>> = {};
  for (const [index, { key, from }] of found.entries()) {
    const value = given(padded.slice(from, found[index + 1]?.at));
    if (value !== undefined) values[key] = value;
  }
  return values;
}

/** `cause=x durationMs=3 userAgent="a b" reason="origin not allowed"`: the console meta of 2026.9.x. */
export function pairs(text: string): Meta {
  const meta: Record<string, string> = {};
  for (const match of text.matchAll(
    /(?<![^\s,{(])([A-Za-z][A-Za-z0-9]{0,31})=(?:"([^"]{0,512})"|([^\s"]{0,512}))/g,
  )) {
    const key = match[1];
    const value = match[2] ?? match[3] ?? "";
    if (key !== undefined && value !== "" && !Object.hasOwn(meta, key)) meta[key] = value;
  }
  return meta;
}

/** The value of one `key=` as a word (no spaces), first occurrence after `after`. */
export function word(text: string, key: string): string | undefined {
  const at = ` ${text}`.indexOf(` ${key}=`);
  if (at < 0) return undefined;
  const from = at + key.length + 1;
  const end = text.slice(from).search(/\s/);
  return given(end < 0 ? text.slice(from) : text.slice(from, from + end));
}

/** A scalar of the meta as text. */
export function metaText(meta: Meta | undefined, key: string): string | undefined {
  const value = meta !== undefined && Object.hasOwn(meta, key) ? meta[key] : undefined;
  return value === undefined ? undefined : given(String(value));
}

export function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Without the keys whose value is undefined: events leave out what is not known. */
export function known<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** `client=openclaw-control-ui webchat v2026.3.8`: id, mode, version; the version is `dev` in old pages. */
export function clientOf(text: string): { client?: string; mode?: string; clientVersion?: string } {
  const match = / client=(\S{1,80})(?: ([a-z][a-z-]{0,20}))?(?: v(\S{1,60}))?(?= |$)/.exec(` ${text}`);
  if (match === null) return {};
  const version = match[3];
  return definedOnly({ client: given(match[1]), mode: given(match[2]), clientVersion: given(version) });
}

/** As `known`, for objects whose keys are all optional. */
export function definedOnly<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return known(fields);
}

/** What a released version looks like in a text: `2026.3.13`, `2026.2.19-2`, `2026.8.1-beta.2`. */
export const RELEASE_IN_TEXT = String.raw`20\d\d\.\d{1,2}\.\d{1,3}(?:-(?:\d{1,2}|(?:alpha|beta|rc)[.\d]{0,6}))?`;
const LEADING_RELEASE = new RegExp(String.raw`^v?(${RELEASE_IN_TEXT})(?![\d.])`);

/** A released version, unlike `dev` or the name of a test rig. */
export function releaseOf(text: string | undefined): string | undefined {
  return LEADING_RELEASE.exec(text ?? "")?.[1];
}
