import type { Admission, Gate } from "../core/connection.ts";
import type { CheckResult, Diagnosed } from "../core/diagnose.ts";
import type { UnknownReason } from "../core/fact.ts";
import type {
  Confidence,
  Deployment,
  Evidence,
  FactName,
  PageBehaviour,
  Refusal,
  Target,
} from "../core/facts.ts";
import type { Finding, Remedy, Severity, Step, TellApart } from "../core/finding.ts";
import type { MessageArgs, Saying } from "../core/saying.ts";
import { argsOfStep, type Cost, costOf, isReading } from "../core/step.ts";
import type { ThirdPartyResult } from "../core/third-party.ts";
import type { Unpackable } from "../intake/archive.ts";
import type { InputKind } from "../intake/recognise.ts";
import type { Station } from "../kinds/kind.ts";
import type { Smoke } from "./smoke.ts";

/**
 * What the composition root hands to every format. Wording is not in it: findings, remedies, human steps
 * and notes are ids with arguments, and each format looks them up in the catalogue of its language.
 */
export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly verdict: Diagnosed["verdict"];
  readonly target: Target;
  readonly deployment?: Deployment;
  readonly gateway: ReportGateway;
  /** The way of the connection, from the browser on; ends at the hop that breaks it, or at the gateway. */
  readonly path: readonly Hop[];
  /** Cause before symptom, then severity: the first is the one to mend first. */
  readonly findings: readonly ReportFinding[];
  /** Where the release is not known and the answer depends on it: the answer for each era, oldest first. */
  readonly eras?: readonly EraAnswer[];
  /** How the release is found; beside `eras`. */
  readonly findRelease?: FindRelease;
  /** Gates that wait behind the first refusal, in the order in which they are met. */
  readonly ahead: readonly AheadGate[];
  readonly checks: readonly CheckResult[];
  /** Ids of checks that did not run, as somebody chose (`--only`, `--skip`). */
  readonly leftOut?: readonly string[];
  /** Findings hidden because their cause was found too: id -> the cause's id. */
  readonly suppressed?: Readonly<Record<string, string>>;
  /** Facts that nobody could give, with the way to provide them. */
  readonly missing?: readonly MissingFact[];
  readonly page?: PageBehaviour;
  /** What shows more, where the remedies do not help: in the words of the deployment. */
  readonly send?: readonly RemedyAction[];
  /** How a gate that waits is passed, where it is the approval of a device. In no JSON document. */
  readonly aheadActions?: readonly RemedyAction[];
  /** What happened when, oldest first, as far as lines have times. In no JSON document. */
  readonly timeline?: readonly TimelineEntry[];
  /** What was handed in, and what it was taken for; of a look at a live gateway nothing. */
  readonly inputs?: readonly ReportInput[];
  /**
   * The next command to type: of the first remedy, or what explains the finding where that is a person's alone; empty
   * when nothing is left to do.
   */
  readonly next: string;
  readonly notes?: readonly ReportNote[];
  /** What checks of third parties said (`--check`); in `notes`, too, for people. */
  readonly thirdParty?: readonly ThirdPartyResult[];
  /** Of a smoke check. */
  readonly smoke?: Smoke;
}

export interface ReportGateway extends ReportedRelease {
  /** ws:// or wss:// URL without credentials; null offline. */
  readonly url: string | null;
  /**
   * What the gateway says of the connection that the report is about: as it was seen, else as the model says of the
   * user's browser; null where neither is known, and where the first finding is about something else.
   */
  readonly admission: Admission | null;
}

export interface ReportedRelease {
  /** `2026.3.13`; null while unknown. */
  readonly version: string | null;
  /** `Release.from`: `hello-ok`, `html`, `log`, `said` … */
  readonly versionFrom?: string;
  readonly versionConfidence?: Confidence;
  /** The releases it can be, inclusive, when only an era is known. */
  readonly versionRange?: readonly [string, string];
}

/** One station of the connection. `browser` … are wording keys; another string is shown as it is. */
export interface Hop {
  readonly hop: HopId | (string & {});
  readonly address?: string;
  /** Key of `Catalogue.hopNotes`, for example `rewrites-source`. */
  readonly note?: HopNoteId;
  /** Here it ends: the gate that refuses (or `transport`), and why. */
  readonly breaks?: { readonly gate: BreakGate; readonly reason?: string };
}

export type HopId = "browser" | "proxy" | "tailscale-serve" | "gateway" | Station["hop"];

export type HopNoteId =
  | "secure-context"
  | "insecure-context"
  | "adds-forwarded-headers"
  | NonNullable<Station["note"]>
  | "counts-as-local"
  | "counts-as-remote";

/** A gate of the gateway, or what ends a connection outside of them. */
export type BreakGate = Refusal["gate"];

/** Every field of an `Admission` fits; `cause` names the check that explains it. */
export interface AheadGate {
  readonly gate?: BreakGate;
  readonly reason?: string;
  readonly closeCode?: number;
  readonly closeReason?: string;
  readonly detailCode?: string;
  readonly httpStatus?: number;
  readonly assumed?: string;
  readonly cause?: string;
}

export interface MissingFact {
  readonly fact: FactName;
  readonly reason: UnknownReason;
  readonly detail: string;
  /** `detail` for the other languages, where it is the tool's own sentence. */
  readonly say?: Saying;
  readonly provide?: string;
}

