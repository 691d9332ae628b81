// Attacks by another user of the machine, played with that user's rights.
import assert from "node:assert/strict";
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { runToEnd } from "../src/deployments/command.ts";
import type { InputOptions, OpenedFile } from "../src/deployments/input.ts";
import { localAccess } from "../src/deployments/local.ts";
import { openclawCli } from "../src/deployments/openclaw-cli.ts";
import { asReadableTo } from "../src/deployments/path-trust.ts";
import { uidOf } from "../src/deployments/processes.ts";
import { nodeWorld, type World } from "../src/deployments/world.ts";
import type { Report } from "../src/report/result.ts";
import { ACL, ACL_FOR_1234, setAttribute, whyNoAttributes } from "./support/attributes.ts";
import { type CliResult, here, PATIENTLY } from "./support/cli.ts";
import { NO_STRANGERS, STRANGER, Stranger } from "./support/stranger.ts";

const TOKEN = "tok-of-root-0123456789-abcdefgh";

/** Root's home, with a gateway that is not running. */
class Root {
  readonly home = mkdtempSync(path.join(tmpdir(), "pairing-doctor-root-"));

  configure(port: number): string {
    const state = path.join(this.home, ".openclaw");
    mkdirSync(state, { recursive: true, mode: 0o700 });
    const config = path.join(state, "openclaw.json");
    const gateway = { port, auth: { mode: "token", token: TOKEN } };
    // A log of its own: without one, the log that all gateways of this machine write would be read.
    const logging = { file: path.join(state, "gateway.log") };
    writeFileSync(logging.file, "\n");
    writeFileSync(config, JSON.stringify({ gateway, logging }), { mode: 0o600 });
    return config;
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    return here([...args, ...PATIENTLY], { env: { HOME: this.home, ...env } });
  }
}

const closing: (() => void)[] = [];
after(() => {
  for (const close of closing) close();
});

async function scene(): Promise<{ readonly stranger: Stranger; readonly root: Root }> {
  const stranger = await Stranger.open();
  const root = new Root();
  closing.push(() => {
    stranger.close();
    rmSync(root.home, { recursive: true, force: true });
  });
  return { stranger, root };
}

