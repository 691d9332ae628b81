// What a Chinese reader gets is Chinese: every report of fixtures/situations, and every end of a fix, has no sentence in
// Latin letters but commands, names and what other programs wrote.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Evidence } from "../src/core/facts.ts";
import { safeText } from "../src/core/text.ts";
import { renderFix } from "../src/report/fix.ts";
import { renderHuman } from "../src/report/human.ts";
import type { RemedyAction, Report } from "../src/report/result.ts";
import { fixReports } from "./support/fix-reports.ts";
import { latinSentences } from "./support/latin.ts";
import { diagnoseSituation, situations } from "./support/situation.ts";

/** What was quoted, as far as it is not the tool's own words, which have a language. */
function quotesOf(evidence: readonly Evidence[]): readonly string[] {
  return evidence.flatMap(({ source, quote, say, saySource }) => [
    ...(say === undefined ? cut(quote) : []),
    ...(saySource === undefined ? [source] : []),
  ]);
}

/** Whole, and as a brief report cuts it. */
function cut(quote: string): readonly string[] {
  const brief = quote.replace(/ ua=Mozilla\/.{1,400}? code=/, " ua=Mozilla/... code=");
  return [quote, safeText(brief, 240)];
}

function commandsOf(actions: readonly RemedyAction[]): readonly string[] {
  return actions.flatMap((action) => (action.kind === "command" ? [action.command] : []));
}

function othersOf(report: Report): readonly string[] {
  const { findings, notes = [], gateway, page, ahead, findRelease, next, target } = report;
  return [
    ...findings.flatMap(({ evidence }) => quotesOf(evidence)),
    // A reason that no language has is the gateway's own words.
    ...findings.flatMap(({ args = {} }) => (typeof args.reason === "string" ? [args.reason] : [])),
    // What is not one of our sentences, somebody else said.
    ...findings.flatMap(({ args = {}, detail }) =>
      detail === undefined && typeof args.detail === "string" ? [args.detail] : [],
    ),
    ...notes.flatMap(({ evidence = [] }) => quotesOf(evidence)),
    ...findings.flatMap(({ remedies, tellApart = [] }) => [
      ...remedies.flatMap(({ actions }) => commandsOf(actions)),
      ...tellApart.flatMap(({ action }) => (action === undefined ? [] : commandsOf([action]))),
    ]),
    ...commandsOf(findRelease?.actions ?? []),
    // The gateway's own words, as the browser shows them.
    ...[gateway.admission, ...ahead].flatMap((answer) => answer?.closeReason ?? []),
    page?.shows ?? "",
    target.name,
    next,
  ];
}

describe("a situation told in Chinese", () => {
  for (const name of situations())
    test(name, async () => {
      const report = await diagnoseSituation(name);
      for (const verbose of [false, true]) {
        const page = renderHuman(report, { lang: "zh", width: 100, unicode: true, verbose });
        assert.match(page, /\p{Script=Han}/u);
        assert.deepEqual(latinSentences(page, othersOf(report)), [], verbose ? "verbose" : "brief");
      }
    });
});

describe("an end of a fix told in Chinese", () => {
  for (const [name, report] of Object.entries(fixReports))
    test(name, () => {
      const page = renderFix(report, { lang: "zh", width: 100, unicode: true });
      const commands = [...report.remedies.map(({ actions }) => actions), report.byHand].flatMap(commandsOf);
      assert.deepEqual(latinSentences(page, [...commands, ...report.diff]), []);
    });
});
