import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { admit } from "../src/admission/admit.ts";
import { startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import type { JsonReport } from "../src/report/json.ts";
import { type CliResult, ensureBuilt, finish, here, patiently } from "./support/cli.ts";

// What could not be looked at, or answers otherwise than a gateway does, is never healthy.

const TOKEN = "tok-c0ffee-0123456789-abcdef";
const TOKEN_ENV = { OPENCLAW_GATEWAY_TOKEN: TOKEN };
const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-answers-"));
chmodSync(dir, 0o755);
const open: { close(): Promise<void> }[] = [];
after(async () => {
  await Promise.all(open.map((server) => server.close()));
  rmSync(dir, { recursive: true, force: true });
});

const report = ({ stdout }: CliResult): JsonReport => JSON.parse(stdout) as JsonReport;

async function gateway(release: string, port?: number) {
  const started = await startEmbeddedGateway({
    release,
    config: { gateway: { bind: "loopback", auth: { mode: "token", token: TOKEN } } },
    admit,
    ...(port === undefined ? {} : { port }),
  });
  open.push(started);
  return started;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly server?: string;
}

/** Answers every request so; upgrades go on to `behind`, where there is one. */
async function answering({ status, body, server }: Answer, behind?: number): Promise<number> {
  const http = createServer((_request, response) => {
    response.writeHead(status, { "content-type": "text/html", ...(server === undefined ? {} : { server }) });
    response.end(body);
  });
  if (behind !== undefined)
    http.on("upgrade", (request, socket, head) => {
      const on = connect(behind, "127.0.0.1", () => {
        const { rawHeaders: raw } = request;
        const headers = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));
        on.write(`GET ${request.url} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
        on.write(head);
        on.pipe(socket).pipe(on);
      });
      for (const end of [on, socket]) end.on("error", () => socket.destroy());
    });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  open.push({
    close: () =>
      new Promise((closed) => {
        http.closeAllConnections();
        http.close(() => closed());
      }),
  });
  const address = http.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** A config of its own for the port, with the log that it names. */
function place(name: string, port: number, lines: readonly string[]) {
  const log = join(dir, `${name}.log`);
  writeFileSync(log, lines.map((line) => `${line}\n`).join(""));
  mkdirSync(join(dir, name));
  chmodSync(join(dir, name), 0o755);
  const config = join(dir, name, "openclaw.json");
  const settings = { port, bind: "loopback", auth: { mode: "token", token: TOKEN } };
  writeFileSync(config, JSON.stringify({ gateway: settings, logging: { file: log } }));
  return { log, config };
}

const REFUSED_PAGE =
  "2026-03-20T10:00:00.000+00:00 [ws] closed before connect conn=530ce84c-d341-4e19-bac4-40611d9a755b remote=192.168.1.9 fwd=n/a origin=http://192.168.1.5:18789 host=192.168.1.5:18789 ua=Mozilla/5.0 code=1008 reason=pairing required";

test("a log that another user alone may read: undetermined, with the file, whose it is and how to look", async () => {
  const { port } = await gateway("2026.9.6");
  const { log, config } = place("closed", port, [REFUSED_PAGE]);
  chmodSync(config, 0o644);
  chmodSync(log, process.getuid?.() === 0 ? 0o600 : 0);
  const home = mkdtempSync(join(dir, "home-"));
  chmodSync(home, 0o777);
  const other = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const args = ["diagnose", "--config", config, "--deployment", "local", "--json"];
  const child = spawn(process.execPath, [ensureBuilt(), ...patiently(args)], {
    cwd: home,
    env: { PATH: process.env.PATH ?? "", HOME: home, LANG: "en_US.UTF-8", ...TOKEN_ENV },
    stdio: "pipe",
    ...other,
  });
  const result = await finish(child);
  const { verdict, missing, findings } = report(result);
  assert.deepEqual([result.code, verdict, findings], [3, "undetermined", []], result.stdout);
  const about = missing.find(({ fact }) => fact === "logs");
  assert.equal(about?.reason, "denied");
  assert.ok(about?.detail.includes(log), about?.detail);
  assert.match(about?.detail ?? "", /it is for \S+; look as that user, or as root \(`sudo -u /);
  assert.equal(about?.provide, "--log FILE");
});

for (const [name, answer] of Object.entries({
  "a proxy's 403": { status: 403, body: "<title>403 Forbidden</title>", server: "nginx" },
  "a login page": { status: 401, body: "<title>Sign in</title>", server: "cloudflare" },
  "a redirect elsewhere": { status: 301, body: "<title>Moved</title>", server: "edge" },
  "another program's page": { status: 200, body: "<title>Directory listing for /</title>", server: "Simple" },
}))
  test(`${name} is no gateway: never healthy, and its status is told`, async () => {
    const port = await answering(answer);
    const result = await here(["--target", `ws://127.0.0.1:${port}`, "--json"], { env: TOKEN_ENV });
    const { findings, checks } = report(result);
    // It may be the proxy before the gateway: nobody is told to end it.
    assert.equal(result.code, 3, result.stdout);
    assert.doesNotMatch(result.stdout, /port-held/);
    assert.equal(findings[0]?.id, "gateway-down-or-starting");
    assert.match(result.stdout, new RegExp(`HTTP ${answer.status}`));
    assert.ok(checks.some(({ id, verdict }) => id === "gateway-down-or-starting" && verdict === "found"));
  });

for (const status of [404, 500, 503])
  test(`a page that answers ${status} beside a socket that answers: undetermined, and fix says what to do`, async () => {
    const { port: behind } = await gateway("2026.3.13");
    const port = await answering({ status, body: "Internal Server Error" }, behind);
    const { config } = place(`page-${status}`, port, [
      `2026-03-20T10:00:00.000+00:00 [gateway] listening on ws://127.0.0.1:${port} (PID 1)`,
    ]);
    const args = ["--config", config, "--deployment", "local", "--release", "2026.3.13"];
    const result = await here([...args, "--json"], { env: TOKEN_ENV });
    const { verdict, findings } = report(result);
    assert.deepEqual(
      [result.code, verdict, findings.map(({ id, variant }) => `${id} ${variant}`)],
      [3, "undetermined", ["gateway-down-or-starting page-failed"]],
      result.stdout,
    );
    assert.match(result.stdout, new RegExp(`HTTP ${status}`));
    const fix = await here(["fix", ...args, "--yes"], { env: TOKEN_ENV });
    assert.equal(fix.code, 1);
    assert.match(fix.stdout, /Install the same release/);
  });

test("another program on the port is named, and outranks what an older log tells", {
  skip: process.platform === "linux" ? false : "only Linux names it",
}, async () => {
  const port = await answering({ status: 200, body: "<title>Directory listing for /</title>" });
  for (const lines of [[], [REFUSED_PAGE.replaceAll("18789", String(port))]]) {
    const { config } = place(`held-${lines.length}`, port, lines);
    const result = await here(["--config", config, "--deployment", "local", "--json"], { env: TOKEN_ENV });
    const [first] = report(result).findings;
    assert.equal(result.code, 1, result.stdout);
    assert.deepEqual([first?.id, first?.variant], ["gateway-down-or-starting", "port-held"]);
    assert.deepEqual(
      [first?.confidence, first?.args?.pid, first?.args?.port],
      ["certain", process.pid, port],
    );
    const human = await here(["--config", config, "--deployment", "local"], { env: TOKEN_ENV });
    assert.match(
      human.stdout.replace(/\s+/g, " "),
      new RegExp(`Port ${port} is held by node \\(pid ${process.pid}`),
    );
    assert.match(human.stdout, /✗ the network to the gateway: something else answers there/);
  }
});
