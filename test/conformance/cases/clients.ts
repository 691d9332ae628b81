// Who connects: every client that OpenClaw knows in the modes and roles in which it comes, protocols, old pages.
import { at, type Case, cli, cliOn, NODE, PAGE_SCOPES, page, WAYS } from "../case.ts";
import { LAN_CLIENT, LAN_HOST, LOOPBACK_HOST } from "../network.ts";

/** Id, mode, role, and whether it is a page with an Origin. */
const CLIENTS: readonly (readonly [id: string, mode: string, role?: string, isPage?: boolean])[] = [
  ["openclaw-control-ui", "webchat", "operator", true],
  ["cli", "cli"],
  ["openclaw-ios", "ui"],
  ["openclaw-ios", "node", "node"],
  ["openclaw-android", "ui"],
  ["openclaw-macos", "ui"],
  ["openclaw-macos", "node", "node"],
  ["test", "test"],
  ["fingerprint", "backend"],
  ["webchat", "webchat", "operator", true],
  ["webchat-ui", "webchat", "operator", true],
  ["webchat-ui", "ui", "operator", true],
  ["cli", "node", "node"],
  ["node-host", "cli"],
  ["node-host", "node", "node"],
  ["openclaw-tui", "ui"],
  ["openclaw-tui", "cli"],
  ["openclaw-linux", "ui"],
  ["my-own-client", "cli"],
  ["cli", "weird"],
  ["my-own-client", "weird"],
  ["openclaw-control-ui", "ui", "operator", true],
  ["openclaw-control-ui", "cli", "operator", true],
  ["openclaw-control-ui", "webchat", "node", true],
  ["gateway-client", "cli"],
  ["gateway-client", "backend"],
  ["gateway-client", "ui"],
  ["openclaw-probe", "probe"],
  ["cli", "cli", "admin"],
  ["cli", "cli", ""],
  ["cli", "cli", "worker"],
  ["cli", "webchat", "operator", true],
  ["openclaw-watchos", "node", "node"],
  ["openclaw-worker", "worker"],
  ["openclaw-worker", "cli"],
  ["cli", "worker"],
];

export function clientCases(): Case[] {
  const cases: Case[] = [];
  for (const [id, mode, role = "operator", isPage = false] of CLIENTS) {
    for (const way of WAYS) {
      for (const state of ["unpaired", "absent"] as const) {
        const headers = isPage ? at(way.host) : { host: way.host };
        const connection = cliOn(way, {
          client: { id, mode },
          headers,
          role,
          scopes: role === "node" ? [] : PAGE_SCOPES,
          device: { state },
        });
        const as = role === "" ? "no role" : role;
        cases.push({ name: `client/${id} ${mode} as ${as} on ${way.name}, device ${state}`, connection });
      }
    }
  }
  for (const way of WAYS) {
    cases.push(
      { name: `client/cli without scopes on ${way.name}`, connection: cliOn(way, { scopes: [] }) },
      {
        name: `client/cli without scopes and device on ${way.name}`,
        connection: cliOn(way, { scopes: [], device: { state: "absent" } }),
      },
    );
  }
  return [...cases, ...protocolCases(), ...copilotCases(), ...oldPageCases(), ...orderCases()];
}

function protocolCases(): Case[] {
  const offers = [
    [1, 2],
    [5, 9],
    [4, 4],
    [3, 3],
    [2, 3],
    [3, 99],
    [4, 3],
    [3, 4],
    [1, 99],
    [99, 99],
  ] as const;
  const cases: Case[] = [];
  for (const [min, max] of offers) {
    const protocol = { min, max };
    const offer = `protocol ${min} to ${max}`;
    const probe = { id: "openclaw-probe", mode: "probe" };
    cases.push(
      { name: `protocol/page, ${offer}`, connection: page({ protocol }) },
      {
        name: `protocol/node, ${offer}`,
        connection: cli({ protocol, client: NODE, role: "node", scopes: [] }),
      },
      { name: `protocol/probe, ${offer}`, connection: cli({ protocol, client: probe }) },
    );
    if (min === 3) cases.push({ name: `protocol/cli, ${offer}`, connection: cli({ protocol }) });
  }
  const asCli = { id: "node-host", mode: "cli" };
  const three = { min: 3, max: 3 };
  return [
    ...cases,
    {
      name: "protocol/node in mode cli, protocol 3 to 3",
      connection: cli({ client: asCli, role: "node", scopes: [], protocol: three }),
    },
  ];
}

