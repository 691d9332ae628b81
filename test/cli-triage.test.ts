import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonReport } from "../src/report/json.ts";
import { cli, ensureBuilt, finish, fixture, here, start } from "./support/cli.ts";

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-triage-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const UA = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";

/** A refused page, as 2026.2.1 logs it behind a published port. */
function refused(reason: string, extra: { readonly ua?: string; readonly conn?: string } = {}): string {
  const { ua = UA, conn = "5909e1c4-fa00-4721-b91b-62505d7cad2c" } = extra;
  return `2026-11-22T12:25:55.812Z [ws] closed before connect conn=${conn} remote=172.18.0.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=${ua} code=1008 reason=${reason}\n`;
}
const PAIRING = refused("pairing required");
const CONNECTED =
  "2026-11-22T12:26:55.812Z [ws] webchat connected conn=5909e1c4-fa00-4721-b91b-62505d7cad2d remote=127.0.0.1 client=openclaw-control-ui webchat v2026.5.28\n";

const json = (stdout: string): JsonReport => JSON.parse(stdout) as JsonReport;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for control characters.
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

describe("exit codes, the same in every format", () => {
  const rows: readonly (readonly [name: string, log: string, args: readonly string[], code: number])[] = [
    ["a refusal is found", PAIRING, [], 1],
    ["nothing about connections leaves it open", "hello\n", [], 3],
    ["an empty log leaves it open", "", [], 3],
    ["a connection and no refusal is healthy", CONNECTED, ["--release", "2026.5.28"], 0],
    [
      "a log that says ECONNREFUSED is a finding",
      "WebSocket error: connect ECONNREFUSED 127.0.0.1:18789\n",
      [],
      1,
    ],
    ["--fail-on never", PAIRING, ["--fail-on", "never"], 0],
    ["--fail-on never, nothing to see", "hello\n", ["--fail-on", "never"], 0],
    ["--fail-on info", PAIRING, ["--fail-on", "info"], 1],
  ];
  for (const [name, input, args, code] of rows) {
    for (const format of ["human", "json"]) {
      test(`${name}, ${format}: ${code}`, async () => {
        // The exit code once as the process has it.
        const run = format === "human" ? cli : here;
        const result = await run(["triage", "-", "--format", format, ...args], { input });
        assert.deepEqual({ code: result.code, stderr: result.stderr }, { code, stderr: "" });
        assert.notEqual(result.stdout, "");
      });
    }
  }

  test("--fail-on counts the severity of what was found", async () => {
    const log = join(dir, "over.log");
    // Refused at first, in later: told as information only.
    writeFileSync(log, readFileSync(fixture("situations/earlier-gates-over/gateway.log")));
    const codes = await Promise.all(
      ["error", "warning", "info"].map(
        async (level) => (await here(["triage", log, "--fail-on", level])).code,
      ),
    );
    const { findings } = json((await here(["triage", log, "--json"])).stdout);
    const severities = new Set(findings.map(({ severity }) => severity));
    assert.deepEqual(codes, [
      severities.has("error") ? 1 : 0,
      severities.has("error") || severities.has("warning") ? 1 : 0,
      severities.size > 0 ? 1 : 0,
    ]);
    assert.ok(!severities.has("error") && severities.size > 0, [...severities].join());
  });
});

