import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checks as all } from "../checks/index.ts";
import { checkList, explain, nearest } from "../src/report/explain.ts";
import { displayWidth } from "../src/report/layout.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import { CAUSES } from "./support/ledger.ts";

const checks = [
  { id: "docker-nat-not-local", code: "OPD201", severity: "error" },
  { id: "origin-not-allowed", code: "OPD104", severity: "error" },
] as const;
const options = { lang: "en", width: 80 } as const;

describe("explain", () => {
  test("by id and by code, whatever the case, gives the same text", () => {
    const byId = explain("docker-nat-not-local", checks, options);
    assert.ok(byId.found);
    assert.match(byId.text, /^Docker's network makes the browser remote/);
    assert.match(byId.text, /ERROR {2}OPD201 {2}docker-nat-not-local/);
    for (const label of ["What", "Why", "Fix", "Verify", "Mind", "Also"]) {
      assert.match(byId.text, new RegExp(`^${label}\\b`, "m"));
    }
    assert.deepEqual(explain("opd201", checks, options), byId);
  });

  test("a cause without a check here is explained too", () => {
    assert.equal(explain("clock-skew", checks, options).found, true);
  });

  test("a slip of the pen gets suggestions, nonsense gets none", () => {
    const slip = explain("origin-not-alowed", checks, options);
    assert.ok(!slip.found);
    assert.equal(slip.suggestions[0], "origin-not-allowed");
    assert.deepEqual(explain("qqqq", checks, options), { found: false, suggestions: [] });
    assert.deepEqual(explain("__proto__", checks, options), { found: false, suggestions: [] });
  });

  test("at most three suggestions, the nearest first", () => {
    const ids = ["abcdef", "abcdeg", "abcdxx", "abcxxx", "zzz"];
    assert.deepEqual(nearest("abcdef", ids), ["abcdef", "abcdeg", "abcdxx"]);
  });

  test("no line is wider than 80 columns", () => {
    const text = explain("docker-nat-not-local", checks, options);
    assert.ok(text.found);
    for (const line of text.text.split("\n")) assert.ok(line.length <= 80, line);
  });
});

test("the list has code, id and the healthy sentence of each check, in the given order", () => {
  assert.equal(
    checkList(checks, options),
    [
      "OPD201  docker-nat-not-local",
      "        A browser behind a published port counts as local, or is approved",
      "OPD104  origin-not-allowed",
      "        The page's origin is allowed",
      "",
      "What each one means: npx openclaw-pairing-doctor explain ID",
      "",
    ].join("\n"),
  );
});

for (const lang of ["en", "zh"] as const) {
  test(`every cause and every code is explained in five parts within 80 columns: ${lang}`, () => {
    const { what, why, fix, verify, caveats } = catalogueOf(lang).words;
    const asked = [...CAUSES, ...all.map(({ code }) => code)];
    assert.ok(asked.length > 80);
    for (const name of asked) {
      const answer = explain(name, all, { lang, width: 80 });
      assert.ok(answer.found, name);
      const lines = answer.text.trimEnd().split("\n");
      for (const label of [what, why, fix, verify, caveats])
        assert.ok(
          lines.some((line) => line.startsWith(`${label} `)),
          `${name}: ${label}`,
        );
      for (const line of lines) {
        assert.ok(displayWidth(line) <= 80, `${name}: ${line}`);
        assert.doesNotMatch(line.trimStart(), /^[，。、；：！？）】》」』”’…]/u, name);
      }
    }
  });
}

test("a code and its id give the same text, and the list has every check", () => {
  const list = checkList(all, { lang: "zh", width: 80 });
  for (const { id, code } of all) {
    assert.deepEqual(
      explain(code, all, { lang: "zh", width: 80 }),
      explain(id, all, { lang: "zh", width: 80 }),
    );
    assert.match(list, new RegExp(`^${code} {2}${id}$`, "m"));
  }
});
