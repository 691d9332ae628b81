import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import JSON5 from "json5";
import { editConfig } from "../src/config/edit.ts";
import { ChangeError, type Changer, type Performed, type Undo } from "../src/core/change.ts";
import { type Fact, known, unknown } from "../src/core/fact.ts";
import type { DeviceList } from "../src/core/facts.ts";
import type { Step } from "../src/core/finding.ts";
import { quoted } from "../src/core/saying.ts";
import type { SettingStep } from "../src/core/step.ts";
import type { CommandOutcome } from "../src/deployments/command.ts";
import { pairedEntry } from "../src/deployments/device-files.ts";
import { ownFiles } from "../src/deployments/exact-files.ts";
import { type GatewayChangerOptions, gatewayChanger } from "../src/deployments/gateway-changer.ts";
import { openclawCli } from "../src/deployments/openclaw-cli.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { devicesFromJson } from "../src/intake/devices.ts";
import { proxySite } from "../src/kinds/proxy-site.ts";
import { english } from "./support/english.ts";
import { UNWATCHED } from "./support/unwatched.ts";

const root = mkdtempSync(path.join(tmpdir(), "opd-changer-"));
after(() => rmSync(root, { recursive: true, force: true }));
const never = new AbortController().signal;

const SITE = { proxy: "caddy", domain: "claw.example.com", port: 18_789, tls: "public" } as const;

const PLAIN = `${JSON.stringify({ gateway: { port: 18_789, bind: "loopback" } }, null, 2)}\n`;
const COMMENTED = "// mine\n{ gateway: { port: 18789, bind: 'loopback', }, }\n";

interface Gateway {
  readonly dir: string;
  readonly file: string;
  readonly changer: Changer;
  /** What the command was called with. */
  readonly calls: string[][];
  config(): string;
  /** Marks, settles and starts, in their order. */
  readonly watched: string[];
}

type Answer = (args: readonly string[], file: string, signal: AbortSignal) => Promise<Fact<CommandOutcome>>;

const exit = (exitCode: number, stdout = "", stderr = ""): Fact<CommandOutcome> =>
  known({ exitCode, stdout, stderr }, "openclaw");

/** The command of the newer releases: writes the value, adds `meta`, makes the mode 0600. */
const modern: Answer = async (args, file) => {
  const config = JSON.parse(readFileSync(file, "utf8"));
  const [, verb, key = "", value = ""] = args;
  const names = key.split(".");
  const last = names.pop() ?? "";
  let node = config;
  for (const name of names) node = node[name] ??= {};
  if (verb === "set") node[last] = JSON.parse(value);
  else delete node[last];
  config.meta = { lastTouchedVersion: "2026.9.6" };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return exit(0, `Updated ${key}.`);
};

let places = 0;
function gateway(
  text: string | undefined,
  answer: Answer,
  more: Partial<
    Pick<
      GatewayChangerOptions,
      "files" | "release" | "devices" | "restart" | "starter" | "edit" | "tailscale" | "fingerprint"
    >
  > & {
    readonly taken?: "restarted" | "refused";
  } = {},
): Gateway {
  const dir = path.join(root, String(places++));
  const file = path.join(dir, "openclaw.json");
  mkdirSync(dir);
  if (text !== undefined) writeFileSync(file, text, { mode: 0o600 });
  const calls: string[][] = [];
  const watched: string[] = [];
  const { taken, ...rest } = more;
  const changer = gatewayChanger({
    files: ownFiles,
    configPath: file,
    stateDir: dir,
    release: "2026.9.6",
    cli: {
      run: async (args, { signal, read }) => {
        calls.push([...args]);
        const outcome = await answer(args, file, signal);
        if (outcome.known) read?.(outcome.value.stdout);
        return outcome;
      },
    },
    edit: editConfig,
    devices: async () => unknown("absent", quoted("none")),
    watch: {
      started: () => void watched.push("started"),
      sockets: async () => "1",
      mark: async () => void watched.push("mark"),
      settled: async () => {
        watched.push("settled");
        return known({ restarted: taken === "restarted", taken: taken ?? "unseen", tookMs: 1 }, "test");
      },
    },
    ...rest,
  });
  return { dir, file, changer, calls, watched, config: () => readFileSync(file, "utf8") };
}

const untouchable: Answer = async (args) => assert.fail(`the command was run: ${args.join(" ")}`);
const set = (key: string, value: Extract<Step, { do: "config.set" }>["value"]): Step => ({
  do: "config.set",
  key,
  value,
});
const APPROVE: Step = { do: "device.approve", requestId: "req-1" };
const unset = (key: string): Step => ({ do: "config.unset", key });

async function done(fact: Promise<Fact<Performed>>): Promise<Performed> {
  const outcome = await fact;
  assert.ok(outcome.known, JSON.stringify(outcome));
  return outcome.value;
}
async function refused(fact: Promise<Fact<unknown>>, reason: string, words: RegExp): Promise<void> {
  const outcome = await fact;
  assert.ok(!outcome.known, JSON.stringify(outcome));
  assert.equal(outcome.reason, reason);
  assert.match(outcome.detail, words);
}

// --- the config ------------------------------------------------------------------------------------------------

test("a plain config of a newer release is changed by its own command, with JSON and no shell", async () => {
  const { changer, calls, config, watched } = gateway(PLAIN, modern);
  const origins = ["https://claw.example.test", "http://192.168.50.10:18789"];
  const { how, undo } = await done(changer.perform(set("gateway.controlUi.allowedOrigins", origins), never));
  assert.deepEqual(calls, [
    ["config", "set", "gateway.controlUi.allowedOrigins", JSON.stringify(origins), "--json"],
  ]);
  assert.match(english(how), /^openclaw config set gateway\.controlUi\.allowedOrigins /);
  assert.equal(undo, undefined);
  assert.deepEqual(JSON.parse(config()).gateway.controlUi.allowedOrigins, origins);
  assert.deepEqual(watched, ["mark"]);
  await done(changer.perform(unset("gateway.bind"), never));
  assert.deepEqual(calls[1], ["config", "unset", "gateway.bind"]);
});