describe("input", () => {
  test("standard input, named or not, and a file give the same findings", async () => {
    const file = join(dir, "gateway.log");
    writeFileSync(file, PAIRING);
    const results = await Promise.all([
      cli(["triage", "--json", file]),
      cli(["triage", "--json", "-"], { input: PAIRING }),
      cli(["triage", "--json"], { input: PAIRING }),
    ]);
    const found = results.map(({ stdout }) => json(stdout).findings.map(({ id }) => id));
    assert.equal(found[0]?.[0], "docker-nat-not-local");
    assert.deepEqual(found[1], found[0]);
    assert.deepEqual(found[2], found[0]);
  });

  test("several files are all read", async () => {
    const other = join(dir, "origin.log");
    writeFileSync(
      other,
      refused("origin not allowed (open the Control UI from the gateway host)", {
        conn: "6909e1c4-fa00-4721-b91b-62505d7cad2c",
      }),
    );
    const { stdout } = await here([
      "triage",
      "--json",
      fixture("situations/classic-2026.2.1/gateway.log"),
      other,
    ]);
    const ids = json(stdout).findings.map(({ id }) => id);
    assert.ok(ids.includes("docker-nat-not-local") && ids.includes("origin-not-allowed"), ids.join());
  });

  test("--only and --skip, by id and by code, with files behind them", async () => {
    const file = fixture("situations/classic-2026.2.1/gateway.log");
    const ids = async (...args: string[]) =>
      json((await here(["triage", "--json", ...args, file])).stdout).checks.map(({ id }) => id);
    assert.deepEqual(await ids("--only", "OPD201", "--only", "origin-not-allowed"), [
      "origin-not-allowed",
      "docker-nat-not-local",
    ]);
    const all = await ids();
    assert.deepEqual(
      await ids("--skip", "docker-nat-not-local"),
      all.filter((id) => id !== "docker-nat-not-local"),
    );
  });

  for (const [name, bytes] of [
    ["UTF-16 LE with a mark, as PowerShell writes it", Buffer.from(`\ufeff${PAIRING}`, "utf16le")],
    ["UTF-16 BE with a mark", Buffer.from(`\ufeff${PAIRING}`, "utf16le").swap16()],
    ["UTF-8 with a mark and CRLF", Buffer.from(`\ufeff${PAIRING.replaceAll("\n", "\r\n")}`)],
  ] as const) {
    test(name, async () => {
      const { code, stdout } = await here(["triage", "--json"], { input: bytes });
      assert.equal(code, 1);
      assert.equal(json(stdout).findings[0]?.id, "docker-nat-not-local");
    });
  }

  test("bytes that are no text end in a verdict", async () => {
    const noise = Buffer.alloc(300_000);
    for (let i = 0; i < noise.length; i++) noise[i] = (i * 7919) % 256;
    const { code, stdout, stderr } = await here(["triage", "--json"], { input: noise });
    assert.deepEqual({ code, stderr }, { code: 3, stderr: "" });
    assert.equal(json(stdout).verdict, "undetermined");
  });
});

