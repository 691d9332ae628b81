import type { Facts } from "../../src/core/collect.ts";
import { unknown } from "../../src/core/fact.ts";
import { say } from "../../src/core/saying.ts";
import { aboutPlan } from "../../src/doctor/live/mend/describe-plan.ts";
import { reportOf } from "../../src/doctor/live/mend/fix-outcome.ts";
import { diagnosed } from "../../src/doctor/pure/case.ts";
import { prepare } from "../../src/doctor/pure/mend/prepare.ts";
import type { Prepared } from "../../src/doctor/pure/mend/prepared.ts";
import type { FixReport } from "../../src/report/fix-report.ts";

export interface FixOfSituation {
  readonly prepared: Prepared;
  /** What `fix --dry-run` would show, where no file can be read. */
  readonly report: FixReport;
}

/** The plan of `fix` for a situation, where nobody can be asked and nothing is changed; `undefined` with nothing to mend. */
export async function fixOfSituation(facts: Facts): Promise<FixOfSituation | undefined> {
  const prepared = prepare(facts, diagnosed(facts), { sharedHost: true });
  if (prepared === undefined) return undefined;
  const patient = { opened: { context: {} }, shown: async () => ({ salt: "fixture", secrets: [] }) };
  const about = await aboutPlan(patient, facts, prepared, unknown("not-asked", say("not-from-here")));
  const outcome =
    prepared.remedies.length === 0 ? "no-plan" : prepared.steps.length === 0 ? "by-hand" : "planned";
  return { prepared, report: reportOf(facts, outcome, about) };
}
