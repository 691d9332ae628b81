import type { Facts } from "../../../core/collect.ts";
import { knownValue } from "../../../core/fact.ts";
import type { Lang } from "../../../core/languages.ts";
import type { LogGateway } from "../../../core/log-event.ts";
import type { Report, ReportNote } from "../../../report/result.ts";
import { type CaseOptions, reportOf } from "../case.ts";
import { isOfGateway } from "./of-gateway.ts";
import { type Triaged, type TriageOptions, triageFacts } from "./triage.ts";

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
export async function triageReport(question: TriageQuestion): Promise<TriageReport> {
  const { select: _select, notes: _notes, ...options } = question;
  const triaged = await triageFacts(options);
  const { lang } = triaged;
  const gateways = knownValue(triaged.facts.logs)?.gateways ?? [];
  // What a pipe had is gone.
  const isSplit = gateways.length > 1 && question.handed.every(({ again }) => again);
  const answer = isSplit
    ? await worstOf(gateways, triaged, question)
    : { report: told(triaged, question), facts: triaged.facts };
  return { ...answer, ...(lang === undefined ? {} : { lang }) };
}

function told(
  { facts, inputs, made = {} }: Triaged,
  { select = {}, notes = [], origin }: TriageQuestion,
): Report {
  return reportOf(facts, {
    ...made,
    ...select,
    notes: [...(made.notes ?? []), ...notes],
    inputs,
    ...(origin === undefined ? {} : { origin }),
  });
}

/** Each gateway's log read by itself: the report of the one that is worst off, which names the others and what is wrong there. */
async function worstOf(
  gateways: readonly LogGateway[],
  { inputs, secrets: all }: Triaged,
  question: TriageQuestion,
): Promise<Pick<TriageReport, "report" | "facts">> {
  const { select: _select, notes = [], learn: _learn, ...options } = question;
  const secrets = [...(options.secrets ?? []), ...all];
  const each: { readonly gateway: LogGateway; readonly facts: Triaged; readonly report: Report }[] = [];
  for (const gateway of gateways) {
    const without = gateways.filter((one) => one !== gateway).flatMap(({ parts }) => parts);
    const isOwn = isOfGateway(gateway, gateways);
    const facts = { ...(await triageFacts({ ...options, without, isOwn, secrets })), inputs };
    each.push({ gateway, facts, report: told(facts, { ...question, notes: [] }) });
  }
  const [worst, ...others] = each.toSorted(
    (a, b) => weight(b.report) - weight(a.report) || newest(b.facts) - newest(a.facts),
  );
  if (worst === undefined) throw new Error("no gateway");
  const own: ReportNote = {
    message: "several-gateways",
    args: { count: gateways.length, ...argsOf(worst.gateway, worst.report) },
  };
  const report = told(worst.facts, {
    ...question,
    notes: [own, ...others.map(({ gateway, report }) => noteOf(gateway, report)), ...notes],
  });
  return { report, facts: worst.facts.facts };
}

function noteOf(gateway: LogGateway, report: Report): ReportNote {
  const [first] = report.findings;
  const args = argsOf(gateway, report);
  if (first === undefined || first.severity === "info") return { message: "other-gateway", args };
  const { id, variant, args: own, detail } = first;
  return {
    message: "other-gateway",
    args,
    finding: {
      id,
      ...(variant === undefined ? {} : { variant }),
      ...(own === undefined ? {} : { args: own }),
      ...(detail === undefined ? {} : { detail }),
    },
  };
}

function argsOf({ name, ports }: LogGateway, { gateway: { version } }: Report) {
  return {
    name,
    ...(version === null ? {} : { release: version }),
    ...(ports.length === 0 ? {} : { port: ports.join(", ") }),
  };
}

/** What is wrong still before what is over, and that before what is only good to know. */
function weight({ findings: [first] }: Report): number {
  if (first === undefined || first.severity === "info") return 0;
  if (first.variant === "over") return 1;
  return first.severity === "error" ? 3 : 2;
}

function newest({ facts }: Triaged): number {
  return Date.parse(knownValue(facts.logs)?.lastAt ?? "") || 0;
}
