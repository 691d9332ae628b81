import type { Admission } from "../core/connection.ts";
import type { CheckResult } from "../core/diagnose.ts";
import type { Target } from "../core/facts.ts";
import type { Remedy, Risk, Severity } from "../core/finding.ts";
import { inEnglish, type MessageArgs } from "../core/saying.ts";
import type { ThirdPartyResult } from "../core/third-party.ts";
import { type DeploymentDocument, deploymentDocument } from "./deployment-document.ts";
import { type EvidenceDocument, evidenceDocument } from "./evidence-document.ts";
import {
  type Catalogue,
  catalogueOf,
  causeText,
  entryOf,
  fill,
  type Lang,
  noteText,
  wordsOf,
} from "./messages/index.ts";
import type { EraAnswer, FindRelease, RemedyAction, Report, ReportFinding, ReportRemedy } from "./result.ts";
import { safeReport } from "./safe.ts";
import type { PhaseMet, Smoke } from "./smoke.ts";
import { smokeLine } from "./smoke-words.ts";

/** The JSON document (schema/report.schema.json). Fields are added, never renamed or taken away. */
export interface JsonReport {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  readonly verdict: Report["verdict"];
  readonly target: Target;
  readonly deployment?: DeploymentDocument;
  readonly gateway: Omit<Report["gateway"], "admission"> & { readonly admission: Admission | null };
  readonly path: Report["path"];
  readonly findings: readonly JsonFinding[];
  readonly eras?: readonly JsonEra[];
  readonly findRelease?: JsonFindRelease;
  readonly ahead: Report["ahead"];
  readonly checks: readonly (Omit<CheckResult, "why" | "gate"> & { readonly why: string })[];
  readonly suppressed: Readonly<Record<string, string>>;
  readonly missing: NonNullable<Report["missing"]>;
  readonly page?: Report["page"];
  /** Ids of checks that did not run, as somebody chose. */
  readonly leftOut?: readonly string[];
  /** What was handed in, and what it was taken for. */
  readonly inputs?: Report["inputs"];
  readonly next: string;
  /** Of `smoke`. */
  readonly smoke?: JsonSmoke;
  /** What checks of third parties said: not the doctor's words, and no remedies. */
  readonly thirdParty?: readonly (Omit<ThirdPartyResult, "why"> & { readonly why: string })[];
  readonly notes: readonly {
    readonly id: string;
    readonly message: string;
    readonly args?: MessageArgs;
    readonly finding?: string;
  }[];
}

export interface JsonSmoke extends Omit<Smoke, "phases"> {
  /** The line with which the report for people begins. */
  readonly message: string;
  readonly phases: readonly (Omit<PhaseMet, "why"> & { readonly why: string })[];
}

export interface JsonFinding {
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong and what happened. */
  readonly message: string;
  readonly fixHint: string;
  readonly title: string;
  readonly why: string;
  readonly verify: string;
  readonly caveats?: string;
  readonly variant?: string;
  readonly args?: MessageArgs;
  readonly confidence: ReportFinding["confidence"];
  readonly evidence: readonly EvidenceDocument[];
  readonly count: number;
  readonly remedies: readonly JsonRemedy[];
  readonly tellApart?: readonly JsonTellApart[];
}

export interface JsonTellApart {
  /** Id of the other cause that the evidence fits, and its title. */
  readonly from: string;
  readonly title: string;
  readonly question: string;
  readonly action?: JsonAction;
}

type JsonAction =
  | { readonly command: string; readonly placeholders?: readonly string[] }
  | { readonly human: string };

/** What holds for the releases `from` to `to`, where the release is not known and the answer depends on it. */
export interface JsonEra extends Omit<EraAnswer, "remedies"> {
  readonly remedies: readonly Omit<JsonRemedy, "commands" | "actions">[];
}

export interface JsonFindRelease {
  readonly actions: readonly JsonAction[];
  readonly signs: readonly {
    readonly id: string;
    readonly from?: string;
    readonly to?: string;
    readonly message: string;
  }[];
}

export interface JsonRemedy {
  readonly id: string;
  readonly risk: Risk;
  readonly title: string;
  /** Exact commands, in order; steps of a person are not in it. */
  readonly commands: readonly string[];
  /** Commands and the steps of a person, in the order in which they are done. */
  readonly actions: readonly JsonAction[];
  readonly args?: MessageArgs;
  /** What it would trust and only a log or a request stands for. */
  readonly unproven?: Remedy["unproven"];
  /** What the model says of the refused connection afterwards. */
  readonly after?: Remedy["after"];
}

