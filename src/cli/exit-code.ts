import type { Severity } from "../core/finding.ts";

/** `--fail-on`: the least severity that makes the command fail; `never` reports and always succeeds. */
export type FailOn = Severity | "never";

/** What the exit code depends on; every `Report` fits. */
export interface Outcome {
  readonly verdict: "healthy" | "found" | "undetermined";
  readonly findings: readonly { readonly severity: Severity }[];
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/**
 * The same in every format:
 * - 3 when the verdict is open, whatever was found on the way. A gateway that is down is a finding, but nobody could
 *   look at what it does;
 * - else 1 when a finding is at or above `failOn`;
 * - else 0.
 *
 * 2 (usage), 4 (rolled back) and 130 (interrupted) are not about a report.
 */
export function exitCode({ verdict, findings }: Outcome, failOn: FailOn = "error"): 0 | 1 | 3 {
  if (failOn === "never") return 0;
  if (verdict === "undetermined") return 3;
  return findings.some(({ severity }) => RANK[severity] >= RANK[failOn]) ? 1 : 0;
}
