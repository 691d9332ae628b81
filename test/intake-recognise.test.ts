import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pastedBlocks } from "../src/intake/blocks.ts";
import { devicesFromTable } from "../src/intake/device-table.ts";
import { harLines } from "../src/intake/har.ts";
import { documentKind } from "../src/intake/recognise.ts";

const CONFIG = `{ "gateway": { "bind": "lan", "auth": { "mode": "token" } } }`;
const INSPECT = { Id: "a".repeat(64), Name: "/claw", Config: {}, State: {}, HostConfig: {} };

describe("what a text is, by its content", () => {
  const rows: readonly (readonly [what: string, text: string, as: string | undefined, name?: string])[] = [
    ["a config", CONFIG, "config"],
    ["JSON5 with comments", "// mine\n{\n  gateway: {\n    port: 18789,\n  },\n}\n", "config"],
    ["a config with a fault", `{\n  "gateway": {\n    "port": 1,,\n  }\n}`, "config"],
    ["a config without a gateway", `{"agents": {}, "channels": {}}`, "config"],
    ["JSON of something else with a gateway in it", `{"gateway": {"ip": "10.0.0.1"}, "dns": []}`, undefined],
    ["a Compose file", "services:\n  openclaw-gateway:\n    image: openclaw:1\n", "compose"],
    ["a Compose file as JSON", `{"services": {"x": {"image": "y"}}}`, "compose"],
    ["docker inspect", JSON.stringify([INSPECT]), "docker-inspect"],
    ["docker inspect of one", JSON.stringify(INSPECT), "docker-inspect"],
    ["a pod", `{"apiVersion": "v1", "kind": "Pod"}`, "kubernetes"],
    [
      "manifests",
      "apiVersion: apps/v1\nkind: Deployment\n---\napiVersion: v1\nkind: Service\n",
      "kubernetes",
    ],
    ["variables", "# mine\nOPENCLAW_GATEWAY_TOKEN=abc\nTZ=UTC\n", "env"],
    ["variables of anything in a .env", "A=1\nB=2\n", "env", "x/.env"],
    ["variables of anything elsewhere", "A=1\nB=2\n", undefined, "notes.txt"],
    ["devices list --json", `{"pending": [], "paired": [{"deviceId": "x"}]}`, "devices"],
    ["a store file", `{"x": {"deviceId": "x", "publicKey": "y"}}`, "devices"],
    ["devices list", "Pending (0)\nPaired (1)\n┌──┐\n│ Device │\n", "devices"],
    ["doctor --json", `{"schemaVersion": 1, "ok": true, "checksRun": 3, "findings": []}`, "doctor"],
    ["systemctl show", "Id=openclaw-gateway.service\nActiveState=active\nSubState=running\n", "systemd"],
    ["a unit file", "[Unit]\nDescription=x\n[Service]\nExecStart=/usr/bin/openclaw gateway\n", "systemd"],
    ["a recording", `{"log": {"version": "1.2", "entries": []}}`, "har"],
    ["our report", `{"schemaVersion": 1, "tool": {"name": "openclaw-pairing-doctor"}}`, "report"],
    [
      "a log",
      "2026-11-22T12:00:00Z [ws] closed before connect conn=x code=1008 reason=pairing required\n",
      undefined,
    ],
    [
      "JSON lines of the gateway",
      `{"0":"{\\"subsystem\\":\\"gateway/ws\\"}","1":"closed before connect","time":"x"}\n`,
      undefined,
    ],
    [
      "a ticket about a Compose file",
      "my services:\n  image: x\ndisconnected (1008): pairing required",
      undefined,
    ],
    ["nothing", "", undefined],
  ];
  for (const [what, text, as, name] of rows)
    test(`${what}: ${as ?? "no document"}`, () => assert.equal(documentKind(text, name), as));
});

describe("documents in somebody's words", () => {
  const kinds = (text: string) => pastedBlocks(text).map(({ as }) => as);
  const rows: readonly (readonly [what: string, text: string, as: readonly string[]])[] = [
    ["in a fence", `Here:\n\`\`\`json\n${CONFIG}\n\`\`\`\nthanks`, ["config"]],
    ["in a fence that is quoted", `> Here:\n> \`\`\`\n> ${CONFIG}\n> \`\`\``, ["config"]],
    ["HTML-escaped", `Here:\n\`\`\`\n${CONFIG.replaceAll('"', "&quot;")}\n\`\`\``, ["config"]],
    ["without its outer braces", '```\n"gateway": {\n  "bind": "lan"\n}\n```', ["config"]],
    ["without a fence", `my config is\n{\n  "gateway": { "bind": "lan" }\n}\nand it fails`, ["config"]],
    [
      "two of them",
      `~~~yaml\nservices:\n  a:\n    image: b\n~~~\n\`\`\`\nOPENCLAW_GATEWAY_TOKEN=x\n\`\`\``,
      ["compose", "env"],
    ],
    ["a table of devices", "I see\nPending (1)\n│ Request │ Device │\n│ a │ b │\nwhat now?", ["devices"]],
    ["code of something else", "```js\nconst a = { b: 1 };\n```", []],
    ["a fence that never ends", `\`\`\`\n${CONFIG}`, []],
    ["no document at all", "it says pairing required, see [ws] above {", []],
  ];
  for (const [what, text, as] of rows) test(what, () => assert.deepEqual(kinds(text), as));

  test("the line of each", () => {
    assert.deepEqual(
      pastedBlocks(`a\nb\n\`\`\`\n${CONFIG}\n\`\`\`\n`).map(({ line }) => line),
      [4],
    );
  });

  test("brackets without an end take no longer than their text", () => {
    const open = "{\n".repeat(20_000);
    assert.deepEqual(pastedBlocks(open), []);
  });
});

