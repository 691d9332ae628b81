import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  diagnoseSituation,
  readSituation,
  remedyVerdicts,
  situations,
  summary,
} from "./support/situation.ts";

describe("situations", () => {
  for (const name of situations()) {
    const { about, expected } = readSituation(name);
    test(`${name}: ${about}`, async () => {
      const report = await diagnoseSituation(name);
      assert.deepEqual(
        {
          verdict: report.verdict,
          findings: summary(report),
          ...(expected.remedies === undefined ? {} : { remedies: remedyVerdicts(report) }),
        },
        {
          verdict: expected.verdict,
          findings: [...expected.findings],
          ...(expected.remedies === undefined ? {} : { remedies: { ...expected.remedies } }),
        },
      );
      const ids = report.findings.map(({ id }) => id);
      for (const id of expected.silent ?? []) assert.ok(!ids.includes(id), `${id} must stay silent`);
      assert.deepEqual(
        report.checks.filter(({ verdict }) => verdict === "crashed"),
        [],
      );
    });
  }
});

test("there is a healthy situation for every kind of deployment", () => {
  const healthy = situations()
    .map(readSituation)
    .filter(({ expected }) => expected.verdict === "healthy");
  const kinds = new Set(healthy.map(({ deployment }) => deployment));
  assert.deepEqual([...kinds].filter(Boolean).sort(), ["docker", "kubernetes", "local", "vps"]);
});
