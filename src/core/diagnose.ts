import type { Check, CheckFacts } from "./check.ts";
import type { Facts } from "./collect.ts";
import type { Gate } from "./connection.ts";
import type { Confidence, FactName } from "./facts.ts";
import type { Finding, Severity } from "./finding.ts";
import type { Saying } from "./saying.ts";

export type CheckVerdict = "healthy" | "found" | "undetermined" | "not-applicable" | "crashed";

export interface CheckResult {
  readonly id: string;
  readonly code: string;
  /** The gate that it is about. */
  readonly gate?: Gate;
  readonly verdict: CheckVerdict;
  /** Why it is not applicable, undetermined or crashed. */
  readonly why?: string;
  readonly provide?: string;
  /** `why` for the other languages; of the fact `lacks`, when that is what is missing. */
  readonly say?: Saying;
  readonly lacks?: FactName;
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
}

/** Runs the checks over the facts. Pure and total: a check that throws is `crashed`, never a finding. */
export function diagnose(checks: readonly Check[], facts: Facts, options: DiagnoseOptions): Diagnosed {
  const results: CheckResult[] = [];
  const found: { check: Check; finding: Finding }[] = [];

  for (const check of checks) {
    const { id, code } = check;
    const about = check.gate === undefined ? { id, code } : { id, code, gate: check.gate };
    const missing = check.needs.find((name) => !facts[name].known);
    if (missing) {
      const fact = facts[missing];
      if (fact.known) continue;
      results.push({
        ...about,
        verdict: "undetermined",
        why: `${missing}: ${fact.detail}`,
        ...(fact.provide === undefined ? {} : { provide: fact.provide }),
        ...(fact.say === undefined ? {} : { say: fact.say }),
        lacks: missing,
      });
      continue;
    }
    try {
      const diagnosis = check.diagnose(argumentOf(check, facts));
      if ("verdict" in diagnosis) {
        results.push({ ...about, ...diagnosis });
        continue;
      }
      results.push({ ...about, verdict: diagnosis.length > 0 ? "found" : "healthy" });
      for (const occurrence of diagnosis) {
        const remedies = occurrence.remedies ?? [];
        const severity = occurrence.severity ?? check.severity;
        const gate = check.gate === undefined ? {} : { gate: check.gate };
        found.push({
          check,
          finding: { ...occurrence, id, code, severity, ...gate, remedies },
        });
      }
    } catch (error) {
      results.push({ ...about, verdict: "crashed", why: options.describeError(error) });
    }
  }

  const suppressed = suppress(found);
  const kept = found.filter(({ finding }) => !(finding.id in suppressed) || finding.severity === "info");
  kept.sort(
    ({ finding: a }, { finding: b }) =>
      SEVERITY[a.severity] - SEVERITY[b.severity] ||
      (a.rank ?? 0) - (b.rank ?? 0) ||
      // Of two warnings the surer one first; errors have their order by what is met first.
      (a.severity === "error" ? 0 : SURENESS[a.confidence] - SURENESS[b.confidence]),
  );
  const findings = kept.map(({ finding }) => finding);
  const blind = results.some(
    ({ verdict, id }) =>
      verdict === "crashed" || (verdict === "undetermined" && severityOf(checks, id) === "error"),
  );
  return { findings, suppressed, checks: results, verdict: verdictOf(findings, blind) };
}

const SEVERITY: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
const SURENESS: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 };

function argumentOf(check: Check, facts: Facts): CheckFacts<FactName, FactName> {
  const needed: Record<string, unknown> = {};
  const sources: Record<string, string> = {};
  for (const name of check.needs) {
    const fact = facts[name];
    if (!fact.known) continue;
    needed[name] = fact.value;
    sources[name] = fact.source;
  }
  // A loop: this runs for every check in every era, and `Object.fromEntries` took a tenth of a whole diagnosis.
  const wanted: Record<string, unknown> = {};
  for (const name of check.wants) wanted[name] = facts[name];
  return { ...needed, wanted, sources } as unknown as CheckFacts<FactName, FactName>;
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
 * `found` when something is wrong; `undetermined` when nothing was found but a check of severity error could
 * not look, or any check crashed; `healthy` only when all that matter looked.
 */
function verdictOf(findings: readonly Finding[], blind: boolean): Diagnosed["verdict"] {
  if (findings.some((finding) => finding.severity !== "info")) return "found";
  return blind ? "undetermined" : "healthy";
}

function severityOf(checks: readonly Check[], id: string): Severity | undefined {
  return checks.find((check) => check.id === id)?.severity;
}
