import type { Admission } from "../core/connection.ts";
import { isBefore } from "./gate-order.ts";
import type { RemedyAction, ReportFinding, ReportRemedy } from "./result.ts";

/**
 * What the model says of a remedy: `passes` leads past the finding's gate and to a later one, `waits` is
 * still stopped at an earlier one.
 */
export type Effect = "admits" | "passes" | "waits" | "refused" | "unknown";

/** `gate`: that the remedy has to get past. */
export function effectOf({ after }: Pick<ReportRemedy, "after">, gate: string | undefined): Effect {
  if (after === undefined) return "unknown";
  if (after === "admitted") return "admits";
  if (after.refusedAt === gate) return "refused";
  return gate !== undefined && isBefore(after.refusedAt, gate) ? "waits" : "passes";
}

/**
 * What to do first of a finding: its first remedy that helps; where that is a person's alone, the first with something
 * to type, too. `admission`: what the gateway says of the connection that the report is about.
 */
export function leadsOf(
  finding: Pick<ReportFinding, "remedies" | "gate" | "severity">,
  admission: Pick<Admission, "outcome" | "gate"> | null,
): readonly ReportRemedy[] {
  const gate = finding.gate ?? admission?.gate;
  const open = finding.remedies.filter((remedy) => !locksOut(finding, admission, remedy));
  const helping = open.filter((remedy) => effectOf(remedy, gate) !== "refused");
  const [first, ...others] = helping.length > 0 ? helping : open;
  if (first === undefined) return [];
  if (typedFirst(first) !== undefined) return [first];
  return [first, ...others.filter((remedy) => typedFirst(remedy) !== undefined).slice(0, 1)];
}

/** Whoever is let in now, and was refused nowhere, would be refused after it: nobody is sent there first. */
function locksOut(
  { severity }: Pick<ReportFinding, "severity">,
  admission: Pick<Admission, "outcome"> | null,
  { after }: Pick<ReportRemedy, "after">,
): boolean {
  return admission?.outcome === "admitted" && severity !== "error" && typeof after === "object";
}

/** The first command of a remedy. */
export function typedFirst({
  actions,
}: Pick<ReportRemedy, "actions">): Extract<RemedyAction, { kind: "command" }> | undefined {
  return actions.find((action) => action.kind === "command");
}
