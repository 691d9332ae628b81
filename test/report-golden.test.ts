import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { renderHuman } from "../src/report/human.ts";
import { toJsonReport } from "../src/report/json.ts";
import type { Report } from "../src/report/result.ts";

// Each folder: one report, and beside it what a person and what a script gets of it.
// After a wanted change: UPDATE_GOLDEN=1, then read the difference.
const fixtures = new URL("../fixtures/report/", import.meta.url);
const schema = JSON.parse(
  readFileSync(new URL("../src/report/schema/report.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);

function golden(name: string, file: string, actual: string): void {
  const path = new URL(`${name}/${file}`, fixtures);
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, actual);
  assert.equal(actual, readFileSync(path, "utf8"));
}

const folders = readdirSync(fixtures, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of folders) {
  describe(name, () => {
    const report: Report = JSON.parse(readFileSync(new URL(`${name}/report.json`, fixtures), "utf8"));

    test("for a person: plain, 80 columns", () => {
      golden(name, "human.txt", renderHuman(report, { lang: "en", width: 80, unicode: true }));
    });

    test("for a person who reads Chinese", () => {
      golden(name, "human.zh.txt", renderHuman(report, { lang: "zh", width: 80, unicode: true }));
    });

    test("for a script: the document of the contract, valid under its schema", () => {
      const json = `${JSON.stringify(toJsonReport(report, "en"), null, 2)}\n`;
      golden(name, "document.json", json);
      assert.ok(validate(JSON.parse(json)), JSON.stringify(validate.errors, null, 2));
    });
  });
}
