import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { knownValue } from "../src/core/fact.ts";
import { engineAddresses } from "../src/deployments/docker/addresses.ts";
import { chooseContainer, type Wanted } from "../src/deployments/docker/choose-container.ts";
import { connectEngine } from "../src/deployments/docker/engine.ts";
import { engineFailure } from "../src/deployments/docker/failure.ts";
import { containerWorld } from "../src/deployments/docker/files.ts";
import { gatewayCandidates } from "../src/deployments/docker/find.ts";
import { framedLines } from "../src/deployments/docker/logs.ts";
import { openContainer } from "../src/deployments/docker/open-container.ts";
import { firstFile, tarEntries } from "../src/intake/tar.ts";
import type { JsonReport } from "../src/report/json.ts";
import {
  type FakeContainer,
  type FakeEngine,
  type FakeEngineOptions,
  fakeEngine,
  frame,
  listed,
  tar,
} from "./fake-engine.ts";
import { fakeWorld, textOf } from "./fake-world.ts";
import { ensureBuilt, fixture, here } from "./support/cli.ts";

const TOKEN = "tok-in-the-config-0123";
const OTHER = "tok-in-the-environment";
const CONFIG = "/home/node/.openclaw/openclaw.json";
const engines: FakeEngine[] = [];
after(() => Promise.all(engines.map((engine) => engine.close())));

async function engineOf(options: FakeEngineOptions): Promise<FakeEngine> {
  const engine = await fakeEngine(options);
  engines.push(engine);
  return engine;
}

/** As upstream's Compose file makes it. */
const CLAW: FakeContainer = {
  name: "openclaw-openclaw-gateway-1",
  labels: {
    "com.docker.compose.service": "openclaw-gateway",
    "com.docker.compose.project": "openclaw",
    "com.docker.compose.project.working_dir": "/srv/openclaw",
    "com.docker.compose.project.config_files": "/srv/openclaw/docker-compose.yml",
  },
  env: ["HOME=/home/node", `OPENCLAW_GATEWAY_TOKEN=${OTHER}`],
  ports: { "18789/tcp": "127.0.0.1:28789", "18790/tcp": "127.0.0.1:28790" },
  mounts: [{ source: "/srv/openclaw/config", at: "/home/node/.openclaw" }],
  files: {
    [CONFIG]: JSON.stringify({ gateway: { port: 18789, auth: { mode: "token", token: TOKEN } } }),
    "/app/package.json": '{"name":"openclaw","version":"2026.3.13"}',
    "/home/node/.openclaw/devices/pending.json":
      '{"r1":{"requestId":"r1","deviceId":"d1","ts":1763800000000}}',
    "/home/node/.openclaw/devices/paired.json": "{}",
  },
  log: Buffer.concat([frame(1, "first\nsec"), frame(2, "refused\n"), frame(1, "ond\nlast")]),
};

async function* nothing(): AsyncGenerator<Uint8Array> {}

const COMPOSE = `services:
  openclaw-gateway:
    image: openclaw:local
    command: ["node", "dist/index.js", "gateway"]
  openclaw-cli:
    image: openclaw:local
`;

async function open(
  options: FakeEngineOptions,
  wanted: Wanted,
  files: Readonly<Record<string, string>> = {},
) {
  const engine = await engineOf(options);
  const world = fakeWorld({ env: { DOCKER_HOST: `unix://${engine.socket}` }, files });
  return { engine, opened: await openContainer({ world, salt: "s", wanted }) };
}

async function opened(one: FakeContainer, files: Readonly<Record<string, string>> = {}) {
  const { engine, opened } = await open({ containers: [one] }, { by: "container", name: one.name }, files);
  assert.ok(opened.known, JSON.stringify(opened));
  return { engine, ...opened.value };
}

