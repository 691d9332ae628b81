import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { checks } from "../checks/index.ts";
import { SCENARIOS } from "../src/doctor/live/demo/scenarios.ts";
import type { JsonReport } from "../src/report/json.ts";
import { type CliOptions, cli, fixture, here } from "./support/cli.ts";

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-offline-"));
after(() => rmSync(dir, { recursive: true, force: true }));

describe("explain and checks", () => {
  test("checks lists every id and code", async () => {
    const { code, stdout, stderr } = await here(["checks"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    for (const { id, code: number } of checks) {
      assert.ok(stdout.includes(id) && stdout.includes(number), id);
    }
  });

  test("checks --json", async () => {
    const { code, stdout } = await here(["checks", "--json"]);
    const list = JSON.parse(stdout) as { id: string; code: string }[];
    assert.equal(code, 0);
    assert.deepEqual(
      list.map(({ id, code: number }) => [id, number]),
      checks.map(({ id, code: number }) => [id, number]),
    );
  });

  // The words of every id and code are tested without a process (report-explain); here the command.
  for (const { id, code: number } of [...checks.slice(0, 2), ...checks.slice(-1)]) {
    test(`explain ${id} = explain ${number}`, async () => {
      const [byId, byCode, chinese] = await Promise.all([
        here(["explain", id]),
        here(["explain", number.toLowerCase()]),
        here(["explain", id, "--lang", "zh"]),
      ]);
      assert.deepEqual({ code: byId.code, stderr: byId.stderr }, { code: 0, stderr: "" });
      assert.ok(byId.stdout.includes(id) && byId.stdout.includes(number));
      assert.equal(byCode.stdout, byId.stdout);
      assert.match(chinese.stdout, /[\u4e00-\u9fff]/);
    });
  }
});

describe("demo", () => {
  const first: Readonly<Record<string, string | undefined>> = {
    classic: "docker-nat-not-local",
    "docker-2026.3": "docker-nat-not-local",
    "docker-2026.9": undefined,
    "lan-http": "secure-context-required",
    origin: "origin-not-allowed",
    "proxy-403": "proxy-attribution-required",
    "token-mismatch": "gateway-token-mismatch",
    "token-missing": "gateway-token-missing",
    down: "gateway-down-or-starting",
    healthy: undefined,
  };

  test("--list names every scenario", async () => {
    const { code, stdout } = await here(["demo", "--list"]);
    assert.equal(code, 0);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ", 1)[0]),
      SCENARIOS.map(({ id }) => id),
    );
    assert.deepEqual(Object.keys(first).sort(), SCENARIOS.map(({ id }) => id).sort());
  });

  for (const [id, expected] of Object.entries(first)) {
    test(`${id}: ${expected ?? "nothing"} is found`, async () => {
      const { code, stdout, stderr } = await here(["demo", id, "--json"]);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.equal((JSON.parse(stdout) as JsonReport).findings[0]?.id, expected);
    });
  }

  test("without a name it plays the classic ticket", async () => {
    const { code, stdout, stderr } = await here(["demo"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /docker-nat-not-local/);
    assert.match(stdout, /devices approve/);
  });
});

describe("a command loads what it needs", () => {
  const loader = join(dir, "loader.mjs");
  writeFileSync(
    loader,
    `import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  if (url.startsWith("file:")) appendFileSync(process.env.LOADED, url + "\\n");
  return next(url, context);
}
`,
  );
  const register = join(dir, "register.mjs");
  writeFileSync(
    register,
    `import { register } from "node:module"; register(${JSON.stringify(`file://${loader}`)});`,
  );

  /** Packages and rooms in the files that were loaded; the bundle names each source in a comment. */
  async function loaded(args: readonly string[], options: CliOptions = {}): Promise<Set<string>> {
    const list = join(dir, `loaded-${args.join("-").replace(/\W+/g, "-").slice(-60)}`);
    await cli(args, { ...options, env: { LOADED: list }, node: ["--import", register] });
    const files = readFileSync(list, "utf8")
      .trimEnd()
      .split("\n")
      .map((url) => fileURLToPath(url));
    const sources = files.flatMap((file) =>
      [
        ...readFileSync(file, "utf8").matchAll(
          /^\/\/ (?:node_modules\/((?:@[\w-]+\/)?[\w.-]+)|(src\/[\w-]+|checks))\//gm,
        ),
      ].map(([, name, room]) => name ?? room ?? ""),
    );
    return new Set(sources);
  }

  const log = fixture("situations/classic-2026.2.1/gateway.log");
  const rows: readonly (readonly [
    args: readonly string[],
    has: readonly string[],
    not: readonly string[],
  ])[] = [
    [
      ["--version"],
      ["src/cli"],
      ["yargs", "ws", "boxen", "ora", "json5", "@noble/hashes", "checks", "src/report"],
    ],
    [["checks"], ["yargs", "checks"], ["ws", "boxen", "ora", "json5", "src/gateway", "src/logs"]],
    [
      ["explain", "OPD201"],
      ["yargs", "src/report"],
      ["ws", "boxen", "ora", "json5", "src/gateway", "src/logs"],
    ],
    [
      ["triage", log],
      ["src/logs", "checks"],
      ["ws", "boxen", "ora", "json5", "src/gateway"],
    ],
    [
      ["what-if", "--input", "-"],
      ["src/admission", "checks"],
      ["ws", "boxen", "ora", "json5", "src/gateway", "src/logs"],
    ],
    [
      ["--target", "ws://127.0.0.1:1"],
      ["ws", "src/gateway"],
      ["boxen", "ora"],
    ],
  ];
  for (const [args, has, not] of rows) {
    test(`${args.slice(0, 2).join(" ").replace(log, "FILE")}: ${has.join(", ")}, not ${not.join(", ")}`, async () => {
      const names = await loaded(args, { input: '{"release":"2026.2.1"}' });
      assert.deepEqual(
        { missing: has.filter((name) => !names.has(name)), needless: not.filter((name) => names.has(name)) },
        { missing: [], needless: [] },
      );
    });
  }
});
