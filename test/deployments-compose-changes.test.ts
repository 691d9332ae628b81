// The Compose project of a gateway's container, changed on this machine: its files, and its one service anew.

import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import type Docker from "dockerode";
import type { ContainerInspectInfo } from "dockerode";
import { editConfig } from "../src/config/edit.ts";
import type { Changer } from "../src/core/change.ts";
import { type Fact, known, unknown } from "../src/core/fact.ts";
import type { ComposeChange, Step } from "../src/core/finding.ts";
import type { Journal } from "../src/core/journal.ts";
import { quoted } from "../src/core/saying.ts";
import { Secret } from "../src/core/secret.ts";
import { execute, undo, type Workshop } from "../src/core/transaction.ts";
import { type ComposeHands, composeHands } from "../src/deployments/docker/compose-changes.ts";
import type { Engine } from "../src/deployments/docker/engine.ts";
import type { ExactFiles } from "../src/deployments/exact-files.ts";
import { gatewayChanger } from "../src/deployments/gateway-changer.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { english } from "./support/english.ts";
import { NO_STRANGERS, STRANGER } from "./support/stranger.ts";

const root = mkdtempSync(path.join(tmpdir(), "opd-hands-"));
after(() => rmSync(root, { recursive: true, force: true }));
const never = new AbortController().signal;

const OTHER = "tok-in-the-environment";
const STATE = "/home/node/.openclaw";
const TEXT = `services:
  openclaw-gateway: # the one
    image: openclaw:local
    environment: {OPENCLAW_GATEWAY_TOKEN: "\${OPENCLAW_GATEWAY_TOKEN}", API_KEY: sk-of-the-file-123456}
    volumes: ["./config:${STATE}"]
    command: [node, dist/index.js, gateway, --bind, loopback]
`;
const LINE = (dir: string) =>
  `docker compose -p claw --project-directory ${dir} -f ${dir}/compose.yaml up -d openclaw-gateway`;

interface Made {
  readonly dir: string;
  readonly file: string;
  readonly dotenv: string;
  readonly hands: ComposeHands;
  /** Lines of the `docker` that ran. */
  ran(): readonly string[];
}

interface Other {
  readonly text?: string;
  readonly mounts?: ContainerInspectInfo["Mounts"];
  /** Of the image's name now; `undefined`: none. */
  readonly image?: string | null;
  /** Exit code of `docker`; -1: there is none. */
  readonly docker?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly dotenv?: string;
  /** Those of the image itself. */
  readonly imageLabels?: (dir: string) => Readonly<Record<string, string>>;
  /** Laid over those of the container. */
  readonly labels?: (dir: string) => Readonly<Record<string, string>>;
  /** Before the doctor looks. */
  readonly prepare?: (dir: string) => void;
  readonly sudo?: string;
}

