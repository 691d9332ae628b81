import type { DiffEntry } from "../core/change.ts";
import type { Exposure } from "../core/facts.ts";
import type { WhyNot } from "../core/plan.ts";
import type { Saying } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import type { FixOutcome, FixReport, FixRequest } from "./fix-report.ts";
import { displayWidth, hang } from "./layout.ts";
import {
  type Catalogue,
  catalogueOf,
  causeText,
  entryOf,
  fill,
  type Lang,
  sentenceOf,
  wordsOf,
} from "./messages/index.ts";
import { releaseText } from "./release-text.ts";
import type { RemedyAction } from "./result.ts";
import { riskText } from "./risk-text.ts";
import { safeValue } from "./safe.ts";
import { asciiSymbols, plainStyle, type Style, type Symbols, unicodeSymbols } from "./style.ts";
import { unprovenText } from "./unproven-text.ts";

/** Lines for people: `- gateway.bind: "lan"`, `+ gateway.bind: "loopback"`; `-NAME=…` with `=` between. */
export function changeLines(diff: readonly DiffEntry[], between: ": " | "=" = ": "): readonly string[] {
  const sign = (mark: "-" | "+") => (between === "=" ? mark : `${mark} `);
  return diff.flatMap((entry) => {
    if (typeof entry === "string") return entry;
    const { key, before, after } = entry;
    return [
      ...(before === undefined ? [] : [`${sign("-")}${key}${between}${before}`]),
      ...(after === undefined ? [] : [`${sign("+")}${key}${between}${after}`]),
    ];
  });
}
export interface FixOptions {
  readonly lang: Lang;
  readonly width: number;
  readonly unicode: boolean;
  readonly style?: Style;
  readonly exposure?: Exposure;
  /** The plan stands above, where the question was. */
  readonly isShown?: boolean;
}

