import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { knownValue } from "../src/core/fact.ts";
import { runToEnd } from "../src/deployments/command.ts";
import { engineAddresses } from "../src/deployments/docker/addresses.ts";
import { connectEngine, type Engine } from "../src/deployments/docker/engine.ts";
import { engineFailure } from "../src/deployments/docker/failure.ts";
import { openContainer } from "../src/deployments/docker/open-container.ts";
import { parseSshUrl, sshWords } from "../src/deployments/docker/ssh-address.ts";
import { type FakeEngine, fakeEngine, frame } from "./fake-engine.ts";
import { fakeWorld, textOf } from "./fake-world.ts";
import { cli } from "./support/cli.ts";
import { UNHURRIED, until } from "./support/until.ts";

/**
 * Stands in for `ssh` on the PATH: leads standard input and output to FAKE_SOCKET, or fails as FAKE_SSH says. Its
 * words and its pid are kept in FAKE_LOG.
 */
const FAKE = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const { connect } = require("node:net");
const words = process.argv.slice(2);
appendFileSync(process.env.FAKE_LOG, JSON.stringify({ pid: process.pid, words }) + "\\n");
const [code, ...said] = (process.env.FAKE_SSH ?? "").split("|");
if (words[0] === "-G") {
  console.log("host x\\nhostname " + (process.env.FAKE_NAME ?? "claw.lan") + "\\nport 22");
} else if (code === "hang") {
  process.on("SIGTERM", () => {});
  setInterval(() => {}, 1000);
} else if (code !== "") {
  console.error(said.join("\\n"));
  process.exit(Number(code));
} else {
  const socket = connect({ path: process.env.FAKE_SOCKET, allowHalfOpen: true });
  process.stdin.pipe(socket).pipe(process.stdout);
  socket.on("close", () => process.exit(0));
  socket.on("error", () => process.exit(1));
}
`;

const directory = mkdtempSync(join(tmpdir(), "opd-ssh-"));
const log = join(directory, "log");
const PATH = [join(directory, "bin"), process.env.PATH].join(delimiter);
before(() => {
  mkdirSync(join(directory, "bin"));
  writeFileSync(join(directory, "bin", "ssh"), FAKE);
  chmodSync(join(directory, "bin", "ssh"), 0o755);
});
after(() => rmSync(directory, { recursive: true, force: true }));

const skip = process.platform === "win32" ? "the stand-in for ssh is a script" : false;

interface Started {
  readonly pid: number;
  readonly words: readonly string[];
}

function started(): readonly Started[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Started).filter(({ words }) => words[0] !== "-G");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that ended and was not waited for yet still answers.
    return process.platform !== "linux" || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

const environment = (socket: string, more: Readonly<Record<string, string>> = {}) => ({
  PATH,
  FAKE_LOG: log,
  FAKE_SOCKET: socket,
  ...more,
});

async function engineBehind(socket: string, more: Readonly<Record<string, string>> = {}): Promise<Engine> {
  const env = { ...environment(socket, more), DOCKER_HOST: "ssh://me@claw:2222" };
  const addresses = knownValue(await engineAddresses(fakeWorld({ env })));
  const address = addresses?.[0];
  assert.ok(address);
  return connectEngine(address, env);
}

describe("ssh:// as Docker's own command understands it", () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["ssh://claw", ["--", "claw", "docker", "system", "dial-stdio"]],
    ["ssh://me@claw:2222", ["-l", "me", "-p", "2222", "--", "claw", "docker", "system", "dial-stdio"]],
    ["ssh://me@[fd00::5]/", ["-l", "me", "--", "fd00::5", "docker", "system", "dial-stdio"]],
    [
      "ssh://claw/run/user/1000/docker.sock",
      ["--", "claw", "docker", "--host=unix:///run/user/1000/docker.sock", "system", "dial-stdio"],
    ],
  ];
  for (const [url, expected] of rows)
    test(url, () => {
      const address = parseSshUrl(url);
      assert.ok(address);
      const words = sshWords(address);
      assert.deepEqual(words.slice(0, 5), ["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=8"]);
      assert.deepEqual(words.slice(5), expected);
    });

  const refused = [
    "ssh://",
    "ssh://-oProxyCommand=sh",
    "ssh://-l@claw",
    "ssh://me@-claw",
    "ssh://me:secret@claw",
    "ssh://claw:0",
    "ssh://claw:99999",
    "ssh://claw?x=1",
    "ssh://claw#x",
    "ssh://claw/run/$(id).sock",
    "ssh://claw/run/a;b",
    "ssh://claw/run/../x",
    "ssh://cl\u0007aw",
    "ssh://%2doProxyCommand@claw",
    "ssh://me%0a@claw",
    "ssh://claw;id",
  ];
  for (const url of refused)
    test(`${JSON.stringify(url)} is none`, () => assert.equal(parseSshUrl(url), undefined));

  test("no text makes a word that ssh or a shell there takes for something else", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[-$`;|&%@:/.a-z ]{0,30}$/)),
        fc.string({ maxLength: 20 }),
        (text, user) => {
          for (const url of [
            `ssh://${text}`,
            `ssh://${user}@${text}`,
            `ssh://${encodeURIComponent(user)}@claw`,
          ]) {
            const address = parseSshUrl(url);
            if (address === undefined) continue;
            const words = sshWords(address).slice(5);
            for (const word of words.filter((each) => !/^(?:-l|-p|--|--host=unix:.*)$/.test(each)))
              assert.doesNotMatch(word, /^-/);
            // What comes after the host goes through a shell there.
            assert.match(words.slice(words.indexOf("--") + 2).join(" "), /^[A-Za-z0-9 /:=_.@-]*$/);
          }
        },
      ),
    );
  });

  test("Podman's variables: its socket there, and the key of its machine", async () => {
    const env = {
      CONTAINER_HOST: "ssh://core@127.0.0.1:50022/run/user/501/podman/podman.sock",
      CONTAINER_SSHKEY: "/home/me/.ssh/podman-machine-default",
    };
    const ssh = knownValue(await engineAddresses(fakeWorld({ env })))?.[0]?.ssh;
    assert.deepEqual(ssh === undefined ? [] : sshWords(ssh).slice(5), [
      ...["-i", "/home/me/.ssh/podman-machine-default", "-l", "core", "-p", "50022", "--", "127.0.0.1"],
      ...["podman", "--url", "unix:///run/user/501/podman/podman.sock", "system", "dial-stdio"],
    ]);
  });
});

