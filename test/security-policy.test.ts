/** SECURITY.md says whom the doctor believes; what it names is there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const policy = read("SECURITY.md");

test("everybody whose word comes in has a row: what is believed, and what never is", () => {
  const rows = policy
    .split("## What is sent where")[0]
    ?.split("\n")
    .filter((line) => /^\| (?!who or what|---)/.test(line))
    .map((line) => line.split(/ ?\| ?/).slice(1, -1));
  assert.ok(rows !== undefined && rows.length >= 15);
  for (const row of rows) assert.equal(row.length, 3, row.join(" | "));
  const names = rows.map(([name]) => name ?? "").join("\n");
  for (const who of [
    "own uid",
    "root",
    "owner of `openclaw.json`",
    "processes of other users",
    "logs",
    "requests",
    "labels",
    "engine's socket",
    "gateway's answers",
    "journal",
    "DNS and TLS",
    "environment",
  ])
    assert.ok(names.includes(who), who);
});

test("reports have one place, and no address is made up", () => {
  assert.match(policy, /private vulnerability report form of the repository/);
  assert.doesNotMatch(policy, /[\w.+-]+@[\w-]+\.\w+|https?:\/\//);
});

test("the options and files that it names are there", () => {
  const sources = [
    "src/cli/options.ts",
    "src/cli/commands/fix.ts",
    "src/cli/commands/diagnose.ts",
    "src/cli/commands/triage.ts",
    "src/cli/commands/what-if.ts",
  ]
    .map(read)
    .join("\n");
  for (const [, option = ""] of policy.matchAll(/`--([a-z-]+)/g))
    assert.ok(option === "version" || option === "json" || sources.includes(option), `--${option}`);
  assert.match(read("src/build/bundle.ts"), /THIRD-PARTY-LICENSES\.txt/);
  assert.match(read("README.md"), /SECURITY\.md/);
});
