/** `fix` with journals that somebody planted, journals that cannot be kept, and files of a kind. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import type { Journal, JournalStep } from "../src/core/journal.ts";
import { proxySite } from "../src/kinds/proxy-site.ts";
import { ACL, ACL_FOR_1234, getAttribute, setAttribute, whyNoAttributes } from "./support/attributes.ts";
import { FixPlace, type PlaceOptions, plain, reportOf } from "./support/fix-place.ts";

const ORIGIN = "https://claw.example.test";
/** To an origin that only the log names. */
const AGREEING = ["--yes", "--allow-risk", "grants-access", "--origin", ORIGIN];
const LOCAL = { remoteAddress: "127.0.0.1", headers: { host: "127.0.0.1:18789" } };
const isRoot = process.getuid?.() === 0;
const STRANGER = 12_345;

async function refused(options: PlaceOptions = {}): Promise<FixPlace> {
  const peer: PlaceOptions["peer"] = (headers) =>
    headers["user-agent"]?.includes("Chrome") ? LOCAL : undefined;
  const place = await FixPlace.open({ peer, ...options });
  await place.visit(ORIGIN);
  return place;
}

function story(
  name: string,
  tell: (place: FixPlace) => Promise<void>,
  { skip = false, ...options }: PlaceOptions & { readonly skip?: string | false } = {},
): void {
  test(name, { skip }, async () => {
    const place = await refused(options);
    try {
      await tell(place);
      assert.deepEqual(place.broken, []);
    } finally {
      await place.close();
    }
  });
}

const ID = "2026-11-22T00-00-00-000Z-0a1b2c";
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const fileOf = (at: string, text: string, mode = 0o600) => ({
  path: at,
  content: Buffer.from(text).toString("base64"),
  sha256: hashOf(text),
  mode,
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
});

/** A journal of this place's gateway that says that a fix was kept. */
function journalOf(place: FixPlace, steps: readonly JournalStep[], more: Partial<Journal> = {}): Journal {
  return {
    version: 1,
    id: ID,
    state: "kept",
    pid: 4_000_000,
    startedAt: "2026-11-22T00:00:00.000Z",
    configPath: place.config,
    remedies: [{ id: "add-allowed-origin", risk: "none" }],
    before: { config: fileOf(place.config, place.text()) },
    steps,
    ...more,
  };
}

function plant(place: FixPlace, journal: unknown, directory = place.journals): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, `${ID}.json`);
  writeFileSync(file, JSON.stringify(journal), { mode: 0o600 });
  return file;
}

/** Nothing was done, nothing to undo is not said, and the file and the reason are. */
const notBelieved = (place: FixPlace, words: RegExp, env: Readonly<Record<string, string>> = {}) =>
  notBegun(place, ["--undo", "--yes"], words, env);

async function notBegun(
  place: FixPlace,
  args: readonly string[],
  words: RegExp,
  env: Readonly<Record<string, string>> = {},
) {
  const before = place.files();
  const result = await place.run([...args, "--json"], { env });
  assert.equal(result.code, 3, `${args.join(" ")}: ${result.stdout}`);
  const report = reportOf(result);
  assert.equal(report.outcome, "not-begun");
  assert.match(report.refused.map(({ why }) => why).join(), words);
  assert.deepEqual(report.how, []);
  assert.deepEqual(place.files(), before);
}

