// Fleets of 30, 100 and 300 gateways on this machine, 40 of the last ill in known ways: every verdict, and what it takes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FleetApart, runFleetOver, startFleetApart, wrongLines } from "../support/fleet-apart.ts";
import { progress } from "./rig/processes.ts";

/** Gateways, and how many of them are ill. */
const SIZES = [
  [30, 4],
  [100, 13],
  [300, 40],
] as const;

describe("300 gateways", { timeout: 1_200_000 }, () => {
  const fleets: FleetApart[] = [];
  before(async () => {
    for (const [count, ill] of SIZES) fleets.push(await startFleetApart(count, ill));
  });
  after(async () => {
    for (const fleet of fleets) await fleet.close();
  });

  test("all verdicts are right, no token is told, and ten times as many take no more memory than twice as much", async () => {
    const peaks: number[] = [];
    for (const [at, { file, expected, tokens }] of fleets.entries()) {
      const run = await runFleetOver(file, ["--timeout", "60"]);
      peaks.push(run.peakMb);
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
      const ill = [...expected.values()].filter(({ verdict }) => verdict !== "healthy");
      assert.equal(ill.length, SIZES[at]?.[1]);
    }
    assert.ok((peaks.at(-1) ?? 0) < (peaks[0] ?? 0) * 2, `${peaks.join(", ")} MB`);
  });
});
