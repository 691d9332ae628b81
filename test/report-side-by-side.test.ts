import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { displayWidth } from "../src/report/layout.ts";
import { catalogueOf, sentenceOf } from "../src/report/messages/index.ts";
import type { RemedyAction, Report } from "../src/report/result.ts";
import { renderTerminal } from "../src/report/terminal.ts";
import {
  blocksOf,
  GUTTER,
  languages,
  NOT_FIRST,
  NOT_LAST,
  type Pages,
  sideBySide,
  WIDTH,
} from "./support/side-by-side.ts";
import { diagnoseSituation, situations } from "./support/situation.ts";

// The same report in both languages, as two terminals of 80 columns beside each other would show it.
// After a wanted change: UPDATE_GOLDEN=1, then read the difference.
const SHOWN = [
  "classic-2026.3.13",
  "proxy-2026.9.6",
  "two-pages-two-gates",
  "release-unknown",
  "only-4008",
  "token-mismatch",
  "docker-foretold-2026.3.13",
];
/** A command in the middle of a sentence: a person's step, which is typed as it stands. */
const SPOKEN_COMMAND = /`(?:openclaw|docker|kubectl|ssh|sudo|pairing-doctor) [^`]+`/;

async function pagesOf(report: Report): Promise<Pages> {
  const options = { width: WIDTH, unicode: true, color: false, box: true } as const;
  const page = async (lang: (typeof languages)[number]) =>
    (await renderTerminal(report, { ...options, lang })).trimEnd().split("\n");
  return { en: await page("en"), zh: await page("zh") };
}

function commandsOf(report: Report): readonly string[] {
  const remedies = report.findings.flatMap((finding) => finding.remedies);
  const actions: readonly RemedyAction[] = [
    ...remedies.flatMap((remedy) => remedy.actions),
    ...report.findings.flatMap(({ tellApart = [] }) => tellApart.flatMap(({ action }) => action ?? [])),
    ...(report.findRelease?.actions ?? []),
  ];
  return [...actions.flatMap((a) => (a.kind === "command" ? [a.command] : [])), report.next].filter(Boolean);
}

/** What a report consists of, whatever its language. */
function skeleton(lines: readonly string[], commands: readonly string[]) {
  const matches = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  return {
    findings: matches(/^\d+\. \S+ (OPD\d{3}) /),
    ids: matches(/^ {3}([a-z0-9]+(?:-[a-z0-9]+)+) · /),
    remedies: matches(/^ {5}([A-Z])\. /),
    steps: matches(/^ {8}(\d+)\. /),
    marks: matches(/^ *([✓✗→·]) /),
    commands: lines.flatMap((line) => commands.filter((command) => line.endsWith(command))),
    blocks: blocksOf(lines).length,
  };
}

describe("English and Chinese side by side", () => {
  const cases = new Map<string, { report: Report; pages: Pages }>();

  before(async () => {
    for (const name of situations()) {
      const report = await diagnoseSituation(name);
      cases.set(name, { report, pages: await pagesOf(report) });
    }
  });

  for (const name of SHOWN) {
    test(name, () => {
      const shown = cases.get(name);
      assert.ok(shown);
      const actual = sideBySide(shown.pages);
      const path = new URL(`../fixtures/report/side-by-side-${name}.txt`, import.meta.url);
      if (process.env.UPDATE_GOLDEN) writeFileSync(path, actual);
      assert.equal(actual, readFileSync(path, "utf8"));
      for (const row of actual.trimEnd().split("\n")) {
        const [left = "", right = "", ...more] = row.split(GUTTER);
        assert.equal(displayWidth(left), WIDTH + 1, row);
        assert.ok(displayWidth(right) <= WIDTH + 1 && more.length === 0, row);
      }
    });
  }

  test("every situation: only commands are wider than the terminal", () => {
    for (const [name, { report, pages }] of cases) {
      const commands = commandsOf(report);
      for (const lang of languages) {
        for (const line of pages[lang].filter((each) => displayWidth(each) > WIDTH)) {
          const isCommand = commands.some((command) => line.endsWith(command)) || SPOKEN_COMMAND.test(line);
          assert.ok(isCommand, `${name} (${lang}): ${line}`);
        }
      }
    }
  });

  test("every situation: the box is a box, in either script", () => {
    for (const [name, { pages }] of cases) {
      for (const lang of languages) {
        const lines = pages[lang];
        const bottom = lines.findIndex((line) => /^╰─+╯$/.test(line));
        assert.match(lines[0] ?? "", /^╭─+╮$/, name);
        assert.ok(bottom > 1 && bottom < 10, `${name} (${lang})`);
        for (const line of lines.slice(0, bottom + 1)) assert.equal(displayWidth(line), WIDTH, line);
        for (const line of lines.slice(1, bottom)) assert.match(line, /^│ .* │$/, `${name} (${lang})`);
      }
    }
  });

  test("every situation: no line of Chinese begins or ends with the wrong punctuation", () => {
    for (const [name, { pages }] of cases) {
      for (const line of pages.zh) {
        const text = line.replace(/^│ | │$/g, "").trim();
        assert.doesNotMatch(text, NOT_FIRST, `${name}: ${line}`);
        assert.doesNotMatch(text, NOT_LAST, `${name}: ${line}`);
      }
    }
  });

  test("every situation: the same findings, remedies, steps and commands in the same order", () => {
    for (const [name, { report, pages }] of cases) {
      const commands = commandsOf(report);
      const english = skeleton(pages.en, commands);
      assert.deepEqual(skeleton(pages.zh, commands), english, name);
      const told = report.findings.map(({ code }) => code);
      assert.deepEqual(english.findings, told, name);
    }
  });

  test("labels stand in one column, and what follows is aligned under itself", () => {
    for (const [name, { pages }] of cases) {
      for (const lang of languages) {
        const { what, why, fix, verify, caveats, tellApart } = catalogueOf(lang).words;
        const labels = [what, why, fix, verify, caveats, tellApart];
        const columns = pages[lang].flatMap((line) => {
          const label = labels.find((each) => line.startsWith(`   ${each} `));
          if (label === undefined) return [];
          const rest = line.slice(3 + label.length);
          return [3 + displayWidth(label) + rest.length - rest.trimStart().length];
        });
        assert.ok(new Set(columns).size <= 1, `${name} (${lang}): ${columns}`);
      }
    }
  });

  test("what the tool says by itself is said in the reader's language", () => {
    let said = 0;
    for (const [name, { report }] of cases) {
      const sentences = [
        ...(report.missing ?? []).map(({ detail, say }) => ({ text: detail, say })),
        ...report.checks
          .filter(({ verdict }) => verdict === "undetermined")
          .map(({ why = "", say, lacks }) => ({ text: why.replace(`${lacks}: `, ""), say })),
      ];
      for (const { text, say } of sentences) {
        assert.ok(say, `${name}: no other language has: ${text}`);
        for (const lang of languages) {
          const sentence = sentenceOf(catalogueOf(lang), say);
          assert.ok(sentence, `${name}: ${say.message} (${lang})`);
          assert.doesNotMatch(sentence, /[{}]/, `${name}: ${say.message} (${lang})`);
        }
        said += 1;
      }
    }
    assert.ok(said > 10);
  });
});