/** One happening, or several of one client and kind together. */
export interface TimelineEntry {
  /** ISO 8601, as the lines have it. */
  readonly at: string;
  /** Of the last one, where there are several. */
  readonly until?: string;
  readonly what: "refused" | "requested" | "approved" | "connected" | "started" | "failed";
  /** Of a refusal. */
  readonly gate?: BreakGate;
  readonly reason?: string;
  readonly client?: string;
  readonly count: number;
}

/** One file, pipe or member of an archive. */
export interface ReportInput {
  readonly name: string;
  readonly as: InputKind;
  /** What kept it from being read. */
  readonly why?: Unpackable;
  /** Documents that were pasted into it. */
  readonly with?: readonly InputKind[];
}

/** `message`: key of `Catalogue.notes`. */
export interface ReportNote {
  readonly message: string;
  readonly args?: MessageArgs;
  /** `args.detail` for the other languages, where the words are the tool's own. */
  readonly detail?: Saying;
  readonly evidence?: readonly Evidence[];
  /** A finding of another report, of which the note tells the title as `args.finding`. */
  readonly finding?: Pick<ReportFinding, "id" | "variant" | "args" | "detail">;
}

export interface ReportFinding extends Omit<Finding, "remedies" | "tellApart"> {
  readonly remedies: readonly ReportRemedy[];
  readonly tellApart?: readonly ReportTellApart[];
}

/** The question that separates a finding from another cause, with what answers it. */
export interface ReportTellApart extends Omit<TellApart, "step"> {
  readonly action?: RemedyAction;
}

/** What holds for the releases `from` to `to` (published, inclusive). */
export interface EraAnswer {
  readonly from: string;
  readonly to: string;
  /** Id of the first finding there; null when nothing is wrong there. */
  readonly finding: string | null;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** The gate that a remedy of it has to get past. */
  readonly gate?: Gate;
  /** Ids of other findings of that severity. */
  readonly also?: readonly string[];
  /**
   * What the model of these releases says of the connection that the evidence shows; absent when none does.
   * `admitted` beside a refusal that was seen: another release, or a cause that the evidence does not show.
   */
  readonly outcome?: "admitted" | "refused";
  readonly remedies: readonly Omit<Remedy, "steps">[];
}

export interface FindRelease {
  readonly actions: readonly RemedyAction[];
  /** What shows it to somebody who cannot type that; `id` keys the wording. */
  readonly signs: readonly { readonly id: string; readonly from?: string; readonly to?: string }[];
}

/** A remedy with its steps as this deployment does them, in order. */
export interface ReportRemedy extends Omit<Remedy, "steps"> {
  readonly actions: readonly RemedyAction[];
  /** What it ends for somebody who has it now, beside its risk. */
  readonly costs?: Cost;
}

export type RemedyAction =
  /** `placeholders`: words of the command that the user fills in first, as they stand there: `<requestId>`. */
  | {
      readonly kind: "command";
      readonly command: string;
      readonly placeholders?: readonly string[];
      /** It only looks, and shows no secret. */
      readonly reads?: true;
    }
  /** `message`: key of `Catalogue.human`. */
  | { readonly kind: "human"; readonly message: string; readonly args?: MessageArgs };

/** A step as the deployment prints it: without a command where a person has to do it. */
export interface StepLine {
  readonly step: Step;
  readonly command?: string;
  readonly placeholders?: readonly string[];
}

/** The deployment's way of printing steps: one line for each step, in order. */
export type PrintSteps = (steps: readonly Step[]) => readonly StepLine[];

/** A finding with its remedies in the words of the deployment. */
export function toReportFinding(finding: Finding, print: PrintSteps): ReportFinding {
  const { remedies, tellApart, ...rest } = finding;
  return {
    ...rest,
    remedies: remedies.map((remedy) => toReportRemedy(remedy, print)),
    ...(tellApart === undefined
      ? {}
      : { tellApart: tellApart.map((pair) => toReportTellApart(pair, print)) }),
  };
}

function toReportTellApart({ step, ...rest }: TellApart, print: PrintSteps): ReportTellApart {
  const [action] = step === undefined ? [] : printed([step], print);
  return { ...rest, ...(action === undefined ? {} : { action }) };
}

/** Steps as this deployment does them. */
export function printed(steps: readonly Step[], print: PrintSteps): readonly RemedyAction[] {
  return print(steps).map(actionOf);
}

export function toReportRemedy(remedy: Remedy, print: PrintSteps): ReportRemedy {
  const { steps, ...rest } = remedy;
  const costs = costOf(steps);
  return { ...rest, ...(costs === undefined ? {} : { costs }), actions: print(steps).map(actionOf) };
}

function actionOf({ step, command, placeholders = [] }: StepLine): RemedyAction {
  if (step.do === "human") {
    const { message, args } = step;
    return { kind: "human", message, ...(args === undefined ? {} : { args }) };
  }
  if (command === undefined) return { kind: "human", message: messageOf(step), args: argsOfStep(step) };
  return {
    kind: "command",
    command,
    ...(placeholders.length === 0 ? {} : { placeholders }),
    ...(isReading(step) && step.do !== "token.show" ? { reads: true } : {}),
  };
}

/** Key of the words for a step that has no command. */
function messageOf(step: Exclude<Step, { do: "human" }>): string {
  return step.do === "compose.edit" ? `compose.${step.change.kind}` : step.do;
}
