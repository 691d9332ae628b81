import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { admit } from "../src/admission/admit.ts";
import { findPlace, lookAround } from "../src/deployments/find-place.ts";
import { journalWords } from "../src/deployments/service-journal.ts";
import { parseSshHost } from "../src/deployments/ssh/address.ts";
import { SshConnection } from "../src/deployments/ssh/connection.ts";
import { framesOf } from "../src/deployments/ssh/frames.ts";
import { connectionProblem, SshError } from "../src/deployments/ssh/problem.ts";
import { openSshWorld } from "../src/deployments/ssh/world.ts";
import { Surroundings } from "../src/deployments/surroundings.ts";
import { parseTarget } from "../src/deployments/target.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { fakeEngine } from "./fake-engine.ts";
import { fakeWorld, textOf } from "./fake-world.ts";
import { here } from "./support/cli.ts";
import { type StartedSsh, sshStandIn } from "./support/ssh-stand-in.ts";
import { UNHURRIED } from "./support/until.ts";

const skip = process.platform === "win32" ? "the stand-in for ssh is a script" : false;
const TOKEN = "tok-c0ffee-0123456789-abcdef";
const open: { close(): Promise<unknown> }[] = [];
const standIn = sshStandIn();
after(async () => {
  for (const each of open) await each.close();
  standIn.remove();
});

interface JsonReport {
  readonly verdict: string;
  readonly gateway: { readonly url?: string };
  readonly target: { readonly exposure: string };
  readonly deployment?: { readonly kind: string; readonly names: Readonly<Record<string, unknown>> };
  readonly findings: readonly {
    readonly id: string;
    readonly remedies: readonly { readonly commands?: readonly string[] }[];
  }[];
  readonly missing?: readonly { readonly fact: string; readonly reason: string; readonly detail?: string }[];
  readonly path: readonly { readonly hop: string; readonly address?: string }[];
}

const asks = ({ words }: StartedSsh): boolean =>
  !words.includes("-M") && !words.includes("-G") && !words.includes("-W");

describe("whom --target ssh: names", () => {
  for (const [text, expected] of [
    ["ssh:vps", { host: "vps" }],
    ["ssh:me@vps.example.com:2222", { host: "vps.example.com", user: "me", port: 2222 }],
    ["ssh:me@[fd00::5]:22", { host: "fd00::5", user: "me", port: 22 }],
    ["ssh://me@vps", { host: "vps", user: "me" }],
  ] as const)
    test(text, () => {
      const target = parseTarget(text);
      assert.ok(target.ok && target.value.kind === "ssh", text);
      assert.deepEqual(target.value.host, expected);
    });

  test("a container there", () => {
    const target = parseTarget("ssh:me@vps/docker:claw");
    assert.ok(target.ok && target.value.kind === "ssh");
    assert.deepEqual(target.value.container, { kind: "docker", by: "container", name: "claw" });
  });

  for (const text of [
    "ssh:",
    "ssh:-oProxyCommand=sh",
    "ssh:-l@vps",
    "ssh:me@-vps",
    "ssh:me:secret@vps",
    "ssh:vps:0",
    "ssh:vps:99999",
    "ssh:vps;id",
    "ssh:$(id)",
    "ssh:vps\nid",
    "ssh:%2doProxyCommand@vps",
    "ssh:vps/etc",
    "ssh:vps/docker:-x",
    "ssh:.0",
  ])
    test(`refused: ${JSON.stringify(text)}`, () => assert.equal(parseTarget(text).ok, false));

  test("no word that is taken is an option or another shell word", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        const host = parseSshHost(text);
        for (const word of [host?.host, host?.user])
          if (word !== undefined) assert.match(word, /^[A-Za-z0-9_:][A-Za-z0-9_.@+:-]*$/);
      }),
    );
  });
});