describe("an engine behind ssh", { skip }, () => {
  let fake: FakeEngine;
  before(async () => {
    fake = await fakeEngine({
      containers: [
        {
          name: "claw",
          ports: { "18789/tcp": "0.0.0.0:28789" },
          files: { "/home/node/.openclaw/openclaw.json": '{"gateway":{"bind":"lan"}}' },
          log: frame(2, "refused\n"),
        },
      ],
    });
  });
  after(() => fake?.close());

  test("list, inspect, archive and log; what it publishes is at the host that ssh knows", async () => {
    const env = { ...environment(fake.socket), DOCKER_HOST: "ssh://claw" };
    const before = started().length;
    const opened = await openContainer({
      world: fakeWorld({ env }),
      salt: "s",
      wanted: { by: "container", name: "claw" },
    });
    assert.ok(opened.known, JSON.stringify(opened));
    const { access, here, url } = opened.value;
    assert.equal(knownValue(await access.config())?.reading.effective.gateway?.bind, "lan");
    const logs = knownValue(await access.logs());
    assert.equal(await textOf(logs?.[0]?.chunks ?? nothing()), "refused\n");
    assert.equal(here, false);
    assert.equal(url(18789), "ws://claw.lan:28789");
    const connections = started().length - before;
    // Each costs a second of signing in, so they are used again.
    assert.ok(connections < fake.calls.length, `${connections} connections for ${fake.calls.length} calls`);
  });

  test("on this machine, as an alias of ssh's configuration, it is here", async () => {
    const { host } = await engineBehind(fake.socket, { FAKE_NAME: "localhost" });
    assert.equal(host, undefined);
  });

  const failures: readonly (readonly [what: string, said: string, reason: string, message: string])[] = [
    [
      "unknown host",
      "255|ssh: Could not resolve hostname claw: Name or service not known",
      "absent",
      "engine-ssh-host",
    ],
    ["host key", "255|Host key verification failed.", "denied", "engine-ssh-host-key"],
    ["a password", "255|me@claw: Permission denied (publickey,password).", "denied", "engine-ssh-denied"],
    [
      "nobody there",
      "255|ssh: connect to host claw port 22: Connection refused",
      "absent",
      "engine-ssh-unreachable",
    ],
    ["no docker", "127|bash: line 1: docker: command not found", "absent", "engine-ssh-no-docker"],
    ["no docker, dash", "127|sh: 1: docker: not found", "absent", "engine-ssh-no-docker"],
    [
      "an old docker",
      "1|docker: 'system dial-stdio' is not a docker command.",
      "absent",
      "engine-ssh-no-docker",
    ],
    [
      "the socket there",
      "1|permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
      "denied",
      "engine-denied",
    ],
    [
      "the engine there",
      "1|Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      "absent",
      "engine-down",
    ],
    ["anything else", "3|\u001b[31mwhat\u0007", "failed", "engine-ssh-failed"],
  ];
  for (const [what, said, reason, message] of failures)
    test(`${what}: ${message}`, async () => {
      const { api } = await engineBehind(fake.socket, { FAKE_SSH: said });
      const fact = await api.listContainers().then(unlisted, (error: unknown) => engineFailure(error, "E"));
      assert.deepEqual([fact.reason, fact.say?.message], [reason, message]);
      assert.doesNotMatch(JSON.stringify(fact), /\\u00/);
    });

  test("no ssh here", async () => {
    const fact = await engineBehind(fake.socket, { PATH: join(directory, "nothing") }).then(
      unlisted,
      (error: unknown) => engineFailure(error, "E"),
    );
    assert.equal(fact.say?.message, "engine-ssh-missing");
  });

  test("an ssh in the directory that we are in is not run, though the PATH leads there", async () => {
    const here = mkdtempSync(join(tmpdir(), "opd-ssh-here-"));
    mkdirSync(join(here, "bin"));
    for (const name of ["ssh", "bin/ssh"])
      writeFileSync(join(here, name), "#!/bin/sh\ntouch ran\nexit 255\n", { mode: 0o755 });
    try {
      for (const first of ["", "bin", "."])
        await cli(["--target", "docker:claw", "--json"], {
          cwd: here,
          env: {
            PATH: `${first}:${PATH}`,
            DOCKER_HOST: "ssh://claw",
            FAKE_SOCKET: fake.socket,
            FAKE_LOG: log,
          },
        });
      assert.equal(existsSync(join(here, "ran")), false);
    } finally {
      rmSync(here, { recursive: true, force: true });
    }
  });

  test("what a program starts in turn is not looked for there, either", async () => {
    const here = mkdtempSync(join(tmpdir(), "opd-ssh-here-"));
    writeFileSync(join(here, "planted-program"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
    try {
      const outcome = await runToEnd(["sh", "-c", "planted-program"], {
        env: { PATH: ":/usr/bin:/bin:." },
        cwd: here,
        signal: new AbortController().signal,
        timeoutMs: UNHURRIED,
      });
      assert.ok(outcome.known && outcome.value.exitCode === 127, JSON.stringify(outcome));
    } finally {
      rmSync(here, { recursive: true, force: true });
    }
  });

  test("a request that is given up ends its ssh, even one that will not", async () => {
    const { api } = await engineBehind(fake.socket, { FAKE_SSH: "hang" });
    const before = started().length;
    const given = new AbortController();
    const asked = api.listContainers({ abortSignal: given.signal }).then(unlisted, (error: unknown) => error);
    await until(() => started().length > before);
    const { pid = 0 } = started().at(-1) ?? {};
    assert.ok(isAlive(pid));
    given.abort();
    assert.ok((await asked) instanceof Error);
    await until(() => !isAlive(pid), "it is still there");
  });

  test("the command line: in its own words, and nothing is left running", async () => {
    const env = environment(fake.socket, { DOCKER_HOST: "ssh://claw", FAKE_NAME: "localhost" });
    const before = started().length;
    const result = await cli(["diagnose", "--json", "--target", "docker:claw"], { env });
    assert.match(result.stdout, /"name": "claw"/, result.stderr);
    const mine = started().slice(before);
    assert.ok(mine.length > 0);
    await until(() => mine.every(({ pid }) => !isAlive(pid)));
    const denied = await cli(["diagnose", "--target", "docker:claw"], {
      env: { ...env, FAKE_SSH: "255|me@claw: Permission denied (publickey)." },
    });
    assert.equal(denied.code, 3);
    assert.match(denied.stdout.replace(/\s+/g, " "), /the host wants more than the keys that ssh has/);
  });
});

/** What changes a container is asked of an engine by another part; that it gets through is proven here. */
describe("streams and hijacked connections through ssh", { skip }, () => {
  let server: Server;
  const socket = join(directory, "engine.sock");
  const archived: Buffer[] = [];
  before(async () => {
    server = createServer(async (request, response) => {
      const url = request.url ?? "";
      if (url.endsWith("/exec")) response.writeHead(201).end('{"Id":"e1"}');
      else if (url.includes("/archive")) {
        archived.push(await bodyOf(request));
        response.writeHead(200).end();
      } else if (url.includes("/logs")) {
        response.writeHead(200);
        response.write(frame(1, "one\n"));
        later = () => response.end(frame(1, "two\n"));
      } else response.writeHead(404).end("{}");
    });
    // Docker's answer to `exec start`: the connection itself becomes the program's input and output.
    server.on("upgrade", (request: IncomingMessage, connection: Socket, head: Buffer) => {
      connection.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
      const parts = [head];
      connection.on("data", (part: Buffer) => parts.push(part));
      connection.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        // The body of the request itself comes first.
        connection.end(frame(1, `${request.url} got ${text.replace(/^\{[^}]*\}/, "")}`));
      });
    });
    await new Promise<void>((done) => server.listen(socket, done));
  });
  let later: () => void = () => undefined;
  after(() => {
    server?.closeAllConnections();
    server?.close();
  });

  test("exec with standard input: what is written arrives, its end too, and the answer comes back", async () => {
    const { api } = await engineBehind(socket);
    const exec = await api.getContainer("claw").exec({ Cmd: ["cat"], AttachStdin: true, AttachStdout: true });
    const stream = await exec.start({ hijack: true, stdin: true });
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    const ended = new Promise((done) => stream.once("end", done));
    const big = "x".repeat(300_000);
    stream.write(big);
    stream.end("last");
    await ended;
    const [head, ...rest] = [Buffer.concat(parts).subarray(0, 8), Buffer.concat(parts).subarray(8)];
    assert.equal(head[0], 1);
    assert.equal(rest[0]?.toString("utf8"), `/exec/e1/start got ${big}last`);
  });

  test("a file is put", async () => {
    const { api } = await engineBehind(socket);
    const body = Buffer.alloc(200_000, 7);
    await api.getContainer("claw").putArchive(body, { path: "/" });
    assert.deepEqual(archived.at(-1), body);
  });

  test("a log is followed: the first line comes before the last is written", async () => {
    const { api } = await engineBehind(socket);
    const stream = await api.getContainer("claw").logs({ follow: true, stdout: true });
    let text = "";
    stream.on("data", (part: Buffer) => {
      text += part.toString("latin1");
    });
    const ended = new Promise((done) => stream.once("end", done));
    await until(() => text.includes("one\n"));
    assert.ok(!text.includes("two\n"));
    later();
    await ended;
    assert.ok(text.includes("two\n"));
  });

  test("a doctor that is killed takes its connections along", async () => {
    const before = started().length;
    const script = `
      import { connectEngine } from "./src/deployments/docker/engine.ts";
      const { api } = await connectEngine({ name: "x", ssh: { host: "claw" } });
      const stream = await api.getContainer("claw").logs({ follow: true, stdout: true });
      stream.on("data", () => process.stdout.write("here"));
    `;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      env: { ...process.env, ...environment(socket) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((done) => child.stdout.once("data", done));
    const pids = started()
      .slice(before)
      .map(({ pid }) => pid);
    assert.equal(pids.length, 1);
    child.kill("SIGKILL");
    await until(() => pids.every((pid) => !isAlive(pid)), "it is still there");
  });
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function unlisted(): never {
  assert.fail("the engine answered");
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
