// Ctrl-C always works: whatever a command is busy with, and never in the middle of a way back that is on its way.
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import {
  type CliOptions,
  emptyHome,
  ensureBuilt,
  finish,
  fixture,
  here,
  start as startCli,
} from "./support/cli.ts";
import { FixPlace } from "./support/fix-place.ts";
import { UNHURRIED, until } from "./support/until.ts";

const directory = mkdtempSync(join(tmpdir(), "opd-interrupt-"));
after(() => rmSync(directory, { recursive: true }));

const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
});

function start(args: readonly string[], options: CliOptions = {}): ChildProcess {
  const child = startCli(args, options);
  children.push(child);
  return child;
}

/** Longer than anything here takes on a slow machine; what is not ended hangs for ever. */
const PATIENCE = { timeout: UNHURRIED };
// Before any limit runs: a build is no part of what is measured here.
ensureBuilt();

function fifo(name: string): string {
  const path = join(directory, name);
  execFileSync("mkfifo", [path]);
  return path;
}

/** A file that Node loads into each of its threads first. */
function preload(name: string, inThread: string): readonly string[] {
  const path = join(directory, `${name}.mjs`);
  const thread = 'import { isMainThread } from "node:worker_threads";\n';
  writeFileSync(path, `${thread}import fs from "node:fs";\nif (!isMainThread) { ${inThread} }\n`);
  return ["--import", path];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let awakened = 0;

/** Starts a command and waits until the thread of its work runs, however slow the machine is. */
async function startAwake(args: readonly string[]): Promise<ChildProcess> {
  const mark = join(directory, `awake-${awakened++}`);
  const child = start(args, {
    node: preload(`awake-${awakened}`, `fs.writeFileSync(${JSON.stringify(mark)}, "");`),
  });
  await until(() => existsSync(mark));
  // It opens its input now, and waits there.
  await pause(100);
  return child;
}

/** Milliseconds from a signal to the end. */
async function stopped(
  child: ChildProcess,
  signal: NodeJS.Signals,
  ended: Promise<unknown>,
): Promise<number> {
  const since = Date.now();
  child.kill(signal);
  await ended;
  return Date.now() - since;
}

describe("a thread that is blocked", { concurrency: 3 }, () => {
  const marker = (name: string): string => join(directory, `${name}.blocked`);
  const blocks: Readonly<Record<string, string>> = {
    "in a loop": "for (;;);",
    "in a regular expression": '/^(?:a+)+$/.test("a".repeat(60) + "b");',
    "in a wait": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
    "in WebAssembly":
      "new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,3,64,12,0,11,11]))).exports.f();",
  };
  for (const [name, block] of Object.entries(blocks))
    for (const signal of name === "in a loop" ? (["SIGINT", "SIGTERM"] as const) : (["SIGINT"] as const))
      test(`${name}, and ${signal}: 130, without a word`, PATIENCE, async () => {
        const mark = marker(name + signal);
        const blocked = `setTimeout(() => { fs.writeFileSync(${JSON.stringify(mark)}, ""); ${block} }, 50);`;
        const child = start(["triage", fifo(`blocked-${name}-${signal}`)], {
          node: preload(name + signal, blocked),
        });
        const ended = finish(child);
        await until(() => existsSync(mark));
        await stopped(child, signal, ended);
        assert.deepEqual(await ended, { code: 130, stdout: "", stderr: "" });
      });

  test("in the system, out of Node's reach: ended all the same", PATIENCE, async () => {
    const mark = marker("system");
    const stuck = JSON.stringify(fifo("stuck"));
    const blocked = `setTimeout(() => { fs.writeFileSync(${JSON.stringify(mark)}, ""); fs.readFileSync(${stuck}); }, 50);`;
    const child = start(["triage", fifo("system")], { node: preload("system", blocked) });
    const ended = finish(child);
    await until(() => existsSync(mark));
    await stopped(child, "SIGINT", ended);
    const { code, stdout, stderr } = await ended;
    assert.deepEqual([code, child.signalCode, stdout, stderr], [null, "SIGKILL", "", ""]);
  });

  test("nothing that it started stays", PATIENCE, async () => {
    const home = emptyHome();
    const pids = join(home, "pids");
    // As an engine behind ssh that never answers.
    writeFileSync(
      join(home, "ssh"),
      `#!/bin/sh\necho $$ >> ${pids}\nsleep 1000 &\necho $! >> ${pids}\nwait\n`,
      { mode: 0o755 },
    );
    const mark = marker("children");
    const started = `fs.existsSync(${JSON.stringify(pids)}) && fs.readFileSync(${JSON.stringify(pids)}, "utf8").split("\\n").length > 2`;
    const blocked = `const timer = setInterval(() => { if (${started}) setTimeout(() => { fs.writeFileSync(${JSON.stringify(mark)}, ""); for (;;); }, 100); }, 20);`;
    const child = start(["--target", "docker:claw"], {
      node: preload("children", blocked),
      env: { DOCKER_HOST: "ssh://somewhere", PATH: `${home}:${process.env.PATH ?? ""}` },
    });
    const ended = finish(child);
    await until(() => existsSync(mark));
    await stopped(child, "SIGINT", ended);
    assert.equal((await ended).code, 130);
    const started2 = readFileSync(pids, "utf8").trim().split("\n").map(Number);
    assert.ok(started2.length >= 2);
    await until(() => started2.every((pid) => !isRunning(pid)));
    rmSync(home, { recursive: true });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // What is a zombie only waits for its parent.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("an input that never ends", { skip: process.platform === "win32", concurrency: 3 }, () => {
  const ways: Readonly<Record<string, (path: string) => readonly string[]>> = {
    triage: (path) => ["triage", path],
    "--log": (path) => ["--log", path, "--target", "ws://127.0.0.1:9"],
    "--token-file": (path) => ["--token-file", path, "--target", "ws://127.0.0.1:9"],
    "what-if --input": (path) => ["what-if", "--input", path],
  };
  for (const [name, args] of Object.entries(ways)) {
    test(`${name} of a pipe that nobody writes to: an interrupt ends it with 130`, PATIENCE, async () => {
      const child = await startAwake(args(fifo(`silent ${name}`)));
      const ended = finish(child);
      assert.equal(child.exitCode, null, "it did not wait");
      await stopped(child, "SIGINT", ended);
      assert.deepEqual(await ended, { code: 130, stdout: "", stderr: "" });
    });

    test(`${name} of a device or a directory: refused at once`, PATIENCE, async () => {
      const folder = [directory, "it is a directory"] as const;
      // `triage` reads what a folder has in it.
      for (const [path, why] of [
        ["/dev/zero", "it is a device"] as const,
        ...(name === "triage" ? [] : [folder]),
      ]) {
        const { code, stderr } = await here(args(path));
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`: ${why}\\n`));
      }
    });
  }

  test(
    "--config of a pipe, a device or a socket: refused, as it is read more than once",
    PATIENCE,
    async () => {
      const socket = join(directory, "config.sock");
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      try {
        for (const [path, why] of [
          [fifo("config"), "it is a pipe"],
          ["/dev/zero", "it is a device"],
          [socket, "it is a socket"],
        ] as const) {
          const { code, stderr } = await here(["--config", path]);
          assert.equal(code, 2);
          assert.match(stderr, new RegExp(`: ${why}\\n`));
        }
      } finally {
        server.close();
      }
    },
  );

  test("a log that is written without end is read until the interrupt", PATIENCE, async () => {
    const path = fifo("endless");
    const writer = spawn("sh", ["-c", 'exec yes "a line" > "$0"', path]);
    try {
      const child = await startAwake(["triage", path]);
      const ended = finish(child);
      await stopped(child, "SIGTERM", ended);
      assert.deepEqual(await ended, { code: 130, stdout: "", stderr: "" });
    } finally {
      writer.kill("SIGKILL");
    }
  });

  test("a pipe that ends is a log like any other", PATIENCE, async () => {
    const path = fifo("whole");
    const writer = spawn("sh", ["-c", 'cat "$1" > "$0"', path, fixture("logs/console-2026.9.6.log")]);
    const [piped, plain] = await Promise.all([
      finish(start(["triage", "--json", path])),
      finish(start(["triage", "--json", fixture("logs/console-2026.9.6.log")])),
    ]);
    writer.kill();
    assert.equal(piped.code, plain.code);
    assert.deepEqual(idsOf(piped.stdout), idsOf(plain.stdout));
  });
});

function idsOf(stdout: string): readonly string[] {
  return JSON.parse(stdout).findings.map(({ id }: { id: string }) => id);
}

test("a reader that goes away in the middle is no failure", PATIENCE, async () => {
  const child = await startAwake(["triage", fifo("unread")]);
  child.stdout?.destroy();
  const ended = finish(child);
  child.kill("SIGINT");
  assert.equal((await ended).code, 130);
});

describe("in a fix", { concurrency: 2 }, () => {
  const ORIGIN = "https://claw.example.com";
  const agreeing = [
    "fix",
    "--yes",
    "--allow-risk",
    "grants-access",
    "--origin",
    ORIGIN,
    "--deployment",
    "local",
  ];
  /** Ways in which the second rename of openclaw.json, which takes it back, is done. */
  const slowly = (how: string): string =>
    `const { rename } = fs.promises; let renames = 0; fs.promises.rename = async (from, to) => { if (/openclaw\\.json$/.test(to) && ++renames === 2) { ${how} } return rename(from, to); }; (await import("node:module")).syncBuiltinESMExports();`;

  async function interrupted(
    name: string,
    how: string,
    then: (child: ChildProcess) => Promise<void>,
    look: (place: FixPlace, before: string, code: number | null) => Promise<void>,
  ): Promise<void> {
    const place = await FixPlace.open();
    try {
      const before = place.text();
      const child = start(agreeing, { cwd: place.home, env: place.env, node: preload(name, slowly(how)) });
      const ended = finish(child);
      await until(() => place.text() !== before);
      child.kill("SIGINT");
      await then(child);
      const { code } = await ended;
      await look(place, before, code);
    } finally {
      await place.close();
    }
  }

  test("a way back that is alive has its time, longer than any other work would get", PATIENCE, () =>
    interrupted(
      "alive",
      "await new Promise((resolve) => setTimeout(resolve, 3500));",
      async () => undefined,
      async (place, before, code) => {
        assert.equal(code, 130);
        assert.equal(place.text(), before);
        assert.equal(place.journal().state, "undone");
      },
    ),
  );

  test("one that is blocked is ended; the next run takes it back", PATIENCE, () =>
    interrupted(
      "blocked-back",
      "for (;;);",
      async () => undefined,
      async (place, before, code) => {
        assert.equal(code, 130);
        assert.notEqual(place.text(), before);
        assert.equal(place.journal().state, "undoing");
        const undone = await place.run(["--undo", "--yes"]);
        assert.equal(undone.code, 0, undone.stdout + undone.stderr);
        assert.equal(place.text(), before);
      },
    ),
  );

  test("a second interrupt ends it at once, and the journal is left for the next run", PATIENCE, () =>
    interrupted(
      "twice",
      "await new Promise((resolve) => setTimeout(resolve, 600_000));",
      async (child) => {
        await pause(500);
        child.kill("SIGINT");
      },
      async (place, before, code) => {
        assert.equal(code, 130);
        assert.equal(place.journal().state, "undoing");
        const undone = await place.run(["--undo", "--yes"]);
        assert.equal(undone.code, 0, undone.stdout + undone.stderr);
        assert.equal(place.text(), before);
      },
    ),
  );
});
