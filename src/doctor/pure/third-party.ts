import type { ThirdPartyResult } from "../../core/third-party.ts";
import type { Report, ReportNote } from "../../report/result.ts";

/**
 * The report with what third parties said beside it: each finding is a note that names whose it is. Verdict, findings and
 * remedies stay the doctor's own.
 */
export function withThirdParty(report: Report, results: readonly ThirdPartyResult[]): Report {
  if (results.length === 0) return report;
  return { ...report, thirdParty: results, notes: [...(report.notes ?? []), ...results.flatMap(notesOf)] };
}

const NOTES = {
  error: "third-party-error",
  warning: "third-party-warning",
  info: "third-party-info",
} as const;

const LEFT = {
  "not-applicable": "third-party-not-applicable",
  undetermined: "third-party-undetermined",
  crashed: "third-party-crashed",
} as const;

function notesOf({ from, verdict, why, findings }: ThirdPartyResult): readonly ReportNote[] {
  if (verdict === "healthy") return [{ message: "third-party-healthy", args: { from } }];
  if (verdict !== "found")
    return [
      { message: LEFT[verdict], args: { from, detail: "" }, ...(why === undefined ? {} : { detail: why }) },
    ];
  return findings.map(({ severity, title, message, fixHint = "" }) => ({
    message: NOTES[severity],
    args: { from, title, text: [message, fixHint].filter((part) => part !== "").join(" ") },
  }));
}
