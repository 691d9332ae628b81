import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { admit } from "../src/admission/admit.ts";
import { startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import type { JsonReport } from "../src/report/json.ts";
import { type FakeContainer, type FakeEngineOptions, fakeEngine, frame } from "./fake-engine.ts";
import { emptyHome, here } from "./support/cli.ts";

const TOKEN = "tok-in-the-config-0123";
const STATE = "/home/node/.openclaw";
const UP = "2026-11-22T12:29:36.753+00:00 [gateway] listening on ws://0.0.0.0:18789 (PID 7)\n";
const engines: { close(): Promise<void> }[] = [];
after(() => Promise.all(engines.map((engine) => engine.close())));

/** Nobody listens at its address, nor at a port that it publishes. */
const CLAW: FakeContainer = {
  name: "claw",
  address: "127.0.0.9",
  ports: { "18789/tcp": "127.0.0.1:1" },
  mounts: [{ source: "/srv/claw", at: STATE }],
  files: {
    [`${STATE}/openclaw.json`]: JSON.stringify({
      gateway: { port: 18789, bind: "lan", auth: { mode: "token", token: TOKEN } },
    }),
    "/app/package.json": '{"name":"openclaw","version":"2026.5.28"}',
  },
  log: frame(1, UP),
};

async function diagnosed(more: Partial<FakeContainer>, options: FakeEngineOptions = {}): Promise<JsonReport> {
  const engine = await fakeEngine({
    ...options,
    containers: [{ ...CLAW, ...more }, ...(options.containers ?? [])],
  });
  engines.push(engine);
  const args = ["diagnose", "--json", "--target", "docker:claw"];
  const { stdout, stderr } = await here(args, { env: { DOCKER_HOST: `unix://${engine.socket}` } });
  assert.equal(stderr, "");
  assert.ok(!stdout.includes(TOKEN), "the token is in the report");
  assert.deepEqual(
    engine.calls.filter((call) => !/^(?:GET|HEAD) /.test(call)),
    [],
  );
  return JSON.parse(stdout) as JsonReport;
}

const found = ({ findings }: JsonReport, id: string) => findings.find((finding) => finding.id === id);

describe("what an engine shows of a gateway, from the engine to the report", () => {
  test("no published port; that nobody listens at its own address has another cause", async () => {
    const finding = found(await diagnosed({ ports: {} }), "wrong-port-or-config-path");
    assert.deepEqual([finding?.severity, finding?.variant], ["warning", "unpublished"]);
    assert.match(JSON.stringify(finding?.remedies), /127\.0\.0\.1:18789:18789/);
  });

  test("a directory of root: the line that gives it to the gateway's user, by its path on the host", async () => {
    const finding = found(await diagnosed({ uid: 0, state: "restarting", restarts: 3 }), "state-permissions");
    assert.equal(finding?.severity, "error");
    const text = JSON.stringify(finding?.remedies);
    assert.match(text, /sudo chown -R 1000:1000 \/srv\/claw/);
    assert.doesNotMatch(text, /--user root|-u root/);
  });

  test("a volume of root: a container that is gone afterwards", async () => {
    const mounts = [{ source: "claw_state", at: STATE, kind: "volume" }];
    const report = await diagnosed({ uid: 0, user: "568:568", mounts, state: "restarting", restarts: 3 });
    const text = JSON.stringify(found(report, "state-permissions")?.remedies);
    assert.match(text, /docker run --rm .* -v claw_state:\/state .* -R 568:568 \/state/);
  });

  test("rootless: the host's uids are others, so the path is given away from inside, too", async () => {
    const info = () => ({ SecurityOptions: ["name=rootless"] });
    const report = await diagnosed({ uid: 0, state: "restarting", restarts: 3 }, { info });
    const text = JSON.stringify(found(report, "state-permissions")?.remedies);
    assert.match(text, /-v \/srv\/claw:\/state/);
    assert.doesNotMatch(text, /sudo chown/);
  });

  test("Docker Desktop shows an owner that is nobody's hindrance", async () => {
    const info = () => ({ OperatingSystem: "Docker Desktop" });
    const report = await diagnosed({ uid: 501, state: "restarting", restarts: 3 }, { info });
    assert.equal(found(report, "state-permissions"), undefined);
  });

  test("the list of origins names the port inside; nobody was refused yet", async () => {
    const settings = {
      bind: "lan",
      auth: { mode: "token", token: TOKEN },
      controlUi: { allowedOrigins: ["http://localhost:18789", "http://127.0.0.1:18789"] },
    };
    const inside = await startEmbeddedGateway({
      release: "2026.3.13",
      config: { gateway: settings },
      admit: (input) => admit(input),
      peer: () => ({ remoteAddress: "172.18.0.1" }),
    });
    engines.push(inside);
    const report = await diagnosed({
      files: {
        [`${STATE}/openclaw.json`]: JSON.stringify({ gateway: { port: 18789, ...settings } }),
        "/app/package.json": '{"name":"openclaw","version":"2026.3.13"}',
      },
      ports: { "18789/tcp": `127.0.0.1:${inside.port}` },
    });
    const [finding] = report.findings;
    assert.deepEqual([finding?.id, finding?.variant], ["origin-not-allowed", "published-port"]);
    assert.ok(JSON.stringify(finding?.remedies).includes(`http://127.0.0.1:${inside.port}`));
  });

  test("state in the container's own layer", async () => {
    const finding = found(await diagnosed({ mounts: [] }), "client-identity-not-persisted");
    assert.equal(finding?.variant, "unpersisted");
    assert.match(JSON.stringify(finding?.remedies), /docker cp claw:\/home\/node\/\.openclaw/);
  });

  test("a second gateway on the same directory", async () => {
    const twin = { ...CLAW, name: "old", id: "bb", ports: {} };
    const finding = found(await diagnosed({}, { containers: [twin] }), "multiple-gateways");
    assert.equal(finding?.variant, "shared-state");
    assert.match(JSON.stringify(finding?.remedies), /docker stop old/);
  });

  test("an engine whose clock is five minutes off", async () => {
    const info = () => ({ SystemTime: new Date(Date.now() + 301_000).toISOString() });
    const report = await diagnosed({ state: "exited", ports: { "18789/tcp": "127.0.0.1:1" } }, { info });
    assert.equal(found(report, "clock-skew")?.variant, "foretold");
  });

  test("the last line of one that ended says what it is down for", async () => {
    const log = frame(2, `${UP}    at main (/app/x.js:1:1)\nFATAL ERROR: out of everything\n`);
    const report = await diagnosed({ state: "exited", exitCode: 134, log });
    const finding = found(report, "gateway-down-or-starting");
    assert.match(JSON.stringify(finding?.evidence), /FATAL ERROR: out of everything/);
  });
});

describe("a config of this machine, and a gateway in some container", () => {
  const homes: string[] = [];
  after(() => {
    for (const home of homes) rmSync(home, { recursive: true, force: true });
  });

  const found = async (source: (home: string) => string): Promise<JsonReport> => {
    const home = emptyHome();
    homes.push(home);
    mkdirSync(join(home, ".openclaw"));
    // A log of its own: the default directory has what other gateways of this machine wrote.
    const file = join(home, "claw.log");
    writeFileSync(file, UP);
    // A port of its own: somebody's gateway may run at the usual one.
    const config = { gateway: { port: 45_789, bind: "loopback" }, logging: { file } };
    writeFileSync(join(home, ".openclaw", "openclaw.json"), JSON.stringify(config));
    const containers = [{ ...CLAW, mounts: [{ source: source(home), at: STATE }] }];
    const engine = await fakeEngine({ containers });
    engines.push(engine);
    const env = { HOME: home, DOCKER_HOST: `unix://${engine.socket}` };
    const { stdout } = await here(["diagnose", "--json"], { env });
    return JSON.parse(stdout) as JsonReport;
  };

  test("it is the container's when the container has it mounted", async () => {
    const { deployment } = await found((home) => join(home, ".openclaw"));
    assert.equal(deployment?.container?.name, "claw");
  });

  test("else the container is somebody else's", async () => {
    const { deployment, target } = await found(() => "/srv/claw");
    assert.equal(deployment?.container, undefined);
    assert.notEqual(target.name, "claw");
  });
});