describe("a planted journal", { concurrency: 3 }, () => {
  story("that would overwrite another file with a setuid one: refused", async (place) => {
    const victim = path.join(place.home, "victim");
    writeFileSync(victim, "theirs");
    const step: JournalStep = {
      step: {
        do: "proxy.write",
        site: { proxy: "caddy", domain: "claw.example.test", port: 1, tls: "public" },
        path: victim,
      },
      state: "done",
      undo: { undo: "file.restore", before: fileOf(victim, "#!/bin/sh\n", 0o4755), sha256: hashOf("theirs") },
    };
    plant(place, journalOf(place, [step]));
    const words = /no journal that this release writes \(steps\.0\.undo\.before\.mode\)/;
    // Every command that meets it says so, not only the one that asks for it.
    for (const args of [["--undo", "--yes"], ["--yes"]]) await notBegun(place, args, words);
    assert.equal(readFileSync(victim, "utf8"), "theirs");
  });

  story("of a setuid config: refused", async (place) => {
    const before = { config: fileOf(place.config, "{}", 0o4755) };
    plant(place, journalOf(place, [], { before }));
    await notBelieved(place, /before\.config\.mode/);
    assert.equal(statSync(place.config).mode & 0o7777, 0o600);
  });

  story(
    "of a well-formed restore over a file that no step of ours made: it stays as it is",
    async (place) => {
      for (const [name, step] of Object.entries({
        passwd: {
          do: "proxy.write",
          site: { proxy: "caddy", domain: "claw.example.test", port: 1, tls: "public" },
          path: path.join(place.home, "passwd"),
        },
      } as const)) {
        const victim = path.join(place.home, name);
        const theirs = "root:x:0:0::/root:/bin/sh\n";
        writeFileSync(victim, theirs, { mode: 0o644 });
        const evil = fileOf(victim, `${theirs}evil::0:0::/:/bin/sh\n`, 0o666);
        const undo = { undo: "file.restore", before: evil, sha256: hashOf(theirs) } as const;
        plant(place, journalOf(place, [{ step, state: "done", undo }]));
        const undone = reportOf(await place.run(["--undo", "--yes", "--json"]));
        assert.equal(undone.outcome, "undone-in-part");
        assert.match(undone.detail ?? "", /passwd was changed since, and is left as it is/);
        assert.equal(readFileSync(victim, "utf8"), theirs);
        assert.equal(statSync(victim).mode & 0o777, 0o644);
        // And nothing is removed that is not what the step makes.
        const gone = { undo: "file.remove", path: victim, sha256: hashOf(theirs) } as const;
        plant(place, journalOf(place, [{ step, state: "done", undo: gone }]));
        await place.run(["--undo", "--yes"]);
        assert.equal(readFileSync(victim, "utf8"), theirs);
      }
    },
  );

  story(
    "of an env file or a Compose file that is none of this gateway's: nothing is begun",
    async (place) => {
      const victim = path.join(place.home, "other.env");
      const theirs = "OPENCLAW_GATEWAY_TOKEN=theirs\n";
      writeFileSync(victim, theirs);
      const undo = {
        undo: "file.restore",
        before: fileOf(victim, "OPENCLAW_GATEWAY_TOKEN=evil\n"),
        sha256: hashOf(theirs),
      } as const;
      const compose = {
        do: "compose.edit",
        file: victim,
        service: "x",
        change: { kind: "bind", value: "lan" },
      } as const;
      for (const step of [
        { do: "token.copy", path: victim },
        { do: "token.copy", path: victim, on: "this-machine" },
        compose,
      ] as const) {
        const config = { step: { do: "config.unset", key: "gateway.port" }, state: "done" } as const;
        plant(place, journalOf(place, [config, { step, state: "done", undo }]));
        const before = place.text();
        const result = await place.run(["--undo", "--yes", "--json"]);
        const report = reportOf(result);
        if (step.do === "compose.edit") assert.equal(report.outcome, "undone-in-part", result.stdout);
        else {
          assert.equal(result.code, 3, result.stdout);
          assert.equal(report.outcome, "not-begun");
          assert.match(report.detail ?? "", /other\.env is none of this gateway's files/);
          assert.equal(place.text(), before);
        }
        assert.equal(readFileSync(victim, "utf8"), theirs);
      }
    },
  );

  story("of another config than this gateway's: nothing is begun", async (place) => {
    const other = path.join(place.home, "other.json");
    writeFileSync(other, "{}");
    plant(
      place,
      journalOf(place, [{ step: { do: "config.unset", key: "a" }, state: "done" }], {
        before: { config: fileOf(other, "{ a: 1 }") },
      }),
    );
    await notBelieved(place, /would write a path/);
    assert.equal(readFileSync(other, "utf8"), "{}");
  });

  story("that gives a device more than it has: refused, and the list stays", async (place) => {
    const list = path.join(place.state, "devices", "paired.json");
    const device = { deviceId: "d-1", publicKey: "k", role: "operator", scopes: ["operator.read"] };
    writeFileSync(list, JSON.stringify({ "d-1": device }, null, 2));
    const before = readFileSync(list, "utf8");
    const devices = {
      store: "json",
      pending: [{ requestId: "r-1", deviceId: "d-1", scopes: ["operator.admin"] }],
      paired: [{ deviceId: "d-1", scopes: ["operator.admin"] }],
    } as const;
    for (const entry of [
      { ...device, scopes: ["operator.admin"] },
      { ...device, publicKey: "evil" },
    ]) {
      const undo = { undo: "device.restore", deviceId: "d-1", scopes: ["operator.admin"], entry } as const;
      const step = { do: "device.approve", requestId: "r-1" } as const;
      plant(place, journalOf(place, [{ step, state: "done", undo }], { before: { devices } }));
      const report = reportOf(await place.run(["--undo", "--yes", "--json"]));
      assert.equal(report.outcome, "stuck");
      assert.match(report.detail ?? "", /more than it has/);
      assert.equal(readFileSync(list, "utf8"), before);
    }
  });

  story("by another user, in a directory where everybody may write: refused", async (place) => {
    const shared = mkdtempSync(path.join(tmpdir(), "opd-shared-"));
    chmodSync(shared, 0o777);
    try {
      const step: JournalStep = { step: { do: "config.unset", key: "gateway.auth" }, state: "done" };
      const directory = path.join(shared, "openclaw-pairing-doctor", "fixes");
      plant(place, journalOf(place, [step]), directory);
      await notBelieved(place, /opd-shared-\w+ can be written by everybody/, { XDG_STATE_HOME: shared });
      if (!isRoot) return;
      // Closed afterwards, it still is the other user's.
      chmodSync(shared, 0o755);
      for (const at of [path.dirname(directory), directory]) chownSync(at, STRANGER, STRANGER);
      await notBelieved(place, /belongs to user 12345/, { XDG_STATE_HOME: shared });
    } finally {
      rmSync(shared, { recursive: true, force: true });
    }
  });

  story("that somebody took away: that is not nothing to undo", async (place) => {
    const shared = mkdtempSync(path.join(tmpdir(), "opd-shared-"));
    chmodSync(shared, 0o777);
    try {
      const result = await place.run(["--undo", "--yes", "--json"], { env: { XDG_STATE_HOME: shared } });
      assert.equal(result.code, 3, result.stdout);
      assert.match(reportOf(result).refused[0]?.why ?? "", /can be written by everybody/);
    } finally {
      rmSync(shared, { recursive: true, force: true });
    }
  });

  story("behind a symbolic link, and as one: refused", async (place) => {
    const step: JournalStep = { step: { do: "config.unset", key: "gateway.auth" }, state: "done" };
    const file = plant(place, journalOf(place, [step]));
    renameSync(file, path.join(place.home, "real.json"));
    symlinkSync(path.join(place.home, "real.json"), file);
    await notBelieved(place, /is a symbolic link/);
    rmSync(file);
    renameSync(path.join(place.home, "real.json"), file);
    renameSync(place.journals, path.join(place.home, "elsewhere"));
    symlinkSync(path.join(place.home, "elsewhere"), place.journals);
    await notBelieved(place, /fixes is a symbolic link/);
  });

  story("that others may write: refused, open as it is, and not taken for nothing", async (place) => {
    const step: JournalStep = { step: { do: "config.unset", key: "gateway.auth" }, state: "started" };
    const file = plant(place, journalOf(place, [step], { state: "open" }));
    chmodSync(file, 0o666);
    await notBelieved(place, /open to others \(mode 666 in the place of 600\)/);
    for (const args of [["--undo", "--dry-run"], ["--dry-run"]]) await notBegun(place, args, /mode 666/);
    for (const lang of ["en", "zh"]) {
      const { stdout } = await place.run(["--undo", "--yes", "--lang", lang]);
      assert.doesNotMatch(stdout, /Nothing to undo|没有可撤销/);
      assert.match(stdout, lang === "en" ? /not believed/ : /不予采信/);
      assert.match(stdout, /openclaw-pairing-doctor/);
    }
    // What it says to set right is enough.
    chmodSync(file, 0o600);
    assert.equal(reportOf(await place.run(["--undo", "--yes", "--json"])).outcome, "undone");
  });

  story("of a process that is somebody's: it is not waited for, and not ended", async (place) => {
    const step: JournalStep = { step: { do: "config.unset", key: "gateway.none" }, state: "started" };
    for (const pid of [1, process.pid]) {
      plant(place, journalOf(place, [step], { state: "open", pid }));
      const result = await place.run(["--undo", "--yes", "--json"]);
      // The test's own process started after the journal; process 1 did, too.
      assert.equal(result.code, 0, result.stderr);
      process.kill(process.pid, 0);
    }
  });

  story("and the preview of what goes back names every path, before anybody is asked", async (place) => {
    const site = { proxy: "caddy", domain: "claw.example.test", port: 1, tls: "public" } as const;
    const made = path.join(place.home, "Caddyfile");
    const env = path.join(place.state, ".env");
    writeFileSync(made, proxySite(site));
    writeFileSync(env, "A=1\nOPENCLAW_GATEWAY_TOKEN=new-token-of-the-env\n");
    const was = "A=1\nOPENCLAW_GATEWAY_TOKEN=old-token-of-the-env\n";
    const steps: JournalStep[] = [
      { step: { do: "config.set", key: "gateway.port", value: place.gateway.port }, state: "done" },
      {
        step: { do: "proxy.write", site, path: made },
        state: "done",
        undo: { undo: "file.remove", path: made, sha256: hashOf(proxySite(site)) },
      },
      {
        step: { do: "token.copy", path: env },
        state: "done",
        undo: {
          undo: "file.restore",
          before: fileOf(env, was),
          sha256: hashOf(readFileSync(env, "utf8")),
        },
      },
    ];
    const config = fileOf(place.config, place.text().replace(/port: \d+/, "port: 1"));
    const file = plant(place, journalOf(place, steps, { before: { config } }));
    const { writes, files } = reportOf(await place.run(["--undo", "--dry-run", "--json"]));
    assert.deepEqual([...writes].sort(), [place.config, made, env, file].sort());
    assert.deepEqual(files.map((one) => one.path).sort(), [env, made].sort());
    const { stdout } = await place.run(["--undo", "--dry-run"]);
    for (const name of [place.config, made, env, file])
      assert.ok(stdout.includes(name), `${name}: ${stdout}`);
    assert.doesNotMatch(stdout, /token-of-the-env/);
    const undone = await place.run(["--undo", "--yes", "--json"]);
    assert.equal(reportOf(undone).outcome, "undone", undone.stdout);
    assert.ok(!existsSync(made));
    assert.equal(readFileSync(env, "utf8"), was);
  });
});

describe("a journal that cannot be kept: nothing is changed, 3, and why", { concurrency: 3 }, () => {
  async function notKept(place: FixPlace, words: RegExp, env: Readonly<Record<string, string>> = {}) {
    const before = place.files();
    const result = await place.run([...AGREEING, "--json"], { env });
    assert.equal(result.code, 3, result.stdout + result.stderr);
    const report = reportOf(result);
    assert.equal(report.outcome, "not-begun");
    assert.match(report.detail ?? "", /the journal of this fix cannot be kept, as /);
    assert.match(report.detail ?? "", words);
    assert.deepEqual(place.files(), before);
    const { stdout } = await place.run([...AGREEING, "--lang", "zh"], { env });
    assert.match(stdout.replaceAll(/\s/g, ""), /无法保存这次修复的日志/);
  }

  story("a file where its directory would be", async (place) => {
    writeFileSync(path.join(place.home, ".local"), "");
    await notKept(place, /\.local is no directory/);
  });

  story("a place behind a symbolic link", async (place) => {
    const home = path.join(place.home, "nowhere");
    symlinkSync("/proc", home);
    await notKept(place, /is a symbolic link/, {
      XDG_STATE_HOME: `${home}/self`,
    });
  });

  story("a home that is read-only", async (place) => {
    const state = path.join(place.home, "read-only");
    mkdirSync(state);
    if (!isRoot) {
      chmodSync(state, 0o500);
      await notKept(place, /cannot be written \(EACCES\)/, { XDG_STATE_HOME: state });
      return;
    }
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "ro,mode=755", "none", state]).status !== 0) return;
    try {
      await notKept(place, /cannot be written \(EROFS\)/, { XDG_STATE_HOME: state });
    } finally {
      spawnSync("umount", [state]);
    }
  });

  story(
    "a file system that is full",
    async (place) => {
      const state = path.join(place.home, "full");
      mkdirSync(state);
      const options = "size=8k,nr_inodes=16,mode=755";
      if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "none", state]).status !== 0) return;
      try {
        writeFileSync(path.join(state, "full"), "x".repeat(8192));
        await notKept(place, /ENOSPC/, { XDG_STATE_HOME: state });
      } finally {
        spawnSync("umount", [state]);
      }
    },
    { skip: !isRoot && "only root can mount a small file system" },
  );

  story("in a terminal or not, it comes before the question", async (place) => {
    writeFileSync(path.join(place.home, ".local"), "");
    for (const args of [[], ["--dry-run"]]) {
      const report = reportOf(await place.run([...args, "--json"]));
      assert.equal(report.outcome, "not-begun");
      assert.match(report.detail ?? "", /cannot be kept/);
    }
  });
});

