// Checks of third parties: what they are given, what of their answer is believed, and what hostile ones come to.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { exitCode } from "../src/cli/exit-code.ts";
import type { ThirdPartyInput, ThirdPartyResult } from "../src/core/third-party.ts";
import { locateCheck } from "../src/deployments/third-party/locate.ts";
import { BOUNDS, type CheckBounds, runCheck } from "../src/deployments/third-party/run.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import type { JsonReport } from "../src/report/json.ts";
import { ensureBuilt, here } from "./support/cli.ts";

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-checks-"));
// Root's packages are read by nobody.
chmodSync(dir, 0o755);
after(() => rmSync(dir, { recursive: true, force: true }));
// The process that a check runs in is of the built package.
before(() => void ensureBuilt());

const INPUT: ThirdPartyInput = { apiVersion: 1, facts: { release: { known: false } }, report: {} };
let count = 0;

/** A check whose `diagnose` has this body, or a module of this text. */
function file(text: string, isModule = false): string {
  const path = join(dir, `check-${count++}.mjs`);
  const module = `export default { id: "own-id", async diagnose({ facts, report, apiVersion }) { ${text} } };`;
  writeFileSync(path, isModule ? text : module);
  return path;
}

async function asked(
  path: string,
  bounds: Partial<CheckBounds> = {},
  input = INPUT,
): Promise<ThirdPartyResult> {
  const located = await locateCheck(path, { ...nodeWorld(), cwd: dir });
  assert.ok(located.ok, JSON.stringify(located));
  const patient = { ...BOUNDS, timeoutMs: 300_000, ...bounds };
  return runCheck(located.value, input, { signal: new AbortController().signal, bounds: patient });
}

const FINDING = {
  severity: "warning",
  title: "Old image",
  message: "The image is old.",
  fixHint: "Pull it.",
};

test("a package of root's that nobody may not read is not run", {
  skip: process.getuid?.() === 0 ? false : "is another thing where root looks",
}, async () => {
  const name = "openclaw-pairing-doctor-check-private";
  const folder = join(dir, "node_modules", name);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, main: "x.mjs" }));
  writeFileSync(join(folder, "x.mjs"), "export default { diagnose() { return []; } };");
  const { verdict, why } = await asked(name);
  assert.deepEqual([verdict, why?.message], ["crashed", "check-not-for-nobody"]);
});

test("a check of root's runs as nobody, and ends or stops no other process", {
  skip: process.platform === "linux" ? false : "sends signals as Linux has them",
}, async () => {
  const victim = spawn("sleep", ["300"], { stdio: "ignore" });
  try {
    const tries = `const said = [];
      for (const send of [
        () => process.kill(${victim.pid}, "SIGKILL"), () => process._kill(${victim.pid}, 9),
        () => process.kill(process.ppid, "SIGSTOP"), () => process._debugProcess(${victim.pid}),
        () => process.binding("process_wrap"), () => delete process.kill && process.kill(${victim.pid}, 9),
      ]) try { send(); said.push("sent"); } catch (error) { said.push(error.name); }
      return [{ severity: "info", title: "x", message: JSON.stringify([said, process.getuid(), process.getgroups()]) }];`;
    const result = await asked(file(tries));
    const [said, uid, groups] = JSON.parse(result.findings[0]?.message ?? "null");
    assert.deepEqual(said, Array(6).fill("TypeError"));
    if (process.getuid?.() === 0) assert.deepEqual([uid, groups], [65_534, [65_534]]);
    assert.deepEqual([victim.exitCode, victim.signalCode], [null, null]);
  } finally {
    victim.kill("SIGKILL");
  }
});

describe("an honest check", () => {
  test("gets the facts and the report, and its findings come through", async () => {
    const body = `return [{ severity: "warning", title: "seen", message: JSON.stringify({ facts, report, apiVersion }) }];`;
    const result = await asked(file(body));
    assert.equal(result.verdict, "found");
    assert.equal(result.id, "own-id");
    assert.deepEqual(JSON.parse(result.findings[0]?.message ?? ""), {
      facts: INPUT.facts,
      report: {},
      apiVersion: 1,
    });
  });

  test("nothing found is healthy; not applicable and undetermined are what they are", async () => {
    assert.equal((await asked(file("return [];"))).verdict, "healthy");
    for (const verdict of ["not-applicable", "undetermined"] as const) {
      const result = await asked(file(`return { verdict: "${verdict}", why: "no config" };`));
      assert.equal(result.verdict, verdict);
      assert.deepEqual(result.why?.args, { detail: "no config" });
    }
  });
});

