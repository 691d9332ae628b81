import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { said, unknown } from "../src/core/fact.ts";
import { say } from "../src/core/saying.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { offlineFacts } from "../src/doctor/pure/offline.ts";
import type { Report } from "../src/report/result.ts";

/*
 * Kinds of tickets, each in words that nobody has filed: what is found first, and near misses in almost the same words.
 * `none`: no error and no warning is found. A release behind the text is said.
 */

type Row = readonly [text: string, first: string, release?: string];

async function triage(text: string, release?: string): Promise<Report> {
  const facts = await offlineFacts({
    signal: new AbortController().signal,
    name: "ticket",
    sources: () => [{ name: "ticket", chunks: [new TextEncoder().encode(`${text}\n`)] }],
    release:
      release === undefined
        ? unknown("not-asked", say("nobody-said"), "--release X")
        : said({ version: release, confidence: "certain", from: "said" }, "--release"),
  });
  return reportOf(facts);
}

function firstOf({ findings }: Report): string {
  return findings.find(({ severity }) => severity !== "info")?.id ?? "none";
}

function kind(name: string, rows: readonly Row[]): void {
  describe(name, () => {
    for (const [text, first, release] of rows)
      test(text.slice(0, 90), async () => assert.equal(firstOf(await triage(text, release)), first));
  });
}

const LEFT = (ua: string, code: number, remote = "10.20.30.44") =>
  `2026-06-03T20:14:11.120+02:00 [ws] closed before connect conn=5d2f0c4e-6f0b-4c7e-9f3a-0a3f9d1c7b21 peer=${remote}:40112->10.20.30.5:18789 remote=${remote} fwd=n/a origin=n/a host=10.20.30.5:18789 ua=${ua} code=${code} reason=n/a`;

kind("who was refused: node hosts, apps and tools are no browsers", [
  ["[node] gateway closed (1008): pairing required", "mobile-or-node-pairing"],
  [
    "openclaw node start --host hub.lan\nError: gateway closed (1008): pairing required",
    "mobile-or-node-pairing",
  ],
  ["节点主机一直连不上：node-host gateway closed (1008): pairing required", "mobile-or-node-pairing"],
  ["Our iOS app only shows: pairing required", "mobile-or-node-pairing"],
  ["安卓客户端提示 pairing required", "mobile-or-node-pairing"],
  ["the phone's browser shows: device pairing required", "first-time-not-paired"],
  ["the CLI on my node server prints: gateway connect failed: pairing required", "first-time-not-paired"],
  [LEFT("OpenClawWatch/3 (iOS 19.1; iPhone)", 1005), "mobile-or-node-pairing", "2026.6.11"],
  [LEFT("Dart/3.9 (dart:io)", 1001), "mobile-or-node-pairing", "2026.6.11"],
  [LEFT("axios/1.6.2", 1000), "none", "2026.6.11"],
  ['cron tool result: {"error":"gateway closed (1008): pairing required"}', "internal-loopback-regression"],
  ["sub-agent could not be started: gateway closed (1008): pairing required", "internal-loopback-regression"],
  ["gateway closed (1008): pairing required", "first-time-not-paired"],
]);

kind("another part of OpenClaw, or its library, is speaking", [
  ["[lark] ws client: protocol mismatch, giving up", "none"],
  ["[warn]: [ '[ws]', 'protocol mismatch' ]", "none"],
  ["AssertionError [ERR_ASSERTION]: protocol mismatch", "none"],
  ["TypeError [ERR_INVALID_URL]: origin not allowed", "none"],
  ["[ERROR] socket-mode:SlackWebSocket:1 Unexpected server response: 408", "none"],
  ["钉钉机器人经常掉线，重启才恢复", "none"],
  [
    "[ws] protocol mismatch conn=5d2f0c4e-6f0b-4c7e-9f3a-0a3f9d1c7b21 min=3 max=3 expected=4",
    "protocol-or-build-skew",
  ],
  ["Telegram works, but the dashboard says origin not allowed", "origin-not-allowed"],
  ["[telegram] sendMessage failed: gateway closed (1008): pairing required", "first-time-not-paired"],
]);

