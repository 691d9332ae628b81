/** Journals are input: whoever can write one would decide what `fix --undo` writes. Each attack is one of these. */

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
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { ChangeError, type ConfigFile } from "../src/core/change.ts";
import type { Journal, JournalStep } from "../src/core/journal.ts";
import type { Saying } from "../src/core/saying.ts";
import { journalStore } from "../src/deployments/journal-store.ts";
import { nodeWorld, type World } from "../src/deployments/world.ts";
import { catalogueOf, sentenceOf } from "../src/report/messages/index.ts";
import { ACL, ACL_FOR_1234, setAttribute, whyNoAttributes } from "./support/attributes.ts";
import { english } from "./support/english.ts";

const root = mkdtempSync(path.join(tmpdir(), "opd-journal-"));
after(() => rmSync(root, { recursive: true, force: true }));
const isRoot = process.getuid?.() === 0;
const rootOnly = { skip: !isRoot && "only root can play another user" };
const STRANGER = 12_345;

let homes = 0;
interface Home {
  readonly home: string;
  readonly directory: string;
  readonly store: ReturnType<typeof journalStore>;
}

function homeOf(env: World["env"] = {}, world: Partial<World> = {}): Home {
  const home = path.join(root, String(homes++));
  mkdirSync(home, { mode: 0o700 });
  const store = journalStore({ ...nodeWorld({ env }), homedir: home, platform: "linux", ...world });
  const state = env.XDG_STATE_HOME ?? path.join(home, ".local", "state");
  return { home, directory: path.join(state, "openclaw-pairing-doctor", "fixes"), store };
}

const idOf = (second: number) => `2026-11-22T00-00-${String(second).padStart(2, "0")}-000Z-0a1b2c`;

function journalOf(second: number, state: Journal["state"], more: Partial<Journal> = {}): Journal {
  return {
    version: 1,
    id: idOf(second),
    state,
    pid: 1,
    startedAt: `2026-11-22T00:00:${String(second).padStart(2, "0")}.000Z`,
    configPath: "/a",
    remedies: [],
    before: {},
    steps: [],
    ...more,
  };
}

function fileOf(place: string, text: string, more: Partial<ConfigFile> = {}): ConfigFile {
  const sha256 = createHash("sha256").update(text).digest("hex");
  const content = Buffer.from(text).toString("base64");
  return { path: place, content, sha256, mode: 0o600, uid: 0, gid: 0, ...more };
}

/** As it would be planted: in a directory that is as it should be, unless `mode` says otherwise. */
function plant(directory: string, journal: unknown, name = `${idOf(1)}.json`, mode = 0o600): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, name);
  writeFileSync(file, typeof journal === "string" ? journal : JSON.stringify(journal));
  chmodSync(file, mode);
  return file;
}

async function refusal({ store }: Pick<Home, "store">, words: RegExp): Promise<void> {
  const { journals, refused } = await store.list("/a");
  assert.deepEqual(journals, []);
  assert.equal(refused.length, 1, JSON.stringify(refused));
  const why = refused[0]?.why;
  assert.match(english(why), words);
  assertIsSaid(why);
}

/** It is in both languages. */
function assertIsSaid(saying: Saying | undefined): void {
  assert.ok(saying !== undefined);
  assert.match(sentenceOf(catalogueOf("zh"), saying) ?? "", /\p{Script=Han}/u, saying.message);
}

const SITE = {
  do: "proxy.write",
  site: { proxy: "caddy", domain: "claw.example.com", port: 18_789, tls: "public" },
  path: "/etc/caddy/site",
} as const;
const HASH = "0".repeat(64);

