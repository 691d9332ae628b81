// A fleet of 300 gateways on this machine, 40 of them ill in known ways: every verdict, and what it takes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FleetApart, runFleetOver, startFleetApart, wrongLines } from "../support/fleet-apart.ts";
import { progress } from "./rig/processes.ts";

describe("300 gateways", { timeout: 1_200_000 }, () => {
  let few: FleetApart;
  let many: FleetApart;
  before(async () => {
    few = await startFleetApart(30, 4);
    many = await startFleetApart(300, 40);
  });
  after(async () => {
    await few?.close();
    await many?.close();
  });

  test("all verdicts are right, no token is told, and ten times as many take no more memory than twice as much", async () => {
    const small = await runFleetOver(few.file, ["--timeout", "60"]);
    const large = await runFleetOver(many.file, ["--timeout", "60"]);
    for (const [run, { expected, tokens }] of [
      [small, few],
      [large, many],
    ] as const) {
      progress(
        `${run.lines.length} gateways: ${(run.wallMs / 1000).toFixed(1)} s, ${run.peakMb.toFixed(0)} MB`,
      );
      assert.equal(run.code, 1);
      assert.equal(run.lines.length, expected.size);
      const wrong = wrongLines(run.lines, expected).map(({ name, verdict, findings, missing }) => [
        name,
        verdict,
        findings[0]?.id,
        missing[0]?.detail,
      ]);
      assert.deepEqual(wrong, []);
      assert.ok(tokens.every((token) => !run.stdout.includes(token)));
    }
    const ill = [...many.expected.values()].filter(({ verdict }) => verdict !== "healthy");
    assert.equal(ill.length, 40);
    assert.ok(large.peakMb < small.peakMb * 2, `${small.peakMb} and then ${large.peakMb} MB`);
  });
});
