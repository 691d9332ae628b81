import { type Catalogue, fill } from "./messages/index.ts";
import type { ReportedRelease } from "./result.ts";

/** `OpenClaw 2026.3.13`, a range of releases, or that it is not known. */
export function releaseText({ words }: Catalogue, { version, versionRange }: ReportedRelease): string {
  const text = versionRange
    ? fill(words.releaseRange, { from: versionRange[0], to: versionRange[1] })
    : version;
  return text === null ? words.releaseUnknown : `OpenClaw ${text}`;
}