test("a channel that works beside a page that fails is not named as the trouble", async () => {
  const { findings } = await triage("Discord works fine, the Control UI fails");
  assert.deepEqual(
    findings.map(({ id }) => id),
    [],
  );
});

kind("retired identities in other words", [
  [
    "identity/device-auth.json: legacy device auth conflicts with the migrated one, left in place",
    "retired-identity-files",
  ],
  ["Refusing to start: retired device identity does not match the import receipt", "retired-identity-files"],
  ["migrated legacy device identity to SQLite", "none"],
  ["the docs speak of a device identity in identity/device.json", "none"],
]);

kind("directories that may not be made", [
  ["Error: EACCES: permission denied, mkdir '/Users/kim/claw'", "state-permissions"],
  ["Error: EPERM: operation not permitted, mkdir 'C:\\Users\\kim\\claw'", "state-permissions"],
  ["Error: EROFS: read-only file system, mkdir '/data'", "state-permissions"],
  ["npm error Error: EACCES: permission denied, mkdir '/usr/lib/node_modules/openclaw'", "none"],
  ["backup.sh: EACCES: permission denied, mkdir '/srv/backup'", "none"],
]);

kind("who has the port", [
  [
    "Port 18789 is already in use.\n- pid 77 root: nginx: master process (0.0.0.0:18789)",
    "gateway-down-or-starting",
  ],
  ['LISTEN 0 511 *:18789 *:* users:(("caddy",pid=9,fd=7))', "gateway-down-or-starting"],
  ["Port 18789 is already in use.\n- pid 77 kim: moltbot gateway (127.0.0.1:18789)", "multiple-gateways"],
  [
    "Gateway failed to start: listen EADDRINUSE: address already in use 127.0.0.1:18789\n- pid 77 kim: openclaw-gateway (127.0.0.1:18789)",
    "multiple-gateways",
  ],
  [
    "Runtime: running (pid 77)\nPort 18789 is already in use.\n- pid 77 kim: openclaw-gateway (127.0.0.1:18789)",
    "none",
  ],
]);

kind("a configuration that OpenClaw rejects", [
  [
    "Failed to read config at /root/.openclaw/openclaw.json SyntaxError: JSON5: invalid end of input at 31:1",
    "gateway-down-or-starting",
  ],
  [
    "Invalid config at ~/.openclaw/openclaw.json:\n- gateway.port: Invalid input: expected number, received string",
    "gateway-down-or-starting",
  ],
  ["Config invalid\nFile: ~/.openclaw/openclaw.json", "gateway-down-or-starting"],
  ['Config validation failed: gateway.controlUi: Unrecognized key: "foo"', "none"],
  ["[reload] config reload skipped (invalid config): gateway.port: Invalid input", "none"],
  [
    "Invalid config at ~/.openclaw/openclaw.json:\n- x.y: Invalid input: z\n[gateway] listening on ws://127.0.0.1:18789 (PID 9)",
    "none",
  ],
]);

kind("a login or a proxy in front of the socket", [
  [
    "Authentik redirects the socket to its login page, so the upgrade does not get through",
    "edge-blocks-upgrade",
  ],
  ["oauth2-proxy answers wss with a 302 to the sign-in page", "edge-blocks-upgrade"],
  ["WebSocket 握手没有到达网关，nginx 直接返回", "edge-blocks-upgrade"],
  ["The page opens through our proxy, then: disconnected (1006): no reason", "edge-blocks-upgrade"],
  ["disconnected (1006): no reason", "gateway-down-or-starting"],
  ["My login page has a nice logo; Cloudflare only does DNS", "none"],
]);

