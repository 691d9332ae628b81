import type { Target } from "../core/facts.ts";
import type { Severity } from "../core/finding.ts";
import type { ThirdPartyResult } from "../core/third-party.ts";
import type { FixFinding, FixOutcome, FixReport } from "./fix-report.ts";
import { type Catalogue, causeText, fill, sentenceOf, wordsOf } from "./messages/index.ts";
import type { Report, ReportFinding } from "./result.ts";
import { safeReport, safeValue } from "./safe.ts";
import { isExpected, isOpen } from "./smoke.ts";
import { smokeLine } from "./smoke-words.ts";

/**
 * What the formats for other machines (a CI, a code host) have to say, of a report and of a fix alike: one line that says
 * it all, each problem with its level, each check. In the words of one language, printable, without secrets.
 */
export interface Problems {
  readonly tool: Report["tool"];
  readonly target: Target;
  /** `open`: nobody could look. */
  readonly state: "passed" | "failed" | "open";
  readonly headline: string;
  readonly problems: readonly Problem[];
  readonly checks: readonly ProblemCheck[];
  /** What could not be looked at, and how it can be provided. */
  readonly unseen: readonly string[];
}

export interface Problem {
  readonly id: string;
  readonly code: string;
  /** `note`: it is over, or as it was expected to be. */
  readonly level: "error" | "warning" | "note";
  readonly title: string;
  readonly message: string;
  readonly hint: string;
  /** Of the first remedy. */
  readonly commands: readonly string[];
  readonly evidence: readonly { readonly source: string; readonly quote: string }[];
}

/** `title`: the sentence that is true when nothing is wrong. */
export interface ProblemCheck {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly verdict: Report["checks"][number]["verdict"];
  readonly why: string;
}

const LEVELS = { error: "error", warning: "warning", info: "note" } as const satisfies Readonly<
  Record<Severity, Problem["level"]>
>;

export function problemsOf(raw: Report, words: Catalogue): Problems {
  const report = safeReport(raw);
  const { tool, target, smoke } = report;
  return {
    tool,
    target,
    state: stateOf(report),
    headline: smoke === undefined ? headlineOf(report, words) : smokeLine(report, smoke, words),
    problems: [
      ...report.findings.map((finding) => problemOf(finding, report, words)),
      ...(report.thirdParty ?? []).flatMap((one) => problemsOfOthers(one, words)),
    ],
    checks: [
      ...report.checks.map(({ id, code, verdict, why = "", say }) => ({
        id,
        code,
        title: causeText(words, id)?.healthy ?? id,
        verdict,
        why: (say && sentenceOf(words, say)) ?? why,
      })),
      ...(report.thirdParty ?? []).map((one) => ({
        ...otherIds(one),
        title: otherTitle(one, words),
        verdict: one.verdict,
        why: (one.why && sentenceOf(words, one.why)) ?? "",
      })),
    ],
    unseen: (report.missing ?? []).map(({ fact, detail, say, provide }) => {
      const what = `${wordsOf(words.facts, fact)}${words.words.colon}${(say && sentenceOf(words, say)) ?? detail}`;
      return provide === undefined
        ? what
        : `${what}${words.words.semicolon}${fill(words.words.provide, { option: provide })}`;
    }),
  };
}

/** A check of a third party has no code: its name stands there, below one that no check of ours has. */
function otherIds({ from, id }: ThirdPartyResult): Pick<Problem, "id" | "code"> {
  const name = `third-party/${id === undefined ? from : `${from}/${id}`}`;
  return { id: name, code: name };
}

function otherTitle({ from }: ThirdPartyResult, words: Catalogue): string {
  return wordsOf(words.notes, "third-party", { from });
}

function problemsOfOthers(one: ThirdPartyResult, words: Catalogue): readonly Problem[] {
  return one.findings.map(({ severity, title, message, fixHint }) => ({
    ...otherIds(one),
    level: LEVELS[severity],
    title: `${otherTitle(one, words)}${words.words.colon}${title}`,
    message,
    hint: fixHint ?? "",
    commands: [],
    evidence: [],
  }));
}

function stateOf({ verdict, findings, thirdParty = [], smoke }: Report): Problems["state"] {
  if (smoke !== undefined) return smoke.passed ? "passed" : isOpen(smoke) ? "open" : "failed";
  if (verdict === "undetermined") return "open";
  const all = [...findings, ...thirdParty.flatMap((one) => one.findings)];
  return all.some(({ severity }) => severity === "error") ? "failed" : "passed";
}

function headlineOf({ verdict, findings }: Report, words: Catalogue): string {
  const [first] = findings;
  const worst = first === undefined || first.severity === "info" ? undefined : first;
  if (verdict === "healthy" || worst === undefined) return words.verdicts[verdict];
  return titleOf(worst, words);
}

function titleOf(
  { id, variant, args, detail }: Omit<FixFinding, "code"> & Pick<ReportFinding, "detail">,
  words: Catalogue,
): string {
  return causeText(words, id, variant, args, detail)?.title ?? id;
}

function problemOf(finding: ReportFinding, { smoke }: Report, words: Catalogue): Problem {
  const { id, code, severity, variant, args, detail, evidence, remedies } = finding;
  const text = causeText(words, id, variant, args, detail);
  const [first] = remedies;
  return {
    id,
    code,
    level: smoke !== undefined && isExpected(finding, smoke.expected) ? "note" : LEVELS[severity],
    title: text?.title ?? id,
    message: text?.what ?? words.words.unknownCause,
    hint: text?.fix ?? "",
    commands: (first?.actions ?? []).flatMap((action) => (action.kind === "command" ? [action.command] : [])),
    evidence: evidence.map(({ source, quote }) => ({ source, quote })),
  };
}

/** How a fix ended, as a state: what waits for a person is open. */
const ENDS: Readonly<Record<FixOutcome, Problems["state"]>> = {
  planned: "failed",
  declined: "failed",
  kept: "passed",
  unproven: "open",
  "would-refuse": "failed",
  "undone-in-part": "failed",
  partly: "failed",
  "rolled-back": "failed",
  "by-hand": "failed",
  "no-plan": "failed",
  healthy: "passed",
  undetermined: "open",
  "not-begun": "open",
  stuck: "failed",
  undone: "passed",
  "nothing-to-undo": "passed",
};

/** What a fix leaves: the finding that it was about while it is not mended, and what a diagnosis still found after it. */
export function problemsOfFix(raw: FixReport, words: Catalogue): Problems {
  const report = safeValue(raw) as FixReport;
  const { tool, target, outcome, finding, remains = [], remedies } = report;
  const state = ENDS[outcome];
  const left = state === "passed" || finding === undefined ? remains : [finding, ...remains];
  const commands = remedies.flatMap(({ actions }) =>
    actions.flatMap((action) => (action.kind === "command" ? [action.command] : [])),
  );
  return {
    tool,
    target,
    state: remains.length > 0 && state === "passed" ? "failed" : state,
    headline: fill(
      words.fix.outcomes[outcome],
      report.gate === undefined ? {} : { gate: wordsOf(words.gates, report.gate) },
    ),
    problems: left.map(({ id, code, variant, args }) => {
      const text = causeText(words, id, variant, args);
      return {
        id,
        code,
        level: "error",
        title: text?.title ?? id,
        message: text?.what ?? words.words.unknownCause,
        hint: text?.fix ?? "",
        commands: id === finding?.id ? commands : [],
        evidence: [],
      };
    }),
    checks: [],
    unseen: report.detail === undefined ? [] : [sentenceOf(words, report.detail) ?? report.detail.message],
  };
}
