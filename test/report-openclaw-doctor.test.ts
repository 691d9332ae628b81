import assert from "node:assert/strict";
import { test } from "node:test";
import { type OpenclawDoctorDocument, openclawDoctorDocument } from "../src/report/openclaw-doctor.ts";
import { assertShape, type Json, RANK } from "./support/openclaw-doctor.ts";
import { diagnoseSituation, situations } from "./support/situation.ts";

test("--severity-min drops what is below it, and decides ok", async () => {
  let dropped = 0;
  for (const name of situations()) {
    const report = await diagnoseSituation(name);
    const [info, warning, error] = (["info", "warning", "error"] as const).map((least) =>
      openclawDoctorDocument(report, "en", least),
    );
    for (const [document, least] of [
      [info, 2],
      [warning, 1],
      [error, 0],
    ] as const) {
      assertShape({ ...document } as Json & OpenclawDoctorDocument);
      assert.equal(document?.ok, document?.findings.length === 0);
      assert.deepEqual(
        document?.findings,
        info?.findings.filter(({ severity }) => (RANK[severity] ?? 9) <= least),
        name,
      );
      for (const { checkId } of document?.findings ?? []) assert.ok(!checkId.startsWith("core/"), checkId);
    }
    dropped += (info?.findings.length ?? 0) - (error?.findings.length ?? 0);
  }
  assert.ok(dropped > 0);
});
