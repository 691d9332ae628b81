import { failsOn } from "../core/fail-on.ts";
import type { Severity } from "../core/finding.ts";
import type { Lang } from "../core/languages.ts";
import { catalogueOf } from "./messages/index.ts";
import { type Problem, type Problems, problemsOf } from "./problems.ts";
import type { Report } from "./result.ts";

/**
 * What `openclaw doctor --lint --json` prints (2026.5.28 to 2026.9.6; `schemaVersion` from 2026.9.6, `warnings` only after
 * an update): the shape of `--as-openclaw-doctor`.
 */
export interface OpenclawDoctorDocument {
  readonly schemaVersion: 1;
  readonly ok: boolean;
  readonly checksRun: number;
  readonly checksSkipped: number;
  /** Worst first, then by id, then by path. */
  readonly findings: readonly OpenclawDoctorFinding[];
}

export interface OpenclawDoctorFinding {
  /** `openclaw-pairing-doctor/ID`: ids below `core/doctor/` are OpenClaw's own. */
  readonly checkId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly source: typeof SOURCE;
  readonly errorCode?: string;
  /** The finding's target there: the gateway that was looked at. */
  readonly target?: string;
  readonly fixHint?: string;
}

/** Beside a failure, as there: what was wrong with the question. */
export interface OpenclawDoctorFailure extends OpenclawDoctorDocument {
  readonly error: { readonly type: "cli_error"; readonly message: string };
}

const SOURCE = "openclaw-pairing-doctor";

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/**
 * The report as OpenClaw's own doctor would print it. Findings below `least` are left out, as `--severity-min` does it
 * there; `ok` is that none is left, and the exit code is 0 for it, else 1. What could not be looked at is an error, as a
 * check is there that threw: nobody may read it as health.
 */
export function openclawDoctorDocument(report: Report, lang: Lang, least: Severity): OpenclawDoctorDocument {
  const problems = problemsOf(report, catalogueOf(lang));
  const findings = [...unfinished(problems), ...problems.problems.map((one) => found(one, problems))]
    .filter(({ severity }) => failsOn(severity, least))
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || a.checkId.localeCompare(b.checkId));
  return {
    schemaVersion: 1,
    ok: findings.length === 0,
    checksRun: problems.checks.length,
    checksSkipped: report.leftOut?.length ?? 0,
    findings,
  };
}

/** A question that was none, or a fault: exit code 2 there. */
export function openclawDoctorFailure(message: string): OpenclawDoctorFailure {
  return {
    schemaVersion: 1,
    ok: false,
    checksRun: 0,
    checksSkipped: 0,
    findings: [{ checkId: `${SOURCE}/inspection`, severity: "error", message, source: SOURCE }],
    error: { type: "cli_error", message },
  };
}

/** What kept the doctor from an answer: an open verdict, and each check that threw. */
function unfinished({ state, headline, unseen, checks, target }: Problems): readonly OpenclawDoctorFinding[] {
  const common = { severity: "error", source: SOURCE, target: target.name } as const;
  const open = { checkId: `${SOURCE}/undetermined`, message: [headline, ...unseen].join("\n"), ...common };
  const threw = checks
    .filter(({ verdict }) => verdict === "crashed")
    .map(({ id, why }) => ({
      checkId: `${SOURCE}/${id}`,
      message: `health check threw: ${why}`,
      ...common,
    }));
  return [...(state === "open" ? [open] : []), ...threw];
}

function found({ id, code, level, title, message, hint, commands }: Problem, { target }: Problems) {
  const fixHint = [hint, ...commands].filter((part) => part !== "").join("\n");
  return {
    checkId: `${SOURCE}/${id}`,
    severity: level === "note" ? "info" : level,
    message: `${title}: ${message}`,
    source: SOURCE,
    errorCode: code,
    target: target.name,
    ...(fixHint === "" ? {} : { fixHint }),
  } as const;
}
