// What the gateway knows of a device, and what the device asks for beyond that.
import type { Connection, ConnectionDevice } from "../../../src/core/connection.ts";
import {
  at,
  type Case,
  cliOn,
  NODE,
  nodeOn,
  PAGE_SCOPES,
  pageOn,
  paired,
  READ_WRITE,
  WAYS,
  type Way,
} from "../case.ts";
import { BRIDGE, PORT, PUBLIC } from "../network.ts";

/** Name, approved, asked for. */
const SCOPES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["the same", PAGE_SCOPES, PAGE_SCOPES],
  ["more", READ_WRITE, [...READ_WRITE, "operator.admin"]],
  ["fewer", READ_WRITE, ["operator.read"]],
  ["none", READ_WRITE, []],
  ["read of write", ["operator.write"], ["operator.read"]],
  ["write of read", ["operator.read"], ["operator.write"]],
  ["write of admin", ["operator.admin"], ["operator.write"]],
  ["talk of write", ["operator.write"], ["operator.talk"]],
  ["talk of read", ["operator.read"], ["operator.talk"]],
  ["approvals of read and write", READ_WRITE, ["operator.approvals"]],
  ["pairing of admin", ["operator.admin"], ["operator.pairing"]],
  ["an unknown one of admin", ["operator.admin"], ["operator.foo"]],
  ["a foreign one of admin", ["operator.admin"], ["custom.scope"]],
  ["read of approvals", ["operator.approvals"], ["operator.read"]],
  ["admin of none", [], ["operator.admin"]],
  ["none of none", [], []],
  ["secrets of admin", ["operator.admin"], ["operator.talk.secrets"]],
  ["secrets of talk", ["operator.talk"], ["operator.talk.secrets"]],
  ["session.read of write", ["operator.write"], ["operator.session.read"]],
  ["sessions.read of read", ["operator.read"], ["operator.sessions.read"]],
  ["sessions.read of write", ["operator.write"], ["operator.sessions.read"]],
  ["sessions.write of write", ["operator.write"], ["operator.sessions.write"]],
  ["sessions.write of read", ["operator.read"], ["operator.sessions.write"]],
  ["sessions.read of sessions.write", ["operator.sessions.write"], ["operator.sessions.read"]],
  ["read of sessions.read", ["operator.sessions.read"], ["operator.read"]],
  ["questions of write", ["operator.write"], ["operator.questions"]],
  ["questions of approvals", ["operator.approvals"], ["operator.questions"]],
  ["read of talk", ["operator.talk"], ["operator.read"]],
];

const NODE_DEVICE: ConnectionDevice = { state: "paired", approvedRole: "node", approvedScopes: [] };

export function scopeCases(): Case[] {
  const cases: Case[] = [];
  for (const way of WAYS) {
    for (const [what, approved, scopes] of SCOPES) {
      const device = paired(approved);
      cases.push({
        name: `scopes/cli asks for ${what} on ${way.name}`,
        connection: cliOn(way, { scopes, device }),
      });
      if (way.name === "lan" || ["more", "the same", "talk of write"].includes(what)) {
        const connection = pageOn(way, { scopes, device });
        cases.push({ name: `scopes/page asks for ${what} on ${way.name}`, connection });
      }
    }
    cases.push(...roleCases(way));
  }
  return cases;
}

function roleCases(way: Way): Case[] {
  const operator: ConnectionDevice = {
    state: "paired",
    approvedRole: "operator",
    approvedScopes: READ_WRITE,
  };
  return [
    {
      name: `role/operator's device asks as node on ${way.name}`,
      connection: nodeOn(way, { device: operator }),
    },
    {
      name: `role/node's device asks as operator on ${way.name}`,
      connection: cliOn(way, { scopes: ["operator.read"], device: NODE_DEVICE }),
    },
    {
      name: `role/node's device asks as operator without scopes on ${way.name}`,
      connection: cliOn(way, { scopes: [], device: NODE_DEVICE }),
    },
    { name: `role/node's device on ${way.name}`, connection: nodeOn(way, { device: NODE_DEVICE }) },
    {
      name: `role/node's device asks for operator.read on ${way.name}`,
      connection: nodeOn(way, { scopes: ["operator.read"], device: NODE_DEVICE }),
    },
    {
      name: `role/node's device asks for node.x on ${way.name}`,
      connection: nodeOn(way, { scopes: ["node.x"], device: NODE_DEVICE }),
    },
  ];
}

