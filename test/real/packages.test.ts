// The package as npm installs it from its tarball, into an empty folder, on each Node that it promises: the main job runs.
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { REPOSITORY } from "./rig/agent.ts";
import { packInto } from "./rig/packed.ts";
import { run } from "./rig/processes.ts";
import { cleanNpmEnvironment, installNode, npmInstall } from "./rig/releases.ts";
import { CORE } from "./selection.ts";

const MAJORS = CORE ? ([24] as const) : ([20, 22, 24] as const);
const SLOW_MS = 240_000;
const NAME = "openclaw-pairing-doctor";

const dir = mkdtempSync(path.join(tmpdir(), "opd-packages-"));
let tarball = "";
before(() => {
  tarball = packInto(dir);
});
after(() => rmSync(dir, { recursive: true, force: true }));

for (const major of MAJORS)
  describe(`Node ${major}`, () => {
    const folder = path.join(dir, `node-${major}`);
    const home = path.join(dir, `home-${major}`);
    let env: NodeJS.ProcessEnv = {};
    before(async () => {
      const node = await installNode(major);
      for (const made of [folder, home]) mkdirSync(made);
      cpSync(path.join(REPOSITORY, "fixtures/logs/console-2026.3.13.log"), path.join(home, "gateway.log"));
      // npm itself, and what it starts, run on that Node.
      const PATH = `${path.dirname(node)}:${process.env.PATH ?? "/usr/bin:/bin"}`;
      env = { ...cleanNpmEnvironment(), PATH, HOME: home, NO_COLOR: "1", LANG: "C.UTF-8" };
    });
    const doctor = (args: readonly string[]) =>
      run([path.join(folder, "node_modules/.bin/pairing-doctor"), ...args], {
        env,
        cwd: home,
        timeoutMs: SLOW_MS,
      });

    test("npm installs the tarball into an empty folder, and nothing beside it", {
      timeout: 4 * SLOW_MS,
    }, async () => {
      await npmInstall(folder, [tarball], env);
      const installed = readdirSync(path.join(folder, "node_modules")).filter(
        (name) => !name.startsWith("."),
      );
      assert.deepEqual(installed, [NAME]);
      const { version } = JSON.parse(readFileSync(path.join(REPOSITORY, "package.json"), "utf8")) as {
        version: string;
      };
      assert.equal((await doctor(["--version"])).stdout, `${version}\n`);
    });

    test("it is that Node that runs it", async () => {
      const { stdout } = await run(["node", "-p", "process.versions.node"], { env, cwd: home });
      assert.equal(stdout.split(".")[0], String(major));
    });

    test("the classic ticket over a real socket: the demonstration finds what it plays", {
      timeout: SLOW_MS,
    }, async () => {
      const { code, stdout, stderr } = await doctor(["demo", "--json"]);
      // What it plays is found on purpose.
      assert.equal(code, 0, stderr);
      const report = JSON.parse(stdout) as {
        verdict: string;
        findings: { id: string; remedies: object[] }[];
      };
      assert.equal(report.verdict, "found");
      assert.equal(report.findings[0]?.id, "docker-nat-not-local");
      assert.ok((report.findings[0]?.remedies.length ?? 0) > 0);
    });

    test("a real gateway's log, in words and as a document", { timeout: SLOW_MS }, async () => {
      const { code, stdout, stderr } = await doctor(["triage", "gateway.log"]);
      assert.equal(code, 1, stderr);
      assert.match(stdout, /^✗ /m);
      const json = await doctor(["triage", "gateway.log", "--json"]);
      assert.equal((JSON.parse(json.stdout) as { schemaVersion: number }).schemaVersion, 1);
    });

    test("nothing there: exit code 3, and no fault", { timeout: SLOW_MS }, async () => {
      const { code, stdout } = await doctor(["--target", "ws://127.0.0.1:1", "--json", "--timeout", "60"]);
      assert.equal(code, 3);
      assert.equal((JSON.parse(stdout) as { verdict: string }).verdict, "undetermined");
    });

    test("a check of a third party runs, and reaches no file", { timeout: SLOW_MS }, async () => {
      const body = `let read = "closed"; try { readFileSync("/etc/hostname"); read = "open"; } catch {}
        return [{ severity: "info", title: read, message: typeof facts }];`;
      const check = path.join(home, "check.mjs");
      writeFileSync(
        check,
        `import { readFileSync } from "node:fs"; export default { diagnose({ facts }) { ${body} } };\n`,
      );
      const { stdout, stderr } = await doctor(["triage", "gateway.log", "--json", "--check", "./check.mjs"]);
      const { thirdParty } = JSON.parse(stdout) as { thirdParty: { findings: object[]; why: string }[] };
      const [said] = thirdParty;
      assert.deepEqual(
        said?.findings,
        [{ severity: "info", title: "closed", message: "object" }],
        said?.why ?? stderr,
      );
    });

    test("as a library", { timeout: SLOW_MS }, async () => {
      writeFileSync(
        path.join(folder, "use.mjs"),
        `import { diagnose } from "${NAME}";
         const { findings } = await diagnose({ logs: [{ name: "x", text: process.argv[2] }] });
         console.log(findings.length > 0);`,
      );
      const log = readFileSync(path.join(home, "gateway.log"), "utf8").slice(0, 60_000);
      const { stdout, stderr } = await run(["node", "use.mjs", log], {
        env,
        cwd: folder,
        timeoutMs: SLOW_MS,
      });
      assert.equal(stdout, "true\n", stderr);
    });

    test("it left nothing in the home directory", () => {
      assert.ok(!existsSync(path.join(home, ".openclaw")));
      assert.ok(!existsSync(path.join(home, ".local")));
    });
  });
