import type { JsonFinding, JsonReport } from "../report/json.ts";
import type { AuditFinding } from "./host.ts";

/** What of a report is the user's to read elsewhere: what is over is not. */
function current({ findings }: JsonReport): readonly JsonFinding[] {
  return findings.filter(({ severity }) => severity !== "info");
}

const AUDIT = { error: "critical", warning: "warn", info: "info" } as const;

/** For `openclaw security audit`. */
export function auditFindings(report: JsonReport): AuditFinding[] {
  return current(report).map(({ id, severity, title, message, fixHint }) => ({
    checkId: `pairing-doctor.${id}`,
    severity: AUDIT[severity],
    title,
    detail: message,
    ...(fixHint === "" ? {} : { remediation: fixHint }),
  }));
}

/** In the contract of `openclaw/plugin-sdk/health` (2026.5.18 and later). */
export interface HealthFinding {
  readonly checkId: string;
  readonly severity: JsonFinding["severity"];
  readonly message: string;
  readonly source: string;
  readonly errorCode: string;
  readonly target?: string;
  readonly fixHint?: string;
}

export function healthFindings(report: JsonReport, checkId: string): HealthFinding[] {
  return current(report).map(({ id, code, severity, title, message, fixHint }) => ({
    checkId,
    severity,
    message: `${title}: ${message}`,
    source: "openclaw-pairing-doctor",
    errorCode: code,
    target: id,
    ...(fixHint === "" ? {} : { fixHint }),
  }));
}