/** Which of two faults is named. */
function orderCases(): Case[] {
  const evil = at(LOOPBACK_HOST, "https://evil.example.org");
  const old = { min: 1, max: 2 };
  const lan = { remoteAddress: LAN_CLIENT, headers: { host: LAN_HOST } };
  return [
    { name: "order/other site and old protocol", connection: page({ headers: evil, protocol: old }) },
    { name: "order/unknown role and old protocol", connection: page({ role: "x", protocol: old }) },
    {
      name: "order/other site, no device, wrong secret",
      connection: page({ headers: evil, auth: "wrong", device: { state: "absent" } }),
    },
    { name: "order/unknown role and other site", connection: page({ role: "x", headers: evil }) },
    {
      name: "order/bad signature and no secret on the LAN",
      connection: cli({ ...lan, auth: "missing", device: { state: "unpaired", signature: "invalid" } }),
    },
    {
      name: "order/unknown client and old protocol",
      connection: cli({ client: { id: "nope", mode: "cli" }, protocol: old }),
    },
    {
      name: "order/unknown client without nonce",
      connection: cli({
        client: { id: "nope", mode: "cli" },
        device: { state: "unpaired", nonce: "missing" },
      }),
    },
  ];
}

/** Pages of another build than the gateway's (looked at from 2026.8.1 on). */
function oldPageCases(): Case[] {
  const cases: Case[] = [];
  for (const way of WAYS) {
    for (const uiBuild of ["dev", "missing", "2026.1.1-another"]) {
      const connection = page({ remoteAddress: way.remoteAddress, headers: at(way.host), uiBuild });
      cases.push({ name: `build/page of ${uiBuild} on ${way.name}`, connection });
      const device = { state: "absent" } as const;
      const nobody = page({ remoteAddress: way.remoteAddress, headers: at(way.host), uiBuild, device });
      cases.push({ name: `build/page of ${uiBuild} without device on ${way.name}`, connection: nobody });
    }
  }
  const uiBuild = "2026.1.1-another";
  cases.push(
    {
      name: "build/old page at another allowed site",
      connection: page({ uiBuild, headers: at(LOOPBACK_HOST, "https://claw.example.com") }),
    },
    { name: "build/old page without a secret", connection: page({ uiBuild, auth: "missing" }) },
  );
  return cases;
}

const EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";

function copilotCases(): Case[] {
  const caps = ["run-tool-bindings", "session-scoped-events"];
  const cases: Case[] = [];
  const kinds: readonly (readonly [string | undefined, readonly string[], string])[] = [
    [EXTENSION, caps, "ui"],
    [EXTENSION, [], "ui"],
    [EXTENSION, caps.slice(1), "ui"],
    [EXTENSION, caps, "webchat"],
    ["https://claw.example.com", caps, "ui"],
    [undefined, caps, "ui"],
    ["chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba", caps, "ui"],
  ];
  for (const [origin, said, mode] of kinds) {
    for (const way of WAYS) {
      for (const state of ["unpaired", "absent"] as const) {
        const headers = origin === undefined ? { host: way.host } : at(way.host, origin);
        const client = { id: "openclaw-browser-copilot", mode };
        const connection = cliOn(way, { client, headers, caps: said, device: { state } });
        const from = origin ?? "no origin";
        const name = `copilot/${mode} from ${from} with ${said.length} caps on ${way.name}, device ${state}`;
        cases.push({ name, connection });
      }
    }
  }
  return cases;
}
