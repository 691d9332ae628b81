import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { quoted } from "../src/core/saying.ts";
import { Secret } from "../src/core/secret.ts";
import { failureOf } from "../src/deployments/command.ts";
import { type OpenclawCliOptions, openclawCli } from "../src/deployments/openclaw-cli.ts";
import type { GatewayProcess } from "../src/deployments/processes.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { until } from "./support/until.ts";

const root = mkdtempSync(path.join(tmpdir(), "opd-cli-"));
after(() => rmSync(root, { recursive: true, force: true }));
const never = new AbortController().signal;
const secret = (value: string): Secret => new Secret(value, "salt");

let places = 0;
/** A folder with an `openclaw` in its PATH that does what the shell lines say. */
function place(script: string, more: Partial<OpenclawCliOptions> = {}) {
  const dir = path.join(root, String(places++));
  const bin = path.join(dir, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, "openclaw"), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, "openclaw"), 0o755);
  const options: OpenclawCliOptions = {
    world: nodeWorld({ env: { PATH: `${bin}:/usr/bin:/bin`, HOME: dir } }),
    configPath: path.join(dir, "openclaw.json"),
    stateDir: dir,
    secrets: ["not-to-be-seen-1234"],
    ...more,
  };
  return { dir, cli: openclawCli(options) };
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

test("the words arrive as they are, and no shell reads them", async () => {
  const { dir, cli } = place('printf "<%s>" "$@"');
  const words = ["config", "set", "a b", '["x"]', "$(touch gotcha)", "`id`", "; ls", ""];
  const outcome = await cli.run(words, { signal: never });
  assert.ok(outcome.known);
  assert.equal(outcome.value.stdout, words.map((word) => `<${word}>`).join(""));
  assert.equal(existsSync(path.join(dir, "gotcha")), false);
});

test("it runs in the gateway's environment, on the files that were read", async () => {
  const gateway: GatewayProcess = {
    pid: 1,
    flags: { port: 19_001, token: secret("flag-token-5678"), profile: "work" },
    env: {
      HOME: secret("/home/gateway"),
      OPENCLAW_X: secret("referred to"),
      OPENCLAW_CONFIG_PATH: secret("/elsewhere"),
      INVOCATION_ID: secret("of the service"),
      OPENCLAW_NODE_OPTIONS_READY: secret("1"),
    },
  };
  const { dir, cli } = place("env | sort", { gateway });
  const outcome = await cli.run([], { signal: never });
  assert.ok(outcome.known);
  const env = Object.fromEntries(outcome.value.stdout.split("\n").map((line) => line.split(/=(.*)/s)));
  assert.equal(env.HOME, "/home/gateway");
  assert.equal(env.OPENCLAW_X, "referred to");
  assert.equal(env.OPENCLAW_CONFIG_PATH, path.join(dir, "openclaw.json"));
  assert.equal(env.OPENCLAW_STATE_DIR, dir);
  assert.equal(env.OPENCLAW_GATEWAY_PORT, "19001");
  assert.equal(env.OPENCLAW_PROFILE, "work");
  assert.ok("OPENCLAW_GATEWAY_TOKEN" in env);
  assert.equal("INVOCATION_ID" in env || "OPENCLAW_NODE_OPTIONS_READY" in env, false);
});

test("a shell that trusts every certificate does not hand that on", async () => {
  const { dir } = place("env | sort");
  const PATH = `${path.join(dir, "bin")}:/usr/bin:/bin`;
  const env = { PATH, HOME: dir, NODE_TLS_REJECT_UNAUTHORIZED: "0", OPENCLAW_X: "kept" };
  const outcome = await place("", { world: nodeWorld({ env }) }).cli.run([], { signal: never });
  assert.ok(outcome.known);
  assert.match(outcome.value.stdout, /^OPENCLAW_X=kept$/m);
  assert.doesNotMatch(outcome.value.stdout, /NODE_TLS/);
});

test("the gateway's own Node and files come before the PATH", async () => {
  const { dir, cli: plain } = place("echo from the PATH");
  const install = path.join(dir, "openclaw");
  mkdirSync(install);
  writeFileSync(path.join(install, "openclaw.mjs"), 'console.log("from the gateway", process.argv[2]);');
  const gateway: GatewayProcess = { pid: 1, flags: {}, node: process.execPath, installDir: install };
  const own = place("echo from the PATH", { gateway }).cli;
  const [first, second] = await Promise.all([own, plain].map((cli) => cli.run(["x"], { signal: never })));
  assert.ok(first?.known && second?.known);
  assert.equal(first.value.stdout, "from the gateway x\n");
  assert.equal(second.value.stdout, "from the PATH\n");
});