describe("a journal of ours", () => {
  test("is read back in its order, each gateway's own", async () => {
    const { store } = homeOf();
    await store.write(journalOf(2, "kept"));
    await store.write(journalOf(1, "open"));
    await store.write(journalOf(3, "kept", { configPath: "/other" }));
    const idsOf = async () => (await store.list("/a")).journals.map(({ id, state }) => `${id} ${state}`);
    assert.deepEqual(await idsOf(), [`${idOf(1)} open`, `${idOf(2)} kept`]);
    await store.write(journalOf(1, "undone"));
    assert.deepEqual(await idsOf(), [`${idOf(1)} undone`, `${idOf(2)} kept`]);
  });

  test("is for its owner only, whatever the umask", async () => {
    const { store, directory, home } = homeOf();
    const before = process.umask(0);
    try {
      await store.write(journalOf(1, "open"));
    } finally {
      process.umask(before);
    }
    assert.equal(store.pathOf(idOf(1)), path.join(directory, `${idOf(1)}.json`));
    assert.equal(statSync(store.pathOf(idOf(1))).mode & 0o777, 0o600);
    for (let at = directory; at !== home; at = path.dirname(at))
      assert.equal(statSync(at).mode & 0o777, 0o700);
  });

  test("is kept where new directories get a setgid bit, and behind a path that is written in another way", async () => {
    const made = homeOf();
    chmodSync(made.home, 0o2700);
    await made.store.write(journalOf(1, "open"));
    assert.equal((await made.store.list("/a")).journals.length, 1);
    const other = homeOf({ XDG_STATE_HOME: `${made.home}/x/../.local//state/` });
    assert.equal((await other.store.list("/a")).journals.length, 1);
  });

  test("goes when there are many, but none that is still open", async () => {
    const { store } = homeOf();
    await store.write(journalOf(0, "open"));
    for (let index = 1; index < 60; index += 1) await store.write(journalOf(index, "undone"));
    const { journals } = await store.list("/a");
    assert.ok(journals.length <= 55, String(journals.length));
    assert.ok(journals.some(({ state }) => state === "open"));
  });

  test("of the release before this one is read", async () => {
    const { store, directory } = homeOf();
    let configPath = "";
    for (const name of ["kept", "approved"]) {
      const text = readFileSync(new URL(`../fixtures/journals/0.1.0-${name}.json`, import.meta.url), "utf8");
      const journal = JSON.parse(text) as Journal;
      ({ configPath } = journal);
      plant(directory, text, `${journal.id}.json`);
    }
    const { journals, refused } = await store.list(configPath);
    assert.deepEqual(refused, []);
    assert.equal(journals.length, 2);
  });

  test("whole, with every kind of step and way back, is believed when it is read", async () => {
    const config = fileOf("/home/u/.openclaw/openclaw.json", "{}");
    const request = { requestId: "r-1", deviceId: "d-1", scopes: ["operator.admin"], role: "operator" };
    const steps: JournalStep[] = [
      {
        step: { do: "config.set", key: "gateway.controlUi.allowedOrigins", value: ["https://a"] },
        state: "done",
      },
      { step: { do: "config.unset", key: "gateway.bind", refused: true }, state: "started" },
      { step: { do: "token.generate" }, state: "done", set: HASH, how: "edited openclaw.json" },
      {
        step: { do: "device.approve", requestId: "r-1" },
        state: "done",
        undo: { undo: "device.restore", deviceId: "d-1", scopes: ["operator.read"], entry: { a: [1, null] } },
      },
      { step: { do: "gateway.start" }, state: "done", undo: { undo: "gateway.stop" } },
      { step: { do: "gateway.restart" }, state: "done" },
      { step: { do: "gateway.restart", afresh: true }, state: "started" },
      { step: { do: "tailscale.status" }, state: "done", undo: { undo: "tailscale.serve" } },
      { step: SITE, state: "done", undo: { undo: "file.remove", path: SITE.path, sha256: HASH } },
      {
        step: { do: "token.copy", path: "/srv/claw/.env", on: "this-machine", adds: true },
        state: "done",
        undo: { undo: "file.restore", before: fileOf("/srv/claw/.env", "A=1\n"), sha256: HASH },
      },
      {
        step: {
          do: "compose.edit",
          file: "/srv/claw/compose.yaml",
          service: "claw",
          change: { kind: "publish", port: 18_789, to: 18_789 },
        },
        state: "planned",
      },
      { step: { do: "compose.up", service: "claw" }, state: "planned" },
      { step: { do: "device.rotate", deviceId: "d-1", role: "operator" }, state: "planned" },
    ];
    const devices = {
      store: "json",
      pending: [request],
      paired: [{ deviceId: "d-1", scopes: ["operator.read"] }],
    } as const;
    const whole = journalOf(1, "open", {
      configPath: `docker ABCD claw:${config.path}`,
      before: { config, devices },
      steps,
      left: HASH,
      remedies: [{ id: "add-allowed-origin", risk: "none", args: { origin: "https://a" } }],
    });
    const { store } = homeOf();
    await store.write(whole);
    assert.deepEqual(await store.list(whole.configPath), { journals: [whole], refused: [] });
  });
});