for (const [what, text, release, why] of [
  ["comments", COMMENTED, "2026.9.6", /comments/],
  ["a formatting of its own", '{"gateway":{"port":18789}}', "2026.9.6", /formatting/],
  ["a release that writes its defaults down", PLAIN, "2026.3.13", /defaults/],
  ["a release that is not known", PLAIN, undefined, /defaults/],
  [
    "a release that pulls included files in",
    '{\n  "session": {\n    "$include": "./s.json5"\n  }\n}\n',
    "2026.4.15",
    /included/,
  ],
] as const) {
  test(`${what}: the file is edited, and only the key is another`, async () => {
    const made = gateway(text, untouchable, release === undefined ? {} : { release });
    const changer = release === undefined ? localChangerOf(made) : made.changer;
    chmodSync(made.file, 0o640);
    const { how } = await done(changer.perform(set("gateway.port", 19_001), never));
    assert.match(english(how), /^edited openclaw\.json/);
    assert.match(english(how), why);
    const expected = editConfig(text, { set: { key: "gateway.port", value: 19_001 } });
    assert.ok(expected.ok);
    assert.equal(made.config(), expected.text);
    assert.equal(statSync(made.file).mode & 0o7777, 0o640);
    assert.deepEqual(readdirSync(made.dir), ["openclaw.json"]);
  });
}

/** As the gateway's, of a release that nobody knows. */
function localChangerOf({ file, dir }: Gateway): Changer {
  return gatewayChanger({
    files: ownFiles,
    configPath: file,
    stateDir: dir,
    cli: { run: (args) => untouchable(args, file, never) },
    edit: editConfig,
    devices: async () => unknown("absent", quoted("none")),
    watch: UNWATCHED,
  });
}

for (const key of ["gateway.auth.token", "gateway.auth.password", "gateway.remote.token", "models.x.apiKey"])
  test(`${key} is never a word of a command`, async () => {
    const { changer, config } = gateway(PLAIN, untouchable);
    const { how } = await done(changer.perform(set(key, "very-secret-1"), never));
    assert.doesNotMatch(english(how), /very-secret/);
    assert.match(config(), /very-secret-1/);
  });

for (const [what, answer] of [
  ["cannot be found", async () => unknown("absent", quoted("no openclaw command was found"))],
  ["takes too long", async () => unknown("timeout", quoted("it took longer than 60 s"))],
  [
    "refuses the config as it is (2026.2.1)",
    async () => exit(1, "", "Invalid config at ~/.openclaw/openclaw.json:\\n- gateway: Unrecognized key"),
  ],
  [
    "refuses the config as it is (2026.9.6)",
    async () => exit(1, "", "OpenClaw config is invalid\nFile: ~/.openclaw/openclaw.json"),
  ],
] as const satisfies readonly (readonly [string, Answer])[])
  test(`the command ${what}: the file is edited`, async () => {
    const { changer, config } = gateway(PLAIN, answer);
    const { how } = await done(changer.perform(set("gateway.bind", "lan"), never));
    assert.match(english(how), /^edited openclaw\.json/);
    assert.equal(JSON.parse(config()).gateway.bind, "lan");
  });

test("a value that the release refuses is not written past it", async () => {
  const says = 'Error: Config validation failed: gateway.controlUi: Unrecognized key: "nosuch"';
  const { changer, config } = gateway(PLAIN, async () => exit(1, "", says));
  await refused(changer.perform(set("gateway.controlUi.nosuch", true), never), "failed", /Unrecognized key/);
  assert.equal(config(), PLAIN);
});

test("a key that the release does not know any more is taken out of the file", async () => {
  const { changer, config } = gateway(PLAIN, async () => exit(1, "", "Config path not found: gateway.bind"));
  await done(changer.perform(unset("gateway.bind"), never));
  assert.equal(JSON.parse(config()).gateway.bind, undefined);
});

test("a command that was ended after it wrote has done its work", async () => {
  const { changer } = gateway(PLAIN, async (args, file, signal) => {
    await modern(args, file, signal);
    return unknown("timeout", quoted("it took longer than 60 s"));
  });
  const { how } = await done(changer.perform(set("gateway.bind", "lan"), never));
  assert.match(english(how), /^openclaw config set/);
});

test("a command that ends well and does nothing is not believed", async () => {
  const { changer, config } = gateway(PLAIN, async () => exit(0, "Updated gateway.bind."));
  await refused(changer.perform(set("gateway.bind", "lan"), never), "failed", /is not what it was to be/);
  assert.equal(config(), PLAIN);
});

test("what is like that already is not written again", async () => {
  const { changer, config, watched } = gateway(PLAIN, untouchable);
  for (const step of [set("gateway.bind", "loopback"), unset("gateway.auth.mode"), unset("nosuch.key")])
    await done(changer.perform(step, never));
  assert.equal(config(), PLAIN);
  assert.deepEqual(watched, []);
});

