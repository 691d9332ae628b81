import { type FailOn, failsOn } from "../core/fail-on.ts";
import type { Severity } from "../core/finding.ts";
import type { ThirdPartyResult } from "../core/third-party.ts";
import { isOpen, type Smoke } from "../report/smoke.ts";

/** What the exit code depends on; every `Report` fits. */
export interface Outcome {
  readonly verdict: "healthy" | "found" | "undetermined";
  readonly findings: readonly { readonly severity: Severity }[];
  /** Whoever names a check of a third party wants to hear of it: its findings count as ours do. */
  readonly thirdParty?: readonly Pick<ThirdPartyResult, "verdict" | "findings">[];
}

/**
 * The same in every format:
 * - 3 when the verdict is open, whatever was found on the way. A gateway that is down is a finding, but nobody could
 *   look at what it does; also when nothing fails and a check of a third party could not look;
 * - else 1 when a finding is at or above `failOn`;
 * - else 0.
 *
 * 2 (usage), 4 (rolled back) and 130 (interrupted) are not about a report.
 */
export function exitCode(
  { verdict, findings, thirdParty = [] }: Outcome,
  failOn: FailOn = "error",
): 0 | 1 | 3 {
  if (failOn === "never") return 0;
  if (verdict === "undetermined") return 3;
  const all = [...findings, ...thirdParty.flatMap((one) => one.findings)];
  if (all.some(({ severity }) => failsOn(severity, failOn))) return 1;
  return thirdParty.some((one) => one.verdict === "crashed" || one.verdict === "undetermined") ? 3 : 0;
}

/** Of a smoke check: 0 as expected, 3 where nobody could look (not up in time, or something was missing), else 1. */
export function smokeExitCode(smoke: Smoke, failOn: FailOn): 0 | 1 | 3 {
  if (failOn === "never" || smoke.passed) return 0;
  return isOpen(smoke) ? 3 : 1;
}