/** Devices that wait for approval or for more, that were revoked, that come back. */
export function waitingCases(): Case[] {
  const cases: Case[] = [];
  const published: Way = { name: "a published port", remoteAddress: BRIDGE, host: `localhost:${PORT}` };
  for (const way of [...WAYS, published]) {
    for (const [who, on] of [
      ["page", pageOn],
      ["cli", cliOn],
      ["node", nodeOn],
    ] as const) {
      const asked = [...READ_WRITE, "operator.admin"];
      const waits = paired(READ_WRITE, { pendingUpgrade: true });
      const connection = on(way, { device: { state: "pending" } });
      cases.push({ name: `waiting/${who} waits for approval, now on ${way.name}`, connection });
      if (who === "node") continue;
      cases.push(
        {
          name: `waiting/${who} waits for more, asks for it on ${way.name}`,
          connection: on(way, { scopes: asked, device: waits }),
        },
        {
          name: `waiting/${who} waits for more, asks for what it has on ${way.name}`,
          connection: on(way, { scopes: READ_WRITE, device: waits }),
        },
        {
          name: `waiting/${who} whose token was revoked on ${way.name}`,
          connection: on(way, { device: paired(PAGE_SCOPES, { tokenRevoked: true }) }),
        },
        {
          name: `waiting/${who} whose token was revoked, without a secret on ${way.name}`,
          connection: on(way, { auth: "missing", device: paired(PAGE_SCOPES, { tokenRevoked: true }) }),
        },
      );
    }
  }
  const lan = pageOn({ name: "public", remoteAddress: PUBLIC, host: "203.0.113.9" });
  cases.push({
    name: "waiting/page paired elsewhere, now from a public address",
    connection: { ...lan, headers: at(`192.168.50.10:${PORT}`), device: paired() },
  });
  return cases;
}

/** Client, what is pinned, what it says now. */
type Said = { readonly platform?: string; readonly deviceFamily?: string };
const SAID: readonly (readonly [id: string, mode: string, pinned: Said, now: Said])[] = [
  ["cli", "cli", { platform: "linux" }, { platform: "linux" }],
  ["cli", "cli", { platform: "Linux x86_64" }, { platform: " LINUX X86_64 " }],
  ["cli", "cli", { platform: "Linux x86_64" }, { platform: "MacIntel" }],
  ["cli", "cli", { platform: "linux" }, { platform: "linux", deviceFamily: "Linux" }],
  ["cli", "cli", { platform: "darwin" }, { platform: "macos", deviceFamily: "Mac" }],
  ["cli", "cli", { platform: "darwin" }, { platform: "macos" }],
  ["cli", "cli", { platform: "win32" }, { platform: "windows", deviceFamily: "Windows" }],
  ["cli", "cli", { platform: "win32" }, { platform: "windows" }],
  ["cli", "cli", { platform: "linux", deviceFamily: "Linux" }, { platform: "linux" }],
  ["cli", "cli", { platform: "linux" }, { platform: "" }],
  ["node-host", "node", { platform: "darwin" }, { platform: "macos", deviceFamily: "Mac" }],
  ["node-host", "node", { platform: "macos", deviceFamily: "Mac" }, { platform: "darwin" }],
  ["node-host", "node", { platform: "linux" }, { platform: "linux", deviceFamily: "Linux" }],
  ["node-host", "node", { platform: "linux" }, { platform: "win32" }],
  ["node-host", "node", { platform: "win32" }, { platform: "windows" }],
  ["node-host", "node", { platform: "macOS 15.1" }, { platform: "darwin" }],
  ["openclaw-macos", "ui", { platform: "macOS 15.1" }, { platform: "macOS 15.2" }],
  ["openclaw-macos", "ui", { platform: "macOS 15.1" }, { platform: "MacIntel" }],
  ["openclaw-macos", "ui", { platform: "darwin" }, { platform: "macOS 15.2" }],
  ["openclaw-macos", "node", { platform: "macOS 15.1" }, { platform: "macOS 15.2" }],
  [
    "openclaw-android",
    "ui",
    { platform: "Android 14", deviceFamily: "Android" },
    { platform: "Android 15", deviceFamily: "Android" },
  ],
  ["openclaw-android", "node", { platform: "Android 14" }, { platform: "Android 15" }],
  ["openclaw-ios", "ui", { platform: "iOS 18.0" }, { platform: "iPadOS 18.1" }],
  ["openclaw-ios", "ui", { platform: "iOS 18.0" }, { platform: "iOS 18.1.2" }],
  ["openclaw-ios", "ui", { platform: "iOS 18.0" }, { platform: "Android 15" }],
  ["openclaw-ios", "node", { platform: "iOS 18.0" }, { platform: "iOS 18.1" }],
  [
    "openclaw-ios",
    "ui",
    { platform: "iOS 18.0", deviceFamily: "iPhone" },
    { platform: "iOS 18.0", deviceFamily: "iPad" },
  ],
  ["openclaw-ios", "ui", { platform: "iOS 18.0", deviceFamily: "iPhone" }, { platform: "iOS 18.0" }],
  ["openclaw-watchos", "node", { platform: "watchOS 11.0" }, { platform: "watchOS 11.1" }],
  ["openclaw-linux", "ui", { platform: "linux" }, { platform: "Linux 6.1" }],
  ["openclaw-control-ui", "webchat", { platform: "Linux x86_64" }, { platform: "Linux x86_64" }],
  ["openclaw-control-ui", "webchat", { platform: "Linux x86_64" }, { platform: "MacIntel" }],
  [
    "openclaw-control-ui",
    "webchat",
    { platform: "Linux x86_64" },
    { platform: "Linux x86_64", deviceFamily: "Desktop" },
  ],
  [
    "openclaw-control-ui",
    "webchat",
    { platform: "Linux x86_64", deviceFamily: "Desktop" },
    { platform: "Linux x86_64" },
  ],
  ["webchat", "webchat", { platform: "Linux x86_64" }, { platform: "MacIntel" }],
  ["gateway-client", "backend", { platform: "linux" }, { platform: "darwin" }],
  ["openclaw-tui", "ui", { platform: "linux" }, { platform: "darwin" }],
];