test("the words of ssh tell what is wrong with the connection", () => {
  for (const [said, problem] of [
    ["ssh: Could not resolve hostname nohost: Name or service not known", "host"],
    ["Host key verification failed.", "host-key-unknown"],
    ["No ED25519 host key is known for vps and you have requested strict checking.", "host-key-unknown"],
    [
      "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
      "host-key-changed",
    ],
    ["me@vps: Permission denied (publickey).", "denied"],
    ["me@vps: Permission denied (publickey,password).", "password"],
    ["me@vps: Permission denied (keyboard-interactive).", "password"],
    ["ssh: connect to host vps port 22: Connection refused", "unreachable"],
    ["ssh: connect to host vps port 22: No route to host", "unreachable"],
    ["ssh: connect to host vps port 22: Connection timed out", "silent"],
    ["Connection timed out during banner exchange", "silent"],
    ["kex_exchange_identification: Connection closed by remote host", "no-ssh"],
    ["ssh_exchange_identification: No banner received", "no-ssh"],
    ["Connection to vps closed by remote host.", "cut"],
    ["client_loop: send disconnect: Broken pipe", "cut"],
    ["Timeout, server vps not responding.", "cut"],
    ["Welcome to Ubuntu", undefined],
  ] as const)
    assert.equal(connectionProblem(said), problem, said);
});

test("a mark that is in no file keeps the pieces of an answer apart", () => {
  const answer = Buffer.from("noise\nm1 a b\none\ntwo\nm1 c\n\nm2 no\nm1 d\n");
  assert.deepEqual(
    framesOf(answer, "m1").map(({ head, body }) => [head, body.toString()]),
    [
      ["a b", "one\ntwo"],
      ["c", "\nm2 no"],
      ["d", ""],
    ],
  );
});

describe("a host that does not let itself be looked at", { skip }, () => {
  const rows: readonly (readonly [string, string, RegExp, RegExp])[] = [
    [
      "another key than before",
      "255|@ REMOTE HOST IDENTIFICATION HAS CHANGED! @",
      /another one than before/,
      /与以前不同/,
    ],
    [
      "a key that nobody has seen",
      "255|Host key verification failed.",
      /connect once by hand/,
      /手动连接一次/,
    ],
    [
      "a password is wanted",
      "255|me@vps: Permission denied (publickey,password).",
      /wants a password/,
      /要求密码/,
    ],
    ["no key is taken", "255|me@vps: Permission denied (publickey).", /none of the keys/, /任何密钥/],
    [
      "a name that nobody knows",
      "255|ssh: Could not resolve hostname vps: x",
      /does not know that host/,
      /不认识这台主机/,
    ],
    [
      "nobody listens",
      "255|ssh: connect to host vps port 22: Connection refused",
      /does not reach/,
      /连接不到/,
    ],
    [
      "nobody answers",
      "255|ssh: connect to host vps port 22: Connection timed out",
      /did not answer ssh in time/,
      /时限内应答/,
    ],
    [
      "no SSH is spoken",
      "255|kex_exchange_identification: read: Connection reset by peer",
      /does not speak SSH/,
      /SSH 协议/,
    ],
    ["an endless banner", "banner-endless", /without end/, /不停地输出/],
    ["a shell that ends at once and says that all is well", "not-run", /did nothing/, /什么也没有做/],
    ["an account without a shell", "no-shell", /has no shell/, /没有可用来查看的 shell/],
    ["binary garbage", "garbage", /no answer to what was asked/, /不是对所问的应答/],
    ["a shell that writes without end", "endless", /without end/, /不停地输出/],
    ["a connection that is cut in the middle", "cut", /was cut/, /被切断/],
  ];
  for (const [what, play, english, chinese] of rows)
    test(`${what}: exit code 3, in its own words`, async () => {
      for (const [lang, words] of [
        ["en", english],
        ["zh", chinese],
      ] as const) {
        const env = standIn.env({ FAKE_SSH: play });
        const result = await here(["diagnose", "--target", "ssh:me@vps", "--lang", lang], { env });
        assert.equal(result.code, 3, result.stdout + result.stderr);
        const text = result.stdout.replace(/\s+/g, lang === "en" ? " " : "");
        assert.match(text, lang === "en" ? words : new RegExp(words.source.replaceAll(" ", "")));
        assert.match(result.stdout, /ssh:me@vps/);
      }
      assert.deepEqual(standIn.started().filter(({ words }) => words.includes("me")).length > 0, true);
    });

  test("no ssh program", async () => {
    const result = await here(["diagnose", "--target", "ssh:vps"], { env: { PATH: "/nonexistent" } });
    assert.equal(result.code, 3, result.stdout);
    assert.match(result.stdout, /no ssh program/);
  });

  test("a command that hangs is ended, and the connection is still of use", async () => {
    const connection = await SshConnection.open({ host: "vps" }, standIn.env());
    const limits = { maxBytes: 1000, timeoutMs: 400 };
    await assert.rejects(connection.ask("sleep 60", limits), { problem: "late" });
    const { answer } = await connection.ask("echo there", { ...limits, timeoutMs: UNHURRIED });
    assert.equal(answer.toString(), "there\n");
    connection.close();
  });

  test("nobody is asked, nothing is forwarded for others, no host key is taken unseen", async () => {
    standIn.started();
    await SshConnection.open({ host: "vps", user: "me", port: 2222 }, standIn.env()).then((each) =>
      each.close(),
    );
    const [first] = standIn.started();
    const words = first?.words.join(" ") ?? "";
    for (const needed of [/BatchMode=yes/, /ConnectTimeout=\d/, /ForwardAgent=no/, /ClearAllForwardings=yes/])
      assert.match(words, needed);
    assert.doesNotMatch(words, /StrictHostKeyChecking|UserKnownHostsFile/);
    assert.deepEqual(first?.words.slice(-6), ["-l", "me", "-p", "2222", "--", "vps"]);
  });

  test("what is gone with the connection is said so, and no other connection is made", async () => {
    const connection = await SshConnection.open({ host: "vps" }, standIn.env());
    const [master] = standIn.started();
    process.kill(master?.pid ?? 0, "SIGKILL");
    await assert.rejects(
      async () => {
        for (;;)
          await connection.ask("sleep 0.05", { maxBytes: 1000, timeoutMs: UNHURRIED, ...gone(connection) });
      },
      (error: unknown) => error instanceof SshError && error.problem === "cut",
    );
    assert.deepEqual(
      standIn.started().filter(({ words }) => words.includes("-M")),
      [],
    );
    connection.close();
  });
});

