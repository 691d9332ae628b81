import type { Facts } from "../../../core/collect.ts";
import type { Lang } from "../../../core/languages.ts";
import type { Report, ReportNote } from "../../../report/result.ts";
import { type CaseOptions, reportOf } from "../case.ts";
import { type TriageOptions, triageFacts } from "./triage.ts";

export interface TriageQuestion extends TriageOptions {
  readonly select?: Pick<CaseOptions, "only" | "skip">;
  /** Read once everything was: what there is to say of the reading itself. */
  readonly notes?: readonly ReportNote[];
}

export interface TriageReport {
  readonly report: Report;
  /** What it was made of. */
  readonly facts: Facts;
  /** Of the people who wrote what was read; absent where nobody did. */
  readonly lang?: Lang;
}

/** Whatever was handed in, to the answer: the command line and the page ask this one question. */
export async function triageReport({
  select = {},
  notes = [],
  ...options
}: TriageQuestion): Promise<TriageReport> {
  const { facts, inputs, lang, made = {} } = await triageFacts(options);
  const { origin } = options;
  const report = reportOf(facts, {
    ...made,
    ...select,
    notes: [...(made.notes ?? []), ...notes],
    inputs,
    ...(origin === undefined ? {} : { origin }),
  });
  return { report, facts, ...(lang === undefined ? {} : { lang }) };
}
