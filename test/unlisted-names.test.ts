// A secret that somebody put under a name that says nothing: in an annotation, a label, a variable of a unit, of a
// container or of a Compose file. Where a log line repeats it, or an event, it is not to be seen.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { drawnValues, looksDrawn } from "../src/core/drawn-values.ts";
import { here } from "./support/cli.ts";

const directory = mkdtempSync(join(tmpdir(), "opd-unlisted-"));
after(() => rmSync(directory, { recursive: true }));

const VALUE = "Xk29vQ7mPz4tLw8r";
const applied = JSON.stringify({ spec: { containers: [{ env: [{ name: "NOTE", value: VALUE }] }] } });
const podOf = (metadata: object, env: readonly object[] = []) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "claw-6d4b75cb6d-x2x9k", namespace: "claw", ...metadata },
  spec: {
    containers: [
      {
        name: "gateway",
        image: "ghcr.io/openclaw/openclaw:2026.3.13",
        command: ["node", "dist/index.js", "gateway", "--bind", "lan"],
        env,
      },
    ],
  },
  status: {
    phase: "Running",
    podIP: "10.1.2.3",
    containerStatuses: [
      {
        name: "gateway",
        restartCount: 2,
        ready: true,
        state: { running: {} },
        lastState: { terminated: { exitCode: 1, message: `started with ${VALUE}`, reason: "Error" } },
      },
    ],
  },
});
const containerOf = (config: object) => [
  {
    Id: "9176124ba561c6d810120efd0fe3779662e019666d84b88a04b8293d9af99bae",
    Name: "/claw",
    RestartCount: 3,
    State: {
      Status: "running",
      Running: true,
      Health: { Status: "unhealthy", Log: [{ Output: `tried ${VALUE}` }] },
      Error: `no ${VALUE}`,
    },
    HostConfig: { NetworkMode: "bridge" },
    Config: { Image: "openclaw:2026.3.13", Cmd: ["node", "dist/index.js", "gateway"], ...config },
  },
];
const compose = (more: string) =>
  `services:\n  openclaw-gateway:\n    image: openclaw:2026.3.13\n    command: ["node", "dist/index.js", "gateway"]\n${more}`;

const PLACES: Readonly<Record<string, readonly [file: string, text: string]>> = {
  "an annotation": ["pod.json", JSON.stringify(podOf({ annotations: { note: VALUE } }))],
  "words of an annotation": [
    "pod.json",
    JSON.stringify(podOf({ annotations: { note: `ask Bob, it is ${VALUE}; ok` } })),
  ],
  "what was applied last": [
    "pod.json",
    JSON.stringify(podOf({ annotations: { "kubectl.kubernetes.io/last-applied-configuration": applied } })),
  ],
  "a cluster's label": ["pod.json", JSON.stringify(podOf({ labels: { colour: VALUE } }))],
  "a cluster's variable": ["pod.json", JSON.stringify(podOf({}, [{ name: "COLOUR", value: VALUE }]))],
  "an engine's label": [
    "inspect.json",
    JSON.stringify(containerOf({ Labels: { "com.example.note": VALUE } })),
  ],
  "an engine's variable": ["inspect.json", JSON.stringify(containerOf({ Env: [`COLOUR=${VALUE}`] }))],
  "a Compose variable": ["compose.yaml", compose(`    environment:\n      COLOUR: ${VALUE}\n`)],
  "a Compose list": ["compose.yaml", compose(`    environment:\n      - COLOUR=${VALUE}\n`)],
  "a Compose label": ["compose.yaml", compose(`    labels:\n      colour: ${VALUE}\n`)],
  "a unit": [
    "openclaw-gateway.service",
    `[Service]\nEnvironment=COLOUR=${VALUE}\nExecStart=/usr/bin/node /usr/lib/node_modules/openclaw/dist/index.js gateway\n`,
  ],
  "an env file": [".env", `OPENCLAW_GATEWAY_PORT=18789\nCOLOUR=${VALUE}\n`],
};
const log = join(directory, "gateway.log");
const LINE =
  "2026-03-14T08:00:00.000Z [ws] closed before connect conn=1 remote=172.18.0.1 fwd=n/a origin=http://127.0.0.1:18789";
writeFileSync(log, `${LINE} host=127.0.0.1:18789 ua=${VALUE} code=1008 reason=pairing required ${VALUE}\n`);

describe("is nowhere to be seen", () => {
  for (const [name, [file, text]] of Object.entries(PLACES))
    test(name, async () => {
      const path = join(directory, file);
      writeFileSync(path, text);
      for (const more of [["--verbose"], ["--json"], ["--format", "markdown", "--lang", "zh"]]) {
        const { stdout, stderr } = await here(["triage", path, log, ...more]);
        assert.match(stdout, /pairing|配对/i);
        assert.ok(!(stdout + stderr).includes(VALUE), `${more.join(" ")}\n${stdout}`);
      }
    });

  test("but without that document the line is shown as it is", async () => {
    const { stdout } = await here(["triage", log, "--json"]);
    assert.ok(stdout.includes(VALUE));
  });
});

describe("what looks drawn", () => {
  for (const word of [VALUE, "pA!8dK2#qLz9", "0b4a5ae1f29bd3774e88", "hG7-kQ2_xW9pL"])
    test(word, () => assert.ok(looksDrawn(word)));
  for (const word of [
    "openclaw-gateway",
    "openclaw-gateway-2",
    "ghcr.io/openclaw/openclaw:2026.3.13",
    "2026-03-14T08:00:00.000Z",
    "https://claw.example.com:8443",
    "/home/node/.openclaw",
    "127.0.0.1:18789",
    "app.kubernetes.io/name",
    "production",
    "linux/amd64",
    "node-22",
    "v2026.3.13",
    "gpt-4.1",
    "UTC",
  ])
    test(`not ${word}`, () => assert.ok(!looksDrawn(word)));

  test("names that a cluster and an engine give are left", () => {
    const labels = { "pod-template-hash": "6d4b75cb6dx9", "com.docker.compose.config-hash": VALUE };
    assert.deepEqual(drawnValues({ metadata: { labels }, env: [`HOSTNAME=9176124ba561`] }), []);
  });
});