function reportOf({ stdout, stderr }: CliResult): Report {
  assert.match(stdout, /^\{/, stderr);
  return JSON.parse(stdout) as Report;
}

describe("another user's process on root's port", { skip: NO_STRANGERS, concurrency: 3 }, () => {
  test("a diagnosis names it, believes nothing of it and sends it nothing", async () => {
    const { stranger, root } = await scene();
    root.configure(await stranger.serve({ HOME: root.home }));
    const result = await root.run(["--json"]);
    assert.equal(result.code, 1, result.stderr);
    const [first] = reportOf(result).findings;
    assert.equal(first?.id, "gateway-down-or-starting");
    assert.match(JSON.stringify(first), /Another user's process.*(?:nobody|65534)/);
    assert.equal(stranger.received(), "");
    assert.equal(stranger.executions(), "");
    const human = await root.run(["--verbose"]);
    assert.match(human.stdout, /node[^\n]*\n?[^\n]*(?:nobody|65534)/);
    assert.doesNotMatch(human.stdout + result.stdout, new RegExp(TOKEN));
  });

  test("it does not hide behind other addresses of this machine", async () => {
    const { stranger, root } = await scene();
    root.configure(await stranger.serve({ HOME: root.home, STRANGER_ADDRESSES: "80" }));
    const [first] = reportOf(await root.run(["--json"])).findings;
    assert.match(JSON.stringify(first), /Another user's process.*(?:nobody|65534)/);
    assert.equal(stranger.received(), "");
  });

  for (const args of [
    ["fix", "--dry-run"],
    ["fix", "--yes", "--allow-risk", "grants-access"],
  ])
    test(`${args.join(" ")} runs nothing of it`, async () => {
      const { stranger, root } = await scene();
      const config = root.configure(await stranger.serve({ HOME: root.home }));
      const before = readFileSync(config, "utf8");
      const result = await root.run([...args, "--json"]);
      assert.notEqual(result.code, 0);
      assert.equal(stranger.executions(), "");
      assert.doesNotMatch(stranger.received(), new RegExp(TOKEN));
      assert.equal(readFileSync(config, "utf8"), before);
    });

  test("with its address as the target it is asked, and the config's token stays here", async () => {
    const { stranger, root } = await scene();
    const port = await stranger.serve({ HOME: root.home });
    const config = root.configure(port);
    const url = `ws://127.0.0.1:${port}`;
    for (const args of [
      ["--target", url],
      ["--target", url, "--config", config],
      ["--target", url, "--as-browser"],
    ]) {
      const result = await root.run([...args, "--json"]);
      assert.notEqual(stranger.received(), "", result.stderr);
      assert.doesNotMatch(stranger.received() + result.stdout, new RegExp(TOKEN));
      assert.equal(stranger.executions(), "");
    }
    const told = await root.run(["--target", url, "--config", config]);
    assert.match(told.stdout, /secret was not sent[\s\S]*(?:nobody|65534)/);
  });

  test("a token that is handed over for an address goes there", async () => {
    const { stranger, root } = await scene();
    const port = await stranger.serve({});
    const file = path.join(root.home, "token");
    writeFileSync(file, TOKEN);
    await root.run(["--target", `ws://127.0.0.1:${port}`, "--token-file", file, "--json"]);
    assert.match(stranger.received(), new RegExp(TOKEN));
  });

  test("the environment's token does not go to whoever is found", async () => {
    const { stranger, root } = await scene();
    const port = await stranger.serve({ HOME: root.home });
    root.configure(port);
    await root.run(["--json"], { OPENCLAW_GATEWAY_TOKEN: TOKEN });
    assert.equal(stranger.received(), "");
  });
});

describe("another user's own gateway, looked at by root", { skip: NO_STRANGERS, concurrency: 3 }, () => {
  test("it is diagnosed by its own config, with its user's rights", async () => {
    const { stranger, root } = await scene();
    const secret = path.join(root.home, "secret");
    writeFileSync(secret, `OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`, { mode: 0o600 });
    chmodSync(root.home, 0o700);
    const port = await stranger.serve({ HOME: stranger.home });
    const log = path.join(stranger.home, "log");
    symlinkSync(secret, log);
    stranger.write(
      ".openclaw/openclaw.json",
      JSON.stringify({
        gateway: { port, auth: { mode: "token", token: `\${${"SECRET_OF_ROOT"}}` } },
        logging: { file: log },
        $include: "./more.json",
      }),
    );
    symlinkSync(secret, path.join(stranger.home, ".openclaw", ".env"));
    symlinkSync(secret, path.join(stranger.home, ".openclaw", "more.json"));
    const env = { SECRET_OF_ROOT: TOKEN, OPENCLAW_GATEWAY_PORT: String(port) };
    for (const args of [[], ["--config", path.join(stranger.home, ".openclaw", "openclaw.json")]]) {
      const result = await root.run([...args, "--json", "--verbose"], env);
      const { gateway } = reportOf(result);
      assert.equal(gateway.url, `ws://127.0.0.1:${port}`);
      assert.match(stranger.received(), /connect/);
      assert.doesNotMatch(stranger.received() + result.stdout + result.stderr, new RegExp(TOKEN));
    }
  });

  test("its own program runs as that user, and with no secret of root's environment", async () => {
    const { stranger } = await scene();
    const { outcome, secret } = await runOpenclaw(stranger, { uid: STRANGER, gid: STRANGER });
    assert.ok(outcome.known, JSON.stringify(outcome));
    assert.match(stranger.executions(), new RegExp(`^uid ${STRANGER}: devices list`));
    assert.doesNotMatch(stranger.executions(), new RegExp(secret));
  });
});

describe("links that another user turns while root looks", { skip: NO_STRANGERS }, () => {
  /** The link of a stranger leads to root's file, and to their own from when that is open on. */
  async function turned() {
    const { stranger, root } = await scene();
    chmodSync(root.home, 0o700);
    const config = root.configure(18_789);
    const own = stranger.write("own.json", "{}");
    const link = path.join(stranger.home, "link.json");
    symlinkSync(config, link);
    lchownSync(link, STRANGER, STRANGER);
    const turn = () => {
      rmSync(link);
      symlinkSync(own, link);
      lchownSync(link, STRANGER, STRANGER);
    };
    const real = nodeWorld();
    const asked: OpenedFile[] = [];
    const late =
      (allows: InputOptions["allows"]) =>
      async (opened: OpenedFile): Promise<boolean> => {
        asked.push(opened);
        turn();
        return (await allows?.(opened)) ?? true;
      };
    const world: World = {
      ...real,
      readText: (at, max, allows) => real.readText(at, max, late(allows)),
      readBytes: (at, max, allows) => real.readBytes(at, max, late(allows)),
      stream: (at, start, end, allows) => real.stream(at, start, end, late(allows)),
    };
    return { world, link, own, config, asked };
  }

  test("what is read for a user is what that user may read, once it is open", async () => {
    for (const how of ["readText", "readBytes"] as const) {
      const { world, link, own } = await turned();
      const read = await asReadableTo(world, STRANGER)[how](link, 1000);
      assert.equal(!read.ok && read.reason, "denied", how);
      assert.ok((await asReadableTo(world, STRANGER)[how](own, 1000)).ok);
    }
    const { world, own } = await turned();
    const text = async (at: string) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of asReadableTo(world, STRANGER).stream(at, 0, 1000)) chunks.push(chunk);
      return Buffer.concat(chunks).toString("utf8");
    };
    assert.equal(await text(own), "{}");
  });

  test("a log that becomes a link to root's file is not read", async () => {
    const { stranger, root } = await scene();
    const config = root.configure(18_789);
    const log = stranger.write("log", "2026-01-01 own line");
    const real = nodeWorld();
    const world: World = {
      ...real,
      stream: (at, start, end, allows) => {
        rmSync(log);
        symlinkSync(config, log);
        return real.stream(at, start, end, allows);
      },
    };
    const read = async () => {
      for await (const chunk of asReadableTo(world, STRANGER).stream(log, 0, 1000)) return chunk;
      return undefined;
    };
    await assert.rejects(read, { code: "EACCES" });
  });

  test("a config is its owner's, whoever's link led to it", async () => {
    const { world, link, own, config, asked } = await turned();
    const salt = "salt";
    const led = await localAccess({ world, salt, configPath: link }).config();
    assert.equal(!led.known && led.reason, "denied");
    assert.deepEqual([asked[0]?.path, asked[0]?.uid], [config, 0]);
    assert.ok((await localAccess({ world: nodeWorld(), salt, configPath: link }).config()).known);
    assert.equal(await localAccess({ world: nodeWorld(), salt, configPath: own }).owner(), STRANGER);
    assert.equal(await localAccess({ world: nodeWorld(), salt, configPath: config }).owner(), 0);
  });
});

describe("programs that somebody else may write", { skip: NO_STRANGERS }, () => {
  test("openclaw of another user is not run for root's config", async () => {
    const { stranger } = await scene();
    const { outcome } = await runOpenclaw(stranger, { uid: 0, gid: 0 });
    assert.equal(!outcome.known && outcome.reason, "absent");
    assert.equal(stranger.executions(), "");
  });

  test("whatever is run: its file and every directory above it", async () => {
    const { stranger, root } = await scene();
    const theirs = path.join(stranger.home, "openclaw", "openclaw.mjs");
    const open = path.join(root.home, "open", "bin");
    mkdirSync(open, { recursive: true });
    writeFileSync(path.join(open, "tool"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
    const link = path.join(root.home, "link");
    symlinkSync(theirs, link);
    const run = (command: string, PATH = "/usr/bin:/bin") =>
      runToEnd([command], {
        env: { PATH },
        cwd: "/",
        signal: new AbortController().signal,
        timeoutMs: 10_000,
      });
    for (const command of [theirs, link]) {
      const outcome = await run(command);
      assert.equal(!outcome.known && outcome.reason, "denied", command);
    }
    assert.ok((await run("tool", `${open}:/usr/bin`)).known);
    for (const [at, mode] of [
      [path.dirname(open), 0o777],
      [open, 0o757],
      [path.join(open, "tool"), 0o757],
    ] as const) {
      chmodSync(at, mode);
      const outcome = await run("tool", `${open}:/usr/bin`);
      assert.match(outcome.known ? "" : outcome.detail, /everybody may write/, at);
      chmodSync(at, 0o755);
    }
    assert.equal(stranger.executions(), "");
  });

  test("a directory that an access control list opens to somebody, though its group is root's", {
    skip: whyNoAttributes(),
  }, async () => {
    const { root } = await scene();
    const bin = path.join(root.home, "bin");
    mkdirSync(bin);
    writeFileSync(path.join(bin, "tool"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
    const run = () =>
      runToEnd(["tool"], {
        env: { PATH: `${bin}:/usr/bin:/bin` },
        cwd: "/",
        signal: new AbortController().signal,
        timeoutMs: 10_000,
      });
    chmodSync(bin, 0o775);
    assert.ok((await run()).known);
    setAttribute(
      bin,
      ACL,
      ACL_FOR_1234.replace("02000600d2040000", "02000700d2040000").replace("10000600", "10000700"),
    );
    const outcome = await run();
    assert.match(outcome.known ? "" : outcome.detail, /others \(ACL\) may write/);
  });

  test("another user's process of a setuid program is nobody's gateway", () => {
    assert.equal(uidOf("Name:\tsudo\nUid:\t1000\t0\t0\t0\n"), undefined);
    assert.equal(uidOf("Name:\tnode\nUid:\t1000\t1000\t1000\t1000\n"), 1000);
  });
});

async function runOpenclaw(stranger: Stranger, owner: { readonly uid: number; readonly gid: number }) {
  const secret = "secret-in-the-environment-of-root";
  const cli = openclawCli({
    world: nodeWorld({ env: { PATH: "/usr/bin:/bin", SECRET_OF_ROOT: secret } }),
    gateway: {
      pid: 1,
      uid: owner.uid,
      flags: {},
      installDir: path.join(stranger.home, "openclaw"),
      node: process.execPath,
    },
    configPath: path.join(stranger.home, "openclaw.json"),
    stateDir: stranger.home,
    owner,
    secrets: [],
  });
  const outcome = await cli.run(["devices", "list"], { signal: new AbortController().signal });
  return { outcome, secret };
}
