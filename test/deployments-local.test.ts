import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { HostSigns } from "../src/core/facts.ts";
import { say } from "../src/core/saying.ts";
import { Secret } from "../src/core/secret.ts";
import { type LocalOptions, localAccess } from "../src/deployments/local.ts";
import { findLogFiles, LOG_TAIL_BYTES } from "../src/deployments/log-files.ts";
import { onlyAddress } from "../src/deployments/url.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { type FakeWorldInput, fakeWorld, textOf } from "./fake-world.ts";
import { ensureBuilt, fixture } from "./support/cli.ts";
import { PAIRED, PENDING, storeOf } from "./support/device-store.ts";

const SALT = "salt of the tests";
const HOST: HostSigns = {
  platform: "linux",
  wsl: false,
  sshSession: false,
  container: "none",
  addresses: [],
  engines: [],
  units: [],
};
const STATE = "/home/user/.openclaw";
const UNIT = "/home/user/.config/systemd/user/openclaw-gateway.service";

function access(input: FakeWorldInput, more: Partial<LocalOptions> = {}) {
  return localAccess({ world: fakeWorld(input), salt: SALT, host: HOST, ...more });
}

const secrets = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value, SALT)]));

describe("config of this machine", () => {
  test("the file of the home directory", async () => {
    const fact = await access({
      files: { [`${STATE}/openclaw.json`]: "{ gateway: { port: 20100 } }" },
    }).config();
    assert.ok(fact.known);
    assert.equal(fact.source, `${STATE}/openclaw.json`);
    assert.equal(fact.value.reading.effective.gateway?.port, 20100);
  });

  test("no file and no gateway: absent; no file, but a gateway: its defaults", async () => {
    const nothing = await access({}).config();
    assert.deepEqual([nothing.known, !nothing.known && nothing.reason], [false, "absent"]);
    const running = await access({}, { gateway: { pid: 4, flags: { port: 3000 } } }).config();
    assert.ok(running.known);
    assert.equal(running.value.reading.exists, false);
    assert.equal(running.value.reading.effective.gateway?.port, 3000);
  });

  test("a file that may not be read is denied, never passed over for another", async () => {
    const fact = await access({
      files: { [`${STATE}/openclaw.json`]: undefined, "/home/user/.moltbot/moltbot.json": undefined },
    }).config();
    assert.deepEqual(
      [fact.known, !fact.known && fact.reason, !fact.known && fact.provide],
      [false, "denied", "--config PATH"],
    );
  });

  test("the environment of the running gateway counts, the doctor's own does not", async () => {
    const fact = await access(
      {
        env: { OPENCLAW_GATEWAY_TOKEN: "tok-of-the-shell", OPENCLAW_STATE_DIR: "/nowhere" },
        files: { "/srv/claw/.openclaw/openclaw.json": "{}" },
      },
      {
        gateway: {
          pid: 42,
          flags: {},
          home: "/srv/claw",
          env: secrets({ OPENCLAW_GATEWAY_TOKEN: "tok-of-the-gateway" }),
        },
      },
    ).config();
    assert.ok(fact.known);
    assert.equal(fact.value.token?.reveal(), "tok-of-the-gateway");
    assert.equal(fact.value.tokenSource, "process 42 OPENCLAW_GATEWAY_TOKEN");
    assert.equal(fact.value.reading.path, "/srv/claw/.openclaw/openclaw.json");
  });

  test("a unit's token that loses against the file is told", async () => {
    const fact = await access(
      {
        files: {
          [UNIT]:
            "[Service]\nEnvironment=OPENCLAW_GATEWAY_TOKEN=tok-of-the-unit\nEnvironmentFile=-/etc/claw.env\n",
          "/etc/claw.env": "OPENCLAW_GATEWAY_PORT=4000\n",
          [`${UNIT}.d/override.conf`]:
            "[Service]\nEnvironment=OPENCLAW_GATEWAY_PASSWORD=pass-of-the-drop-in\n",
          [`${STATE}/openclaw.json`]: "{ gateway: { auth: { token: 'tok-of-the-file' } } }",
        },
      },
      { host: { ...HOST, units: [UNIT] } },
    ).config();
    assert.ok(fact.known);
    const { origins, effective } = fact.value.reading;
    assert.deepEqual(origins["gateway.auth.token"]?.overrides, {
      from: "service",
      source: "openclaw-gateway.service OPENCLAW_GATEWAY_TOKEN",
    });
    assert.equal(effective.gateway?.port, 4000);
    assert.equal(fact.value.password?.reveal(), "pass-of-the-drop-in");
    assert.doesNotMatch(JSON.stringify(fact), /tok-of|pass-of/);
  });

  test("the .env of the state directory fills gaps", async () => {
    const fact = await access({
      files: {
        [`${STATE}/openclaw.json`]: "{}",
        [`${STATE}/.env`]: "OPENCLAW_GATEWAY_TOKEN=tok-of-dotenv\n",
      },
    }).config();
    assert.equal(fact.known && fact.value.tokenSource, ".env OPENCLAW_GATEWAY_TOKEN");
    assert.equal(fact.known && fact.value.reading.origins["gateway.auth.token"]?.dotenv, true);
  });

  test("includes are read below the config's directory only", async () => {
    const fact = await access({
      files: {
        [`${STATE}/openclaw.json`]: "{ $include: ['./sub/a.json5', '../../secret.json', '/etc/passwd'] }",
        [`${STATE}/sub/a.json5`]: "{ gateway: { $include: 'b.json5' } }",
        [`${STATE}/sub/b.json5`]: "{ bind: 'lan' }",
        "/home/secret.json": "{ gateway: { port: 1 } }",
        "/etc/passwd": "{ gateway: { port: 2 } }",
      },
    }).config();
    assert.ok(fact.known);
    assert.equal(fact.value.reading.effective.gateway?.bind, "lan");
    assert.equal(fact.value.reading.effective.gateway?.port, 18789);
    assert.equal(fact.value.reading.problems.filter(({ kind }) => kind === "unreadable").length, 2);
  });

  test("inside the container, as root, the image user's config is found", async () => {
    const fact = await access(
      { homedir: "/root", files: { "/home/node/.openclaw/openclaw.json": "{ gateway: { bind: 'lan' } }" } },
      { host: { ...HOST, container: "docker" } },
    ).config();
    assert.equal(fact.known && fact.value.reading.stateDir, "/home/node/.openclaw");
  });

  test("--config wins, and a wrong one is said", async () => {
    const files = { [`${STATE}/openclaw.json`]: "{}", "/x/y.json": "{ gateway: { port: 7 } }" };
    const chosen = await access({ files }, { configPath: "/x/y.json" }).config();
    assert.equal(chosen.known && chosen.value.reading.effective.gateway?.port, 7);
    const wrong = await access({ files }, { configPath: "/x/z.json" }).config();
    assert.equal(!wrong.known && wrong.reason, "absent");
  });
});

