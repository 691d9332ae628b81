// Documents and settings in somebody's prose: what a parser would take only as a whole.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { known, knownValue } from "../src/core/fact.ts";
import { momentSaid } from "../src/doctor/pure/parse-arguments.ts";
import { givenBy } from "../src/doctor/pure/read/given.ts";
import { saidSettings } from "../src/doctor/pure/read/said-settings.ts";
import { pastedBlocks } from "../src/intake/blocks.ts";
import { describedPods } from "../src/intake/described-pod.ts";
import { harLines } from "../src/intake/har.ts";
import { documentKind } from "../src/intake/recognise.ts";
import { digestLogs } from "../src/logs/digest.ts";

async function configOf(text: string) {
  const given = await givenBy(
    pastedBlocks(text).map((block) => ({ ...block, name: "ticket" })),
    "salt",
  );
  const config = given.config?.(undefined) ?? known(undefined, "");
  return knownValue(config)?.effective.gateway;
}

describe("a part of openclaw.json in prose", () => {
  const rows: readonly (readonly [string, string, unknown])[] = [
    [
      "keys without anything around them",
      '"bind": "lan",\n"trustedProxies": ["10.0.0.7"]',
      { bind: "lan", trustedProxies: ["10.0.0.7"] },
    ],
    [
      "a section that is not where it belongs",
      '{\n  "controlUi": { "allowedOrigins": ["https://a.example"] }\n}',
      { controlUi: { allowedOrigins: ["https://a.example"] } },
    ],
    [
      "the page's keys alone",
      '"allowedOrigins": [\n  "https://a.example"\n]',
      { controlUi: { allowedOrigins: ["https://a.example"] } },
    ],
    [
      "YAML without a fence",
      "we have\n\ngateway:\n  bind: lan\n  trustedProxies:\n    - 10.0.0.7\n\nand it fails",
      { bind: "lan", trustedProxies: ["10.0.0.7"] },
    ],
    ["YAML of a chart's values", "```yaml\nconfig:\n  gateway:\n    bind: lan\n```", { bind: "lan" }],
  ];
  for (const [name, text, expected] of rows)
    test(name, async () => {
      const found = (await configOf(`My setup:\n\n${text}\n\nThanks`)) as Record<string, unknown>;
      for (const [key, value] of Object.entries(expected as object)) assert.deepEqual(found?.[key], value);
    });

  test("words with a manifest below are a text, not a manifest", () => {
    const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: openclaw-config\n";
    assert.equal(documentKind(manifest), "kubernetes");
    assert.equal(documentKind(`After the upgrade it answers 403:\n\n${manifest}`), undefined);
    assert.deepEqual(
      pastedBlocks(`After the upgrade:\n\n${manifest}`).map(({ as, line }) => [as, line]),
      [["kubernetes", 3]],
    );
  });
});

describe("a setting in a sentence", () => {
  const settings = (text: string) => JSON.parse(saidSettings(text, "t")?.text ?? "null")?.gateway ?? null;
  test("that is in force", () => {
    assert.deepEqual(settings('I added `"trustedProxies": ["127.0.0.1"]` for nginx'), {
      trustedProxies: ["127.0.0.1"],
    });
    assert.deepEqual(settings("openclaw config set gateway.bind lan"), { bind: "lan" });
    assert.deepEqual(settings("- controlUi.allowedOrigins: ['https://a.example']"), {
      controlUi: { allowedOrigins: ["https://a.example"] },
    });
  });
  for (const text of [
    "I removed trustedProxies: ['127.0.0.1']",
    "should I set gateway.bind to lan?",
    "the docs say gateway.bind lan",
    "without gateway.bind=lan it works",
    "the default is gateway.bind loopback",
  ])
    test(`that is not: ${text}`, () => assert.equal(settings(text), null));
});

const DESCRIBED = `Name:             openclaw-866cf46ddf-fhq2t
Namespace:        bots
Labels:           app=openclaw
                  pod-template-hash=866cf46ddf
Status:           Running
IP:               10.42.0.19
Controlled By:  ReplicaSet/openclaw-866cf46ddf
Containers:
  gateway:
    Image:         ghcr.io/openclaw/openclaw:2026.8.1
    Port:          18789/TCP
    Args:
      gateway
      --bind
      lan
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Exit Code:    78
    Ready:          False
    Restart Count:  7
    Environment:
      OPENCLAW_GATEWAY_TOKEN:  <set to the key 'token' in secret 'openclaw'>  Optional: false
      OPENCLAW_GATEWAY_BIND:   lan
    Mounts:
      /home/node/.openclaw from home (rw)
Conditions:
  Type              Status
  Ready             False
`;