/** The plan or its outcome for a person. Commands are never wrapped and never shortened. */
export function renderFix(raw: FixReport, options: FixOptions): string {
  const report = safeFix(raw);
  const page = new FixPage(catalogueOf(options.lang), options);
  const { outcome } = report;
  const isBack = outcome === "rolled-back" || outcome === "stuck";
  const isDone = DONE.has(outcome) || isBack;
  // What a plan says is of no use once it was carried out, or stands above the question that was just answered.
  const blocks = [
    page.headline(report),
    // What only a person can do comes first: nothing else of the report is to be typed.
    ...(outcome === "by-hand" ? [page.byHand(report)] : []),
    page.remedies(report, isDone || options.isShown === true),
    ...(options.isShown === true || isBack
      ? []
      : [page.requests(report), page.diff(report), page.files(report)]),
    page.refused(report),
    ...(options.isShown === true || isDone ? [] : [page.writes(report), page.notes(report)]),
    page.how(report, isBack),
    page.remains(report),
    ...(isBack || outcome === "by-hand" ? [] : [page.byHand(report)]),
    ...(isBack ? [] : [page.see(report)]),
    ...(DONE.has(outcome) || options.isShown === true ? [] : [page.alternatives(report)]),
    ...(isDone || options.isShown === true ? [] : [page.popular(report)]),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

/** Something was changed, or taken back, and that is the end of it. */
const DONE: ReadonlySet<FixOutcome> = new Set(["kept", "unproven", "partly", "undone", "undone-in-part"]);

/** Reasons for which another choice comes first, and this one is done all the same where somebody asks for it. */
const MAY_BE_NAMED: ReadonlySet<string> = new Set([
  "less-safe-way",
  "grants-more",
  "more-disruption",
  "recommended-otherwise",
  "more-steps",
] satisfies WhyNot[]);

/** Every text printable, every list bounded. */
export function safeFix(report: FixReport): FixReport {
  return safeValue(report) as FixReport;
}

/** Each method gives the lines of one block, `[]` when there is nothing for it. */
class FixPage {
  readonly #words: Catalogue;
  readonly #style: Style;
  readonly #symbols: Symbols;
  readonly #width: number;

  constructor(words: Catalogue, options: FixOptions) {
    this.#words = words;
    this.#style = options.style ?? plainStyle;
    this.#symbols = options.unicode ? unicodeSymbols : asciiSymbols;
    this.#width = Math.min(Math.max(options.width, 40), 120);
  }

  headline({ outcome, finding, gate, detail, left, target, gateway, remains = [] }: FixReport): string[] {
    const { fix, words, gates } = this.#words;
    const isOpen = outcome === "kept" && remains.length > 0;
    const good = !isOpen && (outcome === "kept" || outcome === "undone" || outcome === "healthy");
    const open =
      isOpen ||
      outcome === "planned" ||
      outcome === "by-hand" ||
      outcome === "declined" ||
      outcome === "nothing-to-undo" ||
      outcome === "partly" ||
      outcome === "unproven" ||
      outcome === "would-refuse";
    const symbol = good ? this.#symbols.healthy : open ? this.#symbols.arrow : this.#symbols.found;
    const tone = good ? this.#style.good : open ? this.#style.strong : this.#style.bad;
    const cause = finding && causeText(this.#words, finding.id, finding.variant, finding.args)?.title;
    const place = [releaseText(this.#words, gateway), target.kind, target.name].join(
      ` ${this.#symbols.bullet} `,
    );
    const said = left ?? (detail === undefined ? [] : [detail]);
    return [
      ...hang(
        `${symbol} `,
        fill(isOpen ? fix.keptOpen : fix.outcomes[outcome], {
          count: remains.length,
          gate: wordsOf(gates, gate ?? "unknown"),
        }),
        {
          indent: 0,
          width: this.#width,
        },
      ).map(tone),
      ...(finding === undefined
        ? []
        : hang("", `${finding.code} ${finding.id}${words.colon}${cause ?? ""}`, {
            indent: 2,
            width: this.#width,
          })),
      ...hang("", place, { indent: 2, width: this.#width }).map(this.#style.dim),
      ...hang("", said.map((one) => this.#told(one)).join(words.semicolon), {
        indent: 2,
        width: this.#width,
      }),
    ];
  }

  remedies({ remedies }: FixReport, isBrief: boolean): string[] {
    return remedies.flatMap((remedy, index) => {
      const { remedies: texts } = this.#words;
      const text = entryOf(texts, remedy.id);
      const title = fill(text?.title ?? remedy.id, remedy.args);
      const prose = (part: string | undefined) =>
        part === undefined ? [] : hang("", fill(part, remedy.args), { indent: 3, width: this.#width });
      const tone = remedy.risk === "weakens-security" ? this.#style.warn : this.#style.strong;
      return [
        ...(index === 0 || isBrief ? [] : [""]),
        ...hang(`${index + 1}. `, `${title} [${riskText(this.#words, remedy)}]`, {
          indent: 0,
          width: this.#width,
        }).map(tone),
        ...(isBrief
          ? []
          : [
              ...prose(text?.caution),
              ...(remedy.unproven ?? []).flatMap((one) => prose(unprovenText(this.#words, one))),
              ...remedy.actions.flatMap((action) => this.#action(action)),
              ...prose(text?.what),
            ]),
      ];
    });
  }

  requests({ requests, candidates = [] }: FixReport): string[] {
    const { fix } = this.#words;
    return [
      ...(requests.length === 0 ? [] : [this.#style.strong(fix.request)]),
      ...requests.flatMap((request) => this.#request(request)),
      ...(candidates.length === 0 ? [] : [this.#style.strong(fix.candidates)]),
      ...candidates.flatMap((request, index) => [`  ${index + 1}.`, ...this.#request(request)]),
      ...(candidates.length === 0 ? [] : hang("", fix.nameRequest, { indent: 2, width: this.#width })),
    ];
  }

  #request(request: FixRequest): string[] {
    const { fix, words } = this.#words;
    const { requestId, deviceId, client, platform, address, age, role, scopes } = request;
    const minutes = age === undefined ? 0 : Math.floor(age / 60);
    const rows: readonly (readonly [string, string | undefined])[] = [
      [fix.requestId, requestId],
      [fix.device, [client, platform, deviceId].filter((part) => part !== undefined).join(words.comma)],
      [fix.address, address ?? fix.unknown],
      [
        fix.age,
        age === undefined
          ? fix.unknown
          : minutes < 2
            ? fill(fix.seconds, { seconds: age })
            : fill(fix.minutes, { minutes }),
      ],
      [fix.role, role ?? fix.unknown],
      [fix.scopes, scopes.length === 0 ? fix.noScopes : scopes.join(words.comma)],
    ];
    const label = (name: string) => `${name}${words.colon}`.trimEnd();
    const widest = Math.max(...rows.map(([name]) => displayWidth(label(name))));
    return rows.flatMap(([name, text]) => {
      const gap = " ".repeat(widest - displayWidth(label(name)) + 1);
      return hang(`${label(name)}${gap}`, text ?? "", { indent: 2, width: this.#width });
    });
  }

  diff({ diff }: FixReport): string[] {
    if (diff.length === 0) return [];
    const toned = diff.map((line) =>
      line.startsWith("+") ? this.#style.good(line) : line.startsWith("-") ? this.#style.bad(line) : line,
    );
    return [this.#style.strong("openclaw.json"), ...toned.map((line) => `  ${line}`)];
  }

  files({ files }: FixReport): string[] {
    return files.flatMap(({ path, lines }, index) => [
      ...(index === 0 ? [] : [""]),
      this.#style.strong(path ?? this.#words.fix.siteFile),
      ...lines.map((line) => (line === "" ? "" : `  ${line}`)),
    ]);
  }

  writes({ writes }: FixReport): string[] {
    if (writes.length === 0) return [];
    return [this.#style.strong(this.#words.fix.writes), ...writes.map((path) => `  ${safeText(path, 1000)}`)];
  }

  notes({ notes }: FixReport): string[] {
    return notes.flatMap(({ message, args }) =>
      this.#bullet(wordsOf(this.#words.fix.notes, message, args)).map(this.#style.warn),
    );
  }

  refused({ refused }: FixReport): string[] {
    if (refused.length === 0) return [];
    return [
      this.#style.strong(this.#words.fix.refused),
      ...refused.flatMap(({ why }) => this.#bullet(this.#told(why))),
    ];
  }

  byHand({ byHand }: FixReport): string[] {
    if (byHand.length === 0) return [];
    return [this.#style.strong(this.#words.fix.byHand), ...byHand.flatMap((action) => this.#action(action))];
  }

  how({ how }: FixReport, isBack: boolean): string[] {
    if (how.length === 0) return [];
    const { done, takenBack } = this.#words.fix;
    return [
      this.#style.strong(isBack ? takenBack : done),
      ...how.flatMap((line) => this.#bullet(this.#told(line))),
    ];
  }

  remains({ remains = [] }: FixReport): string[] {
    if (remains.length === 0) return [];
    const { colon } = this.#words.words;
    return [
      this.#style.strong(this.#words.fix.remains),
      ...remains.flatMap(({ code, id, variant, args }) =>
        this.#bullet(`${code} ${id}${colon}${causeText(this.#words, id, variant, args)?.title ?? ""}`),
      ),
    ];
  }

  see({ see }: FixReport): string[] {
    if (see.length === 0) return [];
    const { fix } = this.#words;
    return [
      this.#style.strong(this.#words.words.verify),
      ...see.flatMap(({ message, args }) => this.#bullet(wordsOf(fix.see, message, args))),
    ];
  }

  alternatives({ outcome, alternatives }: FixReport): string[] {
    if (alternatives.length === 0) return [];
    const { fix, words, remedies, gates } = this.#words;
    return [
      this.#style.strong(fix.alternatives),
      ...alternatives.flatMap(({ remedies: ids, args, whyNot, gate }) => {
        const names = ids.map((id) => fill(entryOf(remedies, id)?.title ?? id, args)).join(" + ");
        const why = wordsOf(fix.whyNot, whyNot, { gate: gate === undefined ? "" : wordsOf(gates, gate) });
        return this.#bullet(`${names}${words.colon}${why}`);
      }),
      ...(outcome === "by-hand" ? this.#nameOther(alternatives) : []),
    ];
  }

  /** The last of a set tells it from the others. */
  #nameOther(alternatives: FixReport["alternatives"]): string[] {
    const ids = alternatives.flatMap(({ remedies, whyNot }) =>
      MAY_BE_NAMED.has(whyNot) ? remedies.slice(-1) : [],
    );
    if (ids.length === 0) return [];
    const commands = [...new Set(ids)].map((id) => `\`fix --remedy ${id}\``).join(this.#words.words.comma);
    return this.#bullet(fill(this.#words.fix.nameOther, { commands }));
  }

  popular({ popular }: FixReport): string[] {
    if (popular.length === 0) return [];
    const { fix, words, gates } = this.#words;
    return [
      this.#style.strong(fix.popular),
      ...popular.flatMap(({ id, verdict, gate }) => {
        const why = wordsOf(fix.popularVerdicts, verdict, {
          gate: gate === undefined ? "" : wordsOf(gates, gate),
        });
        return this.#bullet(`${wordsOf(fix.popularAdvice, id)}${words.colon}${why}`);
      }),
    ];
  }

  #told(saying: Saying): string {
    return sentenceOf(this.#words, saying) ?? saying.message;
  }

  #action(action: RemedyAction): string[] {
    if (action.kind === "command") return [`     ${this.#style.command(action.command)}`];
    const text = wordsOf(this.#words.human, action.message, action.args);
    return hang(`${this.#symbols.bullet} `, text, { indent: 3, width: this.#width });
  }

  #bullet(text: string): string[] {
    return hang(`${this.#symbols.bullet} `, safeText(text, 600), { indent: 2, width: this.#width });
  }
}
