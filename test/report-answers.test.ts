// What goes back to whoever wrote: each ticket of fixtures/answers as Markdown, as a page, and for an agent, in both
// languages. After a wanted change: UPDATE_GOLDEN=1, then read the difference.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { unknown } from "../src/core/fact.ts";
import { say } from "../src/core/saying.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { triageFacts } from "../src/doctor/pure/read/triage.ts";
import { MAX_AGENT } from "../src/report/agent.ts";
import { type Format, formatOf } from "../src/report/formats.ts";
import type { Look } from "../src/report/formatter.ts";
import { marked } from "../src/report/markdown.ts";
import type { Report } from "../src/report/result.ts";
import { diagnoseSituation, situations } from "./support/situation.ts";

const FIXTURES = new URL("../fixtures/answers/", import.meta.url);
const FORMS = { markdown: "md", html: "html", agent: "txt" } as const;
const LANGS = ["en", "zh"] as const;

async function reportFrom(file: string): Promise<Report> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield readFileSync(new URL(file, FIXTURES));
  }
  const { facts, inputs } = await triageFacts({
    handed: [{ name: file, again: true, chunks }],
    salt: "fixture",
    signal: new AbortController().signal,
    release: unknown("not-asked", say("nobody-said"), "--release X"),
  });
  const report = reportOf(facts, { inputs });
  return { ...report, tool: { ...report.tool, version: "0.0.0" } };
}

async function written(report: Report, format: Format, lang: Look["lang"]): Promise<string> {
  const look = { lang, verbose: false, width: 80, unicode: true, color: false, box: false };
  const made = await (await formatOf(format).load()).report(report, look);
  assert.ok("page" in made);
  return made.page;
}

const tickets = readdirSync(FIXTURES, { withFileTypes: true }).flatMap((one) =>
  one.isFile() ? [one.name] : [],
);

for (const file of tickets)
  describe(file, () => {
    for (const [format, extension] of Object.entries(FORMS) as [keyof typeof FORMS, string][])
      for (const lang of LANGS)
        test(`${format}, ${lang}`, async () => {
          const text = await written(await reportFrom(file), format, lang);
          const path = new URL(`golden/${file.replace(/\.\w+$/, "")}.${lang}.${extension}`, FIXTURES);
          if (process.env.UPDATE_GOLDEN) writeFileSync(path, text);
          assert.equal(text, readFileSync(path, "utf8"));
          assert.doesNotMatch(text, /lantern-sextant/);
        });
  });

