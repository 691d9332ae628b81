// OpenClaw's plugin in real `openclaw`: installed from the packed tarball, its command, its errors, the security audit.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { writePlugin } from "./rig/host-plugin.ts";
import { packInto } from "./rig/packed.ts";
import { run } from "./rig/processes.ts";
import { type InstalledRelease, installRelease, isAtLeast } from "./rig/releases.ts";
import { CORE } from "./selection.ts";

/** The oldest and newest way of loading plugins, and the scanners and consents between them. */
const RELEASES = CORE
  ? ["2026.2.1", "2026.9.6"]
  : ["2026.2.1", "2026.3.13", "2026.5.28", "2026.7.1", "2026.9.6"];
/** A start of the host alone takes half a minute beside other work. */
const SLOW_MS = 240_000;
const TOKEN = "plugin-token-0123456789abcdef";

const dir = mkdtempSync(path.join(tmpdir(), "opd-plugin-"));
let tarball = "";
before(() => {
  tarball = packInto(dir);
  execFileSync("tar", ["xzf", tarball, "-C", dir]);
});
after(() => rmSync(dir, { recursive: true, force: true }));

for (const release of RELEASES)
  describe(`openclaw ${release}`, () => {
    const home = path.join(dir, release);
    /** From 2026.9 what no one reviewed needs a person's word. */
    const consent = isAtLeast(release, "2026.8.0") ? ["--force", "--accept-capabilities"] : [];
    /** From 2026.5.28 a plugin can register a collector for the audit; 2026.3.13 has no such door (shipped code, measured). */
    const COLLECTS = isAtLeast(release, "2026.5.0");
    let installed: InstalledRelease;
    before(async () => {
      installed = await installRelease(release);
      mkdirSync(path.join(home, ".openclaw"), { recursive: true });
      const auth = { mode: "token", token: TOKEN };
      // Nothing listens there: what the doctor says is the same at any time.
      const gateway = { port: 1, mode: "local", bind: "loopback", auth };
      writeFileSync(path.join(home, ".openclaw", "openclaw.json"), JSON.stringify({ gateway }));
    });

    const env = (): NodeJS.ProcessEnv => ({
      PATH: `${path.dirname(installed.node)}:/usr/bin:/bin`,
      HOME: home,
      TMPDIR: installed.tempDir,
      NODE_COMPILE_CACHE: installed.compileCache,
      OPENCLAW_DISABLE_BONJOUR: "1",
      NO_COLOR: "1",
      TERM: "dumb",
      LANG: "C.UTF-8",
    });
    const openclaw = (args: readonly string[]) =>
      run([installed.node, installed.entry, ...args], { env: env(), cwd: home, timeoutMs: SLOW_MS });

    test("installs from the packed tarball", { timeout: SLOW_MS }, async () => {
      const { code, stdout, stderr } = await openclaw(["plugins", "install", tarball, ...consent]);
      assert.equal(code, 0, `${stdout}${stderr}`);
      assert.match(`${stdout}${stderr}`, /Installed plugin: openclaw-pairing-doctor/);
    });

    test("list and doctor show no error", { timeout: 2 * SLOW_MS }, async () => {
      const list = await openclaw(["plugins", "list", "--json"]);
      const { plugins } = JSON.parse(list.stdout.slice(list.stdout.indexOf("{"))) as {
        plugins: { id: string; status: string; error?: string }[];
      };
      const own = plugins.find(({ id }) => id === "openclaw-pairing-doctor");
      assert.ok(own !== undefined && ["loaded", "enabled"].includes(own.status), JSON.stringify(own));
      assert.equal(own.error, undefined);
      const doctor = await openclaw(["plugins", "doctor"]);
      assert.equal(doctor.code, 0);
      assert.match(doctor.stdout, /No plugin issues detected|configuration checks passed/);
    });

    test("`openclaw pairing-doctor --json` is the stand-alone document, with its exit code", {
      timeout: 2 * SLOW_MS,
    }, async () => {
      const inside = await openclaw(["pairing-doctor", "--json", "--deployment", "local"]);
      const alone = await mustRunAny([
        installed.node,
        path.join(dir, "package/dist/bin.js"),
        "--json",
        "--deployment",
        "local",
      ]);
      assert.equal(inside.code, alone.code, inside.stderr);
      assert.deepEqual(plain(inside.stdout), plain(alone.stdout));
      assert.ok(!inside.stdout.includes(TOKEN));
    });

    test("its own options and exit codes come through", { timeout: SLOW_MS }, async () => {
      const wrong = await openclaw(["pairing-doctor", "explain", "no-such-thing"]);
      assert.equal(wrong.code, 2, wrong.stdout + wrong.stderr);
      const { code, stdout } = await openclaw(["pairing-doctor", "explain", "OPD201", "--lang", "zh"]);
      assert.equal(code, 0);
      assert.match(stdout, /\p{Script=Han}/u);
    });

    test("`openclaw security audit --deep` asks no collector of a third party, neither this one's nor a witness'", {
      timeout: 4 * SLOW_MS,
    }, async () => {
      const seen = path.join(dir, `${release}.seen`);
      const heard = () => readFileSync(seen, "utf8").split("\n").filter(Boolean);
      const { code, stdout, stderr } = await openclaw(["plugins", "install", witness(seen), ...consent]);
      assert.equal(code, 0, `${stdout}${stderr}`);
      // The witness' own command has the host call its `register`: that the door is there is no guess, nor that it opens.
      assert.equal((await openclaw([WITNESS])).code, 0);
      assert.deepEqual([...new Set(heard())], COLLECTS ? ["registered"] : ["no door"]);

      const audit = await openclaw(["security", "audit", "--deep", "--json"]);
      assert.equal(audit.code, 0, audit.stderr);
      const ids = [...audit.stdout.matchAll(/"checkId": ?"([^"]+)"/g)].map(([, id = ""]) => id);
      assert.ok(ids.includes("summary.attack_surface"), audit.stdout);
      const asked = {
        witness: heard().includes("asked"),
        own: ids.some((id) => /^pairing-doctor\./.test(id)),
      };
      // The day that this fails a release asks: docs/plugin.md has to say from which one on, and what it shows.
      assert.deepEqual(asked, { witness: false, own: false });
      assert.ok(!audit.stdout.includes(TOKEN));
    });

    const mustRunAny = (argv: readonly string[]) => run(argv, { env: env(), cwd: home, timeoutMs: SLOW_MS });
  });

/** Without what differs between two runs of the same: times. */
function plain(stdout: string): unknown {
  return JSON.parse(stdout.replace(/"(?:tookMs|clockSkewMs|age)": ?-?\d+/g, '"0": 0'));
}

const WITNESS = "audit-witness";

/** A plugin that registers a collector wherever it can, and writes into `seen` what the host did with it. */
function witness(seen: string): string {
  const cliCommands = [{ name: WITNESS, description: WITNESS, hasSubcommands: false }];
  return writePlugin(
    dir,
    WITNESS,
    { cliCommands },
    `import { appendFileSync } from "node:fs";
const say = (word) => appendFileSync(${JSON.stringify(seen)}, word + "\\n");
const name = ${JSON.stringify(WITNESS)};
export default { id: name, name, description: name, register(api) {
  api.registerCli(({ program }) => void program.command(name).action(async () => {}),
    { commands: [name], descriptors: [{ name, description: name, hasSubcommands: false }] });
  if (api.registerSecurityAuditCollector === undefined) return say("no door");
  api.registerSecurityAuditCollector(async () => {
    say("asked");
    return [{ checkId: name + ".asked", severity: "warn", title: "asked", detail: "asked" }];
  });
  say("registered");
} };
`,
  );
}