/** The stand-in runs commands without its master; the real one does not. */
function gone(connection: SshConnection): { readonly signal?: AbortSignal } {
  if (!connection.isOpen) throw new SshError("cut", "");
  return {};
}

describe("another machine as a world", { skip }, () => {
  test("tells what this machine tells, in few questions", async () => {
    const directory = join(standIn.home, "some where");
    mkdirSync(directory);
    writeFileSync(join(directory, "it's"), "text with \0 and \u00e9\n\n", { mode: 0o640 });
    const connection = await SshConnection.open({ host: "vps" }, standIn.env());
    let questions = 0;
    const world = await openSshWorld(
      {
        ask: (script, options) => {
          questions += 1;
          return connection.ask(script, options);
        },
      },
      "vps",
    );
    const own = nodeWorld();
    assert.equal(world.platform, own.platform);
    assert.equal(world.uid, own.uid);
    assert.equal(world.homedir, standIn.home);
    // Interfaces of containers come and go, and one that is down has its addresses, too.
    const told = new Set(world.interfaces().map(({ address, internal }) => `${address} ${internal}`));
    assert.ok(told.has("127.0.0.1 true"), [...told].join());
    const stable = own.interfaces().filter(({ name }) => /^(?:lo|eth|en)/.test(name));
    for (const { address, internal } of stable) assert.ok(told.has(`${address} ${internal}`), address);
    const file = join(directory, "it's");
    const read = await world.readText(file, 100);
    assert.deepEqual(read, { ok: true, text: "text with \0 and \u00e9\n\n", truncated: false });
    const [info, same] = [await world.info(file), await own.info(file)];
    assert.deepEqual({ ...info, modified: 0 }, { ...same, modified: 0 });
    assert.deepEqual(await world.list(directory, 10), ["it's"]);
    assert.equal(await world.link("/proc/self/exe"), undefined);
    assert.equal((await world.readText("/etc/passwd", 1_000_000)).ok, true);
    assert.deepEqual(await world.readText(join(directory, "not there"), 10), {
      ok: false,
      reason: "absent",
      detail: { message: "unread-absent" },
    });
    const before = questions;
    await Promise.all(["a", "b", "c"].map((name) => world.info(`/usr/${name}`)));
    assert.equal(questions, before + 1, "asked at the same time is one question");
    await world.info("/usr/a");
    await world.info("/usr/nothing-of-this-name");
    assert.equal(questions, before + 1, "what was told is not asked again");
    assert.equal(await world.info("/usr/\nx"), undefined);
    connection.close();
  });
});