const ID = "6f251b3a661c1e98d8a100e89cb1a64987779fd18b8d1c981af5ae33a81bc305";
const OTHER = "fa68010488fa5f2fe7b9097f71f909311cade66fd033619131316c31b32985df";

describe("tables of devices list, as gateways printed them", () => {
  test("2026.2.1", () => {
    const text = `Pending (1)
┌──────────────────────────────────────┬───────────────────────────────────┬──────────┬────────────┬─────────┬────────┐
│ Request                              │ Device                            │ Role     │ IP         │ Age     │ Flags  │
├──────────────────────────────────────┼───────────────────────────────────┼──────────┼────────────┼─────────┼────────┤
│ 36f0bcae-801c-40d3-9738-ea9558adc266 │ 6f251b3a661c1e98d8a100e89cb1a6498 │ operator │ 172.29.0.1 │ 31s ago │        │
│                                      │ 7779fd18b8d1c981af5ae33a81bc305   │          │            │         │        │
└──────────────────────────────────────┴───────────────────────────────────┴──────────┴────────────┴─────────┴────────┘
Paired (1)
┌────────────────────────────────────────────┬────────────┬─────────────────────────────────┬────────────┬────────────┐
│ Device                                     │ Roles      │ Scopes                          │ Tokens     │ IP         │
├────────────────────────────────────────────┼────────────┼─────────────────────────────────┼────────────┼────────────┤
│ fa68010488fa5f2fe7b9097f71f909311cade66fd0 │ operator   │ operator.admin, operator.       │ operator   │            │
│ 33619131316c31b32985df                     │            │ approvals, operator.pairing     │            │            │
└────────────────────────────────────────────┴────────────┴─────────────────────────────────┴────────────┴────────────┘`;
    assert.deepEqual(devicesFromTable(text), {
      pending: [
        {
          requestId: "36f0bcae-801c-40d3-9738-ea9558adc266",
          deviceId: ID,
          role: "operator",
          scopes: [],
          remoteIp: "172.29.0.1",
        },
      ],
      paired: [
        {
          deviceId: OTHER,
          role: "operator",
          scopes: ["operator.admin", "operator.approvals", "operator.pairing"],
        },
      ],
      store: "json",
    });
  });

  test("2026.9.6", () => {
    const text = `Pending (1)
│ Request                              │ Device         │ Requested        │ Approved         │ Age      │ Status      │
├──────────────────────────────────────┼────────────────┼──────────────────┼──────────────────┼──────────┼─────────────┤
│ 3f049707-f89e-4fc9-9d30-8bd1def25ad0 │ 6f251b3a661c1e │ roles:           │ none             │ just now │ new pairing │
│                                      │ 98d8a100e89cb1 │ operator;        │                  │          │             │
│                                      │ a64987779fd18b │ scopes:          │                  │          │             │
│                                      │ 8d1c981af5ae33 │ operator.admin,  │                  │          │             │
│                                      │ a81bc305 ·     │ operator.        │                  │          │             │
│                                      │ 172.29.0.1     │ approvals        │                  │          │             │`;
    assert.deepEqual(devicesFromTable(text).pending, [
      {
        requestId: "3f049707-f89e-4fc9-9d30-8bd1def25ad0",
        deviceId: ID,
        role: "operator",
        scopes: ["operator.admin", "operator.approvals"],
        remoteIp: "172.29.0.1",
      },
    ]);
  });

  test("anything else is an empty list", () => {
    assert.deepEqual(devicesFromTable("Pending (1)\nnothing\n│\n││││\n"), {
      pending: [],
      paired: [],
      store: "json",
    });
  });
});

describe("a browser's recording", () => {
  const of = (...entries: readonly object[]) => harLines({ log: { entries } });
  const request = { url: "wss://claw.example.com/?token=sextant-and-glacier-77" };

  test("an upgrade that was refused, answers with an error, the code of the end", () => {
    const lines = of(
      { _resourceType: "websocket", request, response: { status: 403 } },
      {
        request,
        response: { status: 101 },
        _webSocketMessages: [
          { type: "send", opcode: 1, data: '{"token":"sextant-and-glacier-77","error":1}' },
          { type: "receive", opcode: 1, data: '{"type":"event","event":"tick"}' },
          {
            type: "receive",
            opcode: 1,
            data: '{"type":"res","ok":false,"error":{"message":"pairing required"}}',
          },
        ],
      },
      { request, response: { status: 0, _error: "net::ERR_CONNECTION_REFUSED" } },
      { request: { url: "https://claw.example.com/app.js" }, response: { status: 404 } },
    );
    assert.deepEqual(lines, [
      "WebSocket connection to 'wss://claw.example.com/' failed: Error during WebSocket handshake: Unexpected response code: 403",
      '{"type":"res","ok":false,"error":{"message":"pairing required"}}',
      "WebSocket connection to 'wss://claw.example.com/' failed: net::ERR_CONNECTION_REFUSED",
    ]);
    assert.doesNotMatch(lines.join("\n"), /sextant/);
  });

  test("whatever else is there is no line", () => {
    for (const value of [
      undefined,
      {},
      { log: {} },
      { log: { entries: [null, 1, {}, { request: 1, _webSocketMessages: [1] }] } },
    ])
      assert.ok(harLines(value).every((line) => line.startsWith("WebSocket")));
  });
});