let places = 0;
function project({
  text = TEXT,
  mounts,
  image = "sha256:1",
  docker = 0,
  env = {},
  dotenv,
  imageLabels = () => ({}),
  labels = () => ({}),
  prepare = () => undefined,
  sudo,
}: Other = {}): Made {
  const dir = path.join(root, String(places++));
  const bin = path.join(dir, "bin");
  mkdirSync(bin, { recursive: true });
  const file = path.join(dir, "compose.yaml");
  const log = path.join(dir, "log");
  writeFileSync(file, text, { mode: 0o640 });
  writeFileSync(path.join(dir, ".env"), dotenv ?? `OPENCLAW_GATEWAY_TOKEN=${OTHER}\n`, { mode: 0o600 });
  writeFileSync(log, "");
  if (docker !== -1) {
    const script = `#!/bin/sh\necho "$@" >> ${log}\nenv | grep -E '^(OPENCLAW|DOCKER|COMPOSE)' >> ${log}\necho ' Container claw  Recreate' >&2\necho 'Error response: it failed so' >&2\necho '' >&2\nexit ${docker}\n`;
    writeFileSync(path.join(bin, "docker"), script);
    chmodSync(path.join(bin, "docker"), 0o755);
  }
  const info = {
    Id: "1",
    Name: "/claw-openclaw-gateway-1",
    Image: "sha256:1",
    Config: {
      Image: "openclaw:local",
      Labels: {
        "com.docker.compose.service": "openclaw-gateway",
        "com.docker.compose.project": "claw",
        "com.docker.compose.project.working_dir": dir,
        "com.docker.compose.project.config_files": file,
        ...labels(dir),
      },
    },
    Mounts: mounts ?? [{ Type: "bind", Source: `${dir}/config`, Destination: STATE, RW: true }],
  } as unknown as ContainerInspectInfo;
  const getImage = (name: string) => ({
    inspect: async () => {
      if (name === "sha256:1") return { Id: name, Config: { Labels: imageLabels(dir) } };
      if (image === null) throw Object.assign(new Error("no such image"), { statusCode: 404 });
      return { Id: image };
    },
  });
  const engine: Engine = {
    name: "test",
    api: { getImage } as unknown as Docker,
    dockerHost: "unix:///run/test.sock",
  };
  // The doctor's own variables would win over .env if they were passed on.
  const world = nodeWorld({
    env: {
      PATH: `${bin}:/usr/bin:/bin`,
      HOME: "/root",
      OPENCLAW_GATEWAY_TOKEN: "x",
      COMPOSE_FILE: "y",
      ...(sudo === undefined ? {} : { SUDO_UID: sudo }),
    },
  });
  prepare(dir);
  const running = { OPENCLAW_GATEWAY_TOKEN: OTHER, ...env };
  const hands = composeHands({
    world,
    salt: "s",
    engine,
    info,
    env: Object.fromEntries(Object.entries(running).map(([name, value]) => [name, new Secret(value, "s")])),
    stateDir: STATE,
  });
  assert.ok(hands);
  return {
    dir,
    file,
    dotenv: path.join(dir, ".env"),
    hands,
    ran: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
  };
}

function editOf({ file }: Made, change: ComposeChange): Extract<Step, { do: "compose.edit" }> {
  return { do: "compose.edit", file, service: "openclaw-gateway", change };
}

function whyOf(fact: Fact<unknown>): string {
  assert.ok(!fact.known);
  return fact.detail;
}

describe("the service is created anew", () => {
  test("by the project's own files, on the container's engine, alone, without the doctor's variables", async () => {
    const made = project();
    const done = await made.hands.recreate("openclaw-gateway", never);
    assert.ok(done.known, JSON.stringify(done));
    assert.equal(english(done.value), LINE(made.dir));
    const words = `compose -p claw --project-directory ${made.dir} -f ${made.file}`;
    assert.deepEqual(made.ran(), [
      `${words} version`,
      "DOCKER_HOST=unix:///run/test.sock",
      `${words} up -d --no-deps --no-build openclaw-gateway`,
      "DOCKER_HOST=unix:///run/test.sock",
    ]);
  });

  for (const [what, other, why] of [
    ["whose state is in its own layer", { mounts: [] }, /is on no mount: a new container/],
    [
      "whose state is in memory",
      { mounts: [{ Type: "tmpfs", Source: "", Destination: STATE, RW: true }] },
      /is on no mount/,
    ],
    [
      "that the files would give another state now",
      { text: TEXT.replace("./config:", "./other:") },
      /mount something else at \/home\/node\/\.openclaw now/,
    ],
    ["that the files mount nothing for now", { text: TEXT.replace(/ *volumes.*\n/, "") }, /something else/],
    [
      "with variables of a shell",
      { dotenv: "A=1\n" },
      /^OPENCLAW_GATEWAY_TOKEN came from the shell that started it/,
    ],
    [
      "that the files would give another image now",
      { text: TEXT.replace("openclaw:local", "openclaw:next") },
      /the Compose files name openclaw:next now/,
    ],
    ["of an image whose name moved on", { image: "sha256:2" }, /openclaw:local is another image by now/],
    ["of an image that is gone", { image: null }, /the image openclaw:local is not there any more/],
    ["without a docker command", { docker: -1 }, /there is no `docker compose` command/],
    ["without its plugin", { docker: 1 }, /there is no `docker compose` command/],
  ] as const satisfies readonly (readonly [string, object, RegExp])[])
    test(`never one ${what}`, async () => {
      const made = project(other as Other);
      assert.match(whyOf(await made.hands.canRecreate("openclaw-gateway", never)), why);
      assert.match(whyOf(await made.hands.recreate("openclaw-gateway", never)), why);
      assert.ok(!made.ran().some((line) => / up /.test(line)));
    });

  test("a volume of the project, and no other service", async () => {
    const made = project({
      text: TEXT.replace("./config:", "state:"),
      mounts: [
        {
          Type: "volume",
          Name: "claw_state",
          Source: "/v",
          Destination: STATE,
          RW: true,
          Driver: "",
          Mode: "",
          Propagation: "",
        },
      ],
    });
    assert.ok((await made.hands.canRecreate("openclaw-gateway", never)).known);
    assert.ok(!(await made.hands.canRecreate("db", never)).known);
  });
});