describe("the place of the journals is not believed", () => {
  test("as a symbolic link, at any level below the home directory", async () => {
    for (const level of [".local", ".local/state", ".local/state/openclaw-pairing-doctor", "fixes"]) {
      const made = homeOf();
      plant(made.directory, journalOf(1, "open"));
      const at = level === "fixes" ? made.directory : path.join(made.home, level);
      renameSync(at, path.join(made.home, "elsewhere"));
      symlinkSync(path.join(made.home, "elsewhere"), at);
      await refusal(made, /is a symbolic link$/);
      await assert.rejects(made.store.write(journalOf(2, "open")), ChangeError);
      assert.match(english(await made.store.obstacle()), /symbolic link/);
    }
  });

  test("in a directory where everybody may write", async () => {
    const shared = path.join(root, "shared");
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    const made = homeOf({ XDG_STATE_HOME: shared });
    plant(made.directory, journalOf(1, "open"));
    await refusal(made, /shared can be written by everybody$/);
    await assert.rejects(made.store.write(journalOf(2, "open")), /can be written by everybody/);
    assertIsSaid(await made.store.obstacle());
  });

  test("where somebody else's group may write above, and is where that group is ours alone", async () => {
    for (const [members, isBelieved] of [
      ["", true],
      ["mallory", false],
    ] as const) {
      const { uid = 0, gid } = statSync(root);
      const passwd = `me:x:${uid}:${gid}::/:/bin/sh\nmallory:x:${STRANGER}:${STRANGER}::/:/bin/sh\n`;
      const texts: Readonly<Record<string, string>> = {
        "/etc/passwd": passwd,
        "/etc/group": `me:x:${gid}:${members}\n`,
      };
      const made = homeOf(
        {},
        { readText: async (file) => ({ ok: true, text: texts[file] ?? "", truncated: false }) },
      );
      plant(made.directory, journalOf(1, "open"));
      chmodSync(path.join(made.home, ".local"), 0o775);
      if (isBelieved) assert.equal((await made.store.list("/a")).journals.length, 1);
      else await refusal(made, /\.local can be written by group me$/);
    }
  });

  test("where an access control list lets somebody write above, though the group is ours alone", {
    skip: whyNoAttributes(),
  }, async () => {
    const { uid, gid } = statSync(root);
    const texts: Readonly<Record<string, string>> = {
      "/etc/passwd": `me:x:${uid}:${gid}::/:/bin/sh\n`,
      "/etc/group": `me:x:${gid}:\n`,
    };
    const readText: World["readText"] = async (file) => ({
      ok: true,
      text: texts[file] ?? "",
      truncated: false,
    });
    const made = homeOf({}, { readText });
    plant(made.directory, journalOf(1, "open"));
    const above = path.join(made.home, ".local");
    chmodSync(above, 0o770);
    assert.equal((await made.store.list("/a")).journals.length, 1);
    setAttribute(above, ACL, ACL_FOR_1234);
    await refusal(made, /\.local may have an access control list/);
  });

  test("where others may look into it, or change it", async () => {
    for (const mode of [0o755, 0o711, 0o770, 0o1700 | 0o002])
      for (const level of ["fixes", "openclaw-pairing-doctor"]) {
        const made = homeOf();
        plant(made.directory, journalOf(1, "open"));
        chmodSync(level === "fixes" ? made.directory : path.dirname(made.directory), mode);
        await refusal(made, /open to others \(mode \d+ in the place of 700\)$/);
      }
  });

  test("which somebody else made before us, also where only its maker may write", rootOnly, async () => {
    // As /tmp: everybody may make what is not there yet.
    const sticky = mkdtempSync(path.join(tmpdir(), "opd-sticky-"));
    after(() => rmSync(sticky, { recursive: true, force: true }));
    chmodSync(sticky, 0o1777);
    const ours = homeOf({ XDG_STATE_HOME: sticky });
    await ours.store.write(journalOf(1, "open"));
    assert.equal((await ours.store.list("/a")).journals.length, 1);
    rmSync(path.join(sticky, "openclaw-pairing-doctor"), { recursive: true });
    const script = `mkdir -p -m 700 "$1" && printf '%s' "$2" > "$1/$3" && chmod 600 "$1/$3"`;
    const words = [
      "-c",
      script,
      "sh",
      ours.directory,
      JSON.stringify(journalOf(1, "open")),
      `${idOf(1)}.json`,
    ];
    const planted = spawnSync("setpriv", [`--reuid=${STRANGER}`, "--clear-groups", "--", "sh", ...words]);
    if (planted.error !== undefined) return;
    assert.equal(planted.status, 0, String(planted.stderr));
    await refusal(ours, /belongs to user 12345$/);
    await assert.rejects(ours.store.write(journalOf(2, "open")), /belongs to user 12345/);
  });

  test("where a directory above is another user's", rootOnly, async () => {
    const made = homeOf();
    plant(made.directory, journalOf(1, "open"));
    chownSync(made.home, STRANGER, STRANGER);
    await refusal(made, /belongs to 12345$/);
    assert.match(english(await made.store.obstacle()), /belongs to 12345/);
  });

  test("without a home of one's own, and nothing is looked for in the directory that we are in", async () => {
    for (const homedir of ["", "home", "."]) {
      const store = journalStore({ ...nodeWorld({ env: {} }), homedir, platform: "linux" });
      assert.match(english(await store.obstacle()), /no home directory/);
      assert.deepEqual(await store.list("/a"), { journals: [], refused: [] });
      await assert.rejects(store.write(journalOf(1, "open")), /no home directory/);
    }
    const { home, store } = homeOf({ XDG_STATE_HOME: "relative/state" });
    await store.write(journalOf(1, "open"));
    assert.ok(existsSync(path.join(home, ".local", "state")));
  });
});

