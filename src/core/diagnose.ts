import type { Check, CheckFacts } from "./check.ts";
import type { Facts } from "./collect.ts";
import type { FactName } from "./facts.ts";
import type { Finding, Remedy, Severity } from "./finding.ts";

export type CheckVerdict = "healthy" | "found" | "undetermined" | "not-applicable" | "crashed";

export interface CheckResult {
  readonly id: string;
  readonly code: string;
  readonly verdict: CheckVerdict;
  /** Why it is not applicable, undetermined or crashed. */
  readonly why?: string;
  readonly provide?: string;
}

export interface Diagnosed {
  /** Cause before symptom, then severity, then the order of the checks. */
  readonly findings: readonly Finding[];
  /** Findings hidden because their cause was found too: id -> the cause's id. */
  readonly suppressed: Readonly<Record<string, string>>;
  readonly checks: readonly CheckResult[];
  readonly verdict: "healthy" | "found" | "undetermined";
}

export interface DiagnoseOptions {
  /** Makes an unexpected error printable (scrubbed). */
  describeError(error: unknown): string;
  /** Says what the refused connection meets after a remedy; remedies stay unannotated without it. */
  readonly tryRemedy?: (remedy: Remedy) => Remedy["after"];
}

/** Runs the checks over the facts. Pure and total: a check that throws is `crashed`, never a finding. */
export function diagnose(checks: readonly Check[], facts: Facts, options: DiagnoseOptions): Diagnosed {
  const results: CheckResult[] = [];
  const found: { check: Check; finding: Finding }[] = [];

  for (const check of checks) {
    const { id, code } = check;
    const missing = check.needs.find((name) => !facts[name].known);
    if (missing) {
      const fact = facts[missing];
      if (fact.known) continue;
      results.push({
        id,
        code,
        verdict: "undetermined",
        why: `${missing}: ${fact.detail}`,
        ...(fact.provide === undefined ? {} : { provide: fact.provide }),
      });
      continue;
    }
    try {
      const diagnosis = check.diagnose(argumentOf(check, facts));
      if ("verdict" in diagnosis) {
        results.push({ id, code, ...diagnosis });
        continue;
      }
      results.push({ id, code, verdict: diagnosis.length > 0 ? "found" : "healthy" });
      for (const occurrence of diagnosis) {
        const remedies = (occurrence.remedies ?? []).map((remedy) => annotate(remedy, options));
        found.push({
          check,
          finding: { ...occurrence, id, code, severity: occurrence.severity ?? check.severity, remedies },
        });
      }
    } catch (error) {
      results.push({ id, code, verdict: "crashed", why: options.describeError(error) });
    }
  }

  const suppressed = suppress(found);
  const kept = found.filter(({ finding }) => !(finding.id in suppressed) || finding.severity === "info");
  kept.sort((a, b) => SEVERITY[a.finding.severity] - SEVERITY[b.finding.severity]);
  const findings = kept.map(({ finding }) => finding);
  return { findings, suppressed, checks: results, verdict: verdictOf(findings, results) };
}

const SEVERITY: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

function argumentOf(check: Check, facts: Facts): CheckFacts<FactName, FactName> {
  const needed: Record<string, unknown> = {};
  const sources: Record<string, string> = {};
  for (const name of check.needs) {
    const fact = facts[name];
    if (!fact.known) continue;
    needed[name] = fact.value;
    sources[name] = fact.source;
  }
  const wanted = Object.fromEntries(check.wants.map((name) => [name, facts[name]]));
  return { ...needed, wanted, sources } as unknown as CheckFacts<FactName, FactName>;
}

function annotate(remedy: Remedy, options: DiagnoseOptions): Remedy {
  if (remedy.after !== undefined || !options.tryRemedy) return remedy;
  const after = options.tryRemedy(remedy);
  return after === undefined ? remedy : { ...remedy, after };
}

/** A symptom stays hidden while its cause is an error or warning; what is only told as over hides nothing. */
function suppress(found: readonly { check: Check; finding: Finding }[]): Record<string, string> {
  const present = new Set(
    found.filter(({ finding }) => finding.severity !== "info").map((f) => f.finding.id),
  );
  const hidden: Record<string, string> = {};
  for (const { check } of found) {
    const cause = check.causedBy.find((id) => present.has(id) && id !== check.id);
    // Two checks that name each other as cause would both vanish; the first one in order stays.
    if (cause && hidden[cause] !== check.id) hidden[check.id] = cause;
  }
  return hidden;
}

/**
 * `found` when something is wrong; `undetermined` when nothing was found but an error check could not
 * look, or crashed; `healthy` only when every check looked.
 */
function verdictOf(findings: readonly Finding[], results: readonly CheckResult[]): Diagnosed["verdict"] {
  if (findings.some((finding) => finding.severity !== "info")) return "found";
  const blind = results.some(({ verdict }) => verdict === "undetermined" || verdict === "crashed");
  return blind ? "undetermined" : "healthy";
}
