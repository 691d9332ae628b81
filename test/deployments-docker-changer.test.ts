// A gateway in a container is changed as one of this machine is: whole files, kept owners and modes, commands that
// end with the doctor.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { ChangeError } from "../src/core/change.ts";
import { sha256 } from "../src/deployments/atomic-file.ts";
import { containerCli } from "../src/deployments/contained/cli.ts";
import { REPLACE } from "../src/deployments/contained/scripts.ts";
import { containerFiles } from "../src/deployments/docker/exact-files.ts";
import { containerExec } from "../src/deployments/docker/exec.ts";
import { oneFile } from "../src/deployments/docker/one-file.ts";
import { programsEnded } from "../src/deployments/docker/orphans.ts";
import { containerEyes } from "../src/deployments/docker/watch-container.ts";
import { notesOn } from "../src/deployments/side-file.ts";
import { tarEntries } from "../src/intake/tar.ts";
import { ACL, ACL_FOR_1234, getAttribute, setAttribute, whyNoAttributes } from "./support/attributes.ts";
import { type ContainerEngine, containerEngine } from "./support/container-engine.ts";
import { english } from "./support/english.ts";
import { UNHURRIED, until } from "./support/until.ts";

const never = new AbortController().signal;
const engines: ContainerEngine[] = [];
after(() => Promise.all(engines.map((engine) => engine.close().catch(() => undefined))));

async function made() {
  const engine = await containerEngine();
  engines.push(engine);
  const exec = containerExec(engine.container);
  const directory = path.join(engine.root, "state");
  mkdirSync(directory);
  const file = path.join(directory, "openclaw.json");
  return { engine, exec, directory, file, files: containerFiles(engine.container, exec) };
}

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const hashOf = (text: string): string => sha256(Buffer.from(text));

