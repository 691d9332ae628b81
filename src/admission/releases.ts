import { Lru } from "../core/lru.ts";
import { canonicalRelease, compareParts, partsOf, type ReleaseParts } from "../core/release.ts";
import { BOUNDARIES, type Changes, FIRST } from "./boundaries.ts";
import { KNOWN_RELEASES } from "./known-releases.ts";
import type { ReleaseRules } from "./rules.ts";

export { BOUNDARIES } from "./boundaries.ts";
export { FINAL_RELEASES, KNOWN_RELEASES } from "./known-releases.ts";
export type { ReleaseRules } from "./rules.ts";

/**
 * Releases whose real gateways were measured, oldest first: those of admissions.jsonl, those that were measured with
 * the same drivers once the model stood, and those of the conformance run (fixtures/admissions).
 */
export const MEASURED_RELEASES: readonly string[] = [
  "2026.2.1",
  "2026.2.9",
  "2026.2.17",
  "2026.2.19",
  "2026.2.21",
  "2026.2.22",
  "2026.2.25",
  "2026.2.26",
  "2026.3.1",
  "2026.3.13",
  "2026.3.22",
  "2026.3.28",
  "2026.3.31",
  "2026.4.5",
  "2026.4.7",
  "2026.4.15",
  "2026.4.27",
  "2026.5.12",
  "2026.5.20",
  "2026.5.22",
  "2026.5.28",
  "2026.6.35",
  "2026.7.1",
  "2026.7.35",
  "2026.8.1",
  "2026.8.2",
  "2026.9.3",
  "2026.9.6",
];

export interface ResolvedRules {
  readonly rules: ReleaseRules;
  /** Why the rules are not backed by a measurement of this very release. */
  readonly assumed?: string;
}

/** More than there are releases. */
const memo = new Lru<ResolvedRules>(300);

/**
 * The rules of a release. A release that nobody measured, or that npm does not have, gets the rules that
 * the boundaries before it make, and says so in `assumed`.
 * @throws {ReleaseError} for a string that is no OpenClaw version.
 */
export function rulesFor(release: string): ResolvedRules {
  const known = memo.get(release);
  if (known !== undefined) return known;
  const resolved = resolve(release);
  memo.set(release, resolved);
  return resolved;
}

/** The published release that is the same or the nearest before; the first one for anything older. */
export function nearestPublished(release: string): string {
  const parts = partsOf(release);
  let nearest = KNOWN_RELEASES[0] ?? "2026.1.29";
  for (const candidate of KNOWN_RELEASES)
    if (compareParts(partsOf(candidate), parts) <= 0) nearest = candidate;
  return nearest;
}

/** The measured release that stands next to one that was not. */
export function nearestMeasured(release: string): string {
  return nearestMeasuredTo(partsOf(release));
}

function resolve(release: string): ResolvedRules {
  const parts = partsOf(release);
  let rules = FIRST;
  for (const { from, until, set } of BOUNDARIES) {
    const begun = compareParts(partsOf(from), parts) <= 0;
    const over = until !== undefined && compareParts(partsOf(until), parts) <= 0;
    if (begun && !over) rules = apply(rules, set);
  }
  const name = canonicalRelease(release);
  if (MEASURED_RELEASES.includes(name)) return { rules };
  return {
    rules,
    assumed: `no measurement of ${name}; nearest measured release ${nearestMeasuredTo(parts)}`,
  };
}

function apply(rules: ReleaseRules, changes: Changes): ReleaseRules {
  return {
    protocol: { ...rules.protocol, ...changes.protocol },
    clients: { ...rules.clients, ...changes.clients },
    local: { ...rules.local, ...changes.local },
    proxies: { ...rules.proxies, ...changes.proxies },
    origin: { ...rules.origin, ...changes.origin },
    auth: { ...rules.auth, ...changes.auth },
    switches: { ...rules.switches, ...changes.switches },
    deviceless: { ...rules.deviceless, ...changes.deviceless },
    proof: { ...rules.proof, ...changes.proof },
    pairing: { ...rules.pairing, ...changes.pairing },
    startup: { ...rules.startup, ...changes.startup },
    detailCodes: changes.detailCodes ?? rules.detailCodes,
  };
}

function nearestMeasuredTo(parts: ReleaseParts): string {
  const here = distance(parts);
  let best = MEASURED_RELEASES[0] ?? "2026.2.1";
  for (const candidate of MEASURED_RELEASES) {
    const closer = Math.abs(distance(partsOf(candidate)) - here) < Math.abs(distance(partsOf(best)) - here);
    if (closer) best = candidate;
  }
  return best;
}

/** Position on a line of releases: months apart weigh more than patches. */
function distance([year, month, patch, kind, number]: ReleaseParts): number {
  return (year * 12 + month) * 40 + patch + (kind - 1) * 0.5 + number * 0.001;
}
