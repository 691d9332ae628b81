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
  for (const word of [
    VALUE,
    "pA!8dK2#qLz9",
    "0b4a5ae1f29bd3774e88",
    "hG7-kQ2_xW9pL",
    // As a path, an address, a release, a digest, a time.
    "Xk29vQ7m/Pz4tLw8r/aB3dE6gH",
    "wJ4lrX7t/K7MD3NG/bPx2fi8YE",
    "team/claw/Xk29vQ7mPz4tLw8r",
    "/srv/Xk29vQ7mPz4tLw8r",
    "/Xk29vQ7m/Pz4tLw8r",
    "https://hooks.example.com/services/Xk29vQ7mPz4tLw8r",
    "https://Xk29vQ7mPz4tLw8r@claw.example.com/",
    "2026.4.1-Xk29vQ7mPz4tLw8r",
    "2026.4.1-hG7-kQ2_xW9pL",
    "v1.2-0b4a5ae1f29bd3774e88",
    "12-a1B2c3D4e5F6",
    "ghcr.io/openclaw/openclaw:Xk29vQ7mPz4tLw8r",
    "sha256:Xk29vQ7mPz4tLw8r",
    "2026-03-14TXk29vQ7mPz4tLw8r",
    "ab::Xk29vQ7mPz4tLw8r",
    "hG-7-kQ-2-xW-9-pL-4",
  ])
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
    "2026.9.16-release-eb377ac59e6c-2026-09-23T16-33-12.144Z",
    "22.12.0-bookworm-slim",
    "2026.4.1-beta.2",
    "3.20.1-alpine3.20",
    "quay.io/k8s-sig/claw-v1.2.3-x86_64",
    "ghcr.io/openclaw/openclaw:sha-3f2a9c1",
    "ghcr.io/openclaw/openclaw@sha256:daaa500cab4d51fd130c92c403b7cc8ce38ba0ad4c9dcfc1a0087b19b2ead317",
    "/var/lib/kubelet/pods/11ae341f-d33e-4e81-bc26-43e9f77584fc/volumes",
    "/var/lib/docker/containers/daaa500cab4d51fd130c92c403b7cc8ce38ba0ad4c9dcfc1a0087b19b2ead317/x.log",
    "http://192.168.1.5:18789/chat?session=main",
    "https://a1b2c3d4.ngrok.example.com/openclaw",
    "fe80::42:acff:fe11:2",
    "fd7a:115c:a1e0::53:1234",
    "02:42:ac:11:00:02",
    "claude-3-5-sonnet-20241022",
    "18789:18789/tcp",
    "C:\\Users\\Bob\\.openclaw",
  ])
    test(`not ${word}`, () => assert.ok(!looksDrawn(word)));

  const names = {
    "pod-template-hash": "6d4b75cb6dx9",
    "controller-revision-hash": "claw-6d4b75cb6d",
    "batch.kubernetes.io/controller-uid": "11ae341f-d33e-4e81-bc26-43e9f77584fc",
    "com.docker.compose.config-hash": "daaa500cab4d51fd130c92c403b7cc8ce38ba0ad4c9dcfc1a0087b19b2ead317",
    "com.docker.compose.project.config_files": "/tmp/stack-qjUDOb4k/compose.yml,/srv/x7Kq2mPz9w/override.yml",
    "com.docker.compose.project": "opd-3fk29dj2",
    OPENCLAW_STATE_DIR: "/tmp/home-ksvy0RzQ4w/.openclaw",
    TMPDIR: "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/",
    HOSTNAME: "9176124ba561",
    POD_NAME: "claw-6d4b75cb6d-x2x9k",
    DB_HOST: "a1b2c3d4e5.eu-west-1.rds.example.com",
    GIT_COMMIT: "eb377ac59e6c",
    APP_VERSION: "2026.4.1-eb377ac59e6c",
  };
  test("names that a cluster and an engine give are left", () => {
    assert.deepEqual(drawnValues({ metadata: { labels: names } }), []);
    assert.deepEqual(drawnValues({ env: Object.entries(names).map((pair) => pair.join("=")) }), []);
  });
  // What a stack is called is part of its containers' names, whatever it is; some managers draw it.
  const { "com.docker.compose.project": _called, ...others } = names;
  for (const name of [...Object.keys(others), "ADMIN_NAME", "com.docker.compose.oneoff"])
    test(`what stands there and is no such name is not: ${name}`, () => {
      for (const value of [VALUE, "hG7-kQ2_xW9pL", "0b4a5ae1f29bd3774e88b071c7724831b7ce5b4a8d80e4ec"])
        assert.deepEqual(drawnValues({ metadata: { labels: { [name]: value } } }), [value]);
    });

  test("however much stands before it, and however deep", () => {
    const labels = { padding: "x ".repeat(400_000), note: VALUE };
    assert.deepEqual(drawnValues({ metadata: { labels } }), [VALUE]);
    let deep: object = { labels: { note: VALUE } };
    for (let depth = 0; depth < 60; depth += 1) deep = { deep };
    assert.deepEqual(drawnValues(deep), [VALUE]);
    const padded = { annotations: { note: JSON.stringify(deep) } };
    assert.deepEqual(drawnValues(padded), [VALUE]);
  });
});
