// A small part of `npm run fuzz`, always the same: planted secrets through the whole command, and none comes out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzFiles } from "./fuzz/files.ts";
import { fuzzConfigs, fuzzLogs } from "./fuzz/secrets.ts";
import type { Fuzzed } from "./fuzz/watched.ts";

function assertHeld({ leaks, escapes, crashes, redacted, planted }: Fuzzed): void {
  assert.deepEqual(leaks, []);
  assert.deepEqual(escapes, []);
  assert.deepEqual(crashes, []);
  // Something was there, and was taken out.
  assert.ok(planted > 50 && redacted > 3, `${planted} planted, ${redacted} taken out`);
}

test("mutated lines of real logs, in every format and language", async () => {
  assertHeld(await fuzzLogs({ seed: 20261122, inputs: 300 }));
});

test("mutated files of every kind, packed and mixed", async () => {
  assertHeld(await fuzzFiles({ seed: 20261122, inputs: 60 }));
});

test("configs of every kind, as a diagnosis and as the preview of a fix", async () => {
  assertHeld(await fuzzConfigs({ seed: 20261122, inputs: 15 }));
});
