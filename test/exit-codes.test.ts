// The whole table of exit codes: what each one means, that help and README say so, and that nothing else comes out.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  lchownSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { admit } from "../src/admission/admit.ts";
import { fixExitCode } from "../src/cli/fix/exit-code.ts";
import { EXIT_CODES } from "../src/cli/main.ts";
import { wordsFor } from "../src/cli/words/index.ts";
import { LANGS } from "../src/core/languages.ts";
import { parseTarget } from "../src/deployments/target.ts";
import { startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import type { FixOutcome } from "../src/report/fix-report.ts";
import type { JsonReport } from "../src/report/json.ts";
import { emptyHome, ensureBuilt, here } from "./support/cli.ts";
import { startHostileServer, startTcpServer } from "./support/hostile-server.ts";
import { selfSigned } from "./support/self-signed.ts";

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-exit-"));
const open: { close(): Promise<void> }[] = [];
after(async () => {
  await Promise.all(open.map((server) => server.close()));
  rmSync(dir, { recursive: true, force: true });
});

/** A refusal that was in the log before the gateway went away. */
const HISTORY = join(dir, "history.log");
writeFileSync(
  HISTORY,
  "openclaw-gateway-1  | 2026-11-22T12:25:55.812Z [ws] closed before connect conn=5909e1c4-fa00-4721-b91b-62505d7cad2c remote=172.18.0.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 code=1008 reason=pairing required\n",
);

async function listening<S extends { readonly url: string; close(): Promise<void> }>(
  server: Promise<S>,
): Promise<string> {
  const started = await server;
  open.push(started);
  return started.url;
}

async function closedPort(): Promise<string> {
  const { url, close } = await startTcpServer(() => undefined);
  await close();
  return url;
}

const answering = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  listening(
    startHostileServer({
      http: (_request, response) => {
        response.writeHead(status, { "content-type": "text/html", ...headers });
        response.end(`<title>${status}</title>`);
      },
      raw: (socket) => {
        const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.end(`HTTP/1.1 ${status} X\r\n${more.join("")}content-length: 0\r\n\r\n`);
      },
    }),
  );

/** Nobody could look: the code is the same whatever stands there, and the report says what it met. */
const NOT_THERE: readonly (readonly [
  what: string,
  () => Promise<string>,
  args: readonly string[],
  says: RegExp,
])[] = [
  ["nothing listens", closedPort, [], /ECONNREFUSED/],
  ["nothing listens, and its log has a refusal", closedPort, ["--log", HISTORY], /ECONNREFUSED/],
  ["it accepts and is silent", () => listening(startTcpServer(() => undefined)), ["--timeout", "1"], /./],
  ["301", () => answering(301, { location: "https://claw.example.test/" }), [], /HTTP 301/],
  ["401", () => answering(401, { "www-authenticate": "Basic" }), [], /HTTP 401/],
  ["403 of something else", () => answering(403), [], /HTTP 403/],
  ["404", () => answering(404), [], /HTTP 404/],
  ["500", () => answering(500), [], /HTTP 500/],
  ["502", () => answering(502), [], /HTTP 502/],
  ["502, and its log has a refusal", () => answering(502), ["--log", HISTORY], /HTTP 502/],
];

describe("3: no gateway answers there", () => {
  for (const [what, start, args, says] of NOT_THERE)
    test(what, async () => {
      const target = ["--target", await start(), ...args];
      const human = await here(target);
      const json = await here([...target, "--json"]);
      assert.deepEqual([human.code, json.code], [3, 3], human.stdout);
      const { verdict, missing, gateway } = JSON.parse(json.stdout) as JsonReport;
      assert.equal(verdict, "undetermined");
      assert.equal(gateway.admission, null);
      assert.match(missing.find(({ fact }) => fact === "probe")?.detail ?? "", says);
      assert.match(human.stdout, says);
    });

  test("a certificate that is not trusted: the reason and the option are named", async () => {
    const server = createServer(selfSigned, (_request, response) => response.end("<title>x</title>"));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    open.push({ close: () => new Promise((done) => server.close(() => done())) });
    const address = server.address();
    const url = `wss://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    for (const [lang, reason] of [
      ["en", /self-signed/],
      ["zh", /自签名/],
    ] as const) {
      const { code, stdout } = await here(["--target", url, "--lang", lang]);
      // It is why nobody is let through, and told as that.
      assert.equal(code, 1, stdout);
      assert.match(stdout, reason);
      assert.match(stdout, /--insecure-tls/);
    }
  });
});

describe("a gateway that answers", () => {
  const gateway = async () => {
    const started = await startEmbeddedGateway({
      release: "2026.5.28",
      config: {
        gateway: { bind: "loopback", auth: { mode: "token", token: "tok-c0ffee-0123456789-abcdef" } },
      },
      admit,
      onLog: () => undefined,
    });
    open.push(started);
    return started;
  };

  test("1: it refuses, 0: nothing is found at or above --fail-on", async () => {
    const { url } = await gateway();
    const env = { OPENCLAW_GATEWAY_TOKEN: "wrong-token-0123456789" };
    assert.equal((await here(["--target", url], { env })).code, 1);
    assert.equal((await here(["--target", url, "--fail-on", "never"], { env })).code, 0);
  });

  test("HOST:PORT is an address, too", async () => {
    const { url, port } = await gateway();
    const env = { OPENCLAW_GATEWAY_TOKEN: "wrong-token-0123456789" };
    const result = await here(["--target", `127.0.0.1:${port}`, "--json"], { env });
    assert.equal(result.code, 1, result.stderr);
    const said = (JSON.parse(result.stdout) as JsonReport).gateway.url ?? "";
    assert.equal(said.replace(/\/$/, ""), url.replace(/\/$/, ""));
  });
});

for (const [text, url] of [
  ["localhost:18789", "ws://localhost:18789/"],
  ["claw.example.test:443", "wss://claw.example.test/"],
  ["[::1]:18789", "ws://[::1]:18789/"],
  ["ws://10.0.0.5:18789", "ws://10.0.0.5:18789/"],
  ["docker:18789", undefined],
  ["compose:18789", undefined],
  ["ssh:22", undefined],
  ["localhost:99999999", undefined],
  ["a b:1", undefined],
] as const)
  test(`--target ${text}: ${url ?? "no address"}`, () => {
    const parsed = parseTarget(text);
    const target = parsed.ok ? parsed.value : undefined;
    assert.equal(target?.kind === "url" ? target.url : undefined, url);
  });

describe("2: the command line, a file that it names, a place to write to", () => {
  const wrong: readonly (readonly [string, readonly string[]])[] = [
    ["no such option", ["--tarrget", "local"]],
    ["no such value", ["--fail-on", "sometimes"]],
    ["no such command", ["diagnoze"]],
    ["no such target", ["--target", "everywhere"]],
    ["a log that is not there", ["triage", join(dir, "not-there.log")]],
    ["a directory where a log is wanted", ["diagnose", "--log", dir]],
    ["a place that cannot be written", ["checks", "--output", "/not/there"]],
    ["a report's place that cannot be written", ["triage", HISTORY, "--output", join(dir, "not", "there")]],
  ];
  for (const [what, args] of wrong)
    test(what, async () => {
      const { code, stdout, stderr } = await here(args);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, /^pairing-doctor: /);
    });

  test("a report's place: never a file that is read, another report's, a link of somebody else, or a pipe without a reader", async () => {
    const [log, twice, pipe, link] = ["read.log", "twice.json", "pipe", "link.json"].map((name) =>
      join(dir, name),
    );
    assert.ok(log !== undefined && twice !== undefined && pipe !== undefined && link !== undefined);
    const text = readFileSync(HISTORY, "utf8");
    writeFileSync(log, text);
    const rows: [readonly string[], RegExp][] = [
      [["triage", log, "--output", `json=${log}`], /it is a file that this command reads/],
      [["triage", log, "--output", twice, "--output", `json=${twice}`], /it is there more than once/],
    ];
    if (process.platform !== "win32") {
      execFileSync("mkfifo", [pipe]);
      rows.push([["triage", log, "--output", pipe], /a pipe that nobody reads from/]);
      rows.push([
        ["triage", log, "--output", `markdown=${pipe}`, "--quiet"],
        /a pipe that nobody reads from/,
      ]);
    }
    if (process.getuid?.() === 0) {
      symlinkSync(join(dir, "target.json"), link);
      lchownSync(link, 65_534, 65_534);
      rows.push([["triage", log, "--output", link], /link/]);
    }
    for (const [args, why] of rows) {
      const { code, stderr } = await here(args);
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, why);
    }
    assert.equal(readFileSync(log, "utf8"), text);
    assert.ok(!existsSync(join(dir, "target.json")));
    const { code } = await here(["triage", log, "--json", "--output", twice]);
    assert.equal(code, 1);
    assert.equal(JSON.parse(readFileSync(twice, "utf8")).schemaVersion, 1);
  });

  const skip = existsSync("/dev/full") ? false : "there is no /dev/full here";
  for (const args of [["triage", HISTORY, "--json"], ["triage", HISTORY], ["checks", "--json"], ["--help"]])
    test(`a full disk behind stdout: ${args.join(" ")}`, { skip }, () => {
      const home = emptyHome();
      const { status, stderr } = spawnSync(process.execPath, [ensureBuilt(), ...args], {
        stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
        env: { PATH: process.env.PATH ?? "", HOME: home, LANG: "en_US.UTF-8" },
        encoding: "utf8",
      });
      rmSync(home, { recursive: true });
      assert.equal(status, 2);
      assert.match(stderr, /could not be written to standard output \(ENOSPC\)/);
    });
});

test("fix: 0 done, 1 still wrong or only shown, 3 not begun or not tried, 4 taken back", () => {
  const rows: Readonly<Record<FixOutcome, number>> = {
    healthy: 0,
    kept: 0,
    undone: 0,
    "nothing-to-undo": 0,
    planned: 1,
    declined: 1,
    "by-hand": 1,
    "no-plan": 1,
    "would-refuse": 1,
    partly: 1,
    "undone-in-part": 1,
    unproven: 3,
    "not-begun": 3,
    undetermined: 3,
    "rolled-back": 4,
    stuck: 4,
  };
  for (const [outcome, code] of Object.entries(rows))
    assert.equal(fixExitCode({ outcome: outcome as FixOutcome }), code, outcome);
  assert.equal(fixExitCode({ outcome: "kept", remains: [{ id: "x", code: "OPD101" }] }), 1);
});

test("help and README have a line for each code, and for no other", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const table = /\| exit code \|[^\n]*\n\|[-|]*\n((?:\|[^\n]*\n)+)/.exec(readme)?.[1] ?? "";
  const listed = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(listed, [...EXIT_CODES]);
  for (const lang of LANGS) {
    const { stdout } = await here(["--help", "--lang", lang]);
    const told = stdout.slice(stdout.indexOf(wordsFor(lang)["exit-codes"]));
    assert.deepEqual(
      [...told.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code)),
      [...EXIT_CODES],
    );
  }
});