describe("devices", () => {
  const pending = {
    "r-1": {
      requestId: "r-1",
      deviceId: "d-1",
      clientId: "openclaw-control-ui",
      role: "operator",
      scopes: ["operator.admin"],
      remoteIp: "172.18.0.1",
      ts: 1795350354580,
      isRepair: false,
    },
    odd: "not an object",
    bare: { requestId: "r-2" },
  };
  const paired = {
    "d-2": {
      deviceId: "d-2",
      publicKey: "key",
      platform: "Linux\u001b[31m",
      role: "operator",
      scopes: ["a"],
      approvedScopes: ["a", "b"],
      tokens: { operator: { token: "device-token-value" } },
      approvedAtMs: 1795350579491,
    },
  };

  test("the JSON store: bounded, cleaned, without tokens", async () => {
    const fact = await access({
      files: {
        [`${STATE}/openclaw.json`]: "{}",
        [`${STATE}/devices/pending.json`]: JSON.stringify(pending),
        [`${STATE}/devices/paired.json`]: JSON.stringify(paired),
      },
    }).devices();
    assert.ok(fact.known);
    assert.deepEqual(fact.value, {
      pending: [
        {
          requestId: "r-1",
          deviceId: "d-1",
          client: "openclaw-control-ui",
          role: "operator",
          scopes: ["operator.admin"],
          remoteIp: "172.18.0.1",
          at: "2026-11-22T12:25:54.580Z",
        },
      ],
      paired: [
        {
          deviceId: "d-2",
          platform: "Linux",
          role: "operator",
          scopes: ["a", "b"],
          at: "2026-11-22T12:29:39.491Z",
        },
      ],
      store: "json",
      problems: [
        {
          kind: "bad-entry",
          path: `${STATE}/devices/pending.json`,
          detail: "the entry odd is no object",
        },
      ],
    });
    assert.doesNotMatch(JSON.stringify(fact), /device-token-value/);
  });

  test("no store, and a store that may not be read", async () => {
    const config = { [`${STATE}/openclaw.json`]: "{}" };
    const reason = async (files: Record<string, string | undefined>) => {
      const fact = await access({ files: { ...config, ...files } }).devices();
      return fact.known ? "known" : fact.reason;
    };
    assert.equal(await reason({}), "absent");
    assert.equal(
      await reason({
        [`${STATE}/devices/pending.json`]: undefined,
        [`${STATE}/devices/paired.json`]: undefined,
      }),
      "denied",
    );
  });

  test("a store that is no JSON: an empty list, as the gateway takes it, and the problem", async () => {
    const files = { [`${STATE}/devices/pending.json`]: "{", [`${STATE}/devices/paired.json`]: "{}" };
    const fact = await access({ files: { [`${STATE}/openclaw.json`]: "{}", ...files } }).devices();
    assert.ok(fact.known);
    assert.deepEqual(
      fact.value.problems?.map(({ kind }) => kind),
      ["not-json"],
    );
  });

  test("files of the earlier store beside the SQLite store are told", async () => {
    ensureBuilt();
    const directory = mkdtempSync(join(tmpdir(), "opd-test-"));
    try {
      for (const each of ["state", "devices"]) mkdirSync(join(directory, each));
      for (const name of ["openclaw.sqlite", "openclaw.sqlite-wal"])
        copyFileSync(fixture(`store/${name}`), join(directory, "state", name));
      writeFileSync(join(directory, "openclaw.json"), "{}");
      writeFileSync(join(directory, "devices", "paired.json"), "{}");
      const world = { ...nodeWorld(), env: { OPENCLAW_STATE_DIR: directory } };
      const listIn = (release?: string) =>
        localAccess({
          world,
          salt: SALT,
          host: HOST,
          ...(release === undefined ? {} : { release }),
        }).devices();
      const both = await listIn();
      assert.ok(both.known);
      assert.equal(both.value.store, "sqlite");
      assert.deepEqual(
        both.value.problems?.map(({ kind, path }) => [kind, path]),
        [["left-behind", join(directory, "devices", "paired.json")]],
      );
      // 2026.7.1 has the database, and its lists in the files (run); 2026.8.1 does not look at these.
      const waiting = { r1: { requestId: "r1", deviceId: "d1", ts: 1 } };
      writeFileSync(join(directory, "devices", "pending.json"), JSON.stringify(waiting));
      for (const [release, store, first] of [
        ["2026.7.1", "json", "r1"],
        ["2026.8.1", "sqlite", "r-logged"],
        [undefined, "sqlite", "r-logged"],
      ] as const) {
        const list = await listIn(release);
        assert.ok(list.known);
        assert.deepEqual([list.value.store, list.value.pending[0]?.requestId], [store, first]);
      }
      // Of an unknown release: what is not empty.
      for (const name of ["openclaw.sqlite", "openclaw.sqlite-wal"])
        rmSync(join(directory, "state", name), { force: true });
      writeFileSync(join(directory, "state", "openclaw.sqlite"), await storeOf(`${PENDING}${PAIRED}`));
      for (const [release, store, first] of [
        [undefined, "json", "r1"],
        ["2026.9.6", "sqlite", undefined],
      ] as const) {
        const list = await listIn(release);
        assert.ok(list.known);
        assert.deepEqual([list.value.store, list.value.pending[0]?.requestId], [store, first]);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("logs", () => {
  test("the configured file alone; in 2026.4.15, which ignores it, the default place too, newest last", async () => {
    const world = {
      files: {
        [`${STATE}/openclaw.json`]: "{ logging: { file: '~/claw.log' } }",
        "/home/user/claw.log": "newest\n",
        "/tmp/openclaw/openclaw-2026-11-21.log": "older\n",
        "/tmp/openclaw/openclaw-2026-11-22.log": "newer\n",
        "/tmp/openclaw/openclaw-work-2026-11-22.log": "of another profile\n",
        "/tmp/openclaw/other.log": "not ours\n",
      },
      modified: {
        "/home/user/claw.log": 3,
        "/tmp/openclaw/openclaw-2026-11-21.log": 1,
        "/tmp/openclaw/openclaw-2026-11-22.log": 2,
      },
    };
    const read = async (release: string) => {
      const fact = await access(world, { release }).logs();
      assert.ok(fact.known);
      assert.equal(fact.source, "/home/user/claw.log");
      return Promise.all(
        fact.value.map(async ({ name, chunks }) => [name.split("/").at(-1), await textOf(chunks)]),
      );
    };
    assert.deepEqual(await read("2026.3.13"), [["claw.log", "newest\n"]]);
    assert.deepEqual(await read("2026.4.15"), [
      ["openclaw-2026-11-21.log", "older\n"],
      ["openclaw-2026-11-22.log", "newer\n"],
      ["claw.log", "newest\n"],
    ]);
  });

  test("the default directory of a config that was named is shared; of the usual config it is its own", async () => {
    const shared = "/tmp/openclaw/openclaw-2026-11-22.log";
    const files = {
      [`${STATE}/openclaw.json`]: "{}",
      "/srv/other.json": "{}",
      "/srv/own.json": "{ logging: { file: '/srv/own.log' } }",
      "/srv/own.log": "own\n",
      [shared]: "whose?\n",
    };
    const read = async (configPath?: string) => {
      const fact = await access({ files }, configPath === undefined ? {} : { configPath }).logs();
      return fact.known ? fact.value.map(({ name, shared }) => [name, shared === true]) : fact.detail;
    };
    assert.deepEqual(await read(), [[shared, false]]);
    assert.deepEqual(await read(`${STATE}/openclaw.json`), [[shared, false]]);
    assert.deepEqual(await read("/srv/other.json"), [[shared, true]]);
    assert.deepEqual(await read("/srv/own.json"), [["/srv/own.log", false]]);
  });

  test("of huge logs the end is read, eight MiB in all", async () => {
    const big = "x".repeat(LOG_TAIL_BYTES - 10);
    const world = fakeWorld({
      files: { "/tmp/openclaw/openclaw-2026-11-21.log": big, "/tmp/openclaw/openclaw-2026-11-22.log": big },
      modified: { "/tmp/openclaw/openclaw-2026-11-21.log": 1, "/tmp/openclaw/openclaw-2026-11-22.log": 2 },
    });
    const { files } = await findLogFiles(world, { home: "/home/user", trusted: new Set() });
    assert.deepEqual(
      files.map(({ start, end }) => [start, end]),
      [
        [big.length - 10, big.length],
        [0, big.length],
      ],
    );
  });

  test("no log: what to hand in", async () => {
    const fact = await access({ files: { [`${STATE}/openclaw.json`]: "{}" } }).logs();
    assert.equal(!fact.known && fact.provide, "--log FILE");
  });
});

describe("release", () => {
  const packageJson = (version: string, name = "openclaw") => JSON.stringify({ name, version });

  test("of the running gateway's files it is likely, of the PATH possible", async () => {
    const running = await access(
      { files: { "/opt/openclaw/package.json": packageJson("2026.3.13") } },
      { gateway: { pid: 4, flags: {}, installDir: "/opt/openclaw" } },
    ).release();
    assert.deepEqual(running.known && running.value, {
      version: "2026.3.13",
      confidence: "likely",
      from: "package.json",
    });
    const onPath = await access({
      env: { PATH: "/usr/local/bin:/usr/bin" },
      files: { "/usr/lib/node_modules/openclaw/package.json": packageJson("2026.9.6") },
      links: { "/usr/bin/openclaw": "../lib/node_modules/openclaw/openclaw.mjs" },
    }).release();
    assert.deepEqual(onPath.known && onPath.value, {
      version: "2026.9.6",
      confidence: "possible",
      from: "package.json",
    });
  });

  test("beside the running Node, and what last wrote the config", async () => {
    const beside = await access(
      { files: { "/opt/node/lib/node_modules/openclaw/package.json": packageJson("2026.5.28") } },
      { gateway: { pid: 4, flags: {}, node: "/opt/node/bin/node" } },
    ).release();
    assert.deepEqual(beside.known && beside.value, {
      version: "2026.5.28",
      confidence: "possible",
      from: "package.json",
    });
    const touched = await access({
      files: { [`${STATE}/openclaw.json`]: '{ "meta": { "lastTouchedVersion": "2026.3.13" } }' },
    }).release();
    assert.deepEqual(touched.known && touched.value, {
      version: "2026.3.13",
      confidence: "possible",
      from: "config",
    });
  });

  test("another package in its place is not believed", async () => {
    const fact = await access(
      { files: { "/app/package.json": packageJson("2026.9.6", "something") } },
      { host: { ...HOST, container: "docker" } },
    ).release();
    assert.equal(!fact.known && fact.reason, "absent");
  });
});

test("where nothing can be read, every fact says what to hand in", async () => {
  const place = onlyAddress();
  for (const fact of [
    await place.config(),
    await place.logs(),
    await place.devices(),
    await place.release(),
  ]) {
    assert.equal(fact.known, false);
    assert.equal(!fact.known && fact.reason, "not-asked");
    assert.ok(!fact.known && fact.provide);
  }
  assert.equal(place.changer, undefined);
});

test("a named pipe and a directory are not read", async () => {
  const world = nodeWorld();
  const directory = mkdtempSync(join(tmpdir(), "opd-test-"));
  try {
    assert.equal((await world.readText(directory, 100)).ok, false);
    // Opening a pipe that nobody writes to would wait for ever.
    execFileSync("mkfifo", [join(directory, "pipe")]);
    assert.equal((await world.readText(join(directory, "pipe"), 100)).ok, false);
    writeFileSync(join(directory, "a"), "0123456789");
    assert.deepEqual(await world.readText(join(directory, "a"), 4), {
      ok: true,
      text: "0123",
      truncated: true,
    });
    assert.deepEqual(await world.readText(join(directory, "none"), 4), {
      ok: false,
      reason: "absent",
      detail: say("unread-absent"),
    });
    assert.equal(await textOf(world.stream(join(directory, "a"), 3, 6)), "345");
    const rooted = nodeWorld({ root: directory });
    assert.deepEqual(await rooted.readText("/a", 100), { ok: true, text: "0123456789", truncated: false });
  } finally {
    rmSync(directory, { recursive: true });
  }
});
