import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { isAtWork } from "../src/deployments/journal-process.ts";
import { nodeWorld } from "../src/deployments/world.ts";

const world = nodeWorld();
const isLinux = process.platform === "linux";
const now = () => new Date().toISOString();
const LONG_AGO = "2020-01-01T00:00:00.000Z";

test("the process that began the journal is at work, and no longer when it ended", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { stdio: "ignore" });
  const { pid = 0 } = child;
  assert.equal(await isAtWork({ pid, startedAt: now() }, world), true);
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await ended;
  assert.equal(await isAtWork({ pid, startedAt: now() }, world), false);
});

test("a number that was given out anew is another process", { skip: !isLinux && "needs /proc" }, async () => {
  for (const pid of [process.pid, 1])
    assert.equal(await isAtWork({ pid, startedAt: LONG_AGO }, world), false);
});

test("a process of another user is none of ours", {
  skip: (!isLinux || process.getuid?.() !== 0) && "needs /proc and root",
}, async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], {
    stdio: "ignore",
    uid: 12_345,
    gid: 12_345,
  });
  try {
    const { pid } = child;
    if (pid === undefined) return;
    assert.equal(await isAtWork({ pid, startedAt: now() }, world), false);
  } finally {
    child.kill("SIGKILL");
  }
});
