/**
 * Version strings as OpenClaw means them: `2026.2.19-2` is a correction AFTER 2026.2.19, `2026.8.1-beta.2`
 * comes BEFORE 2026.8.1. Plain semver puts both before, so it is not used here.
 */

/** Not a version string of OpenClaw, or not one of the 2026 line. A usage error for whoever typed it. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
  readonly release: string;

  constructor(release: string) {
    const shown = release.length > 40 ? `${release.slice(0, 40)}…` : release;
    super(`not an OpenClaw release: ${JSON.stringify(shown)} (expected for example 2026.3.13)`);
    this.release = release;
  }
}

/** Parts that compare one after the other. The fourth is the kind: beta, release, correction. */
export type ReleaseParts = readonly [number, number, number, number, number];

const PATTERN = /^v?(\d{4})\.(\d{1,2})\.(\d{1,3})(?:-(?:beta\.(\d{1,4})|(\d{1,4})))?$/;

const BETA = 0;
const PLAIN = 1;
const CORRECTION = 2;

/** The few releases of a run are compared again and again, with each boundary of the model in each era. */
const memo = new Map<string, ReleaseParts>();
/** More than there are releases; a log may mention any number of others. */
const MAX_MEMO = 500;

/** The parts of a version string, or `undefined` when it is none. A leading `v` is tolerated. */
export function parseRelease(text: string): ReleaseParts | undefined {
  const known = memo.get(text);
  if (known !== undefined) return known;
  const parts = parse(text);
  if (parts === undefined) return undefined;
  if (memo.size >= MAX_MEMO) memo.clear();
  memo.set(text, parts);
  return parts;
}

function parse(text: string): ReleaseParts | undefined {
  if (text.length > 40) return undefined;
  const match = PATTERN.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, patch, beta, correction] = match;
  if (Number(month) < 1 || Number(month) > 12) return undefined;
  const kind = beta !== undefined ? BETA : correction !== undefined ? CORRECTION : PLAIN;
  return [Number(year), Number(month), Number(patch), kind, Number(beta ?? correction ?? 0)];
}

/** Whether the text has the form of an OpenClaw release; it need not have been published. */
export function isRelease(text: string): boolean {
  return parseRelease(text) !== undefined;
}

/**
 * Negative when `a` came before `b`, zero when they are the same, positive otherwise.
 * @throws {ReleaseError} when one of them is not a version string.
 */
export function compareReleases(a: string, b: string): number {
  return compareParts(partsOf(a), partsOf(b));
}

export function compareParts(a: ReleaseParts, b: ReleaseParts): number {
  for (let i = 0; i < a.length; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** @throws {ReleaseError} */
export function partsOf(release: string): ReleaseParts {
  const parts = parseRelease(release);
  if (parts === undefined) throw new ReleaseError(release);
  return parts;
}

/** `v2026.3.13 ` and `2026.3.13` are one release. */
export function canonicalRelease(release: string): string {
  const [year, month, patch, kind, number] = partsOf(release);
  const plain = `${year}.${month}.${patch}`;
  if (kind === BETA) return `${plain}-beta.${number}`;
  return kind === CORRECTION ? `${plain}-${number}` : plain;
}

/** Whether `release` is `boundary` or later; `undefined` when it is not known or no release. */
export function atLeast(release: string | undefined, boundary: string): boolean | undefined {
  const parts = release === undefined ? undefined : parseRelease(release);
  return parts === undefined ? undefined : compareParts(parts, partsOf(boundary)) >= 0;
}