test("a key of an included file is named with its file, and nothing is done", async () => {
  for (const text of [
    "{ gateway: { controlUi: { $include: './ctl.json5' } } }",
    "{ $include: ['./ctl.json5', './b.json5'] }",
    "{ gateway: { controlUi: { basePath: { $include: './ctl.json5' } } } }",
  ]) {
    const { changer, config } = gateway(text, untouchable);
    for (const step of [set("gateway.controlUi.basePath", "/x"), unset("gateway.controlUi.basePath")])
      await refused(changer.perform(step, never), "not-asked", /ctl\.json5/);
    assert.equal(config(), text);
  }
  // Beside an include, what the file says itself wins.
  const own = gateway("{ gateway: { $include: './ctl.json5', bind: 'lan' } }", untouchable);
  await done(own.changer.perform(set("gateway.bind", "loopback"), never));
  assert.match(own.config(), /bind: ["']loopback["']/);
});

test("somebody who writes between our look and our rename loses nothing", async () => {
  let writes = 0;
  const theirs = (): string => `{ gateway: { bind: "loopback" }, /* theirs ${writes} */ }`;
  const made = gateway(COMMENTED, untouchable, {
    edit: (text, change) => {
      if (writes < 2) {
        writes += 1;
        writeFileSync(made.file, theirs());
      }
      return editConfig(text, change);
    },
  });
  await done(made.changer.perform(set("gateway.bind", "lan"), never));
  assert.match(made.config(), /theirs 2/);
  assert.match(made.config(), /bind: "lan"/);
});

test("somebody who never stops writing is left alone", async () => {
  let writes = 0;
  const made = gateway(COMMENTED, untouchable, {
    edit: (text, change) => {
      writes += 1;
      writeFileSync(made.file, `{ /* ${writes} */ }`);
      return editConfig(text, change);
    },
  });
  await refused(made.changer.perform(set("gateway.bind", "lan"), never), "failed", /kept writing/);
  assert.equal(made.config(), `{ /* ${writes} */ }`);
});

test("a config that is not there is not made, and one that is no JSON5 is left alone", async () => {
  const none = gateway(undefined, untouchable);
  await refused(none.changer.perform(set("gateway.bind", "lan"), never), "absent", /no openclaw\.json/);
  assert.deepEqual(readdirSync(none.dir), []);
  const broken = gateway("{ gateway: ", untouchable);
  await refused(broken.changer.perform(set("gateway.bind", "lan"), never), "failed", /cannot be edited/);
  assert.equal(broken.config(), "{ gateway: ");
});

test("no step of a person, and no key that is none", async () => {
  const { changer } = gateway(PLAIN, untouchable);
  await refused(changer.perform({ do: "human", message: "x" }, never), "not-asked", /a person/);
  for (const key of ["", "a..b", "__proto__.x", "gateway.__proto__"])
    await refused(changer.perform(set(key, 1), never), "failed", /no key/);
});

test("any sequence of changes is undone byte for byte by the backup, and never over what somebody else wrote", async () => {
  const keys = [
    "gateway.bind",
    "gateway.controlUi.basePath",
    "gateway.auth.token",
    "gateway.trustedProxies",
    "x",
  ];
  const steps = fc.array(
    fc.oneof(
      fc.record({
        key: fc.constantFrom(...keys),
        value: fc.constantFrom<string | boolean>("lan", true, "a b"),
      }),
      fc.record({ key: fc.constantFrom(...keys) }),
    ),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(PLAIN, COMMENTED, "\uFEFF{\r\n\tgateway: {},\r\n}", '{"x":1}'),
      fc.constantFrom(0o600, 0o644, 0o640),
      fc.constantFrom("2026.2.1", "2026.9.6"),
      steps,
      async (text, mode, release, list) => {
        const { changer, file, config } = gateway(text, modern, { release });
        chmodSync(file, mode);
        const before = await changer.readConfig();
        assert.ok(before.known && before.value);
        for (const one of list)
          await done(changer.perform("value" in one ? set(one.key, one.value) : unset(one.key), never));
        const left = await changer.readConfig();
        assert.ok(left.known && left.value);
        const { value } = before;
        if (left.value.sha256 !== value.sha256)
          assert.equal(await changer.replaceConfig(value, value.sha256), "stale");
        assert.equal(await changer.replaceConfig(value, left.value.sha256), "replaced");
        assert.equal(config(), text);
        assert.equal(statSync(file).mode & 0o7777, mode);
        assert.deepEqual(await changer.readConfig(), before);
      },
    ),
    { numRuns: 60 },
  );
});

// --- several settings in turn ------------------------------------------------------------------------------------

/** The config's own file, with every write of it counted. */
function counting() {
  const writes: string[] = [];
  const replace: typeof ownFiles.replace = (path, next, expected) => {
    writes.push(path);
    return ownFiles.replace(path, next, expected);
  };
  return { writes, files: { ...ownFiles, replace } };
}

const TWO = [
  { do: "config.set", key: "gateway.trustedProxies", value: ["127.0.0.1"] },
  { do: "config.set", key: "gateway.controlUi.allowedOrigins", value: ["https://claw.example.test"] },
] as const;

for (const [what, text, release] of [
  ["commented, of an old release", COMMENTED, "2026.3.13"],
  ["plain, of a release whose command could set each", PLAIN, "2026.9.6"],
] as const)
  test(`several settings are one write: ${what}`, async () => {
    const { writes, files } = counting();
    const { changer, config, watched } = gateway(text, untouchable, { release, files });
    const made = await changer.configure([...TWO, { do: "config.unset", key: "gateway.port" }], never);
    assert.ok(made.known, JSON.stringify(made));
    assert.equal(writes.length, 1);
    assert.deepEqual(watched, ["mark"]);
    assert.equal(new Set(made.value.map(({ how }) => how)).size, 1);
    assert.equal(made.value.length, 3);
    assert.deepEqual(JSON5.parse(config()).gateway, {
      bind: "loopback",
      trustedProxies: ["127.0.0.1"],
      controlUi: { allowedOrigins: ["https://claw.example.test"] },
    });
    if (text === COMMENTED) assert.match(config(), /^\/\/ mine/);
  });

test("of several settings the one that is left goes its own way, and what is there stays", async () => {
  const { changer, calls, watched } = gateway(PLAIN, modern);
  const made = await changer.configure([set("gateway.port", 18_789), set("x", 1)] as SettingStep[], never);
  assert.ok(made.known, JSON.stringify(made));
  assert.equal(made.value[0]?.how.message, "was-so");
  assert.deepEqual(calls, [["config", "set", "x", "1", "--json"]]);
  assert.deepEqual(watched, ["mark"]);
});

test("several settings of one key are made in their order", async () => {
  const { changer, config } = gateway(COMMENTED, untouchable);
  const steps = [
    unset("gateway.bind"),
    set("gateway.port", 1),
    set("gateway.bind", "loopback"),
  ] as SettingStep[];
  assert.ok((await changer.configure(steps, never)).known);
  assert.deepEqual(JSON5.parse(config()).gateway, { port: 1, bind: "loopback" });
});

test("where one of several settings cannot be made none is", async () => {
  const text = '{ gateway: { port: 1, auth: { $include: "./auth.json5" } } }\n';
  const { changer, config } = gateway(text, untouchable);
  const steps = [set("gateway.port", 2), set("gateway.auth.mode", "token")] as SettingStep[];
  await refused(changer.configure(steps, never), "not-asked", /includes: change it there/);
  assert.equal(config(), text);
});

test("a token that is made together with a setting is shown nowhere, and is known again", async () => {
  const { writes, files } = counting();
  const { changer, config } = gateway(COMMENTED, untouchable, { files });
  const steps = [set("gateway.auth.mode", "token"), { do: "token.generate" }] as SettingStep[];
  const made = await changer.configure(steps, never);
  assert.ok(made.known, JSON.stringify(made));
  const { token } = JSON5.parse(config()).gateway.auth;
  assert.match(token, /^[0-9a-f]{48}$/);
  assert.ok(!JSON.stringify(made).includes(token));
  assert.equal(made.value[1]?.set, createHash("sha256").update(JSON.stringify(token)).digest("hex"));
  assert.equal(made.value[0]?.set, undefined);
  assert.equal(writes.length, 1);
});

test("a config that cannot be replaced is a ChangeError", async () => {
  const { changer, file } = gateway(PLAIN, untouchable);
  const before = await changer.readConfig();
  assert.ok(before.known && before.value);
  const { value } = before;
  chmodSync(file, 0o400);
  await assert.rejects(changer.replaceConfig(value, value.sha256), ChangeError);
});

test("the real command line and the changer together: a script in the place of openclaw", async () => {
  const { dir, file, config } = gateway(PLAIN, untouchable);
  const script = path.join(dir, "openclaw");
  writeFileSync(
    script,
    `#!/bin/sh\n[ "$OPENCLAW_CONFIG_PATH" = '${file}' ] || exit 9\nprintf '{ "gateway": { "bind": %s } }' "$4" > '${file}'\n`,
  );
  chmodSync(script, 0o755);
  const changer = gatewayChanger({
    files: ownFiles,
    configPath: file,
    stateDir: dir,
    release: "2026.9.6",
    cli: openclawCli({
      world: nodeWorld({ env: { PATH: `${dir}:/usr/bin:/bin` } }),
      configPath: file,
      stateDir: dir,
      secrets: [],
    }),
    edit: editConfig,
    devices: async () => unknown("absent", quoted("none")),
    watch: UNWATCHED,
  });
  const { how } = await done(changer.perform(set("gateway.bind", "lan"), never));
  assert.equal(english(how), 'openclaw config set gateway.bind "lan" --json');
  assert.equal(config(), '{ "gateway": { "bind": "lan" } }');
});

// --- the restart -----------------------------------------------------------------------------------------------

test("a gateway that took the change up by itself is not started a second time", async () => {
  const { changer, watched } = gateway(PLAIN, untouchable, {
    taken: "restarted",
    restart: async () => assert.fail("restarted"),
  });
  const { how } = await done(changer.perform({ do: "gateway.restart" }, never));
  assert.match(english(how), /by itself/);
  assert.deepEqual(watched, ["settled"]);
});

test("a gateway that will not take it up is started anew, or a person has to", async () => {
  const asked = gateway(PLAIN, untouchable, {
    taken: "refused",
    restart: async () => known(quoted("systemctl"), "x"),
  });
  assert.equal(
    english((await done(asked.changer.perform({ do: "gateway.restart" }, never))).how),
    "systemctl",
  );
  assert.deepEqual(asked.watched, ["settled", "mark", "started"]);
  const alone = gateway(PLAIN, untouchable, { taken: "refused" });
  await refused(
    alone.changer.perform({ do: "gateway.restart" }, never),
    "not-asked",
    /restarts this gateway/,
  );
});

// --- devices ---------------------------------------------------------------------------------------------------

type Stored = Record<string, Record<string, unknown>>;

/** What the command line leaves of itself at each call, where it has none of it yet. */
interface Leaves {
  /** Files of `identity/` with the device that is named in them. */
  readonly files?: Readonly<Record<string, string>>;
  /** A request of its own. */
  readonly pending?: Stored;
}

/** A gateway with its two lists in files, and a command line that approves and removes as the real one does. */
function pairing(release: string, paired: Stored, pending: Stored, own?: Stored, leaves: Leaves = {}) {
  const write = (dir: string, name: string, value: Stored) =>
    writeFileSync(path.join(dir, "devices", `${name}.json`), JSON.stringify(value, null, 2));
  const read = (dir: string, name: string): Stored =>
    JSON.parse(readFileSync(path.join(dir, "devices", `${name}.json`), "utf8"));
  let atCall: Stored = {};
  let fails = false;
  const made = gateway(
    PLAIN,
    async ([, verb, id = ""]) => {
      const [waiting, list] = [read(made.dir, "pending"), read(made.dir, "paired")];
      for (const [name, deviceId] of Object.entries(leaves.files ?? {})) {
        const file = path.join(made.dir, "identity", name);
        mkdirSync(path.dirname(file), { recursive: true });
        if (!existsSync(file)) writeFileSync(file, JSON.stringify({ deviceId, privateKeyPem: "its own" }));
      }
      Object.assign(waiting, leaves.pending);
      Object.assign(list, atCall);
      if (fails) {
        write(made.dir, "pending", waiting);
        write(made.dir, "paired", list);
        return exit(1, "", "gateway closed (1006)");
      }
      const request = waiting[id];
      if (verb === "approve" && request !== undefined) {
        const device = String(request.deviceId);
        delete waiting[id];
        const token = { token: "fresh-token", role: "operator", scopes: request.scopes, createdAtMs: 9 };
        list[device] = { ...list[device], ...request, approvedAtMs: 99, tokens: { operator: token } };
        // The command line, at its first call.
        Object.assign(list, own);
      } else if (verb === "reject" && request !== undefined) delete waiting[id];
      else if (verb === "remove" && list[id] !== undefined && release !== "2026.2.1") delete list[id];
      else return exit(1, "", "[openclaw] Failed to start CLI: Error: unknown requestId\n    at x");
      write(made.dir, "pending", waiting);
      write(made.dir, "paired", list);
      return exit(0, `Approved ${id}`);
    },
    {
      release,
      devices: async (): Promise<Fact<DeviceList>> =>
        devicesFromJson(
          JSON.stringify(read(made.dir, "pending")),
          JSON.stringify(read(made.dir, "paired")),
          "devices",
        ),
    },
  );
  mkdirSync(path.join(made.dir, "devices"));
  write(made.dir, "paired", paired);
  write(made.dir, "pending", pending);
  return {
    ...made,
    pairedText: () => readFileSync(path.join(made.dir, "devices", "paired.json"), "utf8"),
    devices: {
      pairsAtCall: (one: Stored) => {
        atCall = one;
      },
      failsAfter: () => {
        fails = true;
      },
    },
  };
}

const device = (id: string, scopes: readonly string[]) => ({
  deviceId: id,
  publicKey: `key of ${id}`,
  role: "operator",
  roles: ["operator"],
  scopes,
  tokens: { operator: { token: `token of ${id}`, role: "operator", scopes, createdAtMs: 1 } },
  createdAtMs: 1,
  approvedAtMs: 2,
});
const request = (id: string, requestId: string, scopes: readonly string[]) => ({
  requestId,
  deviceId: id,
  publicKey: `key of ${id}`,
  role: "operator",
  scopes,
  ts: 5,
});

for (const release of ["2026.2.1", "2026.3.13"])
  test(`${release}: an approval is taken back so that the list is byte for byte as before`, async () => {
    const made = pairing(
      release,
      { aa: device("aa", ["operator.read"]) },
      { "req-1": request("bb", "req-1", ["operator.admin"]), "req-2": request("cc", "req-2", []) },
    );
    const before = made.pairedText();
    const step: Step = { do: "device.approve", requestId: "req-1" };
    const { how, undo } = await done(made.changer.perform(step, never));
    assert.equal(english(how), "openclaw devices approve req-1");
    assert.deepEqual(undo, { undo: "device.remove", deviceId: "bb" });
    assert.deepEqual(made.calls, [["devices", "approve", "req-1"]]);
    const back = await done(made.changer.revert(undo, step, never));
    assert.equal(
      english(back.how),
      release === "2026.2.1" ? "edited devices/paired.json" : "openclaw devices remove bb",
    );
    assert.equal(made.pairedText(), before);
    assert.match(english((await done(made.changer.revert(undo, step, never))).how), /not paired any more/);
  });

const ownDevices = { dd: { ...device("dd", ["operator.admin"]), clientId: "cli" } };

for (const release of ["2026.2.1", "2026.4.7"])
  test(`${release}: the device that our own command left goes with the approval, and is foretold`, async () => {
    const pending = { "req-1": request("bb", "req-1", ["operator.read"]) };
    const made = pairing(release, { aa: device("aa", ["operator.read"]) }, pending, ownDevices);
    const before = made.pairedText();
    const step: Step = { do: "device.approve", requestId: "req-1" };
    const foreseen = await made.changer.foresee?.(step, never);
    assert.ok(foreseen?.known);
    assert.deepEqual(foreseen.value.notes, [{ message: "own-command-pairs" }]);
    const { undo } = await done(made.changer.perform(step, never));
    assert.deepEqual(undo, { undo: "device.remove", deviceId: "bb", own: "dd" });
    await done(made.changer.revert(undo, step, never));
    assert.equal(made.pairedText(), before);
  });

const listed = (made: ReturnType<typeof pairing>): unknown => ({
  paired: JSON.parse(made.pairedText()),
  pending: JSON.parse(readFileSync(path.join(made.dir, "devices", "pending.json"), "utf8")),
  identity: existsSync(path.join(made.dir, "identity"))
    ? Object.fromEntries(
        readdirSync(path.join(made.dir, "identity")).map((name) => [
          name,
          readFileSync(path.join(made.dir, "identity", name), "utf8"),
        ]),
      )
    : {},
});

const OWN_REQUEST = { "req-own": { ...request("dd", "req-own", ["operator.read"]), clientId: "cli" } };
const ASKING = { "req-1": request("bb", "req-1", ["operator.read"]) };
/** As releases leave them: 2026.2.19 and 2026.4.7 all, 2026.6.11 a key that was there before. */
const TRACES: readonly { readonly had: Readonly<Record<string, string>>; readonly leaves: Leaves }[] = [
  { had: {}, leaves: { files: { "device.json": "dd", "device-auth.json": "dd" } } },
  {
    had: { "device.json": "dd" },
    leaves: { files: { "device.json": "dd", "device-auth.json": "dd" }, pending: OWN_REQUEST },
  },
];

for (const [at, { had, leaves }] of TRACES.entries())
  for (const step of [
    APPROVE,
    { do: "device.reject", requestId: "req-1" },
    { do: "device.remove", deviceId: "aa" },
  ] as const)
    test(`what the command left of itself goes back with the step: ${step.do}, way ${at + 1}`, async () => {
      const aa = { aa: device("aa", ["operator.read"]) };
      const made = pairing("2026.4.7", aa, ASKING, undefined, leaves);
      // It pairs itself at its first call, whatever the call is for.
      const { devices } = made;
      for (const [name, deviceId] of Object.entries(had)) {
        mkdirSync(path.join(made.dir, "identity"), { recursive: true });
        writeFileSync(path.join(made.dir, "identity", name), JSON.stringify({ deviceId, privateKeyPem: "" }));
      }
      devices.pairsAtCall(ownDevices);
      const before = listed(made);
      const { undo } = await done(made.changer.perform(step, never));
      assert.ok(undo);
      assert.doesNotMatch(JSON.stringify(undo), /its own/, "a secret in the journal");
      assert.equal(JSON.stringify(listed(made)).includes("req-own"), false, "its own request waits");
      const foreseen = await made.changer.foreseeBack?.(undo, step);
      assert.ok(foreseen?.known);
      assert.match(JSON.stringify(foreseen.value), /device-auth\.json/);
      assert.equal(JSON.stringify(foreseen.value).includes("device.json"), had["device.json"] === undefined);
      await done(made.changer.revert(undo, step, never));
      const { pending, paired, identity } = listed(made) as Record<string, Record<string, unknown>>;
      const was = before as Record<string, Record<string, unknown>>;
      assert.deepEqual(identity, was.identity);
      // The request that was approved or rejected is over; nothing else is missing, and nothing came.
      assert.deepEqual(pending, step.do === "device.remove" ? was.pending : {});
      assert.deepEqual(paired, step.do === "device.remove" ? {} : was.paired);
    });

test("a command that fails leaves nothing of itself", async () => {
  const leaves = { files: { "device.json": "dd", "device-auth.json": "dd" }, pending: OWN_REQUEST };
  const made = pairing("2026.4.7", { aa: device("aa", []) }, ASKING, undefined, leaves);
  made.devices.pairsAtCall(ownDevices);
  made.devices.failsAfter();
  const before = listed(made);
  const outcome = await made.changer.perform(APPROVE, never);
  assert.equal(outcome.known, false);
  assert.deepEqual(listed(made), before);
});

test("a command line of somebody's that comes in at the same time stays", async () => {
  const leaves = { files: { "device.json": "dd", "device-auth.json": "dd" } };
  const both = { ...ownDevices, ee: { ...device("ee", ["operator.admin"]), clientId: "cli" } };
  const made = pairing("2026.4.7", {}, ASKING, both, leaves);
  const { undo } = await done(made.changer.perform(APPROVE, never));
  assert.ok(undo && "own" in undo);
  assert.equal(undo.own, "dd");
  await done(made.changer.revert(undo, APPROVE, never));
  assert.deepEqual(Object.keys(JSON.parse(made.pairedText())), ["ee"]);
});

test("a key of another device, and a file that was changed since, are not ours to remove", async () => {
  const leaves = { files: { "device.json": "dd", "device-auth.json": "dd" } };
  const made = pairing("2026.4.7", {}, ASKING, ownDevices, leaves);
  const { undo } = await done(made.changer.perform(APPROVE, never));
  assert.ok(undo);
  const key = path.join(made.dir, "identity", "device.json");
  writeFileSync(key, JSON.stringify({ deviceId: "ff", privateKeyPem: "somebody's" }));
  await done(made.changer.revert(undo, APPROVE, never));
  assert.deepEqual(readdirSync(path.join(made.dir, "identity")), ["device.json"]);
});

for (const release of ["2026.7.1", "2026.9.6"])
  test(`${release}: its command leaves nothing of itself, and nothing is foretold`, async () => {
    const made = pairing(release, { aa: device("aa", []) }, ASKING);
    const foreseen = await made.changer.foresee?.(APPROVE, never);
    assert.ok(foreseen?.known);
    assert.deepEqual(foreseen.value.notes, []);
  });

test("a command line that was paired before stays, and so does a device that is none", async () => {
  const pending = { "req-1": request("bb", "req-1", ["operator.read"]) };
  const step: Step = { do: "device.approve", requestId: "req-1" };
  const had = pairing("2026.4.7", ownDevices, pending, ownDevices);
  const foreseen = await had.changer.foresee?.(step, never);
  assert.ok(foreseen?.known);
  assert.deepEqual(foreseen.value.notes, []);
  assert.deepEqual((await done(had.changer.perform(step, never))).undo, {
    undo: "device.remove",
    deviceId: "bb",
  });
  // Another browser that came in meanwhile is nobody's footprint, whatever a journal says.
  const browser = { ee: { ...device("ee", ["operator.read"]), clientId: "openclaw-control-ui" } };
  const other = pairing("2026.4.7", {}, pending, browser);
  assert.deepEqual((await done(other.changer.perform(step, never))).undo, {
    undo: "device.remove",
    deviceId: "bb",
  });
  await done(other.changer.revert({ undo: "device.remove", deviceId: "bb", own: "ee" }, step, never));
  assert.deepEqual(Object.keys(JSON.parse(other.pairedText())), ["ee"]);
});

test("an approved upgrade is taken back: all of the entry but the new token's value", async () => {
  const had = device("aa", ["operator.read"]);
  const made = pairing("2026.3.13", { aa: had }, { "req-1": request("aa", "req-1", ["operator.admin"]) });
  const { undo } = await done(made.changer.perform(APPROVE, never));
  assert.equal(undo?.undo, "device.restore");
  assert.doesNotMatch(JSON.stringify(undo), /token of aa|fresh-token/, "a secret in the journal");
  await done(made.changer.revert(undo, APPROVE, never));
  const after = JSON.parse(made.pairedText()).aa;
  assert.deepEqual(after, {
    ...had,
    tokens: { operator: { ...had.tokens.operator, token: "fresh-token" } },
  });
  assert.equal(await pairedEntry(ownFiles, made.dir, "nobody"), undefined);
});

test("a request is rejected and a device removed by their exact ids, and both last", async () => {
  const made = pairing(
    "2026.3.13",
    { aa: device("aa", []), cc: device("cc", []) },
    { "req-1": request("bb", "req-1", []), "req-2": request("dd", "req-2", []) },
  );
  const perform = (step: Step) => done(made.changer.perform(step, never));
  assert.deepEqual(await perform({ do: "device.reject", requestId: "req-1" }), {
    how: quoted("openclaw devices reject req-1"),
    lasting: true,
  });
  assert.deepEqual(await perform({ do: "device.remove", deviceId: "aa" }), {
    how: quoted("openclaw devices remove aa"),
    lasting: true,
  });
  const list = await made.changer.devices();
  assert.ok(list.known);
  assert.deepEqual(
    list.value.pending.map(({ requestId }) => requestId),
    ["req-2"],
  );
  assert.deepEqual(
    list.value.paired.map(({ deviceId }) => deviceId),
    ["cc"],
  );
  for (const id of ["--all", "a b", ""])
    await refused(
      made.changer.perform({ do: "device.reject", requestId: id }, never),
      "not-asked",
      /no request/,
    );
  await refused(
    made.changer.perform({ do: "device.reject", requestId: "req-1" }, never),
    "absent",
    /not wait/,
  );
});

test("a list that cannot be read is asked of the gateway", async () => {
  const says = JSON.stringify({
    pending: [{ requestId: "req-1", deviceId: "bb", scopes: ["operator.read"], ts: 1 }],
    paired: [{ deviceId: "aa", role: "operator", scopes: ["operator.admin"], approvedAtMs: 2 }],
  });
  const made = gateway(PLAIN, async () => exit(0, `A banner.\n${says}\n`), {
    devices: async () => unknown("failed", quoted("this Node has no SQLite")),
  });
  const list = await made.changer.devices();
  assert.ok(list.known);
  assert.deepEqual(made.calls, [["devices", "list", "--json"]]);
  assert.deepEqual(
    list.value.pending.map(({ requestId }) => requestId),
    ["req-1"],
  );
  assert.deepEqual(
    list.value.paired.map(({ deviceId }) => deviceId),
    ["aa"],
  );
  const none = gateway(PLAIN, async () => exit(1, "", "Gateway not reachable"), {
    devices: async () => unknown("failed", quoted("this Node has no SQLite")),
  });
  await refused(none.changer.devices(), "failed", /SQLite/);
});

test("only the exact request is approved, and only one that waits", async () => {
  const made = pairing("2026.3.13", {}, { "req-1": request("bb", "req-1", []) });
  const approve = (requestId?: string) =>
    made.changer.perform({ do: "device.approve", ...(requestId === undefined ? {} : { requestId }) }, never);
  await refused(approve(), "not-asked", /no request/);
  for (const id of ["--latest", "a b", "", "$(x)"]) await refused(approve(id), "not-asked", /no request/);
  await refused(approve("req-9"), "absent", /does not wait/);
  assert.deepEqual(made.calls, []);
  await refused(
    made.changer.revert({ undo: "device.remove", deviceId: "--all" }, APPROVE, never),
    "not-asked",
    /no device/,
  );
});

test("an approval is believed when the list shows it, and not before", async () => {
  const list: DeviceList = {
    pending: [{ requestId: "req-1", deviceId: "bb", scopes: [] }],
    paired: [],
    store: "sqlite",
  };
  const { changer } = gateway(PLAIN, async () => exit(0, "Approved bb"), {
    devices: async () => known(list, "x"),
  });
  await refused(
    changer.perform({ do: "device.approve", requestId: "req-1" }, never),
    "failed",
    /not approved/,
  );
});

test("where no command narrows a device, that is said and nothing is done", async () => {
  const list: DeviceList = { pending: [], paired: [{ deviceId: "bb", scopes: ["a"] }], store: "sqlite" };
  const { changer, calls } = gateway(PLAIN, untouchable, { devices: async () => known(list, "x") });
  const undo: Undo = { undo: "device.restore", deviceId: "bb", scopes: [] };
  await refused(changer.revert(undo, APPROVE, never), "not-asked", /devices remove bb/);
  assert.deepEqual(calls, []);
});

test("a file that we made is removed as we left it, and left alone where somebody changed it", async () => {
  const { changer, dir } = gateway(PLAIN, untouchable);
  const file = path.join(dir, "Caddyfile");
  const step: Step = { do: "proxy.write", site: SITE, path: file };
  const { undo } = await done(changer.perform(step, never));
  assert.ok(undo?.undo === "file.remove");
  assert.equal(readFileSync(file, "utf8"), proxySite(SITE));
  assert.equal(statSync(file).mode & 0o777, 0o644);
  assert.match(english((await done(changer.perform(step, never))).how), /like that already/);
  writeFileSync(file, "theirs");
  assert.match(english((await done(changer.revert(undo, step, never))).how), /changed since/);
  assert.equal(readFileSync(file, "utf8"), "theirs");
  writeFileSync(file, proxySite(SITE));
  assert.match(english((await done(changer.revert(undo, step, never))).how), /^removed /);
  assert.ok(!readdirSync(dir).includes("Caddyfile"));
  // A crash before the file was written: there is nothing to take back.
  assert.match(english((await done(changer.revert(undo, step, never))).how), /as it was/);
});

test("a site file that was there goes back byte for byte, with its mode", async () => {
  const { changer, dir } = gateway(PLAIN, untouchable);
  const file = path.join(dir, "site.conf");
  writeFileSync(file, "# mine\r\n\u0000", { mode: 0o640 });
  const step: Step = { do: "proxy.write", site: { ...SITE, proxy: "nginx" }, path: file };
  const foreseen = await changer.foresee?.(step, never);
  assert.ok(foreseen?.known && foreseen.value.undo?.undo === "file.restore");
  assert.ok(
    foreseen.value.file?.diff.some(
      (line) => typeof line === "string" && /^\+ +proxy_pass http:\/\/127\.0\.0\.1:18789;$/.test(line),
    ),
  );
  assert.equal(readFileSync(file, "utf8"), "# mine\r\n\u0000", "nothing was written yet");
  const { undo } = await done(changer.perform(step, never));
  assert.ok(undo);
  await done(changer.revert(foreseen.value.undo, step, never));
  assert.equal(readFileSync(file, "utf8"), "# mine\r\n\u0000");
  assert.equal(statSync(file).mode & 0o777, 0o640);
});

test("without a file's name nothing is written", async () => {
  const { changer } = gateway(PLAIN, untouchable);
  const step: Step = { do: "proxy.write", site: SITE };
  await refused(changer.perform(step, never), "not-asked", /no file/);
  const foreseen = await changer.foresee?.(step, never);
  assert.ok(foreseen?.known);
  assert.deepEqual(foreseen.value, {});
});

// --- tokens ----------------------------------------------------------------------------------------------------

test("a token is made in the file alone, once", async () => {
  const { changer, config, watched } = gateway(COMMENTED, untouchable);
  const { how } = await done(changer.perform({ do: "token.generate" }, never));
  const token = /token"?: ["']([0-9a-f]{48})["']/.exec(config())?.[1];
  assert.ok(token !== undefined, config());
  assert.match(config(), /^\/\/ mine/);
  assert.ok(!english(how).includes(token));
  assert.deepEqual(watched, ["mark"]);
  assert.match(english((await done(changer.perform({ do: "token.generate" }, never))).how), /already/);
  assert.ok(config().includes(token));
});

