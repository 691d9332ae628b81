import type { Evidence } from "../core/facts.ts";
import type { Risk } from "../core/finding.ts";
import { safeText } from "../core/text.ts";
import { type Effect, effectOf } from "./effect.ts";
import { isPlainInput, takenFor } from "./inputs.ts";
import {
  type Catalogue,
  catalogueOf,
  causeText,
  entryOf,
  fill,
  type Lang,
  noteText,
  sentenceOf,
  wordsOf,
} from "./messages/index.ts";
import type {
  RemedyAction,
  Report,
  ReportFinding,
  ReportNote,
  ReportRemedy,
  TimelineEntry,
} from "./result.ts";
import { riskText } from "./risk-text.ts";
import { safeReport } from "./safe.ts";
import { unicodeSymbols } from "./style.ts";
import { admissionText, aheadText, gatewayText, headlineOf, titleOf } from "./told.ts";
import { unprovenText } from "./unproven-text.ts";

/** A report in the words of one language, for formats that are read away from a terminal. Nothing of it is marked up. */
export interface Answer {
  readonly catalogue: Catalogue;
  readonly verdict: Report["verdict"];
  readonly headline: string;
  /** Release, deployment, exposure; what the model says. */
  readonly about: readonly string[];
  readonly main?: ToldFinding;
  readonly others: readonly ToldFinding[];
  readonly path: readonly ToldHop[];
  readonly ahead: readonly string[];
  readonly aheadSteps: readonly ToldStep[];
  readonly timeline: readonly ToldTime[];
  readonly missing: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly text: string }[];
  /** Names that somebody gave to files and gateways, which stand in other texts, too. */
  readonly names: readonly string[];
  readonly notes: readonly string[];
  /** Those that say of which of several gateways this is, and what is wrong at the others. */
  readonly gatewayNotes: readonly string[];
  /** Those of the notes that are words of third parties' checks, each with whose they are. */
  readonly othersSay: readonly string[];
  readonly send: readonly ToldStep[];
  readonly tool: string;
}

export interface ToldFinding {
  readonly id: string;
  readonly code: string;
  readonly severity: ReportFinding["severity"];
  readonly title: string;
  /** `certain · 14 ×`. */
  readonly about: string;
  readonly isOver: boolean;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly verify: string;
  readonly caveats?: string;
  readonly evidence: readonly ToldQuote[];
  /** Those that help first; what does not is left out where anything does. */
  readonly remedies: readonly ToldRemedy[];
  /** Other causes, with what separates them. */
  readonly tellApart: readonly { readonly from: string; readonly text: string; readonly step?: ToldStep }[];
}

export interface ToldQuote {
  readonly source: string;
  readonly quote: string;
  /** The tool's own words, not somebody's. */
  readonly isOwn: boolean;
}

export interface ToldRemedy {
  readonly title: string;
  readonly risk: Risk;
  readonly riskText: string;
  readonly effect: Effect;
  readonly effectText: string;
  readonly prose: readonly string[];
  readonly steps: readonly ToldStep[];
}

export type ToldStep =
  | { readonly kind: "command"; readonly command: string; readonly fillIn?: string; readonly reads: boolean }
  | { readonly kind: "human"; readonly text: string };

export interface ToldHop {
  readonly name: string;
  readonly address?: string;
  readonly note?: string;
  /** Here it ends, and why. */
  readonly broken?: string;
}

export interface ToldTime {
  readonly when: string;
  readonly what: TimelineEntry["what"];
  readonly text: string;
}

/** Characters of a quote. */
const QUOTE = 400;

export function answerOf(raw: Report, lang: Lang): Answer {
  const report = safeReport(raw);
  const catalogue = catalogueOf(lang);
  const admission = admissionText(catalogue, report);
  const [first, ...rest] = report.findings;
  const main = first === undefined ? undefined : findingOf(catalogue, first, report);
  const notesOf = (isOne: (note: ReportNote) => boolean) =>
    (report.notes ?? []).filter(isOne).map((note) => noteText(catalogue, note));
  return {
    catalogue,
    verdict: report.verdict,
    headline: headlineOf(catalogue, report),
    about: [
      gatewayText(catalogue, report, unicodeSymbols),
      ...(admission === "" ? [] : [admission]),
      ...typedIn(catalogue, report),
    ],
    ...(main === undefined ? {} : { main }),
    others: rest.map((finding) => findingOf(catalogue, finding, report)),
    path: report.path.map((hop) => hopOf(catalogue, hop)),
    ahead: report.ahead.map((gate) => aheadText(catalogue, gate, unicodeSymbols)),
    aheadSteps: (report.aheadActions ?? []).map((action) => stepOf(catalogue, action)),
    timeline: (report.timeline ?? []).map((entry) => timeOf(catalogue, entry)),
    missing: (report.missing ?? []).map((one) => missingText(catalogue, one)),
    inputs: inputsOf(catalogue, report),
    names: [report.target.name, ...(report.inputs ?? []).map(({ name }) => name)].filter(
      (name) => name !== "",
    ),
    notes: (report.notes ?? []).map((note) => noteText(catalogue, note)),
    gatewayNotes: notesOf(({ message }) => message === "several-gateways" || message === "other-gateway"),
    othersSay: notesOf(({ message }) => message.startsWith("third-party")),
    send: (report.send ?? []).map((action) => stepOf(catalogue, action)),
    tool: `${report.tool.name} ${report.tool.version}`,
  };
}

/** Where the commands are typed, where that is no shell of the reader's own. */
function typedIn({ answer }: Catalogue, { deployment }: Report): readonly string[] {
  const hosting = deployment?.names.hosting;
  const place = hosting === undefined ? undefined : answer.typedIn[hosting];
  return place === undefined ? [] : [place];
}