describe("as it was", { concurrency: 3 }, () => {
  const listed = (port: number, log: string) => `// mine
{
  gateway: {
    port: ${port},
    bind: "loopback",
    auth: { mode: "token", token: "tok-c0ffee-0123456789-abcdef" },
    controlUi: {
      allowedOrigins: [
        // the tablet
        "https://tablet.example.test", // in the kitchen
      ],
    },
  },
  logging: { file: ${JSON.stringify(log)} },
}
`;

  story(
    "what the user added to the same list later stays, with its comments",
    async (place) => {
      const before = place.text();
      assert.equal((await place.run(AGREEING)).code, 0);
      assert.match(place.text(), /"https:\/\/tablet\.example\.test", \/\/ in the kitchen\n +"https:\/\/claw/);
      const added = '        "https://later.example.test", // mine, later\n';
      writeFileSync(place.config, place.text().replace(/( +"https:\/\/claw[^\n]*\n)/, `$1${added}`));
      const undone = await place.run(["--undo", "--yes", "--json"]);
      assert.equal(reportOf(undone).outcome, "undone", undone.stdout);
      assert.equal(place.text(), before.replace(/(in the kitchen\n)/, `$1${added}`));
    },
    { config: listed },
  );

  story("a value that the user changed later stays, and that is said", async (place) => {
    assert.equal((await place.run(AGREEING)).code, 0);
    writeFileSync(
      place.config,
      place.text().replace(/allowedOrigins: \[[^\]]*\]/, 'allowedOrigins: "theirs"'),
    );
    const undone = await place.run(["--undo", "--yes", "--json"]);
    assert.equal(undone.code, 1, undone.stdout);
    assert.equal(reportOf(undone).outcome, "undone-in-part");
    assert.match(reportOf(undone).detail ?? "", /gateway\.controlUi\.allowedOrigins was changed since/);
    assert.match(place.text(), /allowedOrigins: "theirs"/);
  });

  const noAttributes = whyNoAttributes();
  for (const [kind, options] of [
    ["an edit", {}],
    ["a config that the gateway's own command would write", { release: "2026.9.6", config: plain }],
  ] as const)
    story(
      `access control list and attributes survive the fix and its undo: ${kind}`,
      async (place) => {
        setAttribute(place.config, "user.backup", "00ff0a");
        setAttribute(place.config, ACL, ACL_FOR_1234);
        const before = place.text();
        const isAsItWas = () => {
          assert.equal(getAttribute(place.config, "user.backup"), "00ff0a");
          assert.equal(getAttribute(place.config, ACL), ACL_FOR_1234);
        };
        assert.equal((await place.run(AGREEING)).code, 0);
        assert.notEqual(place.text(), before);
        assert.deepEqual(place.calls(), [], "its command replaces the file");
        isAsItWas();
        assert.equal((await place.run(["--undo", "--yes"])).code, 0);
        assert.equal(place.text(), before);
        isAsItWas();
      },
      { skip: noAttributes, ...options },
    );

  for (const [kind, options] of [
    ["an edit", {}],
    ["a config that the gateway's own command would write", { release: "2026.9.6", config: plain }],
  ] as const)
    story(
      `hard links are told beforehand, and stay: ${kind}`,
      async (place) => {
        const other = path.join(place.home, "other-name.json");
        linkSync(place.config, other);
        const before = place.text();
        const plan = await place.run(["--dry-run", "--json"]);
        assert.deepEqual(reportOf(plan).notes, [
          { message: "hard-links", args: { path: place.config, count: 2 } },
        ]);
        assert.match(
          (await place.run(["--dry-run"])).stdout.replaceAll(/\s+/g, " "),
          /has 2 names \(hard links\)/,
        );
        assert.equal(place.text(), before);
        assert.equal((await place.run(AGREEING)).code, 0);
        assert.notEqual(place.text(), before);
        assert.equal(readFileSync(other, "utf8"), place.text());
        assert.match(
          (await place.run(["--undo", "--dry-run"])).stdout.replaceAll(/\s+/g, " "),
          /has 2 names/,
        );
        assert.equal((await place.run(["--undo", "--yes"])).code, 0);
        assert.equal(place.text(), before);
        assert.equal(readFileSync(other, "utf8"), before);
        assert.equal(statSync(other).ino, statSync(place.config).ino);
        assert.deepEqual(
          readdirSync(place.state).filter((name) => name.endsWith(".tmp")),
          [],
        );
      },
      options,
    );
});