test("a gateway that hides its files: the openclaw of the PATH runs on the gateway's own Node, not the first one there", async () => {
  const { dir } = place("");
  const [install, bin, own] = ["openclaw", "linked", "own"].map((name) => path.join(dir, name));
  assert.ok(install && bin && own);
  for (const each of [install, bin, own]) mkdirSync(each);
  // An older Node comes first in the PATH, as /usr/bin's does after 2026.3.13 has started itself anew.
  writeFileSync(path.join(bin, "node"), "#!/bin/sh\necho too old; exit 1\n");
  writeFileSync(path.join(own, "node"), `#!/bin/sh\necho "the gateway's $2"\n`);
  for (const each of [bin, own]) chmodSync(path.join(each, "node"), 0o755);
  writeFileSync(path.join(install, "openclaw.mjs"), "#!/usr/bin/env node\n");
  chmodSync(path.join(install, "openclaw.mjs"), 0o755);
  symlinkSync("../openclaw/openclaw.mjs", path.join(bin, "openclaw"));
  const world = nodeWorld({ env: { PATH: `${bin}:/usr/bin:/bin` } });
  const gateway: GatewayProcess = { pid: 1, flags: {}, node: path.join(own, "node") };
  const said = async (options: Partial<OpenclawCliOptions>) => {
    const outcome = await place("", { world, ...options }).cli.run(["x"], { signal: never });
    assert.ok(outcome.known);
    return outcome.value.stdout;
  };
  assert.equal(await said({ gateway }), "the gateway's x\n");
  assert.equal(await said({}), "too old\n");
  // A script of another kind finds its Node by the PATH.
  rmSync(path.join(bin, "openclaw"));
  writeFileSync(path.join(bin, "openclaw"), '#!/bin/sh\nexec node entry "$@"\n');
  chmodSync(path.join(bin, "openclaw"), 0o755);
  assert.equal(await said({ gateway }), "the gateway's x\n");
});

test("an openclaw of another release on the PATH is passed over", async () => {
  const { dir } = place("echo never");
  const install = path.join(dir, "openclaw");
  mkdirSync(install);
  writeFileSync(path.join(install, "openclaw.mjs"), "#!/bin/sh\necho from the link");
  chmodSync(path.join(install, "openclaw.mjs"), 0o755);
  writeFileSync(path.join(install, "package.json"), '{"name":"openclaw","version":"2026.9.6"}');
  const bin = path.join(dir, "linked");
  mkdirSync(bin);
  symlinkSync("../openclaw/openclaw.mjs", path.join(bin, "openclaw"));
  const world = nodeWorld({ env: { PATH: `${bin}:${path.join(root, "none")}:/usr/bin:/bin` } });
  const same = place("", { world, release: "2026.9.6" }).cli;
  const outcome = await same.run([], { signal: never });
  assert.ok(outcome.known, JSON.stringify(outcome));
  assert.equal(outcome.value.stdout, "from the link\n");
  const other = place("", { world, release: "2026.3.13" }).cli;
  const none = await other.run([], { signal: never });
  assert.equal(!none.known && none.reason, "absent");
  assert.match(none.known ? "" : none.detail, /linked\/openclaw is of OpenClaw 2026\.9\.6$/);
});

test("where it fails, the Node and the program that were tried are said", async () => {
  const { dir } = place("");
  const install = path.join(dir, "openclaw");
  mkdirSync(install);
  const entry = path.join(install, "openclaw.mjs");
  writeFileSync(entry, 'console.error("SyntaxError: Unexpected token"); process.exit(3);');
  const gateway: GatewayProcess = { pid: 1, flags: {}, node: process.execPath, installDir: install };
  const failed = await place("", { gateway }).cli.run(["devices"], { signal: never });
  const why = failureOf(failed, quoted("not approved"));
  assert.equal(
    why.detail,
    `not approved: SyntaxError: Unexpected token (tried with ${process.execPath} ${entry})`,
  );
  writeFileSync(entry, "setInterval(() => {}, 1000);");
  const slow = await place("", { gateway }).cli.run([], { signal: never, timeoutMs: 50 });
  assert.equal(!slow.known && slow.reason, "timeout");
  const said = slow.known ? "" : slow.detail;
  assert.ok(said.endsWith(` (tried with ${process.execPath} ${entry})`), said);
  // The Node of a gateway that was upgraded since it started.
  const gone: GatewayProcess = { ...gateway, node: path.join(dir, "node-22") };
  const world = nodeWorld({ env: { PATH: "/nonexistent" } });
  const nothing = await place("", { gateway: gone, world }).cli.run([], { signal: never });
  assert.match(
    nothing.known ? "" : nothing.detail,
    /the Node that runs the gateway, .*node-22, is not there/,
  );
  // What others may write is passed over, and that is why there is none.
  chmodSync(entry, 0o666);
  const open = await place("", { gateway, world }).cli.run([], { signal: never });
  assert.match(open.known ? "" : open.detail, /openclaw\.mjs is not run/);
});

