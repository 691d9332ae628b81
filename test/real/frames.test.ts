// The embedded gateway against the real one of the same release, frame by frame.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { admit } from "../../src/admission/admit.ts";
import type { AdmissionConfig } from "../../src/core/connection.ts";
import { type EmbeddedGateway, startEmbeddedGateway } from "../../src/gateway/embedded/server.ts";
import { compareFrames, frameScenarios, type RecordOptions, recordFrames } from "./frames.ts";
import { type Gateway, startGateway, TOKEN } from "./rig/gateway.ts";
import { OUTERMOST } from "./selection.ts";

/** A page says the build that it was served with (2026.8.1 and later). */
async function embeddedBuild(url: string): Promise<string | undefined> {
  const page = await (await fetch(url.replace(/^ws/, "http"))).text();
  return /data-openclaw-control-ui-build-id="([^"]+)"/.exec(page)?.[1];
}

function optionsFor(buildId: string | undefined): RecordOptions {
  return { token: TOKEN, ...(buildId === undefined ? {} : { buildId }) };
}

for (const release of OUTERMOST) {
  test(`openclaw ${release}: the embedded gateway says what the real one says`, async (t) => {
    let real: Gateway | undefined;
    let embedded: EmbeddedGateway | undefined;
    try {
      real = await startGateway({ release });
      const config: AdmissionConfig = {
        gateway: { mode: "local", bind: "loopback", auth: { mode: "token", token: TOKEN } },
      };
      embedded = await startEmbeddedGateway({ release, config, admit });
      const ours = optionsFor(await embeddedBuild(embedded.url));
      const theirs = optionsFor(real.installed.uiBuild);
      const differences: string[] = [];
      for (const scenario of frameScenarios) {
        const embeddedFrames = await recordFrames(embedded.url, scenario, ours);
        const realFrames = await recordFrames(real.url, scenario, theirs);
        assert.ok(
          realFrames.frames.length > 0 || realFrames.httpStatus !== 101,
          `${scenario.name}: the real gateway said nothing`,
        );
        differences.push(...compareFrames(realFrames, embeddedFrames));
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