describe("where the engine is", () => {
  const address = async (
    env: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>> = {},
  ) => engineAddresses(fakeWorld({ env, files, homedir: "/home/me" }));

  const rows: readonly (readonly [string, Readonly<Record<string, string>>, unknown])[] = [
    ["unix", { DOCKER_HOST: "unix:///run/d.sock" }, { name: "DOCKER_HOST", socket: "/run/d.sock" }],
    ["tcp", { DOCKER_HOST: "tcp://10.0.0.5" }, { name: "DOCKER_HOST", host: "10.0.0.5", port: 2375 }],
    ["tcp, IPv6", { DOCKER_HOST: "tcp://[fd00::5]:99" }, { name: "DOCKER_HOST", host: "fd00::5", port: 99 }],
    [
      "npipe",
      { DOCKER_HOST: "npipe:////./pipe/docker_engine" },
      { name: "DOCKER_HOST", socket: "//./pipe/docker_engine" },
    ],
  ];
  for (const [name, env, expected] of rows)
    test(`DOCKER_HOST: ${name}`, async () => {
      assert.deepEqual(knownValue(await address(env)), [expected]);
    });

  test("DOCKER_HOST with TLS takes the certificates along, and says when it cannot", async () => {
    const env = { DOCKER_HOST: "tcp://build:2376", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/c" };
    const files = { "/c/ca.pem": "A", "/c/cert.pem": "B", "/c/key.pem": "C" };
    const tls = { ca: "A", cert: "B", key: "C" };
    assert.deepEqual(knownValue(await address(env, files)), [
      { name: "DOCKER_HOST", host: "build", port: 2376, tls },
    ]);
    const without = await address(env);
    assert.equal(!without.known && without.say?.message, "engine-certificates");
  });

  const unread: readonly (readonly [string, string])[] = [
    ["ssh://me:secret@host", "engine-address"],
    ["nonsense", "engine-address"],
    ["tcp://user:secret@host:1", "engine-address"],
  ];
  for (const [host, message] of unread)
    test(`DOCKER_HOST ${host} is not read, and says why`, async () => {
      const fact = await address({ DOCKER_HOST: host });
      assert.equal(!fact.known && fact.say?.message, message);
      assert.doesNotMatch(JSON.stringify(fact), /secret/);
    });

  test("a context of the Docker CLI", async () => {
    const id = createHash("sha256").update("colima").digest("hex");
    const files = {
      "/home/me/.docker/config.json": '{"currentContext":"colima"}',
      [`/home/me/.docker/contexts/meta/${id}/meta.json`]:
        '{"Endpoints":{"docker":{"Host":"unix:///home/me/.colima/default/docker.sock"}}}',
    };
    const socket = "/home/me/.colima/default/docker.sock";
    assert.deepEqual(knownValue(await address({}, files)), [{ name: "docker context colima", socket }]);
    // The environment comes first, as with `docker` itself.
    assert.deepEqual(knownValue(await address({ DOCKER_HOST: "unix:///x" }, files)), [
      { name: "DOCKER_HOST", socket: "/x" },
    ]);
  });

  test("the usual sockets, in Docker's order; without any there is none", async () => {
    const files = {
      "/run/podman/podman.sock": "",
      "/home/me/.orbstack/run/docker.sock": "",
      "/var/run/docker.sock": "",
    };
    const found = knownValue(await address({}, files))?.map(({ socket }) => socket);
    assert.deepEqual(found, [
      "/var/run/docker.sock",
      "/home/me/.orbstack/run/docker.sock",
      "/run/podman/podman.sock",
    ]);
    const none = await address({});
    assert.equal(!none.known && none.say?.message, "engine-absent");
  });
});

describe("an engine that does not tell", () => {
  const rows: readonly (readonly [unknown, string, string])[] = [
    [{ code: "EACCES" }, "denied", "engine-denied"],
    [{ statusCode: 403 }, "denied", "engine-filtered"],
    [{ code: "ECONNREFUSED" }, "absent", "engine-down"],
    [{ code: "ENOENT" }, "absent", "engine-down"],
    [{ statusCode: 500 }, "failed", "engine-failed"],
    [new Error("socket hang up"), "failed", "engine-failed"],
  ];
  for (const [error, reason, message] of rows)
    test(`${JSON.stringify(error)}: ${message}`, () => {
      const fact = engineFailure(error, "/var/run/docker.sock");
      assert.deepEqual([fact.reason, fact.say?.message], [reason, message]);
    });

  test("nobody listens on the socket", async () => {
    const world = fakeWorld({ env: { DOCKER_HOST: "unix:///nowhere/docker.sock" } });
    const fact = await openContainer({ world, salt: "s", wanted: { by: "search", port: 18789 } });
    assert.equal(!fact.known && fact.say?.message, "engine-down");
  });

  test("a filtering proxy that forbids the list still lets a named container be read", async () => {
    const refused = { status: 403, paths: /^\/containers\/json/ };
    const named = await open({ containers: [CLAW], refused }, { by: "container", name: CLAW.name });
    assert.ok(named.opened.known);
    const searched = await open({ containers: [CLAW], refused }, { by: "search", port: 18789 });
    assert.equal(!searched.opened.known && searched.opened.say?.message, "engine-filtered");
  });

  test("a proxy that forbids the archive: the files are denied, the log is read", async () => {
    const refused = { status: 403, paths: /\/archive/ };
    const { opened } = await open({ containers: [CLAW], refused }, { by: "container", name: CLAW.name });
    assert.ok(opened.known);
    const config = await opened.value.access.config();
    assert.equal(!config.known && config.reason, "denied");
    assert.ok((await opened.value.access.logs()).known);
  });
});

describe("finding the gateway among containers", () => {
  const gateways = (...all: readonly FakeContainer[]) =>
    gatewayCandidates(all.map(listed)).map(({ name }) => name);
  const image = "ghcr.io/acme/thing:1";
  const command = ["/bin/thing"];
  const other = (name: string, more: Partial<FakeContainer> = {}): FakeContainer => ({
    name,
    image,
    command,
    ...more,
  });

  const found: readonly (readonly [string, FakeContainer])[] = [
    ["by its Compose service", other("x", { labels: { "com.docker.compose.service": "clawdbot-gateway" } })],
    ["by its image", other("x", { image: "openclaw/openclaw:2026.3.13" })],
    ["by a vendor's image", other("x", { image: "coollabsio/openclaw:latest" })],
    ["by its command", other("x", { command: ["docker-entrypoint.sh", "node", "dist/index.js", "gateway"] })],
    ["by its port", other("x", { ports: { "18789/tcp": "0.0.0.0:80" } })],
    ["stopped", { name: "x", state: "exited" }],
    ["restarting", { name: "x", state: "restarting" }],
  ];
  for (const [how, one] of found) test(how, () => assert.deepEqual(gateways(one, other("db")), ["x"]));

  const passed: readonly (readonly [string, FakeContainer])[] = [
    ["the CLI's service", { name: "x", labels: { "com.docker.compose.service": "openclaw-cli" } }],
    ["what `compose run` left", { name: "x", labels: { "com.docker.compose.oneoff": "True" } }],
    ["a name alone", other("openclaw")],
    ["another image", other("x", { image: "openclaw-backup-tool/db:1" })],
    ["a database beside it", other("openclaw-db", { image: "postgres:16" })],
  ];
  for (const [how, one] of passed) test(`not ${how}`, () => assert.deepEqual(gateways(one), []));

  const choose = (all: readonly FakeContainer[], wanted: Wanted, cwd = "/") =>
    chooseContainer(all.map(listed), wanted, cwd);
  const two = [
    { ...CLAW, name: "one", ports: { "18789/tcp": "0.0.0.0:18789" } },
    { ...CLAW, name: "two", ports: { "18789/tcp": "0.0.0.0:18800" } },
  ];

  test("of several the one that publishes the port; else all are named", () => {
    const one = choose(two, { by: "search", port: 18789 });
    assert.deepEqual(
      knownValue(one)?.others.map(({ name }) => name),
      ["two"],
    );
    const none = choose(two, { by: "search", port: 1 });
    assert.ok(!none.known);
    assert.deepEqual(none.say, {
      message: "several-containers",
      args: { found: "one (running), two (running)" },
    });
    assert.equal(none.provide, "--target docker:NAME");
  });

  test("by name, by the beginning of its id; what is not there names what is", () => {
    const all = [{ ...CLAW, id: "abcdef12", name: "one" }, other("db")];
    assert.ok(choose(all, { by: "container", name: "one" }).known);
    assert.ok(choose(all, { by: "container", name: "abcd" }).known);
    const absent = choose(all, { by: "container", name: "clow" });
    assert.match(absent.known ? "" : absent.detail, /no container clow; .*one \(running\)/);
  });

  test("a service of several projects: the project of the working directory, or PROJECT/SERVICE", () => {
    const inProject = (project: string): FakeContainer => ({
      ...CLAW,
      name: `${project}-gw`,
      labels: {
        "com.docker.compose.service": "gw",
        "com.docker.compose.project": project,
        "com.docker.compose.project.working_dir": `/srv/${project}`,
      },
    });
    const all = [inProject("a"), inProject("b")];
    assert.equal(choose(all, { by: "service", name: "gw" }).known, false);
    assert.ok(choose(all, { by: "service", name: "gw" }, "/srv/b").known);
    assert.ok(choose(all, { by: "service", name: "a/gw" }).known);
    assert.equal(choose(all, { by: "service", name: "none" }).known, false);
  });

  test("among 200 others it costs one list and one inspection", async () => {
    const containers = [...Array.from({ length: 200 }, (_, at) => other(`app-${at}`)), CLAW];
    const { engine, opened } = await open({ containers }, { by: "search", port: 18789 });
    assert.ok(opened.known);
    assert.equal(engine.calls.filter((call) => call.startsWith("GET /containers/json")).length, 1);
    assert.equal(engine.calls.filter((call) => /^GET \/containers\/[^/]+\/json/.test(call)).length, 1);
  });
});

describe("what is read of a container", () => {
  test("config, environment against config, devices, release; only reading calls", async () => {
    const { engine, access } = await opened(CLAW);
    const config = knownValue(await access.config());
    assert.equal(config?.reading.path, CONFIG);
    assert.equal(config.token?.reveal(), TOKEN);
    const origin = config.reading.origins["gateway.auth.token"];
    assert.match(origin?.overrides?.source ?? "", /environment of the container .*OPENCLAW_GATEWAY_TOKEN/);
    assert.deepEqual(
      knownValue(await access.devices())?.pending.map(({ requestId }) => requestId),
      ["r1"],
    );
    assert.equal(knownValue(await access.release())?.version, "2026.3.13");
    await access.logs();
    assert.ok(
      engine.calls.every((call) => /^(?:GET|HEAD) /.test(call)),
      engine.calls.join("\n"),
    );
  });

  test("no secret is in what is told of it", async () => {
    const { deployment, access } = await opened({
      ...CLAW,
      command: ["node", "dist/index.js", "gateway", "--token", TOKEN],
    });
    const config = await access.config();
    const text = JSON.stringify([deployment, config]);
    assert.ok(!text.includes(TOKEN) && !text.includes(OTHER));
  });

  test("the devices of a SQLite store, and of its write-ahead log", async () => {
    ensureBuilt();
    const store = "/home/node/.openclaw/state/openclaw.sqlite";
    const text = (name: string) => readFileSync(fixture(`store/${name}`), "latin1");
    const files = {
      [store]: text("openclaw.sqlite"),
      [`${store}-wal`]: text("openclaw.sqlite-wal"),
      "/app/package.json": '{"name":"openclaw","version":"2026.9.6"}',
    };
    const { access } = await opened({ ...CLAW, files: { ...CLAW.files, ...files } });
    const devices = knownValue(await access.devices());
    assert.deepEqual(
      [devices?.store, devices?.pending[0]?.requestId, devices?.paired[0]?.deviceId],
      ["sqlite", "r-logged", "d-paired"],
    );
  });

  test("the bytes of a file, as they are", async () => {
    const content = "\u0000\u00ff\n".repeat(70_000);
    const engine = await engineOf({ containers: [{ ...CLAW, files: { "/x/y.bin": content } }] });
    const { api } = await connectEngine({ name: "fake", socket: engine.socket });
    const world = containerWorld(api.getContainer(CLAW.name), { env: {}, homedir: "/", cwd: "/" });
    const whole = await world.readBytes("/x/y.bin", 1_000_000);
    assert.ok(whole.ok && !whole.truncated);
    assert.equal(Buffer.from(whole.bytes).toString("latin1"), content);
    const start = await world.readBytes("/x/y.bin", 5);
    assert.ok(start.ok && start.truncated && start.bytes.length === 5);
    assert.equal(await textOf(world.stream("/x/y.bin", 3, 6)), Buffer.from([0, 255, 10]).toString());
  });

  test("a log in frames: whole lines of both streams; of a terminal: as it is", async () => {
    const { access } = await opened(CLAW);
    const logs = knownValue(await access.logs());
    assert.equal(logs?.[0]?.name, `docker logs ${CLAW.name}`);
    assert.equal(await textOf(logs?.[0]?.chunks ?? nothing()), "first\nrefused\nsecond\nlast");
    const terminal = await opened({ ...CLAW, tty: true, log: Buffer.from("one\r\ntwo\r\n") });
    const plain = knownValue(await terminal.access.logs());
    assert.equal(await textOf(plain?.[0]?.chunks ?? nothing()), "one\r\ntwo\r\n");
  });

  test("an empty log, or a driver that cannot be read: the gateway's own file", async () => {
    const file = "/tmp/openclaw/openclaw-2026-11-22.log";
    const { access } = await opened({
      ...CLAW,
      log: new Uint8Array(),
      files: { ...CLAW.files, [file]: '{"0":"hello"}\n' },
    });
    const logs = knownValue(await access.logs());
    assert.equal(logs?.[0]?.name, file);
    assert.equal(await textOf(logs?.[0]?.chunks ?? nothing()), '{"0":"hello"}\n');
  });

  test("a config behind a link", async () => {
    const { [CONFIG]: text = "", ...rest } = CLAW.files ?? {};
    const { access } = await opened({
      ...CLAW,
      files: { ...rest, "/data/openclaw.json": text },
      links: { [CONFIG]: "../../../data/openclaw.json" },
    });
    assert.equal(knownValue(await access.config())?.token?.reveal(), TOKEN);
  });

  test("links in a circle end", async () => {
    const { access } = await opened({ ...CLAW, files: {}, links: { [CONFIG]: CONFIG } });
    assert.equal((await access.config()).known, false);
  });

  test("where the port is reached, and as whose address its clients come", async () => {
    const { deployment, url } = await opened(CLAW);
    assert.equal(url(18789), "ws://127.0.0.1:28789");
    assert.equal(deployment.workload?.publishedPeer, "172.18.0.1");
    const everywhere = await opened({ ...CLAW, ports: { "18789/tcp": "0.0.0.0:80" } });
    assert.equal(everywhere.url(18789), "ws://127.0.0.1:80");
    const lan = await opened({ ...CLAW, ports: { "18789/tcp": "fd00::1:80" } });
    assert.equal(lan.url(18789), "ws://[fd00::1]:80");
    assert.equal((await opened({ ...CLAW, ports: {} })).url(18789), "ws://172.18.0.2:18789");
    assert.equal(
      (await opened({ ...CLAW, ports: {}, networkMode: "host" })).url(18789),
      "ws://127.0.0.1:18789",
    );
  });

  test("a stopped one: its code, its published ports, its network's bridge, its files", async () => {
    const { access, deployment, url } = await opened({ ...CLAW, state: "exited", exitCode: 78, restarts: 3 });
    const { workload, evidence } = deployment;
    assert.deepEqual(
      [workload?.state, workload?.exitCode, workload?.publishedPeer],
      ["exited", 78, "172.18.0.1"],
    );
    assert.equal(url(18789), "ws://127.0.0.1:28789");
    assert.match(evidence[0]?.quote ?? "", /exited \(exit code 78\), restarted 3 times/);
    assert.ok((await access.config()).known);
  });

  test("the owner of the mounted state directory", async () => {
    const { deployment } = await opened({ ...CLAW, uid: 0 });
    assert.equal(deployment.workload?.mounts[0]?.owner?.uid, 0);
  });
});

describe("names for exact commands", () => {
  test("Compose files of this machine, with the CLI's service; the project's name where it does not follow", async () => {
    const { access } = await opened(CLAW, { "/srv/openclaw/docker-compose.yml": COMPOSE });
    assert.deepEqual(access.names, {
      container: CLAW.name,
      composeService: "openclaw-gateway",
      composeCliService: "openclaw-cli",
      composeFiles: ["/srv/openclaw/docker-compose.yml"],
      cli: "node dist/index.js",
    });
    const labels = { ...CLAW.labels, "com.docker.compose.project": "work" };
    const named = await opened({ ...CLAW, labels }, { "/srv/openclaw/docker-compose.yml": COMPOSE });
    assert.equal(named.access.names.composeProject, "work");
  });

  test("Compose files that are elsewhere (a manager in a container): a plain container's", async () => {
    const { access } = await opened(CLAW);
    assert.deepEqual(access.names, { container: CLAW.name, cli: "node dist/index.js" });
  });

  const users: readonly (readonly [user: string, uid: number, expected: string | undefined])[] = [
    ["node", 1000, undefined],
    ["1000:1000", 1000, undefined],
    ["", 1000, undefined],
    ["", 0, ""],
    ["568:568", 568, ""],
  ];
  for (const [user, uid, expected] of users)
    test(`user "${user}", files of ${uid}`, async () => {
      const { access } = await opened({ ...CLAW, user, uid });
      assert.equal(access.names.execUser, expected);
    });

  const programs: readonly (readonly [readonly string[], string | undefined])[] = [
    [["node", "openclaw.mjs", "gateway", "--bind", "lan"], "node openclaw.mjs"],
    [["docker-entrypoint.sh", "node", "/app/dist/index.js", "gateway"], "node /app/dist/index.js"],
    [["tini", "-s", "--", "openclaw", "gateway"], "openclaw"],
    [["/start.sh"], undefined],
  ];
  for (const [command, expected] of programs)
    test(command.join(" "), async () => {
      assert.equal((await opened({ ...CLAW, command })).access.names.cli, expected);
    });
});

describe("hostile bytes", () => {
  const chunked = (bytes: Uint8Array, size: number) =>
    (async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })();

  test("any bytes are an archive that ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 700 }),
        async (bytes, size) => {
          for await (const entry of tarEntries(chunked(bytes, size), () => 100)) assert.ok(entry.size >= 0);
          await textOf(firstFile(chunked(bytes, size)));
        },
      ),
    );
  });

  test("a file comes out as it went in, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2000 }),
        fc.integer({ min: 1, max: 700 }),
        async (body, size) => {
          const bytes = tar("/x/a.txt", { kind: "file", body: Buffer.from(body), target: "" }, 7);
          const parts: Uint8Array[] = [];
          for await (const part of firstFile(chunked(bytes, size))) parts.push(part);
          assert.deepEqual(Buffer.concat(parts), Buffer.from(body));
          for await (const entry of tarEntries(chunked(bytes, size), () => 5000))
            assert.deepEqual([entry.name, entry.uid, entry.content?.length], ["a.txt", 7, body.length]);
        },
      ),
    );
  });

  test("frames give the same lines, however they are cut", async () => {
    const piece = fc.record({
      stream: fc.constantFrom<1 | 2>(1, 2),
      text: fc.stringMatching(/^[a-z\n]{0,20}$/),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        async (pieces, size) => {
          const bytes = Buffer.concat(pieces.map(({ stream, text }) => frame(stream, text)));
          const lines = (await textOf(framedLines(chunked(bytes, size))))
            .split("\n")
            .filter((line) => line !== "");
          const of = (wanted: number): string[] =>
            pieces
              .flatMap(({ stream, text }) => (stream === wanted ? [text] : []))
              .join("")
              .split("\n")
              .filter((line) => line !== "");
          // The last lines of both streams may be without an end, and then stand together.
          assert.equal(lines.join("").length, [...of(1), ...of(2)].join("").length);
          for (const line of [...of(1).slice(0, -1), ...of(2).slice(0, -1)])
            assert.ok(lines.includes(line), line);
        },
      ),
    );
  });

  test("a terminal's log that was said to be framed is passed on", async () => {
    const text = "\u001b[32mready\u001b[0m and more\n";
    assert.equal(await textOf(framedLines(chunked(Buffer.from(text), 100))), text);
  });
});

