import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareReleases } from "../src/core/release.ts";
import { digestLogs } from "../src/logs/digest.ts";

async function eraOf(line: string) {
  const { era } = await digestLogs([{ name: "log", chunks: [new TextEncoder().encode(`${line}\n`)] }]);
  return era === undefined ? undefined : [era.from, era.to];
}

/** What one line shows of the release, and a release of which it was measured (BROWSER.md 2, BEHAVIOUR.md 3). */
const LINES: readonly (readonly [string, readonly [string | undefined, string | undefined], string])[] = [
  ["disconnected (1008): pairing required", [undefined, "2026.2.21"], "2026.2.1"],
  ["Device pairing required", ["2026.5.12", "2026.9.2"], "2026.5.28"],
  ["需要设备配对", ["2026.5.12", "2026.9.2"], "2026.8.2"],
  ["Approve this browser", ["2026.9.3", undefined], "2026.9.6"],
  ["批准此浏览器", ["2026.9.3", undefined], "2026.9.6"],
  ["This Gateway expects its token", ["2026.9.3", undefined], "2026.9.6"],
  [
    "The browser could not complete the Gateway connection. Check the target and transport.",
    ["2026.7.1", "2026.7.35"],
    "2026.7.35",
  ],
  ["Secure browser context required", ["2026.5.12", undefined], "2026.5.28"],
  [
    "disconnected (1008): control ui requires HTTPS or localhost (secure context)",
    [undefined, "2026.2.19"],
    "2026.2.19",
  ],
];

describe("the release by what the page shows", () => {
  for (const [line, era, measured] of LINES) {
    test(line, async () => {
      assert.deepEqual(await eraOf(line), [...era]);
      const [from, to] = era;
      assert.ok(from === undefined || compareReleases(measured, from) >= 0);
      assert.ok(to === undefined || compareReleases(measured, to) <= 0);
    });
  }

  test("the bare words are of every release", async () => {
    assert.equal(await eraOf("pairing required"), undefined);
  });

  test("re-approval is another card than approval", async () => {
    assert.equal(await eraOf("重新批准此浏览器"), undefined);
  });
});

test("the release by the protocol that the gateway expects", async () => {
  const line = (expected: number) =>
    `[ws] protocol mismatch conn=e8fb7d51-d224-47b0-8e90-7adb26cdf58f remote=127.0.0.1 client=cli min=3 max=5 expected=${expected}`;
  assert.deepEqual(await eraOf(line(3)), [undefined, "2026.5.7"]);
  assert.deepEqual(await eraOf(line(4)), ["2026.5.12", undefined]);
});