describe("kubectl describe pod", () => {
  test("is the pod of the cluster", () => {
    assert.deepEqual(describedPods(DESCRIBED), [
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: "openclaw-866cf46ddf-fhq2t",
          namespace: "bots",
          labels: { app: "openclaw", "pod-template-hash": "866cf46ddf" },
          ownerReferences: [{ kind: "ReplicaSet", name: "openclaw-866cf46ddf", controller: true }],
        },
        spec: {
          containers: [
            {
              name: "gateway",
              image: "ghcr.io/openclaw/openclaw:2026.8.1",
              command: [],
              args: ["gateway", "--bind", "lan"],
              env: [{ name: "OPENCLAW_GATEWAY_BIND", value: "lan" }],
              volumeMounts: [{ mountPath: "/home/node/.openclaw", name: "home", readOnly: false }],
              ports: [{ containerPort: 18789, protocol: "TCP" }],
            },
          ],
        },
        status: {
          phase: "Running",
          podIP: "10.42.0.19",
          podIPs: [{ ip: "10.42.0.19" }],
          containerStatuses: [
            {
              name: "gateway",
              image: "ghcr.io/openclaw/openclaw:2026.8.1",
              restartCount: 7,
              ready: false,
              state: { waiting: { reason: "CrashLoopBackOff" } },
              lastState: { terminated: { reason: "Error", exitCode: 78 } },
            },
          ],
        },
      },
    ]);
  });

  test("names the workload, in a ticket, too", async () => {
    const blocks = pastedBlocks(`It does not start:\n\n${DESCRIBED}\nHelp`).map((one) => ({
      ...one,
      name: "t",
    }));
    const { names, release } = await givenBy(blocks, "salt");
    assert.equal(names?.namespace, "bots");
    assert.equal(names?.container, "gateway");
    assert.equal(release?.value.version, "2026.8.1");
  });
});

test("a recording tells who answered, and the gateway's own refusal of the page", () => {
  const entry = (url: string, response: object) => ({ request: { url }, response });
  const lines = harLines({
    log: {
      entries: [
        entry("wss://a.example/", { status: 502, headers: [{ name: "Server", value: "nginx/1.24" }] }),
        entry("https://a.example/", {
          status: 403,
          headers: [{ name: "set-cookie", value: "secret=1" }],
          content: { text: '{"error":{"type":"proxy_attribution_required"}}' },
        }),
      ],
    },
  });
  assert.match(lines.join("\n"), /server header: nginx\/1\.24\n.*502\n.*proxy_attribution_required/s);
  assert.ok(!lines.join("\n").includes("secret"));
});

describe("--since and --until", () => {
  const NOW = Date.parse("2026-03-13T12:00:00Z");
  test("a moment, or a span before now", () => {
    for (const [text, at] of [
      ["2026-03-13T10:00:00Z", "2026-03-13T10:00:00.000Z"],
      ["6h", "2026-03-13T06:00:00.000Z"],
      ["2d", "2026-03-11T12:00:00.000Z"],
      ["30m", "2026-03-13T11:30:00.000Z"],
    ] as const) {
      const said = momentSaid("--since", text, NOW);
      assert.equal(said.ok ? new Date(said.value).toISOString() : said, at);
    }
    for (const text of ["yesterday", "2026-13-40", "6", "-1h", ""])
      assert.equal(momentSaid("--since", text, NOW).ok, false);
  });

  test("what has a time outside of them does not count; what has none does", async () => {
    const line = (at: string) =>
      `${at} [ws] closed before connect conn=${at.slice(11, 13)}aaaaaa-0000-4000-8000-000000000000 remote=10.0.0.${at.slice(12, 13)} fwd=n/a origin=http://a host=a code=1008 reason=pairing required\n`;
    const text = ["2026-03-13T01:00:00Z", "2026-03-13T05:00:00Z", "2026-03-13T09:00:00Z"].map(line).join("");
    const digest = await digestLogs(
      [{ name: "log", chunks: [text, "gateway closed (1008): pairing required\n"] }],
      {
        since: Date.parse("2026-03-13T04:00:00Z"),
        until: Date.parse("2026-03-13T06:00:00Z"),
      },
    );
    assert.deepEqual(
      digest.refusals.map(({ latest }) => latest.remote),
      ["10.0.0.5"],
    );
    assert.equal(digest.counts["client-error"], 1);
  });
});