function findingOf(catalogue: Catalogue, finding: ReportFinding, report: Report): ToldFinding {
  const { id, code, severity, variant, args, detail, confidence, count = 1, gate } = finding;
  const { words, confidences } = catalogue;
  const text = causeText(catalogue, id, variant, args, detail);
  const times = count > 1 ? [fill(words.seen, { count })] : [];
  const remedies = finding.remedies.map((remedy) =>
    remedyOf(catalogue, remedy, gate ?? report.gateway.admission?.gate),
  );
  const helping = remedies.filter(({ effect }) => effect !== "refused");
  return {
    id,
    code,
    severity,
    title: titleOf(catalogue, finding),
    about: [confidences[confidence], ...times].join(" · "),
    isOver: variant === "over",
    what: text?.what ?? words.unknownCause,
    why: text?.why ?? "",
    fix: text?.fix ?? "",
    verify: text?.verify ?? "",
    ...(text?.caveats === undefined ? {} : { caveats: text.caveats }),
    evidence: finding.evidence.map((one) => quoteOf(catalogue, one)),
    remedies: helping.length > 0 || severity === "info" ? helping : remedies,
    tellApart: (finding.tellApart ?? []).map(({ from, message, args: own, action }) => ({
      from,
      text: fill(words.otherCause, {
        title: causeText(catalogue, from)?.title ?? from,
        question: wordsOf(catalogue.tellApart, message, own),
      }),
      ...(action === undefined ? {} : { step: stepOf(catalogue, action) }),
    })),
  };
}

function remedyOf(catalogue: Catalogue, remedy: ReportRemedy, gate: string | undefined): ToldRemedy {
  const { words, gates } = catalogue;
  const text = entryOf(catalogue.remedies, remedy.id);
  const effect = effectOf(remedy, gate);
  const { after, unproven = [] } = remedy;
  const where = typeof after === "object" ? wordsOf(gates, after.refusedAt) : "";
  const effects = {
    admits: words.admits,
    passes: words.passes,
    waits: words.waits,
    refused: words.refusedAt,
  };
  return {
    title: fill(text?.title ?? remedy.id, remedy.args),
    risk: remedy.risk,
    riskText: riskText(catalogue, remedy),
    effect,
    effectText: effect === "unknown" ? "" : fill(effects[effect], { gate: where }),
    prose: [
      ...[text?.what, text?.caution].flatMap((part) => (part === undefined ? [] : [fill(part, remedy.args)])),
      ...unproven.map((one) => unprovenText(catalogue, one)),
    ],
    steps: remedy.actions.map((action) => stepOf(catalogue, action)),
  };
}

function stepOf({ words, human }: Catalogue, action: RemedyAction): ToldStep {
  if (action.kind === "human") return { kind: "human", text: wordsOf(human, action.message, action.args) };
  const { command, placeholders = [], reads = false } = action;
  return {
    kind: "command",
    command,
    reads,
    ...(placeholders.length === 0
      ? {}
      : { fillIn: fill(words.fillIn, { placeholders: placeholders.join(words.comma) }) }),
  };
}

function quoteOf(catalogue: Catalogue, { source, quote, say, saySource }: Evidence): ToldQuote {
  const own = say && sentenceOf(catalogue, say);
  // A browser's name is long and says least; what follows it says most.
  const brief = safeText(quote.replace(/ ua=Mozilla\/.{1,400}? code=/, " ua=Mozilla/... code="), QUOTE);
  return {
    source: (saySource && sentenceOf(catalogue, saySource)) ?? source,
    quote: own ?? brief,
    isOwn: own !== undefined,
  };
}

function hopOf({ hops, hopNotes, gates, reasons, words }: Catalogue, hop: Report["path"][number]): ToldHop {
  const { address, note, breaks } = hop;
  const because = breaks?.reason === undefined ? "" : words.colon + wordsOf(reasons, breaks.reason);
  return {
    name: wordsOf(hops, hop.hop),
    ...(address === undefined ? {} : { address }),
    ...(note === undefined ? {} : { note: wordsOf(hopNotes, note) }),
    ...(breaks === undefined ? {} : { broken: wordsOf(gates, breaks.gate) + because }),
  };
}

function timeOf({ answer, gates, reasons, words }: Catalogue, entry: TimelineEntry): ToldTime {
  const { at, until, what, gate, reason, client, count } = entry;
  const who = client === undefined ? "" : `${wordsOf(answer.clients, client)}${words.colon}`;
  const where = gate === undefined ? "" : `${words.colon}${wordsOf(gates, gate)}`;
  const why = reason === undefined ? "" : `${words.comma}${wordsOf(reasons, reason)}`;
  const times = count > 1 ? ` (${fill(answer.times, { count })})` : "";
  return {
    when:
      until === undefined
        ? shownTime(at)
        : fill(answer.until, { from: shownTime(at), until: shownTime(until) }),
    what,
    text: `${who}${answer.happened[what]}${where}${why}${times}`,
  };
}

/** To the second, in the line's own zone. */
function shownTime(at: string): string {
  return at.replace("T", " ").replace(/[.,]\d{1,9}/, "");
}

function missingText(catalogue: Catalogue, one: NonNullable<Report["missing"]>[number]): string {
  const { words, facts, unknownReasons } = catalogue;
  const because = (one.say && sentenceOf(catalogue, one.say)) ?? (one.detail || unknownReasons[one.reason]);
  return `${wordsOf(facts, one.fact)}${words.colon}${because}`;
}

function inputsOf(catalogue: Catalogue, { inputs = [] }: Report): Answer["inputs"] {
  return inputs.length === 1 && inputs.every(isPlainInput)
    ? []
    : inputs.map((one) => ({ name: one.name, text: takenFor(catalogue, one) }));
}