describe("files of a container", () => {
  for (const status of ["running", "exited", "restarting"] as const)
    test(`${status}: replaced with the mode it had, and nothing else is left`, async () => {
      const { engine, files, file, directory } = await made();
      writeFileSync(file, "before");
      chmodSync(file, 0o640);
      engine.state = { ...engine.state, status };
      const now = await files.read(file);
      assert.deepEqual(
        { ...now, content: Buffer.from(now?.content ?? []).toString() },
        { content: "before", sha256: hashOf("before"), mode: 0o640, ...owner },
      );
      assert.ok(now);
      const next = { ...now, content: Buffer.from("after") };
      assert.equal(await files.replace(file, next, hashOf("something else")), "stale");
      assert.equal(readFileSync(file, "utf8"), "before");
      assert.equal(await files.replace(file, next, now.sha256), "replaced");
      assert.equal(readFileSync(file, "utf8"), "after");
      assert.equal(statSync(file).mode & 0o7777, 0o640);
      assert.deepEqual(readdirSync(directory), ["openclaw.json"]);
      const put = engine.calls.filter((call) => call.startsWith("PUT "));
      assert.equal(put.length, status === "running" ? 0 : 1);
      assert.ok(engine.users.every((user) => user === `${owner.uid}:${owner.gid}`));
    });

  test("behind a link: the link stays, what it leads to is replaced", async () => {
    for (const status of ["running", "exited"] as const) {
      const { engine, files, file, directory } = await made();
      writeFileSync(path.join(directory, "real.json"), "before");
      symlinkSync("real.json", file);
      engine.state = { ...engine.state, status };
      const now = await files.read(file);
      assert.ok(now);
      await files.replace(file, { ...now, content: Buffer.from("after") }, now.sha256);
      assert.equal(readlinkSync(file), "real.json");
      assert.equal(readFileSync(path.join(directory, "real.json"), "utf8"), "after");
    }
  });

  test("one that is not there is made, one that is wanted gone is removed while the container runs", async () => {
    const { engine, files, file } = await made();
    assert.equal(await files.read(file), undefined);
    const next = { content: Buffer.from("new"), mode: 0o600, ...owner };
    assert.equal(await files.replace(file, next, hashOf("x")), "stale");
    assert.equal(await files.replace(file, next, undefined), "replaced");
    assert.equal(await files.replace(file, next, undefined), "stale");
    engine.state = { ...engine.state, status: "exited" };
    await assert.rejects(files.replace(file, undefined, hashOf("new")), ChangeError);
    engine.state = { ...engine.state, status: "running" };
    assert.equal(await files.replace(file, undefined, hashOf("new")), "replaced");
    assert.equal(await files.read(file), undefined);
  });

  test("any bytes go in and come out", async () => {
    const { engine, files, file } = await made();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 70_000 }), fc.boolean(), async (content, running) => {
        engine.state = { ...engine.state, status: running ? "running" : "exited" };
        const before = await files.read(file);
        const next = { content, mode: 0o600, ...owner };
        assert.equal(await files.replace(file, next, before?.sha256), "replaced");
        assert.deepEqual(Buffer.from((await files.read(file))?.content ?? []), Buffer.from(content));
      }),
      { numRuns: 12 },
    );
  });

  const noAttributes = whyNoAttributes();
  test("access control list and attributes stay, by the programs of the container", {
    skip: noAttributes,
  }, async () => {
    const { files, file, directory } = await made();
    writeFileSync(file, "before", { mode: 0o660 });
    setAttribute(file, "user.backup", "00ff0a3d");
    setAttribute(file, ACL, ACL_FOR_1234);
    assert.deepEqual(await files.traits(file), { names: 1, attributes: "some" });
    const now = await files.read(file);
    assert.ok(now);
    const { ino } = statSync(file);
    assert.equal(
      await files.replace(file, { ...now, content: Buffer.from("after") }, now.sha256),
      "replaced",
    );
    assert.notEqual(statSync(file).ino, ino);
    assert.equal(readFileSync(file, "utf8"), "after");
    assert.equal(getAttribute(file, "user.backup"), "00ff0a3d");
    assert.equal(getAttribute(file, ACL), ACL_FOR_1234);
    assert.deepEqual(readdirSync(directory), ["openclaw.json"]);
  });

  test("in a container without such programs the file is written in its place", {
    skip: noAttributes || (owner.uid !== 0 && "only root can hide a program"),
  }, async (t) => {
    const { file } = await made();
    writeFileSync(file, "a long text from before", { mode: 0o660 });
    setAttribute(file, ACL, ACL_FOR_1234);
    const { ino } = statSync(file);
    const words = [file, hashOf("a long text from before"), "5", String(0o660), "0", "0"];
    const hidden = 'for p in /bin/tar /bin/cp; do mount --bind /dev/null "$(readlink -f $p)" || exit 9; done';
    const args = [
      "-m",
      "sh",
      "-c",
      `${hidden}; exec "$@"`,
      "sh",
      process.execPath,
      "-e",
      REPLACE,
      "--",
      ...words,
    ];
    const { status, stdout, stderr } = spawnSync("unshare", args, { input: "after", encoding: "utf8" });
    if (status === 9) return t.skip("nothing can be mounted here");
    assert.equal(stdout, '{"done":"replaced"}\n', stderr);
    assert.equal(readFileSync(file, "utf8"), "after");
    assert.equal(statSync(file).ino, ino);
    assert.equal(getAttribute(file, ACL), ACL_FOR_1234);
  });

  test("several names stay names of one file", async () => {
    const { files, file, directory } = await made();
    writeFileSync(file, "a long text from before");
    const other = path.join(directory, "other");
    linkSync(file, other);
    assert.equal((await files.traits(file))?.names, 2);
    for (const text of ["after", "and now it is much longer than before"]) {
      const now = await files.read(file);
      assert.ok(now);
      assert.equal(await files.replace(file, { ...now, content: Buffer.from(text) }, now.sha256), "replaced");
      assert.equal(readFileSync(other, "utf8"), text);
    }
  });

  test("in a container that is down nothing tells of them, and that they are lost is known beforehand", async () => {
    const { engine, files, file } = await made();
    writeFileSync(file, "before");
    assert.equal(await files.loses(file), false);
    for (const status of ["exited", "restarting"] as const) {
      engine.state = { ...engine.state, status };
      assert.equal(await files.loses(file), true);
      assert.equal(await files.loses(`${file}.absent`), false);
    }
    engine.state = { ...engine.state, status: "exited" };
    assert.equal(await files.traits(file), undefined);
    assert.deepEqual(await notesOn(file, files), [{ message: "written-anew", args: { path: file } }]);
  });

  test("no setuid file is made or changed", async () => {
    for (const status of ["running", "exited"] as const) {
      const { engine, files, file } = await made();
      writeFileSync(file, "before");
      engine.state = { ...engine.state, status };
      const now = await files.read(file);
      assert.ok(now);
      await files.replace(file, { ...now, content: Buffer.from("after"), mode: 0o6755 }, now.sha256);
      assert.equal(statSync(file).mode & 0o7777, 0o755);
      chmodSync(file, 0o4755);
      const next = { ...now, content: Buffer.from("again") };
      await assert.rejects(files.replace(file, next, hashOf("after")), /setuid, setgid or sticky bits/);
    }
  });

  const refusals = [
    [{ status: 500, message: "mounted volume is marked read-only" }, "denied", /read-only file system/],
    [{ status: 403, message: "container rootfs is marked read-only" }, "denied", /read-only file system/],
    [{ status: 500, message: "unlinkat /x: device or resource busy" }, "denied", /mounted as a single file/],
    [{ status: 403, message: "Forbidden" }, "denied", /proxy in front of the engine/],
    [{ status: 500, message: "disk is on fire" }, "failed", /HTTP 500/],
  ] as const;
  for (const [refuses, reason, words] of refusals)
    test(`the engine does not write: ${refuses.message}`, async () => {
      const { engine, files, file } = await made();
      writeFileSync(file, "before");
      Object.assign(engine, { state: { ...engine.state, status: "exited" }, refuses });
      const next = { content: Buffer.from("after"), mode: 0o600, ...owner };
      await assert.rejects(files.replace(file, next, hashOf("before")), (error) => {
        assert.ok(error instanceof ChangeError);
        assert.equal(error.reason, reason);
        assert.match(error.message, words);
        return true;
      });
      assert.equal(readFileSync(file, "utf8"), "before");
    });

  test("read-only by its mode, no file at all, a paused container: not changed", async () => {
    const { engine, files, file, directory } = await made();
    writeFileSync(file, "before");
    chmodSync(file, 0o444);
    const next = { content: Buffer.from("after"), mode: 0o600, ...owner };
    await assert.rejects(files.replace(file, next, hashOf("before")), /read-only \(mode 444\)/);
    chmodSync(file, 0o600);
    engine.state = { ...engine.state, status: "paused" };
    await assert.rejects(files.replace(file, next, hashOf("before")), /paused/);
    engine.state = { ...engine.state, status: "running" };
    await assert.rejects(files.replace(path.join(directory, "no/such"), next, undefined), (error) => {
      assert.ok(error instanceof ChangeError);
      assert.equal(error.reason, "absent");
      return true;
    });
    assert.equal(readFileSync(file, "utf8"), "before");
  });

  test("what a doctor that was killed left is swept, what another is writing is not", async () => {
    const { files, file, directory } = await made();
    writeFileSync(file, "config");
    const left = (pid: number): string => `.openclaw.json.pairing-doctor.${pid}.0123456789ab.tmp`;
    for (const pid of [process.pid, 4_194_301]) writeFileSync(path.join(directory, left(pid)), "half");
    await files.sweep(file);
    assert.deepEqual(readdirSync(directory).sort(), [left(process.pid), "openclaw.json"]);
  });
});