test("a secret is refused as a word, and taken out of what is said", async () => {
  const { dir, cli } = place('touch ran; echo "token is not-to-be-seen-1234" >&2; exit 3');
  const refused = await cli.run(["config", "set", "x=not-to-be-seen-1234"], { signal: never });
  assert.equal(refused.known, false);
  assert.equal(existsSync(path.join(dir, "ran")), false);
  const outcome = await cli.run(["x"], { signal: never });
  assert.ok(outcome.known);
  assert.equal(outcome.value.exitCode, 3);
  let raw = "";
  const list = place('echo \'{"token": ["not-to-be-seen-1234"]}\'').cli;
  const scrubbed = await list.run([], { signal: never, read: (text) => (raw = text) });
  assert.deepEqual(JSON.parse(raw), { token: ["not-to-be-seen-1234"] });
  assert.doesNotMatch(JSON.stringify(scrubbed), /not-to-be-seen/);
  assert.doesNotMatch(JSON.stringify(outcome), /not-to-be-seen/);
});

test("what it says is bounded", async () => {
  const { cli } = place("head -c 3000000 /dev/zero | tr '\\0' x; head -c 3000000 /dev/zero | tr '\\0' y >&2");
  const outcome = await cli.run([], { signal: never });
  assert.ok(outcome.known);
  assert.equal(outcome.value.stdout.length, 2 * 1024 * 1024);
  assert.equal(outcome.value.stderr.length, 2 * 1024 * 1024);
});

/** Starts itself anew, as the real one does, and neither heeds a request to end. */
const STUBBORN = "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > inner; while :; do sleep 0.05; done' & wait";

test("a command that takes too long is ended with all that it started", async () => {
  const { dir, cli } = place(STUBBORN);
  // As long as it takes to start, on this machine.
  for (let timeoutMs = 700; !existsSync(path.join(dir, "inner")); timeoutMs *= 4) {
    const outcome = await cli.run([], { signal: never, timeoutMs });
    assert.equal(!outcome.known && outcome.reason, "timeout");
  }
  const inner = Number(readFileSync(path.join(dir, "inner"), "utf8"));
  await until(() => !alive(inner), "a child is left");
});

test("an interruption ends it with all that it started", async () => {
  const { dir, cli } = place(STUBBORN);
  const controller = new AbortController();
  const running = cli.run([], { signal: controller.signal });
  await until(() => existsSync(path.join(dir, "inner")));
  await delay(50);
  controller.abort();
  assert.equal((await running).known, false);
  const inner = Number(readFileSync(path.join(dir, "inner"), "utf8"));
  await until(() => !alive(inner), "a child is left");
  assert.equal((await cli.run([], { signal: controller.signal })).known, false);
});

test("what it leaves behind does not hold us up, and ends", async () => {
  const { dir, cli } = place(
    "sh -c 'echo $$ > inner; exec sleep 60' & while [ ! -s inner ]; do sleep 0.01; done; echo done",
  );
  const outcome = await cli.run([], { signal: never });
  assert.ok(outcome.known);
  assert.equal(outcome.value.stdout, "done\n");
  const inner = Number(readFileSync(path.join(dir, "inner"), "utf8"));
  await until(() => !alive(inner), "a child is left");
});

test("without a command, or as somebody else, nothing runs", async () => {
  const { dir } = place("touch ran");
  const nothing = openclawCli({
    world: nodeWorld({ env: { PATH: "/nonexistent" } }),
    configPath: path.join(dir, "openclaw.json"),
    stateDir: dir,
    secrets: [],
  });
  const absent = await nothing.run([], { signal: never });
  assert.equal(!absent.known && absent.reason, "absent");
  const world = { ...nodeWorld({ env: { PATH: path.join(dir, "bin") } }), uid: 1000 };
  const foreign = place("touch ran", { world, owner: { uid: 1001, gid: 1001 } });
  const denied = await foreign.cli.run([], { signal: never });
  assert.equal(!denied.known && denied.reason, "denied");
  assert.equal(existsSync(path.join(foreign.dir, "ran")), false);
});

test("as root it becomes the owner of the files", {
  skip: process.getuid?.() !== 0 && "only root can",
}, async () => {
  const { dir, cli } = place("id -u; id -g", { owner: { uid: 12_345, gid: 12_346 } });
  chmodSync(root, 0o755);
  chmodSync(dir, 0o755);
  const outcome = await cli.run([], { signal: never });
  assert.ok(outcome.known, JSON.stringify(outcome));
  assert.equal(outcome.value.stdout, "12345\n12346\n");
});
