import type { Hosting } from "../../core/facts.ts";
import type { Risk, Unproven } from "../../core/finding.ts";
import type { Lang } from "../../core/languages.ts";
import type { SentenceKey } from "../../core/saying.ts";
import type { Cost } from "../../core/step.ts";
import type { Unpackable } from "../../intake/archive.ts";
import type { InputKind } from "../../intake/recognise.ts";
import type { FixOutcome } from "../fix-report.ts";
import type { TimelineEntry } from "../result.ts";

export type { Lang } from "../../core/languages.ts";

/**
 * Wording of one cause. Texts are templates. `{name}` is replaced by the argument of that name; `{name|words}` falls
 * back to `words` when the finding has no such argument. `{(name)}` is an inset in brackets that goes away without one
 * (`{（name）}` in Chinese). So a text never shows a gap.
 */
export interface CauseText {
  /** What is wrong, in a few words; headline of the finding. */
  readonly title: string;
  /** The same thing when nothing is wrong: a passing run reads like a specification. */
  readonly healthy: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  /** How to see that it holds. */
  readonly verify: string;
  readonly caveats?: string;
}

export interface CauseMessage extends CauseText {
  /** `over`, `foretold` …: what differs from the plain text. An unknown variant gives the plain text. */
  readonly variants?: Readonly<Record<string, Partial<CauseText>>>;
}

export interface RemedyMessage {
  /** What to do, imperative, short. */
  readonly title: string;
  /** What it does and what it does not. */
  readonly what: string;
  readonly caution?: string;
}

/** All words of one language. Keys are ids and stable; a catalogue of another language has the same ones. */
export interface Catalogue {
  readonly lang: Lang;
  readonly causes: Readonly<Record<string, CauseMessage>>;
  readonly remedies: Readonly<Record<string, RemedyMessage>>;
  /** `human` steps by message key, and the steps that a deployment has no command for, by `Step.do`. */
  readonly human: Readonly<Record<string, string>>;
  /** Gates as a person reads them: what the gateway looks at there. */
  readonly gates: Readonly<Record<string, string>>;
  /** The gateway's reason codes: `not-paired`, `token_missing` … */
  readonly reasons: Readonly<Record<string, string>>;
  /** Questions that separate two causes (`TellApart.message`). */
  readonly tellApart: Readonly<Record<string, string>>;
  /** What shows the release, with what it shows (`FindRelease.signs`). */
  readonly releaseSigns: Readonly<Record<string, string>>;
  readonly hops: Readonly<Record<string, string>>;
  readonly hopNotes: Readonly<Record<string, string>>;
  readonly notes: Readonly<Record<string, string>>;
  readonly verdicts: Readonly<Record<"healthy" | "found" | "undetermined", string>>;
  readonly checkVerdicts: Readonly<
    Record<"healthy" | "found" | "undetermined" | "not-applicable" | "crashed", string>
  >;
  readonly severities: Readonly<Record<"error" | "warning" | "info", string>>;
  readonly confidences: Readonly<Record<"certain" | "likely" | "possible", string>>;
  readonly unknownReasons: Readonly<Record<"absent" | "denied" | "timeout" | "failed" | "not-asked", string>>;
  readonly risks: Readonly<Record<Risk, string>>;
  /** What a remedy ends, in the place of no risk or behind another. */
  readonly costs: Readonly<Record<Cost, string>>;
  /** `{value}`: what a remedy would trust and only a log, or a guess (`own-host`), stands for. */
  readonly unproven: Readonly<Record<Unproven["kind"] | "own-host", string>>;
  readonly exposures: Readonly<Record<"loopback" | "private" | "public" | "unknown", string>>;
  /** `Release.from`. */
  readonly releaseSources: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string>>;
  /** What an input was taken for, after its name, and why one was not read. */
  readonly inputKinds: Readonly<Record<InputKind, string>>;
  readonly unpackables: Readonly<Record<Unpackable, string>>;
  /** By `Saying.message`. */
  readonly sayings: Readonly<Record<SentenceKey, string>>;
  /** Headings and short phrases of the formats. */
  readonly words: Words;
  readonly fix: FixWords;
  readonly answer: AnswerWords;
  /** Why a gateway does not start (`StartupProblem.id`), after `…: `. */
  readonly startup: Readonly<Record<string, string>>;
  /** What another release does otherwise (`UpgradeChange.id`). */
  readonly upgrade: Readonly<Record<string, string>>;
  readonly upgradeWeights: Readonly<Record<"stops" | "refuses" | "asks" | "opens" | "note", string>>;
  /** Who comes, as an upgrade meets them, and by which way. */
  readonly visitors: Readonly<Record<string, string>>;
  readonly ways: Readonly<Record<string, string>>;
}

/** What an answer to a ticket says around its findings, in Markdown, on a page, and to an agent. */
export interface AnswerWords {
  readonly summary: string;
  readonly evidence: string;
  readonly steps: string;
  readonly instead: string;
  readonly afterwards: string;
  readonly also: string;
  readonly over: string;
  readonly send: string;
  readonly sendLines: string;
  readonly timeline: string;
  readonly happened: Readonly<Record<TimelineEntry["what"], string>>;
  /** `{count}` */
  readonly times: string;
  readonly clients: Readonly<Record<string, string>>;
  /** `{from}` `{until}` */
  readonly until: string;
  readonly broken: string;
  /** `{hops}`: for whoever does not see the picture. */
  readonly pathAlt: string;
  /** Platforms whose own shell the commands are for; the others have a program in the line. */
  readonly typedIn: Readonly<Partial<Record<Hosting, string>>>;
  /** `{tool}` */
  readonly made: string;
  readonly copyable: string;
  readonly agent: {
    readonly facts: string;
    readonly quoted: string;
    readonly unasked: string;
    readonly withYes: string;
    readonly never: string;
    readonly nevers: readonly string[];
    readonly none: string;
    readonly byHand: string;
    /** `{count}` */
    readonly more: string;
  };
}