/** What each of them tries ends as `crashed` with this sentence: never as health, never as a fault of ours. */
const HOSTILE: Readonly<Record<string, readonly [body: string, why: string, bounds?: Partial<CheckBounds>]>> =
  {
    "an endless loop": ["for (;;) ;", "check-took-longer", { timeoutMs: 1500 }],
    "a promise that never settles": [
      "await new Promise((r) => setTimeout(r, 1e9));",
      "check-took-longer",
      { timeoutMs: 1500 },
    ],
    "values without end": ["const a = []; for (;;) a.push(new Array(1e5).fill(a.length));", "check-ended"],
    "an answer without end": ['return "x".repeat(8 * 1024 * 1024);', "check-too-much"],
    throwing: ['throw new Error("boom");', "check-threw"],
    "throwing what cannot be printed": ['throw { toString() { throw new Error("again"); } };', "check-ended"],
    "leaving the process": ["process.exit(0);", "check-ended"],
    "killing itself": ['process.kill(process.pid, "SIGKILL");', "check-threw"],
    "an answer of another form": ['return { findings: [], verdict: "healthy" };', "check-not-the-form"],
    "half a finding": ['return [{ severity: "error", title: "x" }];', "check-not-the-form"],
    "one finding too many": [
      'return Array.from({ length: 51 }, () => ({ severity: "info", title: "x", message: "y" }));',
      "check-not-the-form",
    ],
    "an answer of its own, and dead": [
      `(await import("node:fs")).writeSync(3, '{"kind":"answer","value":[]}'); process.exit(1);`,
      "check-ended",
    ],
    "a severity of its own": [
      'return [{ severity: "fatal", title: "x", message: "y" }];',
      "check-not-the-form",
    ],
    getters: [
      'const o = {}; Object.defineProperty(o, "severity", { enumerable: true, get() { throw new Error("get"); } }); return [o];',
      "check-threw",
    ],
    "an answer in our place": [
      '(await import("node:fs")).writeSync(3, "{\\"kind\\":\\"answer\\",\\"value\\":[]}"); return [];',
      "check-not-the-form",
    ],
  };

describe("a hostile check", () => {
  for (const [name, [body, why, bounds]] of Object.entries(HOSTILE))
    test(`${name}: ${why}`, async () => {
      const result = await asked(file(body), bounds);
      assert.equal(result.verdict, "crashed");
      assert.equal(result.why?.message, why);
      assert.deepEqual(result.findings, []);
    });

  test("memory outside of its heap: ended", {
    skip: process.platform !== "linux" && "no /proc",
  }, async () => {
    const body =
      "const all = []; for (;;) { all.push(Buffer.alloc(8e6, 1)); await new Promise((r) => setTimeout(r, 20)); }";
    const result = await asked(file(body));
    assert.equal(result.why?.message, "check-memory");
  });

  test("a module that is no check, or none at all", async () => {
    assert.equal((await asked(file("export const x = 1;", true))).why?.message, "check-not-the-form");
    assert.equal((await asked(file("this is no code", true))).why?.message, "check-threw");
    const slow = await asked(file("for (;;) ; export default {};", true), { timeoutMs: 1500 });
    assert.equal(slow.why?.message, "check-took-longer");
  });

  test("prototypes stay what they were", async () => {
    const body = `Object.prototype.verdict = "healthy"; Array.prototype.map = () => [];
      return JSON.parse('[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"severity":"info","title":"t","message":"m"}]');`;
    const result = await asked(file(body));
    assert.deepEqual(result.findings, [{ severity: "info", title: "t", message: "m" }]);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assert.equal(({} as Record<string, unknown>).verdict, undefined);
  });

  test("no file, no environment, no program, no thread, no write", async () => {
    const secret = join(dir, "secret.txt");
    const evil = join(dir, "evil.txt");
    writeFileSync(secret, "hidden");
    const tries = {
      read: `(await import("node:fs")).readFileSync(${JSON.stringify(secret)})`,
      list: `(await import("node:fs")).readdirSync(${JSON.stringify(dir)})`,
      parent: '(await import("node:fs")).readFileSync("/proc/" + process.ppid + "/environ")',
      write: `(await import("node:fs")).writeFileSync(${JSON.stringify(evil)}, "x")`,
      program: '(await import("node:child_process")).execFileSync("/bin/true")',
      thread: 'new (await import("node:worker_threads")).Worker("1", { eval: true })',
      module: `await import(${JSON.stringify(secret)})`,
    };
    const body = `const open = Object.keys(process.env).filter((name) => name !== "SystemRoot");
      ${Object.entries(tries)
        .map(([name, code]) => `try { ${code}; open.push("${name}"); } catch {}`)
        .join("\n")}
      return open.map((title) => ({ severity: "error", title, message: "open" }));`;
    process.env.OPENCLAW_GATEWAY_TOKEN = "tok-of-the-environment-0123456789";
    try {
      const result = await asked(file(body));
      assert.deepEqual(result, { from: result.from, id: "own-id", verdict: "healthy", findings: [] });
    } finally {
      delete process.env.OPENCLAW_GATEWAY_TOKEN;
    }
    assert.ok(!existsSync(evil));
  });

  test("many findings, long ones, escapes: bounded and printable", async () => {
    const body = `const evil = "\\u001b]0;x\\u0007\\u001b[2J\\u202e" + "y".repeat(5000);
      return Array.from({ length: 50 }, () => ({ severity: "error", title: evil, message: evil, fixHint: evil }));`;
    const { findings } = await asked(file(body), { answerBytes: 1e9 });
    assert.equal(findings.length, 50);
    for (const { title, message, fixHint = "" } of findings)
      for (const text of [title, message, fixHint]) {
        assert.ok(text.length <= 500);
        assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u);
      }
  });

  test("an interrupt ends it", async () => {
    const located = await locateCheck(file("for (;;) ;"), { ...nodeWorld(), cwd: dir });
    assert.ok(located.ok);
    const stop = new AbortController();
    const running = runCheck(located.value, INPUT, { signal: stop.signal });
    stop.abort();
    assert.equal((await running).why?.message, "interrupted");
  });
});