describe("a file is no journal of ours", () => {
  const cases: readonly (readonly [string, RegExp, (file: string) => void])[] = [
    [
      "that others may read",
      /open to others \(mode 644 in the place of 600\)/,
      (file) => chmodSync(file, 0o644),
    ],
    ["that others may write", /open to others/, (file) => chmodSync(file, 0o620)],
    ["with a setuid bit", /open to others \(mode 4600/, (file) => chmodSync(file, 0o4600)],
    [
      "that is a symbolic link",
      /is a symbolic link/,
      (file) => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
    ],
    ["with another name elsewhere", /has 2 names/, (file) => linkSync(file, `${file}.other`)],
    [
      "that is a pipe, which is not waited for",
      /not a regular file/,
      (file) => {
        rmSync(file);
        assert.equal(spawnSync("mkfifo", ["-m", "600", file]).status, 0);
      },
    ],
    [
      "that is a directory",
      /not a regular file/,
      (file) => {
        rmSync(file);
        mkdirSync(file, { mode: 0o700 });
      },
    ],
    ["that is a huge one", /too long/, (file) => spawnSync("truncate", ["-s", "40M", file])],
  ];
  for (const [name, words, spoil] of cases)
    test(name, async () => {
      const made = homeOf();
      spoil(plant(made.directory, journalOf(1, "open")));
      await refusal(made, words);
    });

  test("that belongs to somebody else", rootOnly, async () => {
    const made = homeOf();
    chownSync(plant(made.directory, journalOf(1, "open")), STRANGER, STRANGER);
    await refusal(made, /belongs to user 12345$/);
  });

  test("with another id than its name, or with a name of another form", async () => {
    for (const name of [`${idOf(2)}.json`, "evil.json", "2026.json"]) {
      const made = homeOf();
      plant(made.directory, journalOf(1, "open"), name);
      await refusal(made, /another id than its name/);
    }
    for (const id of [
      "../../../x",
      "a",
      `${idOf(1)}x`,
      idOf(1).toUpperCase(),
      idOf(1).replace("00-01", "00-02"),
    ]) {
      const made = homeOf();
      plant(made.directory, journalOf(1, "open", { id }));
      await refusal(made, /no journal that this release writes \(id\)/);
    }
  });

  const forms: Readonly<Record<string, unknown>> = {
    "nothing at all": "",
    "half of a text": '{"version":1',
    "a list": "[]",
    "of another version": { ...journalOf(1, "open"), version: 2 },
    "in an unknown state": { ...journalOf(1, "open"), state: "ready" },
    "of a process that cannot be": { ...journalOf(1, "open"), pid: 0 },
    "of a whole group of processes": { ...journalOf(1, "open"), pid: -1 },
    "with a part that nobody knows": { ...journalOf(1, "open"), more: 1 },
    "with a step that only a person does": {
      ...journalOf(1, "open"),
      steps: [{ step: { do: "page.open", url: "http://x" }, state: "planned" }],
    },
    "with a step that nobody knows": {
      ...journalOf(1, "open"),
      steps: [{ step: { do: "shell.run", command: "id" }, state: "planned" }],
    },
    "with a key of the prototype": {
      ...journalOf(1, "open"),
      steps: [{ step: { do: "config.set", key: "__proto__.x", value: 1 }, state: "done" }],
    },
    "with a way back that nobody knows": {
      ...journalOf(1, "open"),
      steps: [{ step: SITE, state: "done", undo: { undo: "shell.run", command: "id" } }],
    },
    "with a restore without a hash": {
      ...journalOf(1, "open"),
      configPath: "/a",
      before: { config: { ...fileOf("/a", "{}"), sha256: undefined } },
    },
    "with base64 that is not whole": {
      ...journalOf(1, "open"),
      before: { config: { ...fileOf("/a", "{}"), content: "e30=\n" } },
    },
    "with setuid bits": { ...journalOf(1, "open"), before: { config: fileOf("/a", "{}", { mode: 0o4755 }) } },
    "with setgid bits": { ...journalOf(1, "open"), before: { config: fileOf("/a", "{}", { mode: 0o2755 }) } },
    "with a sticky bit": {
      ...journalOf(1, "open"),
      before: { config: fileOf("/a", "{}", { mode: 0o1644 }) },
    },
    "with an owner that cannot be": {
      ...journalOf(1, "open"),
      before: { config: fileOf("/a", "{}", { uid: -1 }) },
    },
    "with a step that climbs out of its directory": {
      ...journalOf(1, "open"),
      steps: [{ step: { ...SITE, path: "/home/u/../../etc/passwd" }, state: "done" }],
    },
    "with a path that moves a terminal's cursor": {
      ...journalOf(1, "open"),
      steps: [{ step: { do: "token.copy", path: "/srv/\u001b[2J/.env" }, state: "done" }],
    },
    "with a relative path": {
      ...journalOf(1, "open"),
      steps: [{ step: { ...SITE, path: "etc/passwd" }, state: "done" }],
    },
    "with a domain that writes lines of its own": {
      ...journalOf(1, "open"),
      steps: [{ step: { ...SITE, site: { ...SITE.site, domain: "x {\nevil" } }, state: "done" }],
    },
    "with a setuid file beside the config": {
      ...journalOf(1, "open"),
      steps: [
        {
          step: SITE,
          state: "done",
          undo: { undo: "file.restore", before: fileOf(SITE.path, "x", { mode: 0o6755 }), sha256: HASH },
        },
      ],
    },
    "nested without end": `{"version":1,"steps":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
  };
  for (const [name, planted] of Object.entries(forms))
    test(`in its form: ${name}`, async () => {
      const made = homeOf();
      const file = plant(made.directory, planted);
      const before = readFileSync(file, "utf8");
      await refusal(made, /no journal that this release writes|cannot be read/);
      assert.equal(readFileSync(file, "utf8"), before);
    });

  test("where the backup is another than its hash is of", async () => {
    const other = { sha256: createHash("sha256").update("other").digest("hex") };
    const undo = { undo: "file.restore", before: fileOf(SITE.path, "x", other), sha256: HASH } as const;
    for (const more of [
      { before: { config: fileOf("/a", "{}", other) } },
      { steps: [{ step: SITE, state: "done", undo } as const] },
    ]) {
      const made = homeOf();
      plant(made.directory, journalOf(1, "open", more));
      await refusal(made, /the backup in .* is not the one that its SHA-256 is of/);
    }
  });

  test("where a way back is of a path that its step does not name", async () => {
    const passwd = fileOf("/etc/passwd", "root::0:0::/:/bin/sh\n", { mode: 0o644 });
    const ways: readonly JournalStep[] = [
      { step: SITE, state: "done", undo: { undo: "file.restore", before: passwd, sha256: HASH } },
      { step: SITE, state: "done", undo: { undo: "file.remove", path: "/etc/passwd", sha256: HASH } },
      {
        step: { do: "config.set", key: "gateway.bind", value: "lan" },
        state: "done",
        undo: { undo: "file.restore", before: passwd, sha256: HASH },
      },
      {
        step: { do: "gateway.restart" },
        state: "done",
        undo: { undo: "file.remove", path: "/etc/passwd", sha256: HASH },
      },
    ];
    for (const step of ways) {
      const made = homeOf();
      plant(made.directory, journalOf(1, "open", { steps: [step] }));
      await refusal(made, /would write a path that is none of its own steps/);
    }
    const made = homeOf();
    plant(made.directory, journalOf(1, "kept", { before: { config: passwd } }));
    await refusal(made, /would write a path/);
  });

  test("where a way back is not the one of its step", async () => {
    const request = { requestId: "r-1", deviceId: "d-1", scopes: ["operator.read"] };
    const devices = { store: "json", pending: [request], paired: [{ deviceId: "d-1", scopes: [] }] } as const;
    const approve = { do: "device.approve", requestId: "r-1" } as const;
    const ways: readonly JournalStep[] = [
      { step: { do: "gateway.restart" }, state: "done", undo: { undo: "gateway.stop" } },
      { step: { do: "gateway.start" }, state: "done", undo: { undo: "tailscale.serve" } },
      { step: { do: "gateway.restart" }, state: "done", undo: { undo: "device.remove", deviceId: "d-1" } },
      { step: approve, state: "done", undo: { undo: "device.remove", deviceId: "d-2" } },
      // More than the device had.
      {
        step: approve,
        state: "done",
        undo: { undo: "device.restore", deviceId: "d-1", scopes: ["operator.admin"] },
      },
    ];
    for (const step of ways) {
      const made = homeOf();
      plant(made.directory, journalOf(1, "open", { before: { devices }, steps: [step] }));
      await refusal(made, /no journal that this release writes \(steps\.0\.undo\)/);
    }
  });

  test("and is none of our concern when it is ours, of an unknown form, and over", async () => {
    const { store, directory } = homeOf();
    plant(directory, { ...journalOf(1, "undone"), more: 1 });
    assert.deepEqual(await store.list("/a"), { journals: [], refused: [] });
    chmodSync(path.join(directory, `${idOf(1)}.json`), 0o644);
    assert.equal((await store.list("/a")).refused.length, 1, "one that others may write says nothing");
  });

  test("whatever is in it: refused or whole, and never an exception", async () => {
    const { store, directory } = homeOf();
    const valid = JSON.stringify(journalOf(1, "open", { before: { config: fileOf("/a", "{ a: 1 }") } }));
    await fc.assert(
      fc.asyncProperty(fc.nat(valid.length), fc.string({ maxLength: 6 }), async (at, text) => {
        plant(directory, valid.slice(0, at) + text + valid.slice(at + text.length));
        const { journals, refused } = await store.list("/a");
        for (const { before } of journals) {
          const { content = "", sha256 } = before.config ?? {};
          const hash = createHash("sha256").update(Buffer.from(content, "base64")).digest("hex");
          assert.ok(before.config === undefined || hash === sha256);
        }
        assert.ok(journals.length + refused.length <= 1);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a journal that cannot be kept", () => {
  test("is told before anything, and says where", async () => {
    const made = homeOf();
    writeFileSync(path.join(made.home, ".local"), "");
    for (const why of [await made.store.obstacle(), await thrownBy(made.store.write(journalOf(1, "open")))]) {
      assert.match(english(why), /the journal of this fix cannot be kept, as .*\.local/);
      assertIsSaid(why);
    }
  });

  test("on a file system that is read-only, also for root", rootOnly, async (t) => {
    const made = homeOf();
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "ro,mode=700", "none", made.home]).status !== 0)
      return t.skip("nothing can be mounted here");
    try {
      assert.match(english(await made.store.obstacle()), /cannot be written \(EROFS\)/);
      assert.match(english(await thrownBy(made.store.write(journalOf(1, "open")))), /cannot be written/);
    } finally {
      spawnSync("umount", [made.home]);
    }
  });

  test("on one that is full: the last journal stays whole", rootOnly, async (t) => {
    const made = homeOf();
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "none", made.home]).status !== 0)
      return t.skip("nothing can be mounted here");
    try {
      await made.store.write(journalOf(1, "open"));
      const config = fileOf("/a", "x".repeat(100_000));
      const why = await thrownBy(made.store.write(journalOf(1, "open", { before: { config } })));
      assert.match(english(why), /cannot be kept, as .*ENOSPC/);
      assertIsSaid(why);
      const { journals } = await made.store.list("/a");
      assert.deepEqual(journals, [journalOf(1, "open")]);
      assert.deepEqual(readdirSync(made.directory), [`${idOf(1)}.json`]);
    } finally {
      spawnSync("umount", [made.home]);
    }
  });

  test("as it would not be believed afterwards", async () => {
    const made = homeOf();
    for (const journal of [
      journalOf(1, "open", { id: "../x" }),
      journalOf(1, "open", { before: { config: fileOf("/a", "{}", { mode: 0o4755 }) } }),
      journalOf(1, "open", { steps: [{ step: { ...SITE, path: "relative" }, state: "planned" }] }),
    ])
      assert.match(english(await thrownBy(made.store.write(journal))), /cannot be kept/);
    assert.ok(!existsSync(path.join(made.home, ".local")));
  });
});

async function thrownBy(action: Promise<void>): Promise<Saying | undefined> {
  try {
    await action;
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ChangeError);
    return error.say;
  }
}
