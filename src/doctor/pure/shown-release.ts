import { erasBetween } from "../../admission/eras.ts";
import type { Facts } from "../../core/collect.ts";
import { knownValue } from "../../core/fact.ts";
import type { ReportedRelease } from "../../report/result.ts";
import { rangeOf } from "./eras.ts";

/** The release as every report and every command names it. */
export function shownRelease(facts: Pick<Facts, "release" | "logs">): ReportedRelease {
  const release = knownValue(facts.release);
  const version = release === undefined || release.range !== undefined ? null : release.version;
  return {
    version,
    ...(release === undefined ? {} : { versionFrom: release.from, versionConfidence: release.confidence }),
    ...versionRange(facts),
  };
}

/** The releases it can be, as far as anything narrows them: from the wire, else from what the log's lines look like. */
function versionRange(facts: Pick<Facts, "release" | "logs">): Partial<ReportedRelease> {
  const range = rangeOf(facts);
  if (range === undefined || (range.from === undefined && range.to === undefined)) return {};
  const all = erasBetween(range.from, range.to);
  const [first, last] = [all[0]?.from, all.at(-1)?.to];
  if (first === undefined || last === undefined) return {};
  return { versionFrom: range.shownBy, versionConfidence: "possible", versionRange: [first, last] };
}
