// The embedded gateway against the real one of the same release, frame by frame.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { admit } from "../../src/admission/admit.ts";
import type { AdmissionConfig } from "../../src/core/connection.ts";
import { type EmbeddedGateway, startEmbeddedGateway } from "../../src/gateway/embedded/server.ts";
import { compareFrames, frameScenarios, recordFrames } from "./frames.ts";
import { type Gateway, startGateway, TOKEN } from "./rig/gateway.ts";
import { CORE, RELEASES } from "./selection.ts";

for (const release of CORE ? [RELEASES[0], RELEASES.at(-1)] : RELEASES) {
  if (release === undefined) continue;
  test(`openclaw ${release}: the embedded gateway says what the real one says`, async (t) => {
    let real: Gateway | undefined;
    let embedded: EmbeddedGateway | undefined;
    try {
      real = await startGateway({ release });
      const config: AdmissionConfig = {
        gateway: { mode: "local", bind: "loopback", auth: { mode: "token", token: TOKEN } },
      };
      embedded = await startEmbeddedGateway({ release, config, admit });
      const { uiBuild } = real.installed;
      const build = uiBuild === undefined ? {} : { buildId: uiBuild };
      const differences: string[] = [];
      for (const scenario of frameScenarios) {
        const options = { token: TOKEN, ...build };
        // The embedded one is of no build, and takes what a page of any build says.
        const ours = await recordFrames(embedded.url, scenario, options);
        const theirs = await recordFrames(real.url, scenario, options);
        assert.ok(
          theirs.frames.length > 0 || theirs.httpStatus !== 101,
          `${scenario.name}: the real gateway said nothing`,
        );
        differences.push(...compareFrames(theirs, ours));
      }
      t.diagnostic(`${frameScenarios.length} scenarios compared`);
      assert.deepEqual(differences, []);
    } finally {
      await embedded?.close();
      await real?.stop();
    }
  });
}

describe("the comparison itself", () => {
  test("a different reason, code or field is a difference", () => {
    const base = {
      scenario: "x",
      httpStatus: 101,
      frames: [{ a: 1 }],
      close: { code: 1008, reason: "pairing required" },
    };
    assert.deepEqual(compareFrames(base, base), []);
    for (const other of [
      { ...base, close: { code: 1008, reason: "pairing" } },
      { ...base, close: { code: 1000, reason: "pairing required" } },
      { ...base, frames: [{ a: 1, b: 2 }] },
      { ...base, frames: [] },
      { ...base, httpStatus: 403 },
    ])
      assert.notDeepEqual(compareFrames(base, other), []);
  });
});
