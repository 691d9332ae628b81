import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { known } from "../src/core/fact.ts";
import { type RestartOptions, restartGateway } from "../src/deployments/restart.ts";
import { fakeWorld } from "./fake-world.ts";
import { english } from "./support/english.ts";

const root = mkdtempSync(path.join(tmpdir(), "opd-restart-"));
after(() => rmSync(root, { recursive: true, force: true }));
const called = path.join(root, "called");
writeFileSync(path.join(root, "systemctl"), `#!/bin/sh\necho "$*" >> '${called}'\n`);
chmodSync(path.join(root, "systemctl"), 0o755);
const never = new AbortController().signal;
const PORT = 18_789;

const calls = (): string => {
  try {
    return readFileSync(called, "utf8");
  } catch {
    return "";
  } finally {
    rmSync(called, { force: true });
  }
};

/** A machine on which process `pid` listens as a gateway, in the given control group. */
function options(pid: number, more: Partial<RestartOptions>, cgroup = "0::/user.slice/session-1.scope\n") {
  const words: string[][] = [];
  const world = fakeWorld({
    env: { PATH: `${root}:/usr/bin:/bin` },
    files: {
      "/proc/net/tcp": `head\n 0: 0100007F:${PORT.toString(16).toUpperCase()} 00000000:0000 0A 0:0 0:0 0 0 0 4711 1\n`,
      [`/proc/${pid}/cmdline`]: "openclaw-gateway",
      [`/proc/${pid}/cgroup`]: cgroup,
      [`/proc/${pid}/status`]: "Name:\topenclaw\nPPid:\t1\nUid:\t0\t0\t0\t0\n",
    },
    links: { [`/proc/${pid}/fd/20`]: "socket:[4711]" },
  });
  const all: RestartOptions = {
    world,
    salt: "salt",
    port: PORT,
    cli: {
      run: async (args) => {
        words.push([...args]);
        return known({ exitCode: 0, stdout: "", stderr: "" }, "openclaw");
      },
    },
    ...more,
  };
  return { all, words };
}

const UNIT = { name: "openclaw-gateway", user: true } as const;
const IN_UNIT = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/openclaw-gateway.service\n";

/** A process that ends with its own number when it is told to start anew. */
async function withProcess(action: (pid: number) => Promise<void>): Promise<NodeJS.Signals | number | null> {
  const child = spawn("sh", [
    "-c",
    "trap 'exit 42' USR1; trap 'exit 0' USR2; echo ready; while :; do sleep 0.02; done",
  ]);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once("exit", (code, signal) => resolve(code ?? signal)),
  );
  try {
    await action(child.pid ?? 0);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  // Of two signals that wait, the shell heeds USR1 first.
  child.kill("SIGUSR2");
  return ended;
}

test("a service is restarted by its manager, without a prompt", async () => {
  const { all, words } = options(77, { unit: UNIT, release: "2026.2.1" }, IN_UNIT);
  const outcome = await restartGateway(all, never);
  assert.ok(outcome.known, JSON.stringify(outcome));
  assert.equal(english(outcome.value), "systemctl --user --no-ask-password restart openclaw-gateway");
  assert.equal(calls(), "--user --no-ask-password restart openclaw-gateway\n");
  assert.deepEqual(words, []);
});

test("a service that is not the one on the port is left alone", async () => {
  const { all, words } = options(77, { unit: UNIT, release: "2026.9.6" });
  const outcome = await restartGateway(all, never);
  assert.ok(outcome.known);
  assert.equal(english(outcome.value), "openclaw gateway restart");
  assert.deepEqual(words, [["gateway", "restart"]]);
  assert.equal(calls(), "");
});

test("a service with a hostile name is not handed to a command", async () => {
  const { all } = options(
    77,
    { unit: { name: "--now; reboot", user: false } },
    "0::/--now; reboot.service\n",
  );
  const outcome = await restartGateway(all, never);
  assert.equal(!outcome.known && outcome.reason, "not-asked");
  assert.equal(calls(), "");
});

test("2026.3.13 in the foreground is signalled, and only the process on the port", async () => {
  const end = await withProcess(async (pid) => {
    const outcome = await restartGateway(options(pid, { release: "2026.3.13" }).all, never);
    assert.ok(outcome.known, JSON.stringify(outcome));
  });
  assert.equal(end, 42);
});

for (const release of ["2026.2.1", undefined])
  test(`${release ?? "a release that is not known"} in the foreground is left to a person: the signal could open a debugger`, async () => {
    const end = await withProcess(async (pid) => {
      const { all, words } = options(pid, release === undefined ? {} : { release });
      const outcome = await restartGateway(all, never);
      assert.equal(!outcome.known && outcome.reason, "not-asked");
      assert.deepEqual(words, []);
    });
    assert.equal(end, 0);
  });

test("where no gateway listens, nothing is restarted", async () => {
  const { all } = options(77, { release: "2026.9.6", port: PORT + 1 });
  const outcome = await restartGateway(all, never);
  assert.equal(!outcome.known && outcome.reason, "absent");
});