describe("labels that lead elsewhere", () => {
  const DIRECTORY = "com.docker.compose.project.working_dir";
  const FILES = "com.docker.compose.project.config_files";
  const ENV_FILE = "com.docker.compose.project.environment_file";
  const attacks: readonly (readonly [string, Other, RegExp, string | false])[] = [
    [
      "of the image, which a stranger made",
      { imageLabels: (dir) => ({ [DIRECTORY]: dir, [FILES]: path.join(dir, "compose.yaml") }) },
      /the image itself has the label com\.docker\.compose\.project\.working_dir/,
      false,
    ],
    [
      "of the image, the file of variables alone",
      { imageLabels: () => ({ [ENV_FILE]: "/etc/environment" }) },
      /environment_file/,
      false,
    ],
    [
      "to a directory that everybody may write",
      { prepare: (dir) => chmodSync(dir, 0o777) },
      /everybody may write/,
      false,
    ],
    [
      "to a file that everybody may write",
      { prepare: (dir) => chmodSync(path.join(dir, "compose.yaml"), 0o666) },
      /everybody may write/,
      false,
    ],
    [
      "to another user's directory",
      { prepare: (dir) => chownSync(dir, STRANGER, STRANGER) },
      /belongs to/,
      NO_STRANGERS,
    ],
    ["to no path", { labels: () => ({ [DIRECTORY]: "--help" }) }, /is no absolute path/, false],
  ];
  for (const [what, other, why, skip] of attacks)
    test(`${what}: nothing is written or run`, { skip }, async () => {
      const made = project(other);
      const step = editOf(made, { kind: "on-loopback", to: 18_789 });
      for (const fact of [
        await made.hands.edit(step),
        await made.hands.canRecreate("openclaw-gateway", never),
        await made.hands.recreate("openclaw-gateway", never),
      ])
        assert.match(whyOf(fact), why);
      assert.equal(await made.hands.readsVariables(made.dotenv), false);
      assert.deepEqual(made.ran(), []);
    });

  test("a file outside the project's directory is not written, though the project reads it", async () => {
    const outside = path.join(root, "outside.yaml");
    writeFileSync(outside, TEXT);
    const made = project({
      labels: (dir) => ({
        [FILES]: `${path.join(dir, "compose.yaml")},${outside}`,
        [ENV_FILE]: path.join(root, "outside.env"),
      }),
    });
    const step = { ...editOf(made, { kind: "on-loopback", to: 18_789 }), file: outside };
    assert.match(whyOf(await made.hands.edit(step)), /is outside the project's directory/);
    assert.equal(await made.hands.readsVariables(path.join(root, "outside.env")), false);
  });

  test("whoever called us with sudo counts as we do", { skip: NO_STRANGERS }, async () => {
    const mine = { prepare: (dir: string) => chownSync(dir, STRANGER, STRANGER), sudo: String(STRANGER) };
    const made = project(mine);
    const edited = await made.hands.edit(editOf(made, { kind: "on-loopback", to: 18_789 }));
    // The rest of the way is open: the project publishes nothing that could be changed so.
    assert.match(edited.known ? "" : edited.detail, /^(?:$|.*: there is nothing of the kind to change)/);
  });
});

describe("a Compose file is edited", () => {
  test("as a diff without secrets, and only one of the project's", async () => {
    const made = project();
    const edit = await made.hands.edit(editOf(made, { kind: "bind", value: "lan" }));
    assert.ok(edit.known, JSON.stringify(edit));
    assert.equal(edit.value.content, TEXT.replace("loopback", '"lan"'));
    const key = "services.openclaw-gateway.command[4]";
    assert.deepEqual(edit.value.diff, [{ key, before: '"loopback"', after: '"lan"' }]);
    const literal = project({ text: TEXT.replace(`\${OPENCLAW_GATEWAY_TOKEN}`, OTHER) });
    const reference = await literal.hands.edit(
      editOf(literal, { kind: "reference", variable: "OPENCLAW_GATEWAY_TOKEN" }),
    );
    assert.ok(reference.known);
    assert.equal(reference.value.content, TEXT);
    assert.deepEqual(
      reference.value.diff.map(({ key }) => key),
      ["services.openclaw-gateway.environment.OPENCLAW_GATEWAY_TOKEN"],
    );
    assert.doesNotMatch(JSON.stringify(reference.value.diff), /sk-of-the-file|tok-in-the/);
    const elsewhere = { ...editOf(made, { kind: "bind", value: "lan" }), file: "/etc/passwd" } as const;
    assert.match(whyOf(await made.hands.edit(elsewhere)), /is outside the project's directory/);
    const published = editOf(made, { kind: "on-loopback", to: 18789 });
    assert.match(whyOf(await made.hands.edit(published)), /there is nothing of the kind to change/);
  });
});

describe("in a transaction", () => {
  const CONFIG = `${STATE}/openclaw.json`;
  const TOKEN = "right-token-1234";
  /** The container's one file. */
  const inside: ExactFiles = {
    read: async (name) =>
      name === CONFIG
        ? {
            content: Buffer.from(JSON.stringify({ gateway: { auth: { token: TOKEN } } })),
            sha256: "1",
            mode: 0o600,
            uid: 1000,
            gid: 1000,
          }
        : undefined,
    replace: async () => "replaced",
    sweep: async () => undefined,
    traits: async () => ({ names: 1, attributes: "none" }),
    loses: async () => false,
    directoryOwner: async () => undefined,
  };
  const changerOf = (made: Made): Changer =>
    gatewayChanger({
      files: inside,
      configPath: CONFIG,
      stateDir: STATE,
      cli: { run: async () => unknown("absent", quoted("none")) },
      edit: editConfig,
      devices: async () => unknown("absent", quoted("none")),
      fingerprint: (secret) => `<${secret.length}>`,
      compose: made.hands,
      watch: {
        started: () => undefined,
        sockets: async () => "1",
        mark: async () => undefined,
        settled: async () => known({ restarted: true, tookMs: 1 }, "test"),
      },
    });
  const UP: Step = { do: "compose.up", service: "openclaw-gateway" };
  const copy = ({ dotenv }: Made): Step => ({
    do: "token.copy",
    path: dotenv,
    variable: "OPENCLAW_GATEWAY_TOKEN",
    on: "this-machine",
  });
  const run = async (made: Made, steps: readonly Step[], helped: boolean) => {
    const journals: Journal[] = [];
    const workshop: Workshop = {
      changer: changerOf(made),
      store: { write: async (journal) => void journals.push(journal) },
      verify: async () => ({ helped, detail: quoted("looked") }),
      config: { takeBack: () => undefined, isOurs: () => true },
      signal: never,
    };
    const order = { id: "1", pid: 1, startedAt: "", configPath: CONFIG, remedies: [], steps };
    const outcome = await execute(order, workshop);
    return { outcome, workshop, journal: journals.at(-1) };
  };
  const ups = (made: Made) => made.ran().filter((line) => / up /.test(line)).length;

  test("the token goes into .env by fingerprints, the service is created anew; undo does both back", async () => {
    const made = project();
    const foreseen = await changerOf(made).foresee?.(copy(made), never);
    assert.ok(foreseen?.known);
    assert.deepEqual(foreseen.value.file?.diff, [
      { key: "OPENCLAW_GATEWAY_TOKEN", before: `<${OTHER.length}>`, after: `<${TOKEN.length}>` },
    ]);
    const { outcome, workshop, journal } = await run(made, [copy(made), UP], true);
    assert.equal(outcome.outcome, "kept", JSON.stringify(outcome));
    assert.equal(readFileSync(made.dotenv, "utf8"), `OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`);
    assert.ok("how" in outcome && outcome.how.map(english).includes(LINE(made.dir)));
    assert.equal(ups(made), 1);
    assert.ok(journal);
    assert.equal((await undo(journal, workshop)).outcome, "rolled-back");
    assert.equal(readFileSync(made.dotenv, "utf8"), `OPENCLAW_GATEWAY_TOKEN=${OTHER}\n`);
    assert.equal(ups(made), 2);
  });

  test("an edit that does not help goes back with its mode, and the service as it was", async () => {
    const made = project();
    const { outcome } = await run(made, [editOf(made, { kind: "bind", value: "lan" }), UP], false);
    assert.equal(outcome.outcome, "rolled-back");
    assert.equal(readFileSync(made.file, "utf8"), TEXT);
    assert.equal(statSync(made.file).mode & 0o777, 0o640);
    assert.equal(ups(made), 2);
  });

  test("a literal token goes into a new .env, the file refers to it, and all of that goes back", async () => {
    const text = TEXT.replace(`\${OPENCLAW_GATEWAY_TOKEN}`, OTHER);
    const made = project({ text });
    rmSync(made.dotenv);
    const steps = [
      { ...copy(made), adds: true } as Step,
      editOf(made, { kind: "reference", variable: "OPENCLAW_GATEWAY_TOKEN" }),
      UP,
    ];
    const { outcome, workshop, journal } = await run(made, steps, true);
    assert.equal(outcome.outcome, "kept", JSON.stringify(outcome));
    assert.equal(readFileSync(made.file, "utf8"), TEXT);
    assert.equal(readFileSync(made.dotenv, "utf8"), `OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`);
    assert.equal(statSync(made.dotenv).mode & 0o777, 0o600);
    assert.ok(journal);
    assert.equal((await undo(journal, workshop)).outcome, "rolled-back");
    assert.equal(readFileSync(made.file, "utf8"), text);
    assert.ok(!existsSync(made.dotenv));
  });

  test("a service that does not come up leaves the files as they were, and the way back open", async () => {
    const made = project();
    const bin = path.join(made.dir, "bin", "docker");
    writeFileSync(
      bin,
      readFileSync(bin, "utf8").replace("exit 0", 'case "$*" in *version) exit 0;; *) exit 1;; esac'),
    );
    const { outcome } = await run(made, [editOf(made, { kind: "bind", value: "lan" }), UP], true);
    assert.equal(outcome.outcome, "stuck");
    assert.match(english(outcome.detail), /docker compose up: Error response: it failed so/);
    assert.equal(readFileSync(made.file, "utf8"), TEXT);
  });

  test("a file of this machine with the path of one in the container is left alone", async () => {
    const made = project();
    const changer = changerOf(made);
    const step: Step = { do: "token.copy", path: made.dotenv };
    assert.match(whyOf(await changer.perform(step, never)), /is in the container: change it there/);
    assert.equal(readFileSync(made.dotenv, "utf8"), `OPENCLAW_GATEWAY_TOKEN=${OTHER}\n`);
  });
});