/** What `fix` says around the remedies. */
export interface FixWords {
  readonly outcomes: Readonly<Record<FixOutcome, string>>;
  /** `{count}`: `kept`, and other errors remain. */
  readonly keptOpen: string;
  readonly request: string;
  /** Heading: requests of which one is chosen. */
  readonly candidates: string;
  readonly nameRequest: string;
  readonly requestId: string;
  readonly device: string;
  readonly address: string;
  readonly age: string;
  /** `{seconds}` */
  readonly seconds: string;
  /** `{minutes}` */
  readonly minutes: string;
  readonly role: string;
  readonly scopes: string;
  readonly noScopes: string;
  readonly unknown: string;
  readonly byHand: string;
  /** Heading: paths. */
  readonly writes: string;
  /** Heading: journals that are not believed. */
  readonly refused: string;
  /** What to know beforehand. */
  readonly notes: Readonly<Record<string, string>>;
  readonly siteFile: string;
  readonly done: string;
  readonly takenBack: string;
  readonly remains: string;
  readonly alternatives: string;
  /** `{commands}`: how another one is chosen, where the first is left to a person. */
  readonly nameOther: string;
  /** Why an alternative is not the first; `{gate}` where it ends. */
  readonly whyNot: Readonly<Record<string, string>>;
  readonly popular: string;
  readonly popularAdvice: Readonly<Record<string, string>>;
  /** `{gate}` */
  readonly popularVerdicts: Readonly<Record<string, string>>;
  /** What to look at afterwards. */
  readonly see: Readonly<Record<string, string>>;
  /** Questions at the terminal, `[y/N]` is added. */
  readonly ask: Readonly<
    Record<"apply" | "grants-access" | "weakens-security" | "unproven" | "choose" | "undo" | "finish", string>
  >;
  readonly doing: Readonly<Record<"step" | "settle" | "verify" | "roll-back" | "wait-for-request", string>>;
}

export interface Words {
  /** Punctuation of the language: after a label, around a remark `{text}`, between items. */
  readonly colon: string;
  readonly inset: string;
  readonly comma: string;
  /** Between parts of a remark that are more than one word. */
  readonly clause: string;
  /** Between two options, of which either will do. */
  readonly or: string;
  readonly path: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly verify: string;
  readonly caveats: string;
  readonly evidence: string;
  /** `{count}` */
  readonly more: string;
  /** `{count}` */
  readonly seen: string;
  /** The model's verdict on a remedy: it leads to admission. */
  readonly admits: string;
  /** `{gate}`: the same gate still refuses. */
  readonly refusedAt: string;
  /** `{gate}`: this gate is passed, a later one refuses. */
  readonly passes: string;
  /** `{gate}`: an earlier gate refuses, whatever this remedy does. */
  readonly waits: string;
  /** `{placeholders}`: words of a command that the user fills in first. */
  readonly fillIn: string;
  /** Heading: the other causes that the evidence fits. */
  readonly tellApart: string;
  /** `{title}` of the other cause, `{question}`. */
  readonly otherCause: string;
  /** Behind remedies of which only the titles are shown. */
  readonly otherRemedies: string;
  /** Between remedies in a row. */
  readonly semicolon: string;
  /** `{problem}`: the model's verdict where the gateway does not even start. */
  readonly doesNotStart: string;
  /** Heading: `{from}` `{to}` */
  readonly upgradeIntro: string;
  readonly upgradeNothing: string;
  /** `{since}` */
  readonly since: string;
  readonly eras: string;
  readonly erasIntro: string;
  /** A browser on this way is let in, by the model of these releases. */
  readonly eraAdmits: string;
  readonly eraNothing: string;
  readonly eraNoRemedy: string;
  readonly findRelease: string;
  readonly ahead: string;
  readonly aheadIntro: string;
  /** Heading: what was handed in. */
  readonly inputs: string;
  /** `{kind}` of the text, `{parts}`: documents in it. */
  readonly inputWith: string;
  readonly missing: string;
  /** `{option}` */
  readonly provide: string;
  /** The verdict of some checks only. `{count}`: those that did not run. */
  readonly healthyOfSome: string;
  /** `{ids}`: checks that did not run. */
  readonly leftOut: string;
  /** `{ids}`: checks that could not look. */
  readonly affects: string;
  readonly crashed: string;
  readonly notes: string;
  readonly next: string;
  readonly page: string;
  /** `{text}` */
  readonly pageShows: string;
  readonly pageConnects: string;
  readonly pageStops: string;
  readonly releaseUnknown: string;
  /** `{from}` `{to}` */
  readonly releaseRange: string;
  /** `{gate}` */
  readonly refused: string;
  readonly admitted: string;
  readonly autoApproved: string;
  readonly assumed: string;
  /** `{count}` */
  readonly checksPassed: string;
  readonly gatesPassed: string;
  /** `{count}`; their ids follow. */
  readonly checksSilent: string;
  /** In front of `explain ID`, where nothing else is to be typed. */
  readonly explainNext: string;
  readonly severity: string;
  readonly variants: string;
  readonly explainMore: string;
  readonly unknownCause: string;
}