/** A paired client that says another platform or device family than it is held to. */
export function metadataCases(): Case[] {
  const cases: Case[] = [];
  for (const way of WAYS) {
    for (const [id, mode, pinned, now] of SAID) {
      const isNode = mode === "node";
      const change: Partial<Connection> = {
        client: { id, mode, ...now },
        device: {
          state: "paired",
          approvedScopes: isNode ? [] : PAGE_SCOPES,
          ...(isNode ? { approvedRole: "node" } : {}),
          pinned,
        },
      };
      const isPage = mode === "webchat";
      const connection = isPage ? pageOn(way, change) : isNode ? nodeOn(way, change) : cliOn(way, change);
      const name = `metadata/${id} ${mode} ${said(pinned)} says ${said(now)} on ${way.name}`;
      cases.push({ name, connection });
    }
    const v3 = {
      state: "paired",
      approvedScopes: PAGE_SCOPES,
      signature: "v3",
      pinned: { platform: "iOS 18.0", deviceFamily: "iPhone" },
    } as const;
    const client = { id: "openclaw-ios", mode: "ui", platform: "iOS 18.0", deviceFamily: "iPad" };
    cases.push({
      name: `metadata/openclaw-ios changes its family, signed v3 on ${way.name}`,
      connection: cliOn(way, { client, device: v3 }),
    });
  }
  return cases;
}

function said({ platform, deviceFamily }: Said): string {
  return [platform === undefined ? "" : JSON.stringify(platform), deviceFamily].filter(Boolean).join("/");
}

/** Nodes that the gateway may let in by address: autoApproveCidrs, autoApproveLocal. */
export function nodePairingCases(group: string): Case[] {
  const local: Way = { name: "loopback", remoteAddress: "127.0.0.1", host: `127.0.0.1:${PORT}` };
  const inside: Way = { name: "inside", remoteAddress: BRIDGE, host: `192.168.50.10:${PORT}` };
  const outside: Way = { name: "outside", remoteAddress: "10.0.0.5", host: `192.168.50.10:${PORT}` };
  const proxy: Way = { name: "proxy", remoteAddress: "172.18.0.9", host: "claw.example.com" };
  const through = (way: Way, address: string) => ({
    headers: { host: way.host, "x-forwarded-for": address },
  });
  const read = paired(["operator.read"]);
  const list: readonly (readonly [string, Connection])[] = [
    ["page on loopback", pageOn(local)],
    ["cli on loopback", cliOn(local)],
    ["node on loopback", nodeOn(local)],
    ["page through a published port", pageOn({ ...inside, host: `localhost:${PORT}` })],
    ["node inside", nodeOn(inside)],
    ["node outside", nodeOn(outside)],
    ["node inside that asks for a scope", nodeOn(inside, { scopes: ["operator.read"] })],
    ["node inside with an origin", nodeOn(inside, { headers: at(inside.host) })],
    ["node inside without a secret", nodeOn(inside, { auth: "missing" })],
    ["node through the proxy from inside", nodeOn(proxy, through(proxy, "203.0.113.7"))],
    ["node through the proxy from outside", nodeOn(proxy, through(proxy, "203.0.113.8"))],
    ["node through the proxy, no address", nodeOn(proxy)],
    ["node through a proxy on this host", nodeOn(local, through(proxy, "203.0.113.7"))],
    ["node through an untrusted proxy", nodeOn(outside, through(outside, "203.0.113.7"))],
    ["cli inside", cliOn(inside)],
    ["app as node inside", nodeOn(inside, { client: { id: "openclaw-ios", mode: "node" } })],
    ["page as node inside", pageOn(inside, { role: "node", scopes: [] })],
    ["backend on loopback", cliOn(local, { client: { id: "gateway-client", mode: "backend" } })],
    ["cli on loopback at a private host", cliOn({ ...local, host: `192.168.1.5:${PORT}` })],
    ["page asks for more on loopback", pageOn(local, { device: read })],
    ["cli asks for more on loopback", cliOn(local, { device: read })],
    [
      "operator's device asks as node on loopback",
      nodeOn(local, { device: { ...read, approvedRole: "operator" } }),
    ],
    ["node's device asks as operator on loopback", cliOn(local, { device: NODE_DEVICE })],
    ["node waits for approval, now inside", nodeOn(inside, { client: NODE, device: { state: "pending" } })],
  ];
  return list.map(([name, connection]) => ({ name: `${group}/${name}`, connection }));
}
