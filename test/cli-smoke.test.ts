// `smoke` against the embedded gateway: what it waits for, its verdicts, its exit codes, and what it leaves.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonReport } from "../src/report/json.ts";
import { askedGateway, closeGateways, TOKEN } from "./support/asked-gateway.ts";
import { type CliResult, finish, here, start } from "./support/cli.ts";

const env = { OPENCLAW_GATEWAY_TOKEN: TOKEN };
const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-smoke-"));
const open: { close(): Promise<void> }[] = [];
after(async () => {
  await closeGateways();
  await Promise.all(open.map((server) => server.close()));
  rmSync(dir, { recursive: true, force: true });
});

const schema = JSON.parse(
  readFileSync(new URL("../src/report/schema/report.schema.json", import.meta.url), "utf8"),
) as object;
const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);

const gateway = askedGateway;

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { port, close } = await gateway("2026.5.28");
  await close();
  return port;
}

async function web(answer: RequestListener, port = 0) {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const address = server.address();
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { port: typeof address === "object" && address ? address.port : 0, close };
}

interface Smoked extends CliResult {
  readonly document: JsonReport;
  readonly first: string;
}

/** As JSON and for people: the same exit code, and the first line is the verdict. */
async function smoke(url: string, args: readonly string[] = []): Promise<Smoked> {
  const all = ["smoke", "--target", url, "--deployment", "local", ...args];
  const human = await here(all, { env });
  const json = await here([...all, "--json", "--quiet"], { env });
  const document = JSON.parse(json.stdout) as JsonReport;
  assert.ok(validate(document), JSON.stringify(validate.errors));
  assert.equal(human.code, json.code);
  assert.equal(json.stderr, "");
  for (const text of [human.stdout, human.stderr, json.stdout]) assert.ok(!text.includes(TOKEN));
  return { ...json, document, first: human.stdout.split("\n")[0] ?? "" };
}

const phases = ({ document }: Smoked) => document.smoke?.phases.map(({ phase }) => phase);

