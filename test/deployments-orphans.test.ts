/** Commands that outlive the doctor that started them. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { commandsEnded, STARTED_BY } from "../src/deployments/orphans.ts";
import { nodeWorld } from "../src/deployments/world.ts";

const world = nodeWorld({ env: {} });
const never = new AbortController().signal;
/** Larger than any process id of Linux. */
const DOCTOR = 99_999_999;

test("the way back waits for the command of a killed doctor", {
  skip: process.platform !== "linux",
}, async () => {
  // Ends when it is ended, however long a look at all processes takes.
  const child = spawn("sleep", ["600"], { env: { PATH: "/usr/bin:/bin", [STARTED_BY]: String(DOCTOR) } });
  const ended = once(child, "exit");
  await once(child, "spawn");
  try {
    let looks = 0;
    const list: typeof world.list = (...asked) => {
      looks += 1;
      return world.list(...asked);
    };
    await commandsEnded({ ...world, list }, DOCTOR + 1, never);
    assert.equal(looks, 1, "another doctor's command was waited for");
    let isOver = false;
    const waiting = commandsEnded(world, DOCTOR, never).then(() => {
      isOver = true;
    });
    await delay(500);
    assert.equal(isOver, false, "its own doctor's command was not waited for");
    child.kill("SIGKILL");
    await ended;
    await waiting;
  } finally {
    child.kill("SIGKILL");
  }
});

test("an interrupt ends the waiting", async () => {
  const child = spawn("sleep", ["600"], { env: { PATH: "/usr/bin:/bin", [STARTED_BY]: String(DOCTOR) } });
  await once(child, "spawn");
  await commandsEnded(world, DOCTOR, AbortSignal.abort());
  assert.equal(child.exitCode, null);
  child.kill("SIGKILL");
});
