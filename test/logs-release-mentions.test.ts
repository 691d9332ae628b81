import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { releaseMentions } from "../src/logs/release-mentions.ts";

describe("releases that people name", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["OpenClaw 2026.3.13 (61d171a), Ubuntu", ["2026.3.13 running"]],
    ["- OpenClaw: `v2026.2.19-2`", ["2026.2.19-2 running"]],
    ["image ghcr.io/openclaw/openclaw:2026.5.7.", ["2026.5.7 running"]],
    ["broken in 2026.2.21 with Docker", ["2026.2.21 named"]],
    ["after the upgrade 2026.4.15 -> 2026.4.21 it fails", ["2026.4.21 named"]],
    ["it worked in 2026.2.19, with 2026.2.21 not", ["2026.2.21 named"]],
    ["fixed in 2026.8.1", []],
    ["device identity (required since v2026.2.26, see the docs)", []],
    ["trustedProxies needs 2026.1.29, Serve was added in 2026.3.2", []],
    ["fails since v2026.5.3", ["2026.5.3 named"]],
    ["the Android app 2026.6.1 against gateway 2026.5.28", ["2026.5.28 running"]],
    ["客户端版本：2026.2.9，网关版本 2026.3.13", ["2026.3.13 running"]],
    ["the page still shows 2026.4.1", []],
    ["7.2 beta: 2026.7.2-beta.5", ["2026.7.2-beta.5 named"]],
    ["2026.02 is a month, 2026-03-04 a day, 1.2026.3.4 neither", []],
    ["at 2026.3.13.4", []],
    ["no number", []],
  ];
  for (const [text, expected] of cases) {
    it(text, () =>
      assert.deepEqual(
        releaseMentions(`first\n${text}`).map(({ release, as }) => `${release} ${as}`),
        expected,
      ),
    );
  }
  it("lines are counted, twenty are enough", () => {
    const mentions = releaseMentions("OpenClaw 2026.3.13\n".repeat(100));
    assert.equal(mentions.length, 20);
    assert.equal(mentions[19]?.line, 20);
  });
});