for (const release of ["2026.2.1", "2026.3.13", "2026.5.28", "2026.9.6"]) {
  test(`${release}, a good deploy: 0, and no device is left`, async () => {
    const { url, devices } = await gateway(release);
    const smoked = await smoke(url);
    assert.equal(smoked.code, 0, smoked.stdout);
    assert.match(smoked.first, /^PASS: the gateway lets the Control UI in \(ws:\/\/127\.0\.0\.1:\d+\//);
    assert.deepEqual(phases(smoked), ["up"]);
    assert.deepEqual([devices.list().pending, devices.list().paired], [[], []]);
  });
}

test("the wait sends no handshake: only the one diagnosis does", async () => {
  const { url, log } = await gateway("2026.9.6");
  await here(["smoke", "--target", url, "--deployment", "local"], { env });
  const connections = log.filter((line) =>
    /closed before connect|webchat connected|\bconnected\b/.test(line),
  );
  assert.ok(connections.length <= 2, connections.join("\n"));
});

test("refused: 1, the first line names the finding, and the exit code is that of every format", async () => {
  const { url } = await gateway("2026.9.6");
  const args = ["--origin", "https://claw.example.com"];
  const smoked = await smoke(url, args);
  assert.equal(smoked.code, 1);
  assert.equal(smoked.document.smoke?.outcome, "refused");
  assert.match(smoked.first, new RegExp(`^FAIL: .*\\(${smoked.document.findings[0]?.id}\\)`));
  for (const format of ["junit", "sarif", "github", "gitlab"]) {
    const { code } = await here(["smoke", "--target", url, ...args, "--format", format], { env });
    assert.equal(code, 1, format);
  }
});

describe("--expect pairing-required", () => {
  const container = () =>
    gateway("2026.3.13", {
      config: { gateway: { bind: "lan", auth: { mode: "token", token: TOKEN } } },
      peer: { remoteAddress: "172.18.0.1" },
    });

  for (const asBrowser of [[], ["--as-browser"]])
    test(`a gateway that asks a new browser to pair: 0 ${asBrowser}`.trimEnd(), async () => {
      const { url, port } = await container();
      const at = ["--origin", `http://127.0.0.1:${port}`, "--deployment", "docker"];
      const args = ["smoke", "--target", url, ...at, ...asBrowser];
      const { code, stdout } = await here([...args, "--expect", "pairing-required", "--json"], { env });
      const { smoke, findings } = JSON.parse(stdout) as JsonReport;
      assert.equal(smoke?.outcome, "pairing-required", stdout);
      assert.equal(code, 0);
      assert.match(smoke.message, /^PASS: the gateway asks a new browser to pair/);
      // It is told, and fails nothing: in no format.
      assert.ok(
        findings.some(({ id }) => id === "docker-nat-not-local"),
        stdout,
      );
      const junit = await here([...args, "--expect", "pairing-required", "--format", "junit"], { env });
      assert.match(junit.stdout, /failures="0" errors="0"/);
      assert.equal((await here([...args, "--quiet"], { env })).code, 1);
    });

  test("a gateway that refuses for another reason: 1", async () => {
    const { url } = await gateway("2026.9.6");
    const smoked = await smoke(url, ["--expect", "pairing-required", "--origin", "https://claw.example.com"]);
    assert.equal(smoked.code, 1);
    assert.match(smoked.first, /^FAIL: .*\(proxy-attribution-required\)/);
  });

  test("one that lets it in: 1", async () => {
    const { url } = await gateway("2026.9.6");
    const smoked = await smoke(url, ["--expect", "pairing-required"]);
    assert.equal(smoked.code, 1);
    assert.match(smoked.first, /^FAIL: the gateway lets a new browser in without pairing/);
    assert.equal(smoked.document.smoke?.outcome, "connected");
  });
});

describe("what is not up", () => {
  test("within the wait: 3, with the reason", async () => {
    const smoked = await smoke(`ws://127.0.0.1:${await freePort()}`, ["--wait", "1s"]);
    assert.equal(smoked.code, 3);
    assert.match(
      smoked.first,
      /^NOT READY after [\d.]+ s: nothing answers as a gateway: connect ECONNREFUSED/,
    );
    assert.equal(smoked.document.smoke?.outcome, "not-ready");
    assert.deepEqual(phases(smoked), ["absent"]);
    assert.equal(
      (await here(["smoke", "--target", "ws://127.0.0.1:1", "--wait", "0", "--fail-on", "never"])).code,
      0,
    );
  });

  test("at first: 0, and each thing that it was at is told in order", async () => {
    const port = await freePort();
    const args = ["smoke", "--target", `ws://127.0.0.1:${port}`, "--deployment", "local", "--wait", "60s"];
    const child = start([...args, "--json"], { env });
    // Each next thing comes once the one before it was met.
    let told = "";
    const met = (words: string) =>
      new Promise<void>((done) => {
        child.stderr?.on("data", (chunk: Buffer) => {
          told += chunk.toString();
          if (told.includes(words)) done();
        });
        child.on("close", () => done());
      });
    const proxy = async () => {
      await met("nothing answers as a gateway");
      const before = await web((_request, response) => response.writeHead(503).end("upstream"), port);
      await met("the gateway is starting");
      await before.close();
      await gateway("2026.9.6", { port });
    };
    const [{ code, stdout, stderr }] = await Promise.all([finish(child), proxy()]);
    const document = JSON.parse(stdout) as JsonReport;
    assert.equal(code, 0, stdout);
    const order = document.smoke?.phases.map(({ phase }) => phase);
    assert.deepEqual(order, ["absent", "starting", "up"]);
    assert.match(
      stderr,
      /nothing answers as a gateway[\s\S]*the gateway is starting[\s\S]*the gateway is up/,
    );
  });

  test("it listens and says that it is starting: waited for, not refused", async () => {
    const { url, log } = await gateway("2026.9.6", { startingMs: 4000 });
    const smoked = await here(["smoke", "--target", url, "--deployment", "local", "--json"], { env });
    assert.equal(smoked.code, 0, smoked.stdout);
    const document = JSON.parse(smoked.stdout) as JsonReport;
    assert.deepEqual(
      document.smoke?.phases.map(({ phase }) => phase),
      ["starting", "up"],
    );
    // With longer and longer pauses: each look leaves a line in the gateway's log.
    assert.ok(log.filter((line) => line.includes("code=1013")).length <= 8, log.join("\n"));
  });

  test("another program at the port is no gateway, however long it is there: not 0", async () => {
    const server = await web((_request, response) => response.end("<title>nginx</title>"));
    open.push(server);
    const { code } = await here(["smoke", "--target", `ws://127.0.0.1:${server.port}`, "--wait", "1s"]);
    assert.equal(code, 3);
  });
});

test("several reports at once, each in its format", async () => {
  const { url } = await gateway("2026.9.6");
  const [junit, sarif, plain] = ["a.xml", "b=c.sarif", "report.txt"].map((name) => join(dir, name));
  const args = ["--output", `junit=${junit}`, "--output", `sarif=${sarif}`, "--output", plain ?? ""];
  const { code, stdout } = await here(["smoke", "--target", url, "--deployment", "local", ...args], { env });
  assert.equal(code, 0);
  assert.equal(stdout, "");
  assert.match(
    readFileSync(junit ?? "", "utf8"),
    /^<\?xml[\s\S]*<testcase classname="pairing-doctor.gateway" name="verdict"/,
  );
  assert.equal((JSON.parse(readFileSync(sarif ?? "", "utf8")) as { version: string }).version, "2.1.0");
  assert.match(readFileSync(plain ?? "", "utf8"), /^PASS: /);
});

for (const [args, said] of [
  [["--wait", "2h"], /--wait "2h": that is no time between 0 and 60m/],
  [["--wait", "61m"], /no time between/],
  [["--expect", "maybe"], /give one of "connected", "pairing-required"/],
  [["--output", "a", "--output", "b"], /--output: it is there more than once\n {2}give FORMAT=FILE/],
] as const)
  test(`smoke ${args.join(" ")}: 2`, async () => {
    const { code, stderr } = await here(["smoke", "--target", "ws://127.0.0.1:1", ...args]);
    assert.equal(code, 2);
    assert.match(stderr, said);
  });

describe("in GitHub Actions", () => {
  const actions = () => {
    const summary = join(mkdtempSync(join(dir, "actions-")), "summary.md");
    writeFileSync(summary, "before\n");
    return { summary, env: { ...env, CI: "true", GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary } };
  };

  test("annotations and a summary come by themselves, and stdout stays the report", async () => {
    const { url } = await gateway("2026.9.6");
    const { summary, env: runner } = actions();
    const args = ["smoke", "--target", url, "--origin", "https://claw.example.com"];
    const { code, stdout, stderr } = await here([...args, "--json"], { env: runner });
    assert.equal(code, 1);
    const [finding] = (JSON.parse(stdout) as JsonReport).findings;
    assert.match(stderr, /^::error title=openclaw-pairing-doctor::FAIL: /m);
    assert.ok(stderr.includes(`::error title=${finding?.code} `), stderr);
    const text = readFileSync(summary, "utf8");
    assert.match(text, /^before\n### .* openclaw-pairing-doctor: FAIL: /);
    assert.ok(text.includes(finding?.code ?? "-"));
    assert.ok(!`${text}${stderr}`.includes(TOKEN));
  });

  test("--format github has them once", async () => {
    const { url } = await gateway("2026.9.6");
    const { env: runner } = actions();
    const args = ["smoke", "--target", url, "--deployment", "local", "--format", "github", "--quiet"];
    const { stdout, stderr } = await here(args, { env: runner });
    assert.match(stdout, /^::notice title=openclaw-pairing-doctor::PASS: /);
    assert.equal(stderr, "");
  });

  test("a summary that cannot be written fails nothing", async () => {
    const { url } = await gateway("2026.9.6");
    const runner = { ...actions().env, GITHUB_STEP_SUMMARY: join(dir, "no", "summary.md") };
    assert.equal((await here(["smoke", "--target", url, "--deployment", "local"], { env: runner })).code, 0);
  });

  test("what a log says is no command to the runner", async () => {
    const log = join(dir, "hostile.log");
    const said = "control ui requires device identity ::add-mask::x ##[group]y";
    writeFileSync(
      log,
      `2026-11-22T12:00:00.000Z [ws] closed before connect conn=11111111-1111-4111-8111-111111111111 remote=192.168.1.5 fwd=n/a origin=::error:: host=##[error] ua=::stop-commands::x code=1008 reason=${said}\n`,
    );
    for (const args of [
      ["triage", log, "--verbose"],
      ["smoke", "--target", "ws://127.0.0.1:1", "--wait", "0", "--log", log, "--verbose"],
    ]) {
      const { stdout, stderr } = await here(args, { env: actions().env });
      assert.match(stdout, /add-mask/);
      assert.doesNotMatch(stdout, /^\s*::|##\[/m);
      assert.doesNotMatch(stderr, /^\s*::(?!error title=|warning title=|notice title=)|##\[/m);
    }
  });
});
