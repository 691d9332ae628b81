import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Reach } from "../src/core/facts.ts";
import { say } from "../src/core/saying.ts";
import { type GatewayWatch, watchGateway } from "../src/deployments/reload.ts";
import { COMMANDS, hasGateway } from "../src/deployments/ssh/eyes.ts";
import { machineEyes } from "../src/deployments/watch-machine.ts";
import { fakeWorld } from "./fake-world.ts";

const PORT = 18_789;
const LOG = "/tmp/openclaw/gateway.log";
const never = new AbortController().signal;

/** A row of /proc/net/tcp: somebody listens on the port. */
const row = (inode: number): string =>
  `   0: 0100007F:${PORT.toString(16).toUpperCase()} 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0 0 10 0\n`;

interface Machine {
  /** The listening socket; `undefined`: nobody listens. */
  socket: number | undefined;
  log: string;
  reach: Reach["state"];
}

function machine(withProc = true): Machine & { readonly watch: GatewayWatch; asked(): number } {
  let asked = 0;
  const state: Machine = { socket: 100, log: "earlier: config hot reload applied (x)\n", reach: "open" };
  const world = {
    ...fakeWorld(),
    readText: async (path: string) =>
      withProc && path === "/proc/net/tcp"
        ? {
            ok: true as const,
            text: `head\n${state.socket === undefined ? "" : row(state.socket)}`,
            truncated: false,
          }
        : { ok: false as const, reason: "absent" as const, detail: say("unread-absent") },
    info: async () => ({ size: Buffer.byteLength(state.log), modified: 0, kind: "file" as const }),
    stream: async function* (_path: string, start: number, end: number) {
      yield Buffer.from(state.log).subarray(start, end);
    },
  };
  const eyes = machineEyes({
    world,
    port: PORT,
    newestLog: async () => LOG,
    reach: async () => {
      asked += 1;
      return state.reach;
    },
  });
  const watch = watchGateway({
    eyes,
    port: PORT,
    limits: { unseen: 400, whole: 1500, steady: 60, every: 5 },
  });
  return Object.assign(state, { watch, asked: () => asked });
}

async function taken(watch: GatewayWatch): Promise<unknown> {
  const outcome = await watch.settled(never);
  assert.ok(outcome.known, JSON.stringify(outcome));
  return outcome.value.taken;
}

test("another listening socket is a new start, in the same process or in another", async () => {
  const it = machine();
  await it.watch.mark();
  setTimeout(() => Object.assign(it, { socket: 101 }), 30);
  const outcome = await it.watch.settled(never);
  assert.ok(outcome.known);
  assert.deepEqual([outcome.value.taken, outcome.value.restarted], ["restarted", true]);
});

test("a gateway that is away between two lives is waited for, also when the change fell into that time", async () => {
  const it = machine();
  await it.watch.mark();
  it.socket = undefined;
  await it.watch.mark();
  setTimeout(() => Object.assign(it, { socket: 102 }), 500);
  assert.equal(await taken(it.watch), "restarted");
});

test("a second start that follows the first is waited for", async () => {
  const it = machine();
  await it.watch.mark();
  it.socket = 101;
  setTimeout(() => Object.assign(it, { socket: undefined }), 40);
  let isBack = false;
  setTimeout(() => {
    isBack = true;
    it.socket = 102;
  }, 200);
  assert.equal(await taken(it.watch), "restarted");
  assert.ok(isBack, "the first start was taken for the last");
});

test("a new start counts when it answers, not when it listens", async () => {
  const it = machine();
  await it.watch.mark();
  Object.assign(it, { socket: 101, reach: "starting" });
  let isReady = false;
  setTimeout(() => {
    isReady = true;
    it.reach = "open";
  }, 250);
  assert.equal(await taken(it.watch), "restarted");
  assert.ok(isReady);
});

for (const [line, expected] of [
  ["[reload] config hot reload applied (gateway.trustedProxies)", "reloaded"],
  ["[reload] config change applied (dynamic reads: ui)", "reloaded"],
  ["[reload] config reload disabled (gateway.reload.mode=off)", "refused"],
  ["[reload] config reload requires gateway restart; hot mode ignoring (gateway.controlUi)", "refused"],
  ["[reload] config reload skipped (invalid config): gateway: Unrecognized key", "refused"],
  [
    "[reload] config change requires gateway restart (gateway.bind)\n[reload] config reload superseded: by a newer source",
    "refused",
  ],
  ["[ws] webchat connected", "unseen"],
] as const)
  test(`the log says: ${line.slice(9, 60)}: ${expected}`, async () => {
    const it = machine();
    await it.watch.mark();
    it.log += `${line}\n`;
    assert.equal(await taken(it.watch), expected);
  });

test("what the log said before the change is nothing", async () => {
  const it = machine();
  await it.watch.mark();
  assert.equal(await taken(it.watch), "unseen");
});

test("a log that was begun anew is read from its start", async () => {
  const it = machine();
  await it.watch.mark();
  it.log = "config hot reload applied (y)\n";
  assert.equal(await taken(it.watch), "reloaded");
});

test("a start that was announced and does not come is no settled gateway", async () => {
  const it = machine();
  await it.watch.mark();
  it.log += "[reload] config change requires gateway restart (gateway.bind)\n[ws] x\n";
  const outcome = await it.watch.settled(never);
  assert.ok(!outcome.known);
  assert.equal(outcome.reason, "timeout");
  assert.match(outcome.detail, /running work/);
});

