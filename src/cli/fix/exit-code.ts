import type { FixOutcome, FixReport } from "../../report/fix-report.ts";

/** As in the contract: 1 while something is still wrong, 3 when nobody could look, 4 when it went back. */
export function fixExitCode({ outcome, remains = [] }: Pick<FixReport, "outcome" | "remains">): number {
  return Math.max(EXIT[outcome], remains.length === 0 ? 0 : 1);
}

const EXIT: Readonly<Record<FixOutcome, number>> = {
  planned: 1,
  declined: 1,
  "by-hand": 1,
  "no-plan": 1,
  kept: 0,
  unproven: 3,
  "would-refuse": 1,
  "undone-in-part": 1,
  partly: 1,
  "rolled-back": 4,
  stuck: 4,
  "not-begun": 3,
  undetermined: 3,
  healthy: 0,
  undone: 0,
  "nothing-to-undo": 0,
};
