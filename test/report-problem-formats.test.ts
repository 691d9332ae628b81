// JUnit, SARIF, GitHub's annotations, GitLab's Code Quality: of every situation and of every end of a fix.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { Ajv } from "ajv";
import type { FixReport } from "../src/report/fix-report.ts";
import { withoutCommands } from "../src/report/formats/github.ts";
import { formatOf } from "../src/report/formats.ts";
import type { Look, Made } from "../src/report/formatter.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import { problemsOf } from "../src/report/problems.ts";
import type { Report } from "../src/report/result.ts";
import { stepSummary } from "../src/report/step-summary.ts";
import { fixReports } from "./support/fix-reports.ts";
import { diagnoseSituation, situations } from "./support/situation.ts";

const FORMATS = ["junit", "sarif", "github", "gitlab"] as const;
const LOOK: Look = { lang: "en", verbose: false, width: 80, unicode: true, color: false, box: false };

// The schema of the OASIS standard as published (release candidate 5 of its schema, from npm: @microsoft/jest-sarif
// 1.0.0-beta.0, MIT). Its draft 4 differs from what Ajv reads in `id` alone, as far as it goes here.
const {
  $schema: _draft,
  id: _id,
  ...sarifSchema
} = JSON.parse(readFileSync(new URL("sarif/sarif-2.1.0-rtm.5.json", import.meta.url), "utf8")) as Record<
  string,
  unknown
>;
const isSarif = new Ajv({
  strict: false,
  allErrors: true,
  validateFormats: false,
  unicodeRegExp: false,
}).compile(sarifSchema);

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
    }[];
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
  }[];
}

const page = (made: Made) => ("page" in made ? made.page : JSON.stringify(made.document));

/** Elements of an XML text; throws where it is not well-formed in what is used of XML here. */
function elements(xml: string): { name: string; attributes: Record<string, string> }[] {
  assert.match(xml, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/);
  const body = xml.slice(xml.indexOf("\n") + 1);
  const open: string[] = [];
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const tag = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g;
  for (const [, closes, name = "", attributes = "", alone] of body.matchAll(tag)) {
    if (closes === "/") assert.equal(open.pop(), name);
    else {
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
        key,
        value,
      ]);
      found.push({ name, attributes: Object.fromEntries(pairs) });
      if (alone !== "/") open.push(name);
    }
  }
  assert.deepEqual(open, []);
  const text = body.replace(tag, "");
  assert.doesNotMatch(text, /[<>]|&(?!amp;|lt;|gt;|quot;|apos;)/);
  return found;
}

function assertJunit(xml: string): void {
  const all = elements(xml);
  const suite = all.find(({ name }) => name === "testsuite");
  const count = (name: string) => String(all.filter((one) => one.name === name).length);
  assert.equal(suite?.attributes.tests, count("testcase"));
  assert.equal(suite?.attributes.failures, count("failure"));
  assert.equal(suite?.attributes.errors, count("error"));
  assert.equal(suite?.attributes.skipped, count("skipped"));
}

function assertSarif(made: Made): Sarif {
  assert.ok("document" in made);
  assert.ok(isSarif(made.document), JSON.stringify(isSarif.errors?.slice(0, 3), null, 1));
  const sarif = made.document as Sarif;
  for (const { tool, results } of sarif.runs)
    for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  return sarif;
}

function assertCommands(text: string): void {
  for (const line of text.trimEnd().split("\n"))
    assert.match(line, /^::(?:error|warning|notice) title=[^:,\n]*::[^\n]+$/);
}

for (const lang of ["en", "zh"] as const)
  describe(`every situation: ${lang}`, () => {
    for (const name of situations())
      test(name, async () => {
        const report = await diagnoseSituation(name);
        const made = Object.fromEntries(
          await Promise.all(
            FORMATS.map(async (format) => [
              format,
              await (await formatOf(format).load()).report(report, { ...LOOK, lang }),
            ]),
          ),
        ) as Record<(typeof FORMATS)[number], Made>;
        assertJunit(page(made.junit));
        assertCommands(page(made.github));
        const [run] = assertSarif(made.sarif).runs;
        assert.equal(run?.results.length, report.findings.length);
        assert.equal(run?.invocations[0]?.executionSuccessful, report.verdict !== "undetermined");
        const { state } = problemsOf(report, catalogueOf(lang));
        // What nobody could look at is green nowhere.
        if (report.verdict === "undetermined") {
          assert.equal(state, "open");
          assert.match(page(made.junit), /<error message=/);
          assert.match(page(made.github), /^::error /);
          assert.match(page(made.gitlab), /"undetermined"/);
        }
        assert.equal(
          /<failure message=/.test(page(made.junit)),
          report.findings.some(({ severity }) => severity === "error"),
        );
      });
  });

describe("every end of a fix", () => {
  for (const [name, report] of Object.entries(fixReports))
    for (const format of FORMATS)
      test(`${name}: ${format}`, async () => {
        const made = (await formatOf(format).load()).fix(report as FixReport, { ...LOOK, isShown: false });
        if (format === "junit") assertJunit(page(made));
        if (format === "sarif") assertSarif(made);
        if (format === "github") assertCommands(page(made));
        if (format === "gitlab") assert.ok("document" in made && Array.isArray(made.document));
      });
});

describe("hostile words", () => {
  const EVIL = "]]></failure>&\"'<x>\n::set-output name=a::b\r%0A,: `@someone` [x](y) <img src=z> ```";
  let report: Report;
  before(async () => {
    const plain = await diagnoseSituation(situations()[0] ?? "");
    const [finding] = plain.findings;
    assert.ok(finding);
    const evidence = [{ fact: "logs" as const, source: EVIL, quote: EVIL }];
    report = {
      ...plain,
      target: { ...plain.target, name: EVIL },
      findings: [{ ...finding, id: "unheard-of", code: "OPD999", args: { origin: EVIL }, evidence }],
      checks: [{ id: EVIL, code: "OPD999", verdict: "crashed", why: EVIL }],
    };
  });

  for (const format of FORMATS)
    test(format, async () => {
      const made = await (await formatOf(format).load()).report(report, LOOK);
      if (format === "junit") assertJunit(page(made));
      if (format === "sarif") assertSarif(made);
      if (format === "github") assertCommands(page(made));
    });

  test("a step's summary", () => {
    const text = stepSummary(problemsOf(report, catalogueOf("en")), catalogueOf("en"));
    const outside = text.replace(/(`{3,})sh\n[\s\S]*?\n\1/g, "").replace(/`[^`\n]*`/g, "");
    assert.doesNotMatch(outside, /<img|\[x\]|@someone/);
  });

  test("a page has no workflow commands", () => {
    assert.equal(
      withoutCommands("a\n  ::error::b\n\t::c\nd ::e\n##[group]f"),
      "a\n  : :error::b\n\t: :c\nd ::e\n## [group]f",
    );
  });
});