test("a gateway that does not come back is no settled gateway", async () => {
  const it = machine();
  await it.watch.mark();
  it.socket = undefined;
  const outcome = await it.watch.settled(never);
  assert.ok(!outcome.known);
  assert.equal(outcome.reason, "timeout");
});

test("where no gateway ran, none is waited for", async () => {
  const it = machine();
  it.socket = undefined;
  await it.watch.mark();
  const outcome = await it.watch.settled(never);
  assert.ok(!outcome.known);
  assert.equal(outcome.reason, "absent");
});

test("without a change it only has to answer", async () => {
  const it = machine();
  const outcome = await it.watch.settled(never);
  assert.ok(outcome.known);
  assert.equal(outcome.value.taken, undefined);
  assert.equal(it.asked(), 1);
});

test("without /proc the log and the answer decide", async () => {
  const it = machine(false);
  await it.watch.mark();
  it.log += "[reload] config change requires gateway restart (gateway.bind)\n";
  setTimeout(() => {
    it.log += "[gateway] listening on ws://127.0.0.1:18789 (PID 5)\n";
  }, 150);
  assert.equal(await taken(it.watch), "restarted");
});

test("an interruption ends the waiting", async () => {
  const it = machine();
  await it.watch.mark();
  it.reach = "refused";
  const controller = new AbortController();
  const waiting = it.watch.settled(controller.signal);
  await delay(20);
  controller.abort();
  assert.equal((await waiting).known, false);
});

/** A container that ends when its gateway starts anew as another process. */
function ending(lives: number): { readonly watch: GatewayWatch; readonly revived: () => number } {
  let sockets = "first";
  let revived = 0;
  const watch = watchGateway({
    port: PORT,
    limits: { unseen: 400, whole: 1500, steady: 60, every: 5 },
    eyes: {
      sockets: async () => sockets,
      logFromNow: async () => {
        setTimeout(() => {
          sockets = "";
        }, 30);
        return async () => "";
      },
      reach: async () => "open",
      fails: async () => (sockets === "" && revived === 0 ? say("container-ended", { code: 0 }) : undefined),
      revive: async () => {
        if (revived >= lives) return false;
        revived += 1;
        setTimeout(() => {
          sockets = "second";
        }, 50);
        return true;
      },
    },
  });
  return { watch, revived: () => revived };
}

test("a container that ended to start anew is started, once", async () => {
  const it = ending(1);
  await it.watch.mark();
  assert.equal(await taken(it.watch), "restarted");
  assert.equal(it.revived(), 1);
});

test("one that nobody may start has failed, and says how it ended", async () => {
  const it = ending(0);
  await it.watch.mark();
  const outcome = await it.watch.settled(never);
  assert.ok(!outcome.known);
  assert.match(outcome.detail, /exit code 0/);
});

/** A gateway that was up, and has just gone. */
async function gone(isAlive: (() => Promise<boolean | undefined>) | undefined) {
  let sockets = "100";
  const watch = watchGateway({
    port: PORT,
    limits: { unseen: 400, whole: 2000, gone: 200, steady: 20, every: 5 },
    eyes: {
      sockets: async () => sockets,
      logFromNow: async () => async () => "",
      reach: async () => "refused",
      ...(isAlive === undefined ? {} : { isAlive }),
    },
  });
  await watch.mark();
  sockets = "";
  const settled = await watch.settled(never);
  return settled.known ? settled.value : settled.say?.message;
}

test("a gateway that ended, and that nothing starts again, is not waited for to the end", async () => {
  assert.equal(await gone(async () => false), "gateway-gone");
});

for (const [what, isAlive] of [
  ["that is on its way", async () => true],
  ["of which nobody can see the processes", async () => undefined],
  ["on a machine that shows none", undefined],
] as const)
  test(`a gateway ${what} is waited for, and the wait has its end`, async () => {
    assert.equal(await gone(isAlive), "no-answer");
  });

test("a process counts by its command, and by its title before it listens", async () => {
  const alive = (cmdline: string) =>
    machineEyes({
      world: fakeWorld({ files: { "/proc/7/cmdline": cmdline } }),
      port: PORT,
      newestLog: async () => undefined,
      reach: async () => "refused",
    }).isAlive?.();
  assert.equal(await alive("openclaw-gateway\0"), true);
  assert.equal(await alive("/usr/bin/node\0/opt/openclaw/dist/index.js\0gateway\0"), true);
  assert.equal(await alive("python3\0-m\0http.server\0"), false);
});

test("over SSH the words of a command line are told apart as the kernel has them: one that still starts is alive", async () => {
  const folder = mkdtempSync(join(tmpdir(), "opd-commands-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const alive = (cmdline: string): boolean => {
    mkdirSync(join(folder, "7"), { recursive: true });
    writeFileSync(join(folder, "7", "cmdline"), cmdline);
    const script = COMMANDS.replace("/proc/", `${folder}/`);
    return hasGateway(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
  };
  for (const [cmdline, is] of [
    ["/usr/bin/node\0/opt/openclaw/dist/index.js\0gateway\0--port\0", true],
    ["openclaw-gateway\0", true],
    // pm2's title for what it starts.
    ["node /srv/openclaw/dist/index.js\0", true],
    ["/usr/bin/node\0/opt/openclaw/dist/index.js\0devices\0list\0", false],
    ["python3\0-m\0http.server\0", false],
  ] as const)
    assert.equal(alive(cmdline), is, cmdline);
});
