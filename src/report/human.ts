import type { CheckResult } from "../core/diagnose.ts";
import type { Evidence } from "../core/facts.ts";
import type { Saying } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { type Effect, effectOf, leadsOf, typedFirst } from "./effect.ts";
import { isBefore } from "./gate-order.ts";
import { byTrouble, inputText, isPlainInput } from "./inputs.ts";
import { displayWidth, hang } from "./layout.ts";
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
import type { EraAnswer, Hop, RemedyAction, Report, ReportFinding, ReportRemedy } from "./result.ts";
import { riskText } from "./risk-text.ts";
import { safeReport } from "./safe.ts";
import { isOpen } from "./smoke.ts";
import { smokeLine } from "./smoke-words.ts";
import { asciiSymbols, plainStyle, type Style, type Symbols, unicodeSymbols } from "./style.ts";
import { admissionText, aheadText, gatewayText, headlineOf, isHealthyInPart, titleOf } from "./told.ts";
import { unprovenText } from "./unproven-text.ts";

/** Findings that are told; more of them are named only. */
const TOLD = 4;

/** Remedies with their steps; of the others what they are and where they lead. */
const SPELLED_OUT = 2;

/** Rows of answers by release; all of them with `--verbose` and in JSON. */
const ERAS = 8;

/** Inputs that are told; all of them with `--verbose` and in JSON. */
const INPUTS = 12;

/** Characters of a quote that show what it is; the whole of it with `--verbose` and in JSON. */
const QUOTE = 240;

export interface HumanOptions {
  readonly lang: Lang;
  /** Columns; 80 when unknown. */
  readonly width: number;
  readonly unicode: boolean;
  /** All evidence, all remedies with their commands, all checks. */
  readonly verbose?: boolean;
  readonly style?: Style;
  /** Draws the headline's box; without it the headline stands on its own. */
  readonly box?: (text: string, verdict: Report["verdict"]) => string;
}

/**
 * The report for a person. First what a first screen of 24 lines has to hold: the verdict with its cause, and what to
 * type first. Then where the connection breaks, what to mend in order, and what waits behind. Prose is wrapped; a
 * command never is, and is never shortened.
 */
