import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { nextCode, readCodes } from "./support/ledger.ts";
import { putTogether } from "./support/suites.ts";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));

describe("codes", () => {
  const codes = { about: "", used: { OPD201: "a", OPD203: "b" }, retired: { OPD202: "gone" } };

  test("the next one is the lowest that nobody ever had", () => {
    assert.equal(nextCode(codes, 2), "OPD204");
    assert.equal(nextCode(codes, 3), "OPD301");
  });

  test("a hundred can run out", () => {
    const full = Object.fromEntries(Array.from({ length: 99 }, (_none, i) => [`OPD${901 + i}`, `x-${i}`]));
    assert.equal(nextCode({ about: "", used: full, retired: {} }, 9), undefined);
  });
});

describe("npm run new:check", () => {
  let copy = "";
  const node = (...args: readonly string[]) => {
    // Inside a test run, `node --test` would report to the outer run instead of ending with its own verdict.
    const { NODE_TEST_CONTEXT: _outer, ...env } = process.env;
    return spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8", env });
  };
  const newCheck = (...args: readonly string[]) => node("built/new-check.js", ...args);
  const suite = (name: string, ...flags: readonly string[]) =>
    node("--test", "--test-reporter=tap", ...flags, `built/${name}.test.js`);
  const read = (path: string) => readFileSync(join(copy, path), "utf8");

  before(async () => {
    copy = mkdtempSync(join(tmpdir(), "opd-new-check-"));
    for (const name of ["src", "checks", "test", "fixtures", "package.json", "tsconfig.json", ".biome.json"])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    // The formatter's settings ask for a repository.
    const settings = JSON.parse(read(".biome.json")) as Record<string, unknown>;
    writeFileSync(join(copy, ".biome.json"), JSON.stringify({ ...settings, vcs: { enabled: false } }));
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    await putTogether(copy, ["test/support/new-check.ts"], join(copy, "built"));
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  test("refuses what is no cause, no area, or a check already", () => {
    for (const args of [[], ["Proxy"], ["../evil-check", "page"], ["new-cause", "nowhere"]]) {
      const { status, stderr } = newCheck(...args);
      assert.equal(status, 2);
      assert.match(stderr, /AREA/);
    }
    const again = newCheck("clock-skew", "page");
    assert.equal(again.status, 2);
    assert.match(again.stderr, /is a check already/);
  });

  test("makes the file, the entry, the words and the situations, in the style of the house", () => {
    const code = nextCode(readCodes(), 2);
    const { status, stdout, stderr } = newCheck("approval-not-kept", "pairing");
    assert.equal(status, 0, stderr);
    assert.match(read("checks/approval-not-kept.ts"), new RegExp(`code: "${code}"`));
    assert.match(read("checks/index.ts"), /^ {2}approvalNotKept,\n\];$/m);
    for (const lang of ["en", "zh"])
      assert.match(
        read(`src/report/messages/${lang}/pairing.ts`),
        /"approval-not-kept": \{\n {4}title: "TODO/,
      );
    for (const name of ["approval-not-kept", "approval-not-kept-near-miss"])
      assert.match(read(`fixtures/situations/${name}/situation.json`), /TODO/);
    const made = stdout.split("\n").filter((line) => line.endsWith(".ts") && !line.includes(" "));
    const biome = spawnSync(join(root, "node_modules/.bin/biome"), ["check", ...made], {
      cwd: copy,
      encoding: "utf8",
    });
    assert.equal(biome.status, 0, biome.stdout + biome.stderr);
  });

  test("what it makes compiles", () => {
    // The tests are not asked: they are most of what there is to compile.
    const own = { extends: "./tsconfig.json", include: ["checks", "src/report/messages"] };
    writeFileSync(join(copy, "own.json"), JSON.stringify(own));
    const tsc = spawnSync(join(root, "node_modules/.bin/tsc"), ["--noEmit", "-p", "own.json"], {
      cwd: copy,
      encoding: "utf8",
    });
    assert.doesNotMatch(tsc.stdout, /approval|messages|checks\/index/, tsc.stdout);
  });

  test("and fails the contract until it is filled in, with the places named", async () => {
    const suites = ["test/checks-contract.test.ts", "test/situations.test.ts"];
    await putTogether(copy, suites, join(copy, "built"));
    const { status, stdout } = suite("checks-contract");
    assert.equal(status, 1);
    const failed = [...stdout.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, name]) => name);
    assert.ok(failed.includes("nothing is left unfinished"), stdout.slice(-4000));
    assert.equal(failed.filter((name) => name === "approval-not-kept").length, 2, "words of both languages");
    assert.match(stdout, /checks\/approval-not-kept\.ts/);
  });

  test("the situation that should fire does not, so that no stub is green", () => {
    const { status, stdout } = suite("situations", "--test-name-pattern=approval-not-kept");
    assert.equal(status, 1);
    assert.match(stdout, /not ok \d+ - approval-not-kept: /);
    assert.match(stdout, /not ok \d+ - approval-not-kept-near-miss: /);
  });
});
