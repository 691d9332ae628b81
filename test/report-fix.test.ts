// What `fix` says at its ends, in both languages side by side, and its JSON.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { say } from "../src/core/saying.ts";
import { renderFix } from "../src/report/fix.ts";
import { type FixReport, fixDocument } from "../src/report/fix-report.ts";
import { displayWidth } from "../src/report/layout.ts";
import { catalogueOf, sentenceOf } from "../src/report/messages/index.ts";
import { safeValue } from "../src/report/safe.ts";
import { ensureBuilt } from "./support/cli.ts";
import { fixOutcomes, fixReports } from "./support/fix-reports.ts";
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

const HAN = /\p{Script=Han}/u;

function pagesOf(report: FixReport, more: { readonly isShown?: boolean } = {}): Pages {
  const page = (lang: (typeof languages)[number]) =>
    renderFix(report, { lang, width: WIDTH, unicode: true, ...more })
      .trimEnd()
      .split("\n");
  return { en: page("en"), zh: page("zh") };
}

function commandsOf({ remedies, byHand }: FixReport): readonly string[] {
  const actions = [...remedies.flatMap((remedy) => remedy.actions), ...byHand];
  return actions.flatMap((action) => (action.kind === "command" ? [action.command] : []));
}

/** What a page consists of, whatever its language. */
function skeleton(lines: readonly string[], report: FixReport) {
  const matches = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  return {
    blocks: blocksOf(lines).length,
    marks: matches(/^ *([✓✗→·]) /),
    remedies: matches(/^(\d+)\. /),
    diff: matches(/^ {2}([-+]) /),
    codes: matches(/(OPD\d{3}) /),
    commands: lines.flatMap((line) => commandsOf(report).filter((command) => line.endsWith(command))),
  };
}

describe("the ends of a fix, English and Chinese side by side", () => {
  for (const [name, report] of Object.entries(fixReports)) {
    test(name, () => {
      const pages = pagesOf(report);
      const actual = sideBySide(pages);
      const path = new URL(`../fixtures/report/side-by-side-fix-${name}.txt`, import.meta.url);
      if (process.env.UPDATE_GOLDEN) writeFileSync(path, actual);
      assert.equal(actual, readFileSync(path, "utf8"));
      assert.deepEqual(skeleton(pages.zh, report), skeleton(pages.en, report));
      for (const row of actual.trimEnd().split("\n"))
        assert.equal(displayWidth(row.split(GUTTER)[0] ?? ""), WIDTH + 1, row);
      for (const lang of languages)
        for (const line of pages[lang].filter((each) => displayWidth(each) > WIDTH))
          assert.ok(
            commandsOf(report).some((command) => line.endsWith(command)),
            line,
          );
      for (const line of pages.zh) {
        assert.doesNotMatch(line.trim(), NOT_FIRST);
        assert.doesNotMatch(line.trim(), NOT_LAST);
      }
    });
  }

  test("the headline of every end is said in both languages", () => {
    const outcomes = { en: catalogueOf("en").fix.outcomes, zh: catalogueOf("zh").fix.outcomes };
    assert.deepEqual(Object.keys(outcomes.en).sort(), [...fixOutcomes].sort());
    for (const outcome of fixOutcomes) {
      assert.match(outcomes.zh[outcome], HAN);
      assert.doesNotMatch(outcomes.en[outcome], HAN);
    }
  });

  test("labels of a request stand in one column", () => {
    for (const lang of languages) {
      const lines = pagesOf(fixReports["planned-approval"] as FixReport)[lang];
      const { requestId, scopes } = catalogueOf(lang).fix;
      const columnOf = (label: string, text: string) => {
        const line = lines.find((each) => each.startsWith(`  ${label}`) && each.includes(text)) ?? "";
        return displayWidth(line.slice(0, line.indexOf(text)));
      };
      assert.ok(columnOf(requestId, "0b0e7a10") > 4, lang);
      assert.equal(columnOf(requestId, "0b0e7a10"), columnOf(scopes, "operator.admin"), lang);
    }
  });

  test("what stood above the question is not said again", () => {
    const { declined } = fixReports;
    assert.ok(declined);
    const whole = pagesOf(declined).en.join("\n");
    const brief = pagesOf(declined, { isShown: true }).en.join("\n");
    assert.ok(whole.includes("operator.admin") && !brief.includes("operator.admin"));
    assert.ok(brief.startsWith("→ Nothing was changed."));
  });
});

test("what is filled in is carried over, and a sentence in a sentence is in the same language", () => {
  const [en, zh] = [catalogueOf("en"), catalogueOf("zh")];
  assert.equal(sentenceOf(zh, say("request-not-waiting", { id: "r1" })), "请求 r1 已不再等待");
  const why = say("place-not-written", { place: "/home/a", code: "EROFS" });
  assert.match(sentenceOf(zh, say("journal-unkept", { why })) ?? "", /无法写入 \/home\/a（EROFS）/);
  assert.equal(sentenceOf(zh, say("refused-at", { gate: "pairing" })), `仍在此处被拒绝：${zh.gates.pairing}`);
  assert.equal(sentenceOf(en, { message: "of-a-later-release" }), undefined);
  const page = pagesOf({ ...(fixReports["rolled-back"] as FixReport) }).zh.join("\n");
  assert.ok(page.includes(zh.gates.pairing ?? "?"));
});

describe("the JSON of a fix", () => {
  const schema = JSON.parse(
    readFileSync(new URL("../src/report/schema/fix.schema.json", import.meta.url), "utf8"),
  );
  const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);
  const problems = (report: unknown) => {
    validate(JSON.parse(JSON.stringify(report)));
    return validate.errors ?? [];
  };

  test("fits its schema, whatever the end", () => {
    for (const report of Object.values(fixReports)) {
      const document = fixDocument(report);
      assert.deepEqual(problems(safeValue(document)), []);
      for (const outcome of fixOutcomes) assert.deepEqual(problems({ ...document, outcome }), []);
    }
  });

  test("the package brings the schema", async () => {
    const shipped = readFileSync(join(dirname(ensureBuilt()), "fix.schema.json"), "utf8");
    assert.deepEqual(JSON.parse(shipped), schema);
  });

  test("what does not fit is told", () => {
    const planned = fixDocument(fixReports.planned as FixReport);
    for (const wrong of [
      { ...planned, outcome: "done" },
      { ...planned, risk: "high" },
      { ...planned, diff: ["no sign"] },
      { ...planned, how: undefined },
      { ...planned, requests: [{ requestId: "r" }] },
      { ...planned, alternatives: [{ remedies: ["a"] }] },
    ])
      assert.notDeepEqual(problems(wrong), [], JSON.stringify(wrong).slice(0, 60));
  });
});