describe("every situation", () => {
  for (const name of situations())
    test(name, async () => {
      const report = await diagnoseSituation(name);
      for (const lang of LANGS) {
        const [markdown, html, agent] = await Promise.all(
          (["markdown", "html", "agent"] as const).map((format) => written(report, format, lang)),
        );
        for (const text of [markdown, html, agent])
          assert.doesNotMatch(text ?? "", /undefined|\[object|\{\w+\}(?!["'}])/);
        assert.ok(Buffer.byteLength(agent ?? "") < MAX_AGENT, `${Buffer.byteLength(agent ?? "")} bytes`);
        // All commands of the first remedy that helps are there, whole.
        const first = report.findings[0]?.remedies.find(({ after }) => after === "admitted");
        for (const action of first?.actions ?? [])
          if (action.kind === "command") {
            assert.ok(markdown?.includes(action.command.split("\n")[0] ?? ""), action.command);
            assert.ok(agent?.includes(action.command), action.command);
          }
        assertWellFormed(html ?? "");
      }
    });
});

const VOID = new Set(["meta", "!doctype"]);

/** Every element is closed, in order; nothing runs, and nothing is fetched. */
function assertWellFormed(html: string): void {
  const open: string[] = [];
  const body = html.replace(/<style>[\s\S]*?<\/style>/, "<style></style>");
  for (const [, slash, name = "", , self] of body.matchAll(
    /<(\/?)(!?[a-z][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/g,
  )) {
    if (VOID.has(name) || self === "/") continue;
    if (slash === "/") assert.equal(open.pop(), name, body.slice(0, 0));
    else open.push(name);
  }
  assert.deepEqual(open, []);
  assert.equal(
    body.replace(/<\/?!?[a-z][\w-]*(?:\s+[\w:-]+(?:="[^"<>]*")?)*\s*\/?>/g, "").match(/<(?=[a-z/!])/i),
    null,
  );
  assert.doesNotMatch(body, /<script|<iframe|<img|<link|<object|\son\w+="|(?:src|href)=|url\(|@import/);
}

/** What CommonMark reads as text: without code spans, with a dot for what is escaped. */
function outsideCode(text: string): string {
  let out = "";
  for (let at = 0; at < text.length; ) {
    const run = /^`+/.exec(text.slice(at))?.[0];
    if (run !== undefined) {
      const end = [...text.slice(at + run.length).matchAll(/`+/g)].find(([one]) => one.length === run.length);
      at += run.length + (end === undefined ? 0 : end.index + run.length);
    } else if (/^\\[!-/:-@[-`{-~]/.test(text.slice(at, at + 2))) {
      out += "·";
      at += 2;
    } else out += text[at++];
  }
  return out;
}

describe("text of strangers", () => {
  test("becomes no markup of a page", async () => {
    for (const lang of LANGS) {
      const html = await written(await reportFrom("hostile.txt"), "html", lang);
      assertWellFormed(html);
      assert.match(html, /&lt;script&gt;/);
    }
  });

  test("becomes no markup of Markdown: tags and links stand in code, or are escaped", async () => {
    const markdown = await written(await reportFrom("hostile.txt"), "markdown", "en");
    const bare = markdown
      .replace(/^(\s*(?:\d+\. )?)(`{3,})\w*\n[\s\S]*?\n\s*\2$/gm, "")
      .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
    assert.doesNotMatch(bare, /(?<!\\)<[a-z!/]/i);
    assert.doesNotMatch(bare, /\]\(/);
  });

  test("names of files call nobody and lead nowhere: they stand in code", async () => {
    const report = await reportFrom("compose-and-config.md");
    const names = [
      "@octocat.log",
      "www.evil.example.log",
      "#12.log",
      "https://evil.example/x.log",
      "me@evil.example",
    ];
    for (const name of names) {
      const named: Report = {
        ...report,
        target: { ...report.target, name },
        inputs: [
          { name, as: "log" },
          { name: "openclaw.json", as: "config" },
        ],
        findings: report.findings.map((finding) => ({
          ...finding,
          evidence: finding.evidence.map((one) => ({ ...one, source: `${name}:3` })),
        })),
      };
      const markdown = await written(named, "markdown", "en");
      assert.ok(markdown.includes(`\`${name}\``), name);
      assert.ok(!outsideCode(markdown).includes(name), name);
    }
  });

  test("whoever is named in a sentence is not called", () => {
    for (const text of ["ask @octocat", "(@org/team)", "see #12 and GH-7", "@@octocat"])
      assert.doesNotMatch(marked(text), /(?<![\w`])@\w|#\d|GH-\d/, text);
    // An address is none, and a package is none.
    assert.equal(marked("openclaw@2026.5.12 for user@host"), "openclaw@2026.5.12 for user@host");
    assert.equal(marked("`@octocat`"), "`@octocat`");
  });

  test("whatever a text is, nothing of it is a tag, a link or emphasis", () => {
    const texts = fc.string({
      unit: fc.constantFrom(
        "a",
        " ",
        "`",
        "<",
        ">",
        "*",
        "_",
        "[",
        "]",
        "(",
        ")",
        "!",
        "\\",
        "#",
        "&",
        "b",
        "~",
      ),
    });
    fc.assert(
      fc.property(texts, (text) => {
        const bare = outsideCode(marked(text));
        assert.doesNotMatch(bare, /<|\*|\]\(/);
      }),
      { numRuns: 2000, seed: 20_261_130 },
    );
  });

  test("a report of any size is less than 8 KiB for an agent, with whole commands", async () => {
    const report = await reportFrom("compose-and-config.md");
    const [first] = report.findings;
    assert.ok(first);
    const long = { ...first.evidence[0], quote: "界".repeat(500), fact: "logs", source: "x" } as const;
    const remedy = first.remedies[0];
    assert.ok(remedy);
    const many = {
      ...report,
      findings: Array.from({ length: 90 }, () => ({
        ...first,
        evidence: Array.from({ length: 20 }, () => long),
        remedies: Array.from({ length: 30 }, (_, index) => ({
          ...remedy,
          actions: [
            { kind: "command" as const, command: `openclaw config set a.b ${"x".repeat(index * 200)}` },
          ],
        })),
      })),
    };
    for (const lang of LANGS) {
      const text = await written(many, "agent", lang);
      assert.ok(Buffer.byteLength(text) < MAX_AGENT);
      const commands = text.split("\n").filter((line) => line.includes("`openclaw config set"));
      for (const line of commands) assert.match(line, /`openclaw config set a\.b x*`/);
      assert.match(text, lang === "en" ? /## Never/ : /## 绝不可以/);
    }
  });
});