test("the env file gets the config's token, shown by fingerprints, and goes back whole", async () => {
  const text = `${JSON.stringify({ gateway: { auth: { token: "right-token-1234" } } }, null, 2)}\n`;
  const { changer, dir } = gateway(text, untouchable, { fingerprint: (value) => `<${value.length}>` });
  const file = path.join(dir, ".env");
  const before = "A=1\r\nexport OPENCLAW_GATEWAY_TOKEN='old'\r\n";
  writeFileSync(file, before, { mode: 0o600 });
  const step: Step = { do: "token.copy", path: file };
  const foreseen = await changer.foresee?.(step, never);
  assert.ok(foreseen?.known);
  assert.deepEqual(foreseen.value.file?.diff, [
    { key: "OPENCLAW_GATEWAY_TOKEN", before: "<3>", after: "<16>" },
  ]);
  const { how, undo } = await done(changer.perform(step, never));
  assert.ok(!english(how).includes("right-token"));
  assert.equal(readFileSync(file, "utf8"), "A=1\r\nexport OPENCLAW_GATEWAY_TOKEN=right-token-1234\r\n");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(undo);
  await done(changer.revert(undo, step, never));
  assert.equal(readFileSync(file, "utf8"), before);
});

test("no token is copied that the config does not hold itself", async () => {
  for (const token of [undefined, ["$", "{GATEWAY_TOKEN}"].join(""), { source: "env", id: "X" }]) {
    const { changer, dir } = gateway(JSON.stringify({ gateway: { auth: { token } } }), untouchable);
    writeFileSync(path.join(dir, ".env"), "OPENCLAW_GATEWAY_TOKEN=old\n");
    await refused(
      changer.perform({ do: "token.copy", path: path.join(dir, ".env") }, never),
      "absent",
      /to copy/,
    );
  }
});

