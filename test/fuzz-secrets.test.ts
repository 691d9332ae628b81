// A small part of `npm run fuzz`, always the same: planted secrets through the whole command, and none comes out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fuzzed, fuzzConfigs, fuzzLogs } from "./fuzz/secrets.ts";

function assertHeld({ leaks, crashes, redacted, planted }: Fuzzed): void {
  assert.deepEqual(leaks, []);
  assert.deepEqual(crashes, []);
  // Something was there, and was taken out.
  assert.ok(planted > 100 && redacted > 10, `${planted} planted, ${redacted} taken out`);
}

test("mutated lines of real logs, in every format and language", async () => {
  assertHeld(await fuzzLogs({ seed: 20261122, inputs: 700 }));
});

test("configs of every kind, as a diagnosis and as the preview of a fix", async () => {
  assertHeld(await fuzzConfigs({ seed: 20261122, inputs: 30 }));
});