describe("the command line", () => {
  const diagnose = async (target: string, options: FakeEngineOptions) => {
    const engine = await engineOf(options);
    const env = { DOCKER_HOST: `unix://${engine.socket}` };
    const result = await here(["diagnose", "--json", "--target", target], { env });
    assert.equal(result.stderr, "");
    assert.ok(!result.stdout.includes(TOKEN) && !result.stdout.includes(OTHER), "a token is in the report");
    return { code: result.code, report: JSON.parse(result.stdout) as JsonReport };
  };

  test("a stopped container: down, with the engine's word for it and the line that starts it", async () => {
    const one = {
      ...CLAW,
      name: "claw",
      labels: {},
      state: "exited",
      exitCode: 1,
      ports: { "18789/tcp": "127.0.0.1:1" },
    };
    const { code, report } = await diagnose("docker:claw", { containers: [one] });
    // What it would do once it runs is open.
    assert.equal(code, 3);
    const [first] = report.findings;
    assert.deepEqual([first?.id, first?.confidence], ["gateway-down-or-starting", "certain"]);
    assert.match(JSON.stringify(first?.evidence), /exited \(exit code 1\)/);
    assert.match(JSON.stringify(first?.remedies), /docker start claw/);
    assert.equal(report.deployment?.container?.name, "claw");
    assert.equal(report.target.kind, "docker");
  });

  test("a stopped one that would listen on loopback: it is down, that is all", async () => {
    const config = JSON.stringify({ gateway: { bind: "loopback", auth: { mode: "token", token: TOKEN } } });
    const files = { ...CLAW.files, [CONFIG]: config };
    const one = {
      ...CLAW,
      command: ["node", "dist/index.js", "gateway"],
      files,
      ports: { "18789/tcp": "127.0.0.1:1" },
    };
    const { report } = await diagnose(`docker:${CLAW.name}`, { containers: [{ ...one, state: "exited" }] });
    assert.equal(report.findings[0]?.id, "gateway-down-or-starting");
    const running = await diagnose(`docker:${CLAW.name}`, { containers: [one] });
    const [first] = running.report.findings;
    assert.equal(first?.id, "bind-loopback-in-container");
    // It is published on loopback alone already.
    assert.doesNotMatch(JSON.stringify(first?.remedies), /publish-on-loopback/);
  });

  test("a container that is not there: undetermined, nobody is probed", async () => {
    const { code, report } = await diagnose("docker:none", { containers: [CLAW] });
    assert.equal(code, 3);
    assert.equal(report.verdict, "undetermined");
    assert.deepEqual(report.findings, []);
    assert.match(JSON.stringify(report.missing), /openclaw-openclaw-gateway-1 \(running\)/);
  });

  test("a service, by its Compose label", async () => {
    const { report } = await diagnose("compose:openclaw-gateway", {
      containers: [{ ...CLAW, state: "exited", ports: { "18789/tcp": "127.0.0.1:1" } }],
    });
    assert.equal(report.deployment?.names.container, CLAW.name);
  });
});