describe("a container over there", { skip }, () => {
  test("is read through the engine over SSH, and a port for that host alone is at the end of a tunnel", async () => {
    const engine = await fakeEngine({
      containers: [
        {
          name: "claw",
          ports: { "18789/tcp": "127.0.0.1:28789" },
          files: { "/home/node/.openclaw/openclaw.json": '{"gateway":{"bind":"lan","port":18789}}' },
        },
      ],
    });
    open.push(engine);
    const own = nodeWorld({ env: standIn.env({ FAKE_SOCKET: engine.socket, DOCKER_CONTEXT: "other" }) });
    const parsed = parseTarget("ssh:me@vps:2222/docker:claw");
    assert.ok(parsed.ok);
    const target = parsed.value;
    const around = lookAround(target, { world: own, salt: "s" });
    standIn.started();
    const place = await findPlace({ target, around });
    assert.ok(place.deployment?.known, JSON.stringify(place.deployment));
    const { kind, names, traits } = place.deployment.value;
    assert.deepEqual(
      [kind, names.container, names.sshHost, names.sshPort],
      ["docker", "claw", "me@vps", 2222],
    );
    assert.equal(traits.contained, true);
    const config = await place.config();
    assert.equal(config.known && config.value.reading.effective.gateway?.bind, "lan");
    const way = await place.reach(18_789);
    assert.ok(way.known && /^ws:\/\/127\.0\.0\.1:\d+$/.test(way.value), JSON.stringify(way));
    const [engineWords] = standIn.started().filter(({ words }) => words.includes("dial-stdio"));
    assert.deepEqual(engineWords?.words.slice(5, 12), ["-l", "me", "-p", "2222", "--", "vps", "docker"]);
    const [line] = commandsFor([{ do: "device.list" }], place.deployment.value, { elsewhere: true });
    assert.match(line?.command ?? "", /^ssh -p 2222 me@vps 'docker exec .*claw .*devices list'$/);
  });
});

test("the log is the service's journal where no file can be read", { skip }, async () => {
  const home = "/home/me";
  const unit = `${home}/.config/systemd/user/openclaw-gateway.service`;
  const asked: unknown[] = [];
  const world = {
    ...fakeWorld({
      homedir: home,
      files: {
        [unit]: "[Service]\nExecStart=/usr/bin/openclaw gateway\n",
        [`${home}/.openclaw/openclaw.json`]: "{}",
      },
    }),
    journal: async (which: unknown) => {
      asked.push(which);
      return Buffer.from("2026-11-30T12:00:00+0000 vps openclaw[7]: [gateway] ready\n");
    },
  };
  const around = new Surroundings({ world, salt: "s", configElsewhere: false });
  const logs = await (await around.gateway(undefined)).logs();
  assert.ok(logs.known, JSON.stringify(logs));
  assert.equal(logs.source, "journalctl --user -u openclaw-gateway");
  assert.match(await textOf(logs.value[0]?.chunks ?? none()), /ready/);
  assert.deepEqual(asked, [{ name: "openclaw-gateway", user: true }]);
  assert.deepEqual(journalWords({ name: "openclaw-gateway", user: true })?.slice(0, 4), [
    "journalctl",
    "--user",
    "-u",
    "openclaw-gateway.service",
  ]);
  assert.equal(journalWords({ name: "-x", user: true }), undefined);
});

async function* none(): AsyncGenerator<Uint8Array> {}

