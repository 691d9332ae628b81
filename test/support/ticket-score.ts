import { said, unknown } from "../../src/core/fact.ts";
import { say } from "../../src/core/saying.ts";
import { reportOf } from "../../src/doctor/pure/case.ts";
import { triageFacts } from "../../src/doctor/pure/read/triage.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import type { RemedyAction, Report } from "../../src/report/result.ts";

/** What the answer to a ticket has to be. */
export interface TicketLabel {
  /** Ids that are right as the first finding. */
  readonly ids: readonly string[];
  /** Patterns of what the answer must speak of. */
  readonly mustMention?: readonly string[];
  /** Words that may not be in what is to be typed or done. */
  readonly mustNotAdvise?: readonly string[];
  /** Ids that may not be found. */
  readonly mustNotClaim?: readonly string[];
}

const HEALTHY = "none-healthy";

/** The report on a text as `triage` makes it of what is piped in. */
export async function triageText(text: string, release?: string): Promise<Report> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(`${text}\n`);
  }
  const { facts } = await triageFacts({
    signal: new AbortController().signal,
    handed: [{ name: "sample", again: true, chunks }],
    salt: "sample",
    release:
      release === undefined
        ? unknown("not-asked", say("nobody-said"), "--release X")
        : said({ version: release, confidence: "certain", from: "said" }, "--release"),
  });
  return reportOf(facts);
}

/** Whether the first finding is right; of what is healthy, or somebody else's trouble, that there is no error. */
export function isFirstRight(ids: readonly string[], { findings }: Report): boolean {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (ids.includes(HEALTHY) || ids.length === 0) return errors.length === 0;
  return findings[0] !== undefined && ids.includes(findings[0].id);
}

/** What an answer has that it must not have, and what it lacks. */
export function faultsOf(label: TicketLabel, report: Report): readonly string[] {
  const done = adviceOf(report);
  const told = renderMarkdown(report, "en");
  const ids = report.findings.filter(({ severity }) => severity !== "info").map(({ id }) => id);
  return [
    ...(label.mustNotAdvise ?? []).filter((one) => done.includes(one)).map((one) => `advises ${one}`),
    ...(label.mustNotClaim ?? []).filter((one) => ids.includes(one)).map((one) => `claims ${one}`),
    ...(label.mustMention ?? []).filter((one) => !new RegExp(one).test(told)).map((one) => `lacks ${one}`),
  ];
}

/** A setting that is advised against is named where it is taken out. */
function isTakenAway(action: RemedyAction): boolean {
  return action.kind === "command" && /\bconfig unset\b/.test(action.command);
}

/** What somebody who follows the report would type, or do by its word; `{}` of a template is not shown. */
function adviceOf(report: Report): string {
  const actions = report.findings.flatMap(({ remedies }) => remedies.flatMap((remedy) => remedy.actions));
  return actions
    .filter((action) => !isTakenAway(action))
    .map((action) => (action.kind === "command" ? action.command : JSON.stringify(action)))
    .join("\n");
}
