/** Commands that outlive the doctor that started them. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { commandsEnded, STARTED_BY } from "../src/deployments/orphans.ts";
import { nodeWorld } from "../src/deployments/world.ts";

const world = nodeWorld({ env: {} });
const never = new AbortController().signal;
/** Larger than any process id of Linux. */
const DOCTOR = 99_999_999;

test("the way back waits for the command of a killed doctor", {
  skip: process.platform !== "linux",
}, async () => {
  const child = spawn("sleep", ["1"], { env: { PATH: "/usr/bin:/bin", [STARTED_BY]: String(DOCTOR) } });
  let ended = false;
  child.once("exit", () => {
    ended = true;
  });
  await new Promise((resolve) => child.once("spawn", resolve));
  await commandsEnded(world, DOCTOR + 1, never);
  assert.equal(ended, false, "another doctor's command was waited for");
  await commandsEnded(world, DOCTOR, never);
  assert.equal(ended, true);
});

test("an interrupt ends the waiting", async () => {
  const child = spawn("sleep", ["30"], { env: { PATH: "/usr/bin:/bin", [STARTED_BY]: String(DOCTOR) } });
  await new Promise((resolve) => child.once("spawn", resolve));
  await commandsEnded(world, DOCTOR, AbortSignal.abort());
  assert.equal(child.exitCode, null);
  child.kill("SIGKILL");
});