test("a rotation says nothing of what the command printed", async () => {
  const { changer, calls } = gateway(PLAIN, async () => exit(0, '{"token":"secret-of-the-device"}'));
  const step: Step = { do: "device.rotate", deviceId: "bb", role: "operator" };
  const outcome = await done(changer.perform(step, never));
  assert.deepEqual(calls, [["devices", "rotate", "--device", "bb", "--role", "operator"]]);
  assert.equal(outcome.lasting, true);
  assert.ok(!JSON.stringify(outcome).includes("secret-of-the-device"));
  const failing = gateway(PLAIN, async () => exit(1, '{"token":"secret-of-the-device"}'));
  await refused(
    failing.changer.perform(step, never),
    "failed",
    /not rotated \(exit 1\) \(tried with openclaw\)$/,
  );
});

// --- Tailscale -------------------------------------------------------------------------------------------------

test("Serve is taken back by a reset only where nothing was served before", async () => {
  for (const servesNothing of [true, false]) {
    const resets: string[] = [];
    const { changer } = gateway(PLAIN, untouchable, {
      tailscale: {
        name: async () => known("box.tail1.ts.net", "tailscale"),
        status: async () => known({ name: "box.tail1.ts.net", servesNothing }, "tailscale"),
        reset: async () => {
          resets.push("reset");
          return known(quoted("tailscale serve reset"), "tailscale");
        },
      },
    });
    const step: Step = { do: "tailscale.status" };
    const foreseen = await changer.foresee?.(step, never);
    assert.ok(foreseen?.known);
    assert.equal(foreseen.value.url, "https://box.tail1.ts.net/");
    const { how, undo } = await done(changer.perform(step, never));
    assert.match(english(how), /box\.tail1\.ts\.net/);
    assert.equal(undo?.undo, servesNothing ? "tailscale.serve" : undefined);
    if (undo !== undefined) await done(changer.revert(undo, step, never));
    assert.equal(resets.length, servesNothing ? 1 : 0);
  }
  const without = gateway(PLAIN, untouchable);
  await refused(without.changer.perform({ do: "tailscale.status" }, never), "absent", /no tailscale/);
});

