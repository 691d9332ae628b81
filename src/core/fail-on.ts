import type { Severity } from "./finding.ts";

/** `--fail-on`: the least severity that makes a command fail; `never` reports and always succeeds. */
export type FailOn = Severity | "never";

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

export function failsOn(severity: Severity, failOn: FailOn): boolean {
  return failOn !== "never" && RANK[severity] >= RANK[failOn];
}