kind("fields of the connect message", [
  ["invalid connect params: at /client: unexpected property 'buildId'", "protocol-or-build-skew"],
  ["invalid connect params: data must NOT have additional properties", "protocol-or-build-skew"],
  [
    "invalid connect params: at /device: must have required property 'nonce'",
    "device-auth-handshake-invalid",
  ],
]);

kind("scopes of a client that is in", [
  [
    "⇄ res ✗ chat.history 1ms errorCode=INVALID_REQUEST errorMessage=missing scope: operator.read",
    "probe-scope-limited",
  ],
  ["RPC: limited - missing scope: operator.read", "none"],
]);

test("a place in the file and a key are named, with the line that tells of them", async () => {
  const { findings } = await triage(
    "Invalid config at /srv/claw/openclaw.json:\n- <root>: JSON5 parse failed: SyntaxError: JSON5: invalid character '}' at 22:9\nGateway failed to start",
  );
  const { path, line, column } = findings[0]?.args ?? {};
  assert.deepEqual({ path, line, column }, { path: "/srv/claw/openclaw.json", line: 22, column: 9 });
});

test("what has the port is named", async () => {
  const { findings } = await triage(
    "python3 5150 ann 3u IPv4 4980493 0t0 TCP *:18789 (LISTEN)\ncurl: (52) Empty reply from server",
  );
  const held = findings.find(({ variant }) => variant === "port-held");
  assert.deepEqual([held?.args?.program, held?.args?.pid, held?.args?.user], ["python3", 5150, "ann"]);
});

test("a client that left for reasons of its own is neither health nor a cause, and its line is shown", async () => {
  const report = await triage(LEFT("curl/8.9", 1006), "2026.6.11");
  assert.equal(report.verdict, "undetermined");
  const quotes = report.notes?.flatMap(({ evidence = [] }) => evidence.map(({ quote }) => quote)) ?? [];
  assert.ok(quotes.some((quote) => quote.includes("curl/8.9")));
});

test("the release that runs is the last of several, and the gateway's own", async () => {
  const versionOf = async (text: string) =>
    (await triage(`${text}\ndevice identity required`)).gateway.version;
  assert.equal(await versionOf("npm i -g openclaw@2026.3.15, later openclaw@2026.4.24"), "2026.4.24");
  assert.equal(await versionOf("openclaw 2026.4.24, downgraded, now openclaw 2026.4.20"), "2026.4.20");
  assert.equal(await versionOf("gateway 2026.5.28 and the Android app 2026.6.1"), "2026.5.28");
  assert.equal(
    await versionOf(
      "2026-06-03T20:14:10.120+02:00 [ws] webchat connected conn=5d2f0c4e-6f0b-4c7e-9f3a-0a3f9d1c7b21 remote=127.0.0.1 client=openclaw-control-ui webchat v2026.5.28",
    ),
    "2026.5.28",
  );
});

kind("who says that it is paired already is not asked to be let in for the first time", [
  ["Both are paired. gateway closed (1008): pairing required", "scope-upgrade-pending"],
  [
    "`openclaw devices list` says that the phone's browser is already paired.\nThe page shows: pairing required",
    "scope-upgrade-pending",
  ],
  ["设备列表里都已配对，但页面提示 pairing required", "scope-upgrade-pending"],
  ["The device is not paired. The page shows: pairing required", "first-time-not-paired"],
  ["How do I get it paired? The page shows: pairing required", "first-time-not-paired"],
  [
    "A code that I approve from a device that is already paired, please. pairing required",
    "first-time-not-paired",
  ],
  ["My other phone is paired. This one shows: pairing required", "first-time-not-paired"],
  ["Once it is paired I can go on. gateway closed (1008): pairing required", "first-time-not-paired"],
  ["还没配对，页面提示 pairing required", "first-time-not-paired"],
  // The gateway's own reason says more.
  [
    "Both are paired. gateway closed (1008): pairing required: device is not approved yet",
    "first-time-not-paired",
  ],
]);