describe("output", () => {
  const schema = readFileSync(join(dirname(ensureBuilt()), "report.schema.json"), "utf8");
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(schema) as object);
  for (const name of [
    "classic-2026.2.1",
    "classic-2026.3.13-switch-set",
    "earlier-gate-over",
    "log-empty",
    "lan-http-2026.5.28",
    "proxy-2026.9.6",
    "token-mismatch",
  ]) {
    test(`JSON of ${name} fits the schema that is shipped`, async () => {
      const { stdout } = await here(["triage", "--json", fixture(`situations/${name}/gateway.log`)]);
      assert.ok(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
    });
  }

  test("the schema refuses what is no report", () => {
    assert.ok(!validate({ schemaVersion: 1 }));
  });

  test("--output writes the report to a file that only its owner reads, and nothing to stdout", async () => {
    const file = join(dir, "report.json");
    const result = await here(["triage", "--json", "--output", file], { input: PAIRING });
    assert.deepEqual(result, { code: 1, stdout: "", stderr: "" });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(json(readFileSync(file, "utf8")).verdict, "found");
  });

  test("--lang and the locale choose the language", async () => {
    const chinese = /[\u4e00-\u9fff]/;
    const said = await here(["triage", "--lang", "zh"], { input: PAIRING });
    const locale = await here(["triage"], { input: PAIRING, env: { LANG: "zh_CN.UTF-8" } });
    const english = await here(["triage", "--lang", "en"], { input: PAIRING, env: { LANG: "zh_CN.UTF-8" } });
    assert.match(said.stdout, chinese);
    assert.equal(locale.stdout, said.stdout);
    assert.doesNotMatch(english.stdout, chinese);
  });

  const colours: readonly (readonly [
    string,
    readonly string[],
    Readonly<Record<string, string>>,
    boolean,
  ])[] = [
    ["piped", [], {}, false],
    ["--color always", ["--color", "always"], {}, true],
    ["--color always beats NO_COLOR", ["--color", "always"], { NO_COLOR: "1" }, true],
    ["FORCE_COLOR", [], { FORCE_COLOR: "1" }, true],
    ["NO_COLOR beats FORCE_COLOR", [], { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    ["--color never beats FORCE_COLOR", ["--color", "never"], { FORCE_COLOR: "1" }, false],
    ["FORCE_COLOR=0", [], { FORCE_COLOR: "0" }, false],
    ["JSON has none", ["--json", "--color", "always"], { FORCE_COLOR: "1" }, false],
  ];
  for (const [name, args, env, colour] of colours) {
    test(`colour: ${name}: ${colour ? "yes" : "no"}`, async () => {
      const { stdout } = await here(["triage", ...args], { input: PAIRING, env });
      assert.equal(stdout.includes("\u001b["), colour);
    });
  }

  test("nothing of a hostile line reaches the terminal as it is", async () => {
    const evil = `\u001b[2J\u001b]0;owned\u0007\u001b]8;;http://evil.example\u0007x\u009b31m\u202e\r\u0008 ${UA}`;
    const log = `${refused("pairing required", { ua: evil })}${refused("\u001b[31mpairing required\u001b[0m\u0007")}`;
    for (const args of [[], ["--verbose"], ["--json"], ["--lang", "zh", "--verbose"]]) {
      const { stdout, stderr } = await here(["triage", ...args], { input: log });
      assert.doesNotMatch(stdout, CONTROL);
      assert.doesNotMatch(stdout, /[\u202a-\u202e\u2066-\u2069]|\\u001b|\\u009b/);
      assert.equal(stderr, "");
    }
    const { stdout } = await here(["triage", "--verbose", "--color", "always"], { input: log });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are taken out.
    assert.doesNotMatch(stdout.replace(/\u001b\[[0-9;]{1,8}m/g, ""), CONTROL);
  });

  test("no credential of a log reaches any stream", async () => {
    const planted = "c0ffee11deadbeef22c0ffee33deadbeef44c0ffee55deadbeef";
    const log = [
      `OPENCLAW_GATEWAY_TOKEN=${planted}`,
      `Control UI: http://127.0.0.1:18789/#token=${planted}`,
      `GET /chat?token=${planted} HTTP/1.1`,
      `Authorization: Bearer ${planted}`,
      `{"gateway":{"auth":{"mode":"token","token":"${planted}"}}}`,
      refused(`pairing required token=${planted}`).trim(),
      refused("unauthorized: gateway token mismatch", { ua: `x?password=${planted}` }).trim(),
      refused(`unauthorized (open http://localhost:18789/?token=${planted})`).trim(),
    ].join("\n");
    const file = join(dir, "secret.json");
    for (const args of [
      ["--verbose"],
      ["--json", "--verbose"],
      ["--lang", "zh"],
      ["--output", file, "--json"],
    ]) {
      const { stdout, stderr } = await here(["triage", ...args], { input: log });
      assert.ok(!`${stdout}${stderr}`.includes(planted.slice(0, 16)), args.join(" "));
    }
    assert.ok(!readFileSync(file, "utf8").includes(planted.slice(0, 16)));
  });
});

function* repeated(chunk: string, bytes: number): Generator<string> {
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
}

describe("as a process", () => {
  test("a reader that goes away is no failure", async () => {
    const child = start(["explain", "docker-nat-not-local"]);
    child.stdout?.destroy();
    const { code, stderr } = await finish(child);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });

  test("an interrupt ends the reading with 130, quietly", async () => {
    const child = start(["triage", "-"]);
    // More than a pipe holds: when it is taken, the command reads.
    const taken = new Promise((done) => child.stdin?.write("x\n".repeat(500_000), done));
    await taken;
    const streams = [child.stdout, child.stderr].map(async (stream) => (await stream?.toArray())?.join(""));
    const ended = once(child, "close");
    child.kill("SIGINT");
    const [code] = (await ended) as [number | null];
    assert.deepEqual({ code, streams: await Promise.all(streams) }, { code: 130, streams: ["", ""] });
  });

  test("16 MB of log, and one line of 16 MB, fit into a heap of 32", async () => {
    const small = { node: ["--max-old-space-size=32"] };
    const block = Array.from({ length: 500 }, (_, i) =>
      refused("pairing required", {
        conn: `5909e1c4-fa00-4721-b91b-${String(i).padStart(12, "0")}`,
        ua: `${UA} ${i}`,
      }),
    ).join("");
    for (const [name, chunk, code] of [
      ["lines", block, 1],
      ["one line", "x".repeat(block.length), 3],
    ] as const) {
      const child = start(["triage", "--json", "-"], small);
      const result = finish(child, repeated(chunk, 16 * 1024 * 1024));
      assert.deepEqual({ name, code: (await result).code }, { name, code });
    }
  });
});