/** Report -> the document of `--json`, as an object. */
export function toJsonReport(raw: Report, lang: Lang): JsonReport {
  const report = safeReport(raw);
  const words = catalogueOf(lang);
  const { schemaVersion, tool, verdict, target, deployment, gateway, path, ahead, next, page } = report;
  return {
    schemaVersion,
    tool,
    verdict,
    target,
    ...optional("deployment", deployment && deploymentDocument(deployment)),
    gateway,
    path,
    findings: report.findings.map((finding) => toJsonFinding(finding, words)),
    ...optional(
      "eras",
      report.eras?.map((era) => toJsonEra(era, words)),
    ),
    ...optional("findRelease", report.findRelease && toJsonFindRelease(report.findRelease, words)),
    ahead,
    ...optional("leftOut", report.leftOut),
    checks: report.checks.map(({ gate: _gate, ...check }) => ({ ...check, why: check.why ?? "" })),
    suppressed: report.suppressed ?? {},
    missing: report.missing ?? [],
    ...optional("page", page),
    ...optional("inputs", report.inputs),
    next,
    ...optional("smoke", report.smoke && toJsonSmoke(report, report.smoke, words)),
    ...optional(
      "thirdParty",
      report.thirdParty?.map((one) => ({ ...one, why: one.why === undefined ? "" : inEnglish(one.why) })),
    ),
    notes: (report.notes ?? []).map(({ message, args, detail, finding }) => ({
      id: message,
      message: noteText(words, { message, args, detail, finding }),
      ...optional("args", args),
      ...optional("finding", finding?.id),
    })),
  };
}

function toJsonSmoke(report: Report, smoke: Smoke, words: Catalogue): JsonSmoke {
  return {
    ...smoke,
    message: smokeLine(report, smoke, words),
    phases: smoke.phases.map(({ why, ...met }) => ({ ...met, why: inEnglish(why) })),
  };
}

function toJsonFinding(finding: ReportFinding, words: Catalogue): JsonFinding {
  const { id, code, severity, variant, args, confidence, evidence, count, remedies, tellApart } = finding;
  const text = causeText(words, id, variant, args, finding.detail);
  return {
    id,
    code,
    severity,
    message: text?.what ?? words.words.unknownCause,
    fixHint: text?.fix ?? "",
    title: text?.title ?? id,
    why: text?.why ?? "",
    verify: text?.verify ?? "",
    ...optional("caveats", text?.caveats),
    ...optional("variant", variant),
    ...optional("args", args),
    confidence,
    evidence: evidence.map(evidenceDocument),
    count: count ?? 1,
    remedies: remedies.map((remedy) => toJsonRemedy(remedy, words)),
    ...optional(
      "tellApart",
      tellApart?.map((pair) => ({
        from: pair.from,
        title: causeText(words, pair.from)?.title ?? pair.from,
        question: wordsOf(words.tellApart, pair.message, pair.args),
        ...optional("action", pair.action && toJsonAction(pair.action, words)),
      })),
    ),
  };
}

function toJsonEra({ remedies, ...era }: EraAnswer, words: Catalogue): JsonEra {
  return {
    ...era,
    remedies: remedies.map(({ id, risk, args, after }) => ({
      id,
      risk,
      title: fill(entryOf(words.remedies, id)?.title ?? id, args),
      ...optional("args", args),
      ...optional("after", after),
    })),
  };
}

function toJsonFindRelease({ actions, signs }: FindRelease, words: Catalogue): JsonFindRelease {
  return {
    actions: actions.map((action) => toJsonAction(action, words)),
    signs: signs.map((sign) => ({ ...sign, message: wordsOf(words.releaseSigns, sign.id) })),
  };
}

function toJsonAction(action: RemedyAction, words: Catalogue): JsonAction {
  return action.kind === "command"
    ? { command: action.command, ...optional("placeholders", action.placeholders) }
    : { human: wordsOf(words.human, action.message, action.args) };
}

function toJsonRemedy(
  { id, risk, costs, args, unproven, after, actions }: ReportRemedy,
  words: Catalogue,
): JsonRemedy {
  return {
    id,
    risk,
    title: fill(entryOf(words.remedies, id)?.title ?? id, args),
    commands: actions.flatMap((action) => (action.kind === "command" ? [action.command] : [])),
    actions: actions.map((action) => toJsonAction(action, words)),
    ...optional("costs", costs),
    ...optional("args", args),
    ...optional("unproven", unproven),
    ...optional("after", after),
  };
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: T });
}
