/**
 * Order of OpenClaw releases: `YYYY.M.N`, where `-K` (a number) is a later republication of the same release
 * and `-beta.K` and the like come before it. `undefined` for text that is not a release.
 */
export function compareReleases(a: string, b: string): number | undefined {
  const left = parts(a);
  const right = parts(b);
  if (!left || !right) return undefined;
  for (let i = 0; i < 4; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return 0;
}

/** Whether `release` is `boundary` or later; `undefined` when the release is not known. */
export function atLeast(release: string | undefined, boundary: string): boolean | undefined {
  if (release === undefined) return undefined;
  const order = compareReleases(release, boundary);
  return order === undefined ? undefined : order >= 0;
}

function parts(release: string): readonly number[] | undefined {
  const match = /^v?(\d{4})\.(\d{1,2})\.(\d{1,3})(?:-([0-9A-Za-z.]{1,32}))?$/.exec(release.trim());
  if (!match) return undefined;
  const suffix = match[4];
  // Between 2026.2.3 and 2026.2.6 there is 2026.2.3-1; a beta of 2026.2.3 sorts below it.
  const rank = suffix === undefined ? 0 : /^\d{1,6}$/.test(suffix) ? Number(suffix) : -1;
  return [Number(match[1]), Number(match[2]), Number(match[3]), rank];
}