describe("programs in a container", () => {
  test("output of both streams, exit code, environment, input", async () => {
    const { exec } = await made();
    const script = `process.stdin.once("data", (data) => { console.log(process.env.GIVEN, String(data)); console.error("warned"); process.exit(3); })`;
    const outcome = await exec.run(["node", "-e", script], {
      user: "",
      env: { GIVEN: "a=b c" },
      input: Buffer.from("hello"),
      signal: never,
      timeoutMs: UNHURRIED,
    });
    assert.ok(outcome.known, JSON.stringify(outcome));
    assert.deepEqual(outcome.value, { exitCode: 3, stdout: "a=b c hello\n", stderr: "warned\n" });
  });

  test("no such program, a container that is down: absent, each in its own words", async () => {
    const { exec, engine } = await made();
    const none = await exec.run(["no-such-program"], { user: "", signal: never, timeoutMs: UNHURRIED });
    assert.deepEqual([none.known, !none.known && none.reason], [false, "absent"]);
    const kept = await exec.keep(["no-such-program"], { user: "", signal: never, timeoutMs: UNHURRIED });
    assert.ok(kept.known && kept.value.exitCode === 127, JSON.stringify(kept));
    engine.state = { ...engine.state, status: "exited" };
    const down = await exec.run(["node"], { user: "", signal: never, timeoutMs: UNHURRIED });
    assert.match(down.known ? "" : down.detail, /not running/);
  });

  /** A program that starts another, and both stay. */
  const stays = (file: string): readonly string[] => [
    "node",
    "-e",
    `const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
     require("node:fs").writeFileSync(${JSON.stringify(file)}, process.pid + " " + child.pid); setInterval(() => {}, 1000);`,
  ];
  const runs = (pid: number): boolean => {
    try {
      // One that ended and was not waited for yet is none.
      return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  };
  const pidsIn = (file: string): readonly number[] => {
    try {
      return readFileSync(file, "utf8").split(" ").map(Number);
    } catch {
      return [];
    }
  };

  test("one that is kept ends with the doctor, and with the time", {
    skip: process.platform !== "linux" && "it reads /proc",
  }, async () => {
    const { exec, directory, engine } = await made();
    const aborted = path.join(directory, "aborted");
    const controller = new AbortController();
    const interrupted = exec.keep(stays(aborted), { user: "", signal: controller.signal, timeoutMs: 60_000 });
    await until(() => pidsIn(aborted).length === 2, "it starts");
    controller.abort();
    assert.match(JSON.stringify(await interrupted), /interrupted/);
    await until(() => !pidsIn(aborted).some(runs), "both end");

    const left = path.join(directory, "left");
    // Somebody's own program does not hold the next doctor up.
    void exec.run(stays(path.join(directory, "theirs")), { user: "", signal: never, timeoutMs: 60_000 });
    await until(() => pidsIn(path.join(directory, "theirs")).length === 2, "theirs starts");
    await programsEnded(engine.api, engine.container, never);
    // As long as it takes to start, on this machine.
    for (let ms = 2500; pidsIn(left).length < 2; ms *= 4) {
      let isOver = false;
      void exec.keep(stays(left), { user: "", signal: never, timeoutMs: ms }).then(() => {
        isOver = true;
      });
      await until(() => isOver || pidsIn(left).length === 2, "the third starts");
    }
    await programsEnded(engine.api, engine.container, never);
    assert.ok(!pidsIn(left).some(runs), "the next doctor waited");
    for (const pid of pidsIn(path.join(directory, "theirs"))) process.kill(pid);

    const late = path.join(directory, "late");
    const timed = await exec.keep(stays(late), { user: "", signal: never, timeoutMs: 1500 });
    assert.ok(timed.known ? timed.value.exitCode !== 0 : timed.reason === "timeout", JSON.stringify(timed));
    await until(() => !pidsIn(late).some(runs), "both end with the time");
    assert.ok(engine.calls.every((call) => !call.startsWith("DELETE")));
  });

  test("a secret is never handed to a command, nor shown", async () => {
    const { exec, directory } = await made();
    const cli = containerCli({
      exec,
      program: [
        "node",
        "-e",
        "console.log(process.argv.slice(1).join(' '), process.env.OPENCLAW_STATE_DIR, 'hunter2-hunter2')",
        "--",
      ],
      user: "",
      gateway: { pid: 1, flags: {}, env: {}, envSource: "test" },
      configPath: path.join(directory, "openclaw.json"),
      stateDir: directory,
      secrets: ["hunter2-hunter2"],
    });
    const refused = await cli.run(["config", "set", "x", "hunter2-hunter2"], { signal: never });
    assert.equal(refused.known, false);
    const outcome = await cli.run(["devices", "list"], { signal: never });
    assert.ok(outcome.known, JSON.stringify(outcome));
    assert.match(outcome.value.stdout, new RegExp(`^devices list ${directory} `));
    assert.doesNotMatch(outcome.value.stdout, /hunter2/);
  });
});

describe("what is seen of a gateway in a container", () => {
  async function looked() {
    const { engine, exec } = await made();
    const server = createServer((socket) => socket.resume().end("HTTP/1.1 204 No Content\r\n\r\n"));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    // The port is not published: from outside nobody answers.
    const url = "ws://127.0.0.1:9";
    const { api, container } = engine;
    return { engine, server, eyes: containerEyes({ api, container, exec, tty: false, port, url }) };
  }
  const close = (server: ReturnType<typeof createServer>): Promise<void> =>
    new Promise((resolve) => server.close(() => resolve()));

  test("its sockets from inside, with the container's start; nobody listens; the container is down", async () => {
    const { engine, server, eyes } = await looked();
    assert.match((await eyes.sockets()) ?? "", /^2026-11-23T01:00:00Z \d+$/);
    assert.equal(await eyes.reach(never), "open");
    await close(server);
    assert.equal(await eyes.sockets(), "");
    assert.notEqual(await eyes.reach(never), "open");
    engine.state = { ...engine.state, status: "exited" };
    assert.equal(await eyes.sockets(), "");
    assert.equal(await eyes.comesBack?.(), false);
    engine.state = { ...engine.state, status: "restarting" };
    assert.equal(await eyes.comesBack?.(), true);
  });

  test("what the log says from now on", async () => {
    const { engine, server, eyes } = await looked();
    engine.log = "[reload] config hot reload applied (a)\n";
    const since = await eyes.logFromNow();
    assert.equal(await since(), "");
    engine.log += "[reload] config change requires gateway restart (b)\n";
    assert.equal(await since(), "[reload] config change requires gateway restart (b)\n");
    await close(server);
  });

  test("one that is started again and again fails; one that was once may come", async () => {
    const { engine, server, eyes } = await looked();
    await close(server);
    engine.state = { status: "restarting", startedAt: "x", restarts: 7 };
    await eyes.logFromNow();
    assert.equal(await eyes.fails?.(), undefined);
    engine.state = { ...engine.state, restarts: 8 };
    assert.equal(await eyes.fails?.(), undefined);
    engine.state = { ...engine.state, restarts: 9 };
    assert.match(english(await eyes.fails?.()), /again and again/);
    engine.state = { ...engine.state, status: "exited", restarts: 7 };
    assert.match(english(await eyes.fails?.()), /exit code 1/);
  });
});

describe("an engine that stops answering", () => {
  test("is no crash: nothing is seen, files are left alone, each with its reason", async () => {
    const { engine, exec, file, files } = await made();
    writeFileSync(file, "before");
    const { api, container } = engine;
    const eyes = containerEyes({ api, container, exec, tty: false, port: 9, url: "ws://127.0.0.1:9" });
    await engine.close();
    assert.equal(await eyes.sockets(), undefined);
    assert.equal(await eyes.comesBack?.(), false);
    assert.equal(await eyes.fails?.(), undefined);
    assert.equal(await (await eyes.logFromNow())(), "");
    await assert.rejects(files.read(file), ChangeError);
    const outcome = await exec.run(["node"], { user: "", signal: never, timeoutMs: 5000 });
    assert.equal(outcome.known, false);
  });
});

test("an archive of one file reads as it was written", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 3000 }),
      fc.integer({ min: 0, max: 0o7777 }),
      // Accounts of a directory service have large numbers.
      fc.oneof(fc.integer({ min: 0, max: 300_000 }), fc.integer({ min: 0, max: 2 ** 32 - 2 })),
      async (content, mode, uid) => {
        async function* bytes(): AsyncGenerator<Uint8Array> {
          yield oneFile("openclaw.json", content, { mode, uid, gid: uid });
        }
        const entries = [];
        for await (const entry of tarEntries(bytes(), () => 1e6)) entries.push(entry);
        const [entry] = entries;
        assert.equal(entries.length, 1);
        assert.deepEqual(
          [entry?.name, entry?.mode, entry?.uid, entry?.gid],
          ["openclaw.json", mode, uid, uid],
        );
        assert.deepEqual(Buffer.from(entry?.content ?? []), Buffer.from(content));
      },
    ),
  );
});