describe("a gateway over there", { skip }, () => {
  async function gateway(bind: "loopback" | "lan" = "loopback") {
    const started = await startEmbeddedGateway({
      release: "2026.5.28",
      config: { gateway: { bind, auth: { mode: "token", token: TOKEN } } },
      admit,
      onLog: () => undefined,
    });
    open.push(started);
    const state = join(standIn.home, ".openclaw");
    mkdirSync(join(state, "devices"), { recursive: true });
    const log = join(state, "gateway.log");
    writeFileSync(log, "2026-11-30T12:00:00.000Z [gateway] listening on ws://127.0.0.1\n");
    const config = {
      gateway: { port: started.port, bind, mode: "local", auth: { mode: "token", token: TOKEN } },
      logging: { file: log },
    };
    writeFileSync(join(state, "openclaw.json"), JSON.stringify(config), { mode: 0o600 });
    for (const name of ["pending", "paired"]) writeFileSync(join(state, "devices", `${name}.json`), "{}");
    return started;
  }

  for (const [what, play] of [
    ["through a tunnel, with one connection and few questions", ""],
    ["where a login prints 10 MB", "print|10000000"],
    ["where the banner has 5 MB", "banner|5000000"],
  ] as const)
    test(what, async () => {
      const { port } = await gateway();
      standIn.started();
      const env = standIn.env({ FAKE_SSH: play });
      const result = await here(["diagnose", "--json", "--target", "ssh:me@vps:2222"], { env });
      assert.equal(result.code, 0, result.stdout + result.stderr);
      const report = JSON.parse(result.stdout) as JsonReport;
      assert.equal(report.deployment?.kind, "vps");
      assert.equal(report.deployment?.names.sshHost, "me@vps");
      assert.equal(report.gateway.url?.replace(/\/$/, ""), `ws://127.0.0.1:${port}`);
      assert.equal(report.target.exposure, "loopback");
      assert.deepEqual(report.missing?.map(({ fact }) => fact) ?? [], []);
      assert.deepEqual(
        report.path.map(({ hop }) => hop),
        ["browser", "ssh-tunnel", "gateway"],
      );
      assert.doesNotMatch(result.stdout + result.stderr, new RegExp(TOKEN));
      const started = standIn.started();
      assert.equal(started.filter(({ words }) => words.includes("-M")).length, 1);
      assert.ok(started.filter(asks).length <= 12, `${started.filter(asks).length} questions`);
      for (const { words } of started) assert.doesNotMatch(words.join(" "), new RegExp(TOKEN));
      for (const { words } of started.filter((one) => one.words.includes("-W")))
        assert.ok(words.includes(`127.0.0.1:${port}`));
    });

  test("nothing is left of a connection that is closed, or that did not come about", async () => {
    const { TMPDIR = tmpdir() } = process.env;
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), "opd-t-"));
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("pd-ssh-")).length;
    const before = left();
    const connection = await SshConnection.open({ host: "vps" }, standIn.env());
    assert.ok(left() > before);
    connection.close();
    const refused = standIn.env({ FAKE_SSH: "255|me@vps: Permission denied (publickey)." });
    await assert.rejects(SshConnection.open({ host: "vps" }, refused), { problem: "denied" });
    assert.equal(left(), before);
    rmSync(tmpdir(), { recursive: true });
    process.env.TMPDIR = TMPDIR;
  });

  test("sshd that forwards nothing is said to do so", async () => {
    await gateway();
    const env = standIn.env({ FAKE_SSH: "no-forward" });
    const result = await here(["diagnose", "--target", "ssh:me@vps"], { env });
    assert.match(result.stdout, /does not forward/);
    assert.equal(result.code, 3, result.stdout);
  });

  test("nobody listens there: the gateway is down, not the host", async () => {
    const started = await gateway();
    await started.close();
    const result = await here(["diagnose", "--json", "--target", "ssh:vps"], { env: standIn.env() });
    const report = JSON.parse(result.stdout) as JsonReport;
    assert.ok(
      report.findings.some(({ id }) => id === "gateway-down-or-starting"),
      result.stdout,
    );
    assert.equal(result.code, 3);
  });
});
