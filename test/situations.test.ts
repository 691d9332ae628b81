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

/** One release of each era: with the switch, after it, the local rules of March, container-local, cards, today. */
const ERAS = ["2026.2.1", "2026.2.19", "2026.3.13", "2026.5.28", "2026.7.35", "2026.9.6"];

test("there is a healthy situation for every kind of deployment in every era", () => {
  const healthy = situations()
    .map(readSituation)
    .filter(({ expected }) => expected.verdict === "healthy")
    .map(({ deployment, release }) => `${deployment} ${release}`);
  const wanted = ["docker", "kubernetes", "local", "vps"].flatMap((kind) =>
    ERAS.map((release) => `${kind} ${release}`),
  );
  assert.deepEqual(
    wanted.filter((one) => !healthy.includes(one)),
    [],
  );
});