test("a start is noted before it is made: what was down is stopped again, what ran by itself is not", async () => {
  const calls: string[] = [];
  const starter = (down: boolean) => ({
    isDown: async () => down,
    start: async () => known(quoted("docker start claw"), "x"),
    stop: async () => {
      calls.push("stop");
      return known(quoted("docker stop claw"), "x");
    },
  });
  const off = gateway(PLAIN, untouchable, { starter: starter(true) });
  const foreseen = await off.changer.foresee?.({ do: "gateway.start" }, never);
  assert.deepEqual(foreseen?.known && foreseen.value, { undo: { undo: "gateway.stop" } });
  assert.equal(
    english((await done(off.changer.perform({ do: "gateway.start" }, never))).how),
    "docker start claw",
  );
  assert.deepEqual(off.watched, ["mark", "started"]);
  await done(off.changer.revert({ undo: "gateway.stop" }, { do: "gateway.start" }, never));
  assert.deepEqual(calls, ["stop"]);
  const looping = gateway(PLAIN, untouchable, { starter: starter(false) });
  const nothing = await looping.changer.foresee?.({ do: "gateway.start" }, never);
  assert.deepEqual(nothing?.known && nothing.value, {});
  const none = await gateway(PLAIN, untouchable).changer.perform({ do: "gateway.start" }, never);
  assert.equal(none.known, false);
});
