import { findCheck } from "../core/check.ts";
import type { Severity } from "../core/finding.ts";
import { safeText } from "../core/text.ts";
import { displayWidth, hang } from "./layout.ts";
import { type Catalogue, catalogueOf, causeText, entryOf, type Lang } from "./messages/index.ts";
import { plainStyle, type Style } from "./style.ts";

/** What `explain` and `checks` need of a check; every `Check` fits. */
export interface CheckEntry {
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
}

export interface ExplainOptions {
  readonly lang: Lang;
  readonly width: number;
  readonly style?: Style;
}

export type Explanation =
  | { readonly found: true; readonly id: string; readonly text: string }
  /** `suggestions`: the nearest ids, best first, at most three. */
  | { readonly found: false; readonly suggestions: readonly string[] };

/** `explain ID` or `explain CODE`: what a finding means, offline. Case does not matter. */
export function explain(
  idOrCode: string,
  checks: readonly CheckEntry[],
  options: ExplainOptions,
): Explanation {
  const words = catalogueOf(options.lang);
  const asked = safeText(idOrCode, 100).trim().toLowerCase();
  const check = findCheck(asked, checks);
  const id = check?.id ?? asked;
  const text = causeText(words, id);
  if (!text) return { found: false, suggestions: nearest(asked, knownIds(checks, words)) };

  const { style = plainStyle } = options;
  const width = Math.min(Math.max(options.width, 40), 120);
  const labels = words.words;
  const column = Math.max(
    ...[labels.what, labels.why, labels.fix, labels.verify, labels.caveats].map(displayWidth),
  );
  const section = (name: string, body: string) =>
    hang(name + " ".repeat(column + 2 - displayWidth(name)), body, { indent: 0, width }).map((line, index) =>
      index === 0 ? line.replace(name, () => style.strong(name)) : line,
    );
  const severity = check === undefined ? [] : [words.severities[check.severity], check.code];
  const variants = Object.keys(entryOf(words.causes, id)?.variants ?? {}).map(
    (variant) => causeText(words, id, variant)?.title ?? variant,
  );
  const lines = [
    ...hang("", text.title, { indent: 0, width }).map(style.strong),
    style.dim([...severity, id].join("  ")),
    "",
    ...section(labels.what, text.what),
    "",
    ...section(labels.why, text.why),
    "",
    ...section(labels.fix, text.fix),
    "",
    ...section(labels.verify, text.verify),
    ...(text.caveats === undefined ? [] : ["", ...section(labels.caveats, text.caveats)]),
    ...(variants.length === 0 ? [] : ["", style.strong(labels.variants)]),
    ...variants.flatMap((title) => hang("- ", title, { indent: 2, width })),
  ];
  return { found: true, id, text: `${lines.join("\n")}\n` };
}

/** The list of `checks`: code, id, and the sentence that holds when all is well. */
export function checkList(checks: readonly CheckEntry[], options: ExplainOptions): string {
  const { style = plainStyle, lang, width } = options;
  const words = catalogueOf(lang);
  const lines = checks.flatMap(({ id, code }) => [
    `${style.strong(code)}  ${style.command(id)}`,
    ...hang("", causeText(words, id)?.healthy ?? words.words.unknownCause, {
      indent: 8,
      width: Math.min(Math.max(width, 40), 120),
    }),
  ]);
  return `${[...lines, "", style.dim(words.words.explainMore)].join("\n")}\n`;
}

function knownIds(checks: readonly CheckEntry[], words: Catalogue): string[] {
  return [...new Set([...checks.map(({ id }) => id), ...Object.keys(words.causes)])];
}

/** The ids that share the most letter pairs with what was asked (Dice's coefficient). */
export function nearest(asked: string, ids: readonly string[], most = 3): string[] {
  const pairs = pairsOf(asked);
  return ids
    .map((id) => ({ id, score: similarity(pairs, pairsOf(id)) }))
    .filter(({ score }) => score >= 0.35)
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, most)
    .map(({ id }) => id);
}

function pairsOf(text: string): Set<string> {
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < text.length; i += 1) pairs.add(text.slice(i, i + 2));
  return pairs;
}

function similarity(a: Set<string>, b: Set<string>): number {
  if (a.size + b.size === 0) return 0;
  let common = 0;
  for (const pair of a) if (b.has(pair)) common += 1;
  return (2 * common) / (a.size + b.size);
}