/** A package that is installed in the working directory. */
function install(name: string, manifest: object, files: Readonly<Record<string, string>>): void {
  const folder = join(dir, "node_modules", name);
  for (const [path, text] of Object.entries({
    ...files,
    "package.json": JSON.stringify({ name, ...manifest }),
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe("what --check names", () => {
  const world = { ...nodeWorld(), cwd: dir };
  const HELPED = {
    "lib/help.js": "export const found = [];",
    "lib/index.js": 'import { found } from "./help.js"; export default { diagnose: () => found };',
  };

  test("a package, by exports or main, with files of its own", async () => {
    const prefix = "openclaw-pairing-doctor-check-";
    install(`${prefix}main`, { type: "module", main: "lib/index.js" }, HELPED);
    install(`${prefix}text`, { type: "module", exports: "./lib/index.js" }, HELPED);
    install(
      `@me/${prefix}map`,
      { type: "module", exports: { ".": { types: "./x.d.ts", import: "./lib/index.js" } } },
      HELPED,
    );
    for (const name of [`${prefix}main`, `${prefix}text`, `@me/${prefix}map`])
      assert.deepEqual(await asked(name), { from: name, verdict: "healthy", findings: [] }, name);
  });

  for (const [name, why] of [
    ["openclaw-pairing-doctor-check-none", "check-not-installed"],
    ["left-pad", "no-check-name"],
    ["openclaw-pairing-doctor-check-../../etc", "no-check-name"],
    ["https://example.com/check.mjs", "no-check-name"],
    ["data:text/javascript,1", "no-check-name"],
    ["node:fs", "no-check-name"],
    ["./nothing.mjs", "check-not-a-file"],
    ["", "no-check-name"],
  ])
    test(`"${name}" is none: ${why}`, async () => {
      const located = await locateCheck(name ?? "", world);
      assert.equal(located.ok ? "" : located.bad.why.message, why);
    });

  test("a package whose entry lies outside of it", async () => {
    const name = "openclaw-pairing-doctor-check-out";
    install(name, { main: "../../check-0.mjs" }, {});
    const located = await locateCheck(name, world);
    assert.equal(located.ok ? "" : located.bad.why.message, "check-no-entry");
    symlinkSync(join(dir, "check-0.mjs"), join(dir, "node_modules", name, "index.js"));
    install(name, {}, {});
    const linked = await locateCheck(name, world);
    assert.equal(linked.ok ? "" : linked.bad.why.message, "check-no-entry");
  });

  test("a file that others may write is not run", {
    skip: process.platform === "win32" && "no such owners",
  }, async () => {
    const path = file("return [];");
    chmodSync(path, 0o666);
    const located = await locateCheck(path, world);
    assert.equal(located.ok ? "" : located.bad.why.message, "not-run-open");
  });

  test("nor a package of which others may write a part", {
    skip: process.platform === "win32" && "no such owners",
  }, async () => {
    const name = "openclaw-pairing-doctor-check-open";
    install(name, { type: "module", main: "lib/index.js" }, HELPED);
    const folder = join(dir, "node_modules", name);
    for (const [part, mode] of [
      ["lib/help.js", 0o666],
      ["lib", 0o777],
    ] as const) {
      chmodSync(join(folder, part), mode);
      const located = await locateCheck(name, world);
      assert.equal(located.ok ? "" : located.bad.why.message, "not-run-open", part);
      chmodSync(join(folder, part), 0o755);
    }
    assert.ok((await locateCheck(name, world)).ok);
  });

  test("a star in a path is no name", async () => {
    const located = await locateCheck("./any*.mjs", world);
    assert.equal(located.ok ? "" : located.bad.why.message, "check-not-a-file");
    const folder = join(dir, "st*r");
    mkdirSync(folder);
    writeFileSync(join(folder, "c.mjs"), "export default {};");
    const starred = await locateCheck(join(folder, "c.mjs"), world);
    assert.equal(starred.ok ? "" : starred.bad.why.message, "no-check-name");
  });
});

const TOKEN = "tok-of-the-config-0123456789abcdef";
const PAIRING =
  "2026-11-22T12:25:55.812Z [ws] closed before connect conn=5909e1c4-fa00-4721-b91b-62505d7cad2c remote=172.18.0.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=Mozilla/5.0 code=1008 reason=pairing required\n";
const CONNECTED =
  "2026-11-22T12:26:55.812Z [ws] webchat connected conn=5909e1c4-fa00-4721-b91b-62505d7cad2d remote=127.0.0.1 client=openclaw-control-ui webchat v2026.5.28\n";

describe("triage --check", () => {
  const healthy = ["triage", "-", "--release", "2026.5.28"];

  test("no secret of what was read gets to it, and none of its words is a secret's", async () => {
    const config = join(dir, "openclaw.json");
    writeFileSync(
      config,
      JSON.stringify({ gateway: { port: 18789, auth: { mode: "token", token: TOKEN } } }),
    );
    const log = join(dir, "gateway.log");
    writeFileSync(log, PAIRING);
    const body = `const all = JSON.stringify({ facts, report });
      return [{ severity: "info", title: all.includes("5789abcdef".slice(4)) && all.includes("tok-of-the-config") ? "leaked" : "kept", message: "token=${TOKEN} and " + all.length }];`;
    const { stdout } = await here(["triage", config, log, "--json", "--check", file(body)]);
    const { thirdParty } = JSON.parse(stdout) as JsonReport;
    assert.equal(thirdParty?.[0]?.findings[0]?.title, "kept");
    assert.match(thirdParty?.[0]?.findings[0]?.message ?? "", /and [1-9]\d{3,}$/);
    assert.ok(!stdout.includes(TOKEN));
  });

  test("its findings stand beside ours: marked, no remedy, in each format and language", async () => {
    const named = ["--check", file(`return [${JSON.stringify(FINDING)}];`)];
    const own = JSON.parse((await here(["triage", "-", "--json"], { input: PAIRING })).stdout) as JsonReport;
    const { stdout, code } = await here(["triage", "-", "--json", ...named], { input: PAIRING });
    const report = JSON.parse(stdout) as JsonReport;
    assert.equal(code, 1);
    assert.deepEqual(report.findings, own.findings);
    assert.equal(report.verdict, own.verdict);
    assert.deepEqual(report.thirdParty?.[0]?.findings, [FINDING]);
    for (const format of ["human", "markdown", "html", "agent", "junit", "sarif", "github", "gitlab"])
      for (const [lang, mark] of [
        ["en", /third party|third-party/],
        ["zh", /第三方|third-party/],
      ] as const) {
        const made = await here(["triage", "-", "--format", format, "--lang", lang, ...named], {
          input: PAIRING,
        });
        assert.match(made.stdout.replace(/\s+/g, " "), mark, format);
        assert.match(made.stdout.replace(/\s+/g, " "), /Old image/, format);
      }
  });

  test("exit codes: what it finds counts at --fail-on, what could not look is 3", async () => {
    const found = file(`return [${JSON.stringify(FINDING)}];`);
    const rows: readonly (readonly [args: readonly string[], code: number])[] = [
      [["--check", file("return [];")], 0],
      [["--check", found], 0],
      [["--check", found, "--fail-on", "warning"], 1],
      [["--check", file('throw new Error("x");')], 3],
      [["--check", file('throw new Error("x");'), "--fail-on", "never"], 0],
      [["--check", "./nothing.mjs"], 2],
    ];
    for (const [args, code] of rows)
      assert.equal((await here([...healthy, ...args], { input: CONNECTED })).code, code, args.join(" "));
  });

  test("with --as-openclaw-doctor one that threw is an error there, too", async () => {
    const args = [...healthy, "--as-openclaw-doctor", "--check", file('throw new Error("x");')];
    const { code, stdout } = await here(args, { input: CONNECTED });
    assert.equal(code, 1);
    assert.match(stdout, /openclaw-pairing-doctor\/third-party\/check-\d+\.mjs/);
  });

  test("a triage stays open where ours is, whatever it says", () => {
    const thirdParty = [{ verdict: "healthy", findings: [] }] as const;
    assert.equal(exitCode({ verdict: "undetermined", findings: [], thirdParty }), 3);
  });
});