export function renderHuman(raw: Report, options: HumanOptions): string {
  const report = safeReport(raw);
  const page = new Page(catalogueOf(options.lang), options);
  const blocks = [
    page.smoke(report),
    page.headline(report),
    page.first(report),
    page.path(report),
    ...report.findings.map((finding, index) => page.finding(finding, index + 1, report)),
    page.eras(report),
    page.ahead(report),
    page.browser(report),
    page.inputs(report),
    page.missing(report),
    page.crashes(report),
    page.checks(report),
    page.notes(report),
    page.next(report),
    page.smokeAgain(report),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

/** Each method gives the lines of one block, `[]` when the report has nothing for it. */
class Page {
  readonly #words: Catalogue;
  readonly #style: Style;
  readonly #symbols: Symbols;
  readonly #options: HumanOptions;
  readonly #width: number;

  constructor(words: Catalogue, options: HumanOptions) {
    this.#words = words;
    this.#options = options;
    this.#style = options.style ?? plainStyle;
    this.#symbols = options.unicode ? unicodeSymbols : asciiSymbols;
    this.#width = Math.min(Math.max(options.width, 40), 120);
  }

  /** One line that says it all, however wide: scripts and people grep for it. */
  smoke(report: Report): string[] {
    if (report.smoke === undefined) return [];
    const line = smokeLine(report, report.smoke, this.#words);
    const { good, bad, warn } = this.#style;
    return [(report.smoke.passed ? good : isOpen(report.smoke) ? warn : bad)(line)];
  }

  /** The same as the last line where it fails: of a pod or a step of CI people are shown the end. */
  smokeAgain(report: Report): string[] {
    return report.smoke?.passed === false ? this.smoke(report) : [];
  }

  headline(report: Report): string[] {
    const text = headlineOf(this.#words, report);
    const isPart = isHealthyInPart(report);
    // A box takes a border and a column of air on each side.
    const width = this.#options.box ? this.#width - 4 : this.#width;
    const onlyWarns = report.verdict === "found" && report.findings[0]?.severity === "warning";
    const symbol = onlyWarns
      ? this.#symbols.warning
      : isPart
        ? this.#symbols.bullet
        : this.#symbols[report.verdict];
    const tone = onlyWarns ? this.#style.warn : this.#tone(report.verdict);
    const lines = [
      ...hang(`${symbol} `, text, { indent: 0, width }).map((line) => tone(line)),
      ...hang("", gatewayText(this.#words, report, this.#symbols), { indent: 2, width }),
      ...hang("", admissionText(this.#words, report), { indent: 2, width }),
    ];
    const { box } = this.#options;
    return box ? [box(lines.join("\n"), report.verdict)] : lines;
  }

  path({ path }: Report): string[] {
    if (path.length === 0) return [];
    return [this.#heading(this.#words.words.path), ...path.flatMap((hop, index) => this.#hop(hop, index))];
  }

  finding(finding: ReportFinding, number: number, report: Report): string[] {
    const { words, severities, confidences } = this.#words;
    const text = causeText(this.#words, finding.id, finding.variant, finding.args, finding.detail);
    const times = (finding.count ?? 1) > 1 ? [fill(words.seen, { count: finding.count ?? 1 })] : [];
    const brief = (finding.variant === "over" || number > TOLD) && !this.#options.verbose;
    const place = brief ? finding.evidence.slice(0, 1).map(({ source }) => source) : [];
    const about = [finding.id, confidences[finding.confidence], ...times, ...place].join(
      ` ${this.#symbols.bullet} `,
    );
    const title = hang(
      `${number}. `,
      `${severities[finding.severity]} ${finding.code}  ${titleOf(this.#words, finding)}`,
      {
        indent: 0,
        width: this.#width,
      },
    );
    const lines = [
      ...title.map((line) => this.#severityTone(finding.severity, line)),
      ...hang("", about, { indent: 3, width: this.#width }).map(this.#style.dim),
    ];
    if (!text)
      return [...lines, "", ...this.#section("", words.unknownCause), ...this.#remedies(finding, report)];
    // What is over needs nobody's time, and what is far down the list none yet: named, with the place that shows it.
    if (brief) return lines;
    if (number > 1 && !this.#options.verbose)
      return [...lines, "", ...this.#short(finding, text.what, report)];
    return [
      ...lines,
      "",
      ...this.#section(words.what, text.what),
      ...this.#section(words.why, text.why),
      ...this.#section(words.fix, text.fix),
      ...this.#remedies(finding, report),
      "",
      ...this.#section(words.verify, text.verify),
      ...(text.caveats === undefined ? [] : this.#section(words.caveats, text.caveats)),
      ...this.#otherCauses(finding),
      ...this.#evidence(finding.evidence),
    ];
  }

  /** Only the first finding is told in full: it is the one to mend, and the others often go with it. */
  #short(finding: ReportFinding, what: string, report: Report): string[] {
    const { words } = this.#words;
    const [first, ...others] = finding.remedies;
    const remedies =
      first === undefined ? [] : this.#remedies({ ...finding, remedies: [first] }, report, true);
    const rest = others.length + finding.evidence.length - 1;
    const more = rest > 0 ? [`     ${this.#style.dim(fill(words.more, { count: rest }))}`] : [];
    return [
      ...this.#section(words.what, what),
      ...this.#otherCauses(finding),
      ...remedies,
      ...finding.evidence.slice(0, 1).flatMap((one) => ["", ...this.#quote(one, 5)]),
      ...more,
    ];
  }

  eras({ eras = [], findRelease }: Report): string[] {
    if (eras.length === 0) return [];
    const { words, releaseSigns } = this.#words;
    const titles = new Set(eras.map(({ finding }) => finding)).size > 1;
    const shown = this.#options.verbose ? eras : eras.slice(0, ERAS);
    const ranges = shown.map(({ from, to }) => (from === to ? from : fill(words.releaseRange, { from, to })));
    const column = Math.max(...ranges.map(displayWidth)) + 2;
    const rows = shown.flatMap((era, index) => {
      const range = ranges[index] ?? "";
      const label = range + " ".repeat(column - displayWidth(range));
      return hang(label, this.#eraText(era, titles), { indent: 2, width: this.#width });
    });
    const rest = eras.length - shown.length;
    const more = rest > 0 ? [`  ${this.#style.dim(fill(words.more, { count: rest }))}`] : [];
    const find = [
      `  ${words.findRelease}${words.colon.trimEnd()}`,
      ...(findRelease?.actions ?? []).map((action) =>
        action.kind === "command"
          ? `    ${this.#style.command(action.command)}`
          : `    ${wordsOf(this.#words.human, action.message, action.args)}`,
      ),
      ...(findRelease?.signs ?? []).flatMap(({ id }) => this.#bullet(wordsOf(releaseSigns, id))),
    ];
    const intro = hang("", words.erasIntro, { indent: 2, width: this.#width });
    return [this.#heading(words.eras), ...intro, ...rows, ...more, ...find];
  }

  /** What leads in comes before what nobody could try; what does not help is left out. */
  #eraText({ finding, outcome, remedies, gate }: EraAnswer, titled: boolean): string {
    const { words, causes, remedies: texts, risks } = this.#words;
    if (finding === null) return words.eraNothing;
    const title = titled ? (entryOf(causes, finding)?.title ?? finding) : undefined;
    if (outcome === "admitted") return withTitle(fill(title ?? ""), words.eraAdmits, words.colon);
    const helping = remedies.filter((remedy) => effectOf(remedy, gate) !== "refused");
    const leading = helping.filter(({ after }) => after === undefined || after === "admitted");
    // What leads to the next gate is said where nothing leads in: with this release known, the report has it, too.
    const useful = leading.length > 0 ? leading : helping;
    const names = useful.map(({ id, args, risk }) => {
      const name = fill(entryOf(texts, id)?.title ?? id, args);
      return risk === "weakens-security" ? `${name} [${risks[risk]}]` : name;
    });
    const what = names.length === 0 ? words.eraNoRemedy : names.join(words.semicolon);
    return withTitle(fill(title ?? ""), what, words.colon);
  }

  ahead({ ahead }: Report): string[] {
    if (ahead.length === 0) return [];
    const { words } = this.#words;
    return [
      this.#heading(words.ahead),
      ...hang("", words.aheadIntro, { indent: 2, width: this.#width }),
      ...ahead.flatMap((gate, index) =>
        hang(`${index + 1}. `, aheadText(this.#words, gate, this.#symbols), {
          indent: 2,
          width: this.#width,
        }),
      ),
    ];
  }

  browser({ page, verdict, gateway, ahead, path }: Report): string[] {
    if (!page || verdict !== "found") return [];
    const gates = [
      gateway.admission?.gate,
      ...[...ahead, ...path.map((hop) => hop.breaks)].map((at) => at?.gate),
    ];
    const { words } = this.#words;
    const after = gates.includes("pairing")
      ? [page.connectsByItself ? words.pageConnects : words.pageStops]
      : [];
    const shows = page.shows === undefined ? [] : [fill(words.pageShows, { text: page.shows })];
    const lines = [...shows, ...after].flatMap((line) => this.#bullet(line));
    return lines.length === 0 ? [] : [this.#heading(words.page), ...lines];
  }

  /** A log alone needs no word; what was taken for something else, or for nothing, does. */
  inputs({ inputs = [] }: Report): string[] {
    const isPlain = inputs.length === 1 && inputs.every(isPlainInput);
    if (inputs.length === 0 || (isPlain && this.#options.verbose !== true)) return [];
    const shown = this.#options.verbose ? inputs : [...inputs].sort(byTrouble).slice(0, INPUTS);
    const rest = inputs.length - shown.length;
    return [
      this.#heading(this.#words.words.inputs),
      ...shown.flatMap((one) => this.#bullet(inputText(this.#words, one))),
      ...(rest > 0 ? [`  ${this.#style.dim(fill(this.#words.words.more, { count: rest }))}`] : []),
    ];
  }

  missing({ missing = [], checks }: Report): string[] {
    const { words, facts, unknownReasons } = this.#words;
    const undetermined = checks.filter(({ verdict }) => verdict === "undetermined");
    const lines: string[] = [];
    for (const { fact, reason, detail, say, provide } of missing) {
      const what = wordsOf(facts, fact);
      const because = this.#said(say, detail) || unknownReasons[reason];
      lines.push(...this.#bullet(`${what}${words.colon}${because}`));
      lines.push(...this.#provide(provide));
      const blind = undetermined.filter(({ why }) => why === `${fact}: ${detail}`);
      lines.push(...this.#affects(blind.map(({ id }) => id)));
    }
    // Checks that lack the same thing share one line; what `missing` told already is not said twice.
    for (const [why, group] of groupBy(undetermined, ({ why = "" }) => why)) {
      if (missing.some(({ fact, detail }) => why === `${fact}: ${detail}`)) continue;
      if (why !== "") lines.push(...this.#bullet(this.#because(group[0], why)));
      lines.push(...this.#provide(group.find(({ provide }) => provide !== undefined)?.provide));
      lines.push(...this.#affects(group.map(({ id }) => id)));
    }
    return lines.length === 0 ? [] : [this.#heading(words.missing), ...lines];
  }

  crashes({ checks }: Report): string[] {
    const crashed = checks.filter(({ verdict }) => verdict === "crashed");
    if (crashed.length === 0) return [];
    const lines = crashed.flatMap(({ id, code, why = "" }) => this.#bullet(`${code} ${id}: ${why}`));
    return [this.#heading(this.#words.words.crashed), ...lines];
  }

  /** What is said to be in order was looked at: all of it where the verdict is that, else the gates that were passed. */
  checks({ checks, verdict, gateway }: Report): string[] {
    const healthy = checks.filter((check) => check.verdict === "healthy");
    const { verbose } = this.#options;
    if (healthy.length === 0 || (verdict !== "healthy" && !verbose)) return [];
    const { words } = this.#words;
    const count = fill(words.checksPassed, { count: healthy.length });
    if (verdict === "healthy")
      return verbose ? [this.#heading(count), ...this.#inOrder(healthy)] : [this.#style.dim(count)];
    const refused = gateway.admission?.outcome === "refused" ? gateway.admission.gate : undefined;
    const passed = healthy.filter(
      ({ gate }) => gate !== undefined && refused !== undefined && isBefore(gate, refused),
    );
    const silent = healthy.filter((check) => !passed.includes(check));
    const ids = silent.map(({ id }) => id).join(words.comma);
    const text = `${fill(words.checksSilent, { count: silent.length })}${words.colon}${ids}`;
    return [
      ...(passed.length === 0 ? [] : [this.#heading(words.gatesPassed), ...this.#inOrder(passed)]),
      ...(silent.length === 0 ? [] : hang("", text, { indent: 2, width: this.#width }).map(this.#style.dim)),
    ];
  }

  #inOrder(checks: readonly CheckResult[]): string[] {
    return checks.flatMap(({ id }) => {
      const text = fill(entryOf(this.#words.causes, id)?.healthy ?? id);
      return hang(`${this.#symbols.healthy} `, text, { indent: 2, width: this.#width });
    });
  }

  notes({ notes = [], leftOut = [], verdict }: Report): string[] {
    const ids = this.#some(leftOut);
    const left =
      leftOut.length > 0 && (verdict === "healthy" || this.#options.verbose)
        ? this.#bullet(fill(this.#words.words.leftOut, { ids }))
        : [];
    if (notes.length === 0 && left.length === 0) return [];
    const lines = notes.flatMap(({ evidence = [], ...note }) => [
      ...this.#bullet(noteText(this.#words, note)),
      ...evidence.slice(0, 3).flatMap((one) => this.#quote(one, 4)),
    ]);
    return [this.#heading(this.#words.words.notes), ...lines, ...left];
  }

  /** Where the first remedy has nothing to type. */
  #otherwise(next: string): string[] {
    const { command } = this.#style;
    return / explain /.test(next)
      ? [
          ...hang("", this.#words.words.explainNext, { indent: 2, width: this.#width }),
          `    ${command(next)}`,
        ]
      : [`  ${command(next)}`];
  }

  /** What to do first, up to the first command; the whole of it stands with the finding. */
  first(report: Report): string[] {
    const leads = this.#leads(report);
    const isTyped = leads.slice(0, 1).some((remedy) => typedFirst(remedy) !== undefined);
    const lines = [
      ...leads.flatMap((remedy) => this.#lead(remedy)),
      ...(isTyped || report.next === "" ? [] : this.#otherwise(report.next)),
    ];
    return lines.length === 0 ? [] : [this.#heading(this.#words.words.next), ...lines];
  }

  /** What to type where that is no step of a remedy. */
  next(report: Report): string[] {
    const [lead] = this.#leads(report);
    const typed = lead === undefined ? [] : [typedFirst(lead)?.command ?? []].flat();
    if (typed.length === 0 || report.next === "" || typed.includes(report.next)) return [];
    return [this.#heading(this.#words.words.next), `  ${this.#style.command(report.next)}`];
  }

  #leads({ findings: [finding], gateway }: Report): readonly ReportRemedy[] {
    return finding === undefined ? [] : leadsOf(finding, gateway.admission);
  }

  #lead(remedy: ReportRemedy): string[] {
    const { remedies } = this.#words;
    const title = fill(entryOf(remedies, remedy.id)?.title ?? remedy.id, remedy.args);
    const typed = remedy.actions.findIndex(({ kind }) => kind === "command");
    const first = typed < 0 ? remedy.actions.slice(0, 1) : remedy.actions.slice(0, typed + 1);
    // Whoever reads no further has to know what a hearsay or a weakening rests on.
    const caution = remedy.risk === "weakens-security" ? entryOf(remedies, remedy.id)?.caution : undefined;
    return [
      ...hang("", `${title} [${riskText(this.#words, remedy)}]`, { indent: 2, width: this.#width }),
      ...(caution === undefined ? [] : this.#prose(fill(caution, remedy.args), 4)),
      ...this.#unproven(remedy, 4),
      ...first.flatMap((action) =>
        action.kind === "command"
          ? [`    ${this.#style.command(action.command)}`]
          : this.#prose(wordsOf(this.#words.human, action.message, action.args), 4),
      ),
    ];
  }

  #hop({ hop, address, note, breaks }: Hop, index: number): string[] {
    const { hops, hopNotes, gates, reasons, words } = this.#words;
    const place = address === undefined ? "" : ` ${address}`;
    const remark = note === undefined ? "" : this.#inset(wordsOf(hopNotes, note));
    const arrow = index === 0 ? "" : `${this.#symbols.arrow} `;
    const lines = hang(arrow, `${wordsOf(hops, hop)}${place}${remark}`, { indent: 2, width: this.#width });
    if (!breaks) return lines;
    const because = breaks.reason === undefined ? "" : words.colon + wordsOf(reasons, breaks.reason);
    const text = `${wordsOf(gates, breaks.gate)}${because}`;
    const end = hang(`${this.#symbols.found} `, text, { indent: 4, width: this.#width });
    return [...lines, ...end.map(this.#style.bad)];
  }

  #remedies({ gate, remedies, severity }: ReportFinding, report: Report, short = false): string[] {
    const effects = remedies.map((remedy) => effectOf(remedy, gate ?? report.gateway.admission?.gate));
    // What does not help is named, so that nobody looks for it; it is spelled out only where nothing does,
    // or where the finding is not about the refusal.
    const anyHelps = effects.some((effect) => effect === "admits" || effect === "passes");
    const { verbose } = this.#options;
    let told = 0;
    let untold = 0;
    const lines = remedies.flatMap((remedy, index) => {
      const effect = effects[index] ?? "unknown";
      const letter = String.fromCharCode(65 + (index % 26));
      const isUseless = effect === "refused" && anyHelps;
      const isLate = !isUseless && told >= SPELLED_OUT;
      if (isLate) untold += 1;
      else if (!isUseless) told += 1;
      // Where nobody is refused no gate is passed: what a change would do to the page is said among its steps.
      const shown = severity !== "error" && effect !== "admits" ? "unknown" : effect;
      const brief = (isUseless || isLate) && !verbose;
      return ["", ...this.#remedy(remedy, letter, shown), ...(brief ? [] : this.#howTo(remedy, short))];
    });
    const more = untold > 0 && !verbose ? ["", ...this.#prose(this.#words.words.otherRemedies, 5)] : [];
    return [...lines, ...more];
  }

  #remedy(remedy: ReportRemedy, letter: string, effect: Effect): string[] {
    const { remedies, words, gates } = this.#words;
    const title = fill(entryOf(remedies, remedy.id)?.title ?? remedy.id, remedy.args);
    const first = hang(`${letter}. `, `${title} [${riskText(this.#words, remedy)}]`, {
      indent: 5,
      width: this.#width,
    });
    const lines = first.map(remedy.risk === "weakens-security" ? this.#style.warn : this.#style.strong);
    if (effect === "unknown") return lines;
    const { after } = remedy;
    const gate = typeof after === "object" ? wordsOf(gates, after.refusedAt) : "";
    const text = { admits: words.admits, passes: words.passes, waits: words.waits, refused: words.refusedAt }[
      effect
    ];
    const mark = effect === "refused" ? this.#symbols.found : this.#symbols.healthy;
    const tone = effect === "refused" ? this.#style.warn : this.#style.good;
    return [...lines, ...hang(`${mark} `, fill(text, { gate }), { indent: 8, width: this.#width }).map(tone)];
  }

  #howTo(remedy: ReportRemedy, short: boolean): string[] {
    const text = entryOf(this.#words.remedies, remedy.id);
    const prose = (short ? [text?.caution] : [text?.what, text?.caution]).filter(
      (part) => part !== undefined,
    );
    return [
      ...prose.flatMap((part) => this.#prose(fill(part, remedy.args), 8)),
      ...this.#unproven(remedy, 8),
      ...remedy.actions.flatMap((action, index) => this.#action(action, index + 1)),
    ];
  }

  #unproven({ unproven = [] }: ReportRemedy, indent: number): string[] {
    return unproven.flatMap((one) => this.#prose(unprovenText(this.#words, one), indent));
  }

  #action(action: RemedyAction, number: number): string[] {
    if (action.kind === "command") {
      const { command, placeholders = [] } = action;
      const line = `        ${number}. ${this.#style.command(command)}`;
      if (placeholders.length === 0) return [line];
      const text = fill(this.#words.words.fillIn, {
        placeholders: placeholders.join(this.#words.words.comma),
      });
      return [line, ...hang("", text, { indent: 11, width: this.#width }).map(this.#style.dim)];
    }
    const text = wordsOf(this.#words.human, action.message, action.args);
    return hang(`${number}. `, text, { indent: 8, width: this.#width });
  }

  /** The other causes that the evidence fits, each with the question that separates them. */
  #otherCauses({ tellApart = [] }: ReportFinding): string[] {
    const { words, tellApart: questions, human } = this.#words;
    return tellApart.flatMap(({ from, message, args, action }) => {
      const title = causeText(this.#words, from)?.title ?? from;
      const question = wordsOf(questions, message, args);
      const how =
        action === undefined
          ? []
          : action.kind === "command"
            ? [`     ${this.#style.command(action.command)}`]
            : hang("", wordsOf(human, action.message, action.args), { indent: 5, width: this.#width });
      return [...this.#section(words.tellApart, fill(words.otherCause, { title, question })), ...how];
    });
  }

  #evidence(evidence: readonly Evidence[]): string[] {
    if (evidence.length === 0) return [];
    const { words } = this.#words;
    const shown = this.#options.verbose ? evidence : evidence.slice(0, 2);
    const rest = evidence.length - shown.length;
    const more = rest > 0 ? [`     ${this.#style.dim(fill(words.more, { count: rest }))}`] : [];
    return [
      "",
      `   ${this.#style.strong(words.evidence)}`,
      ...shown.flatMap((one) => this.#quote(one, 5)),
      ...more,
    ];
  }

  #quote({ source, quote, say, saySource }: Evidence, indent: number): string[] {
    const options = { indent, width: this.#width, cutLongWords: true };
    // A browser's name is long and says least; what follows it says most.
    const brief = quote.replace(/ ua=Mozilla\/.{1,400}? code=/, " ua=Mozilla/... code=");
    const shown = this.#said(say, this.#options.verbose ? quote : safeText(brief, QUOTE));
    return [
      ...hang("", this.#said(saySource, source), options).map(this.#style.dim),
      ...hang("  ", shown, options).map(this.#style.dim),
    ];
  }

  /** Labels stand in a column of their own, so that a finding stays short. */
  #section(name: string, text: string): string[] {
    const { what, why, fix, verify, caveats, tellApart } = this.#words.words;
    const column = Math.max(...[what, why, fix, verify, caveats, tellApart].map(displayWidth)) + 2;
    const label = name + " ".repeat(column - displayWidth(name));
    return hang(label, text, { indent: 3, width: this.#width }).map((line, index) =>
      index === 0 && name !== "" ? line.replace(name, () => this.#style.strong(name)) : line,
    );
  }

  #prose(text: string, indent: number): string[] {
    return hang("", text, { indent, width: this.#width });
  }

  /** A remark in the brackets of the language; nothing for nothing. */
  #inset(text: string): string {
    return text === "" ? "" : fill(this.#words.words.inset, { text });
  }

  #provide(option: string | undefined): string[] {
    if (option === undefined) return [];
    const options = option.split(" or ").join(this.#words.words.or);
    const words = fill(this.#words.words.provide, { option: options });
    return hang(`${this.#symbols.arrow} `, words, { indent: 4, width: this.#width });
  }

  #affects(ids: readonly string[]): string[] {
    if (ids.length === 0 || !this.#options.verbose) return [];
    const { words } = this.#words;
    const text = fill(words.affects, { ids: ids.join(words.comma) });
    return hang("", text, { indent: 4, width: this.#width }).map(this.#style.dim);
  }

  #some(ids: readonly string[]): string {
    const { words } = this.#words;
    const shown = this.#options.verbose ? ids : ids.slice(0, 4);
    const rest = ids.length - shown.length;
    return [...shown, ...(rest > 0 ? [fill(words.more, { count: rest })] : [])].join(words.comma);
  }

  /** The tool's own sentence in the reader's language; `text` where it is somebody else's. */
  #said(say: Saying | undefined, text: string): string {
    return (say && sentenceOf(this.#words, say)) ?? text;
  }

  #because(check: CheckResult | undefined, why: string): string {
    const { facts, words } = this.#words;
    if (check?.say === undefined) return why;
    const lacks = check.lacks === undefined ? "" : wordsOf(facts, check.lacks) + words.colon;
    return lacks + this.#said(check.say, why);
  }

  #bullet(text: string): string[] {
    return hang(`${this.#symbols.bullet} `, text, { indent: 2, width: this.#width });
  }

  #heading(text: string): string {
    return this.#style.strong(text);
  }

  #tone(verdict: Report["verdict"]): (text: string) => string {
    const { good, bad, warn } = this.#style;
    return { healthy: good, found: bad, undetermined: warn }[verdict];
  }

  #severityTone(severity: ReportFinding["severity"], line: string): string {
    const { bad, warn, strong } = this.#style;
    return { error: bad, warning: warn, info: strong }[severity](line);
  }
}

function withTitle(title: string, text: string, colon: string): string {
  return title === "" ? text : `${title}${colon}${text}`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
