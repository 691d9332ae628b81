import { compareReleases } from "../core/release.ts";
import { BOUNDARIES } from "./boundaries.ts";
import { FINAL_RELEASES } from "./known-releases.ts";

/** Published releases next to each other that behave alike, first and last. */
export interface Era {
  readonly from: string;
  readonly to: string;
}

/**
 * First releases in which the page, OpenClaw's CLI or a message changed and the gateway's rules did not. The page: token
 * from the URL, device identity without WebCrypto, who connects by itself, cards (BROWSER.md). The rest: scope upgrades
 * on the own host, `dashboard --json`, the time limit of the handshake (BEHAVIOUR.md 3, 7).
 */
const BESIDE_THE_RULES: readonly string[] = [
  "2026.2.6-3",
  "2026.2.22",
  "2026.3.11",
  "2026.3.22",
  "2026.3.23",
  "2026.5.12",
  "2026.7.1",
  "2026.8.1",
  "2026.8.2",
  "2026.9.3",
];

const STARTS: readonly string[] = [
  ...BESIDE_THE_RULES,
  ...BOUNDARIES.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until])),
].sort(compareReleases);

/** Every final release with the place in `STARTS` of its era's first one. */
const OF_ERA = FINAL_RELEASES.map((release) => ({
  release,
  start: STARTS.findLastIndex((first) => compareReleases(first, release) <= 0),
}));

/**
 * The eras from `from` to `to` (inclusive; open where absent), oldest first. Within one the model and the page of
 * every release answer alike; about thirty for the whole line.
 * @throws {ReleaseError} an end that is no version string.
 */
export function erasBetween(from?: string, to?: string): readonly Era[] {
  const eras: { from: string; to: string; start: number }[] = [];
  for (const { release, start } of OF_ERA) {
    if (from !== undefined && compareReleases(release, from) < 0) continue;
    if (to !== undefined && compareReleases(release, to) > 0) continue;
    const last = eras.at(-1);
    if (last?.start === start) last.to = release;
    else eras.push({ from: release, to: release, start });
  }
  return eras.map(({ from: first, to: last }) => ({ from: first, to: last }));
}
