import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { Deployment } from "../src/core/facts.ts";
import type { Step } from "../src/core/finding.ts";
import { Secret } from "../src/core/secret.ts";
import { openclawCli } from "../src/deployments/openclaw-cli.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { deploymentOf } from "../src/kinds/index.ts";
import { dialsOwnLan } from "../src/kinds/own-lan-dial.ts";
import { catalogueOf } from "../src/report/messages/index.ts";

// OpenClaw 2026.2.9 to 2026.2.19 dials the network's address with `bind: lan`, where its commands fail.

const root = mkdtempSync(path.join(tmpdir(), "opd-dial-"));
after(() => rmSync(root, { recursive: true, force: true }));

const TOKEN = "not-to-be-seen-1234";
const REQUEST = "13cdbf31-cf5b-463d-8852-6016110fbf6c";
const DEVICE_STEPS: readonly Step[] = [
  { do: "device.list" },
  { do: "device.approve", requestId: REQUEST },
  { do: "device.approve" },
  { do: "device.reject", requestId: REQUEST },
  { do: "device.remove", deviceId: "d1" },
  { do: "device.rotate", deviceId: "d1", role: "operator" },
];
const local: Deployment = deploymentOf({
  kind: "local",
  confidence: "certain",
  evidence: [],
  alternatives: [],
  names: {},
});

for (const [release, bind, dials] of [
  ["2026.2.1", "lan", false],
  ["2026.2.9", "lan", true],
  ["2026.2.19", "lan", true],
  ["2026.2.19", "loopback", false],
  ["2026.2.19", undefined, false],
  ["2026.2.22", "lan", false],
  ["2026.9.6", "lan", false],
  [undefined, "lan", false],
] as const)
  test(`${release ?? "a release that is not known"} bound to ${bind}: ${dials ? "told to use loopback" : "as it is"}`, () => {
    assert.equal(dialsOwnLan(release, bind), dials);
  });

test("every line about devices goes over loopback there, and holds no secret", () => {
  const context = { release: "2026.2.19", port: 19_001, viaLoopback: "token" } as const;
  for (const { step, command } of commandsFor(DEVICE_STEPS, local, context)) {
    const end = '--url ws://127.0.0.1:19001 --token "$(openclaw config get gateway.auth.token)"';
    assert.ok(command?.endsWith(end), `${step.do}: ${command}`);
  }
  const [password] = commandsFor(DEVICE_STEPS, local, { ...context, viaLoopback: "password" });
  assert.match(password?.command ?? "", /--password "\$\(openclaw config get gateway\.auth\.password\)"$/);
  for (const { command } of commandsFor(DEVICE_STEPS, local, { release: "2026.3.13", port: 19_001 }))
    assert.doesNotMatch(command ?? "", /--url/);
});

test("the command that we run gets a config of loopback and the token from its environment, and nothing stays", async () => {
  const bin = path.join(root, "bin");
  const tmp = path.join(root, "tmp");
  for (const directory of [bin, tmp]) mkdirSync(directory);
  const program = path.join(bin, "openclaw");
  writeFileSync(program, '#!/bin/sh\ncat "$OPENCLAW_CONFIG_PATH"; echo " $# $1 $OPENCLAW_GATEWAY_TOKEN"\n');
  chmodSync(program, 0o755);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = tmp;
  try {
    const configPath = path.join(root, "openclaw.json");
    writeFileSync(configPath, '{"gateway":{"bind":"lan"}}');
    const cli = openclawCli({
      world: nodeWorld({ env: { PATH: `${bin}:/usr/bin:/bin`, HOME: root } }),
      configPath,
      stateDir: root,
      secrets: [],
      loopback: { port: 19_001, token: new Secret(TOKEN, "salt") },
    });
    const signal = new AbortController().signal;
    const call = await cli.run(["devices", "list"], { signal });
    assert.ok(call.known);
    const settings = '{"gateway":{"mode":"local","port":19001,"bind":"loopback"}}';
    assert.equal(call.value.stdout.trim(), `${settings} 2 devices ${TOKEN}`);
    // Whatever is about the configuration is about the gateway's own.
    const config = await cli.run(["config", "get", "gateway.bind"], { signal });
    assert.ok(config.known && config.value.stdout.startsWith('{"gateway":{"bind":"lan"}}'));
    assert.deepEqual(readdirSync(tmp), []);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

// `--url` with the token in the environment: "gateway url override requires explicit credentials" (run 2026.2.19).
for (const lang of ["en", "zh"] as const)
  test(`no sentence passes --url without a credential beside it: ${lang}`, () => {
    const texts: string[] = [];
    const visit = (value: unknown): void => {
      if (typeof value === "string") texts.push(value);
      else if (typeof value === "object" && value !== null)
        for (const one of Object.values(value)) visit(one);
    };
    visit(catalogueOf(lang));
    const commands = texts.flatMap((text) => text.match(/`[^`]*--url ws:[^`]*`/g) ?? []);
    assert.ok(commands.length >= 2);
    for (const command of commands)
      if (!/^`--url ws:\/\/127\.0\.0\.1:\{port\|18789\}`$/.test(command))
        assert.match(command, / --token "\$/);
  });
