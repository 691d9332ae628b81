// Auth modes other than a token, and the switches of the Control UI.
import type { Connection } from "../../../src/core/connection.ts";
import {
  ABSENT,
  at,
  BACKEND,
  type Case,
  cli,
  cliOn,
  NODE,
  node,
  nodeOn,
  PAGE_SCOPES,
  page,
  pageOn,
  paired,
  WAYS,
} from "../case.ts";
import { BRIDGE, LAN_CLIENT, LAN_HOST, LOOPBACK, LOOPBACK_HOST, OWN_LAN, PORT, PRIVATE } from "../network.ts";

const SITE = at("claw.example.com", "https://claw.example.com");
const STATES = ["unpaired", "absent"] as const;
const USER = {
  "x-forwarded-user": "alice@example.com",
  "x-forwarded-proto": "https",
  "x-forwarded-for": "203.0.113.7",
};

function without(headers: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

/** `dangerouslyDisableDeviceAuth` and the Host fallback. */
export function switchCases(): Case[] {
  const cases: Case[] = [];
  const lan = { remoteAddress: LAN_CLIENT };
  const headers: readonly (readonly [string, { host: string; origin: string }])[] = [
    ["at the LAN address", at(LAN_HOST)],
    ["of another site", at(LAN_HOST, "https://evil.example.org")],
    ["by name", SITE],
    ["by name and port", at("claw.example.com:443", SITE.origin)],
    ["at localhost", at(`localhost:${PORT}`)],
    ["at localhost under another name", at(`localhost:${PORT}`, `http://${LOOPBACK_HOST}`)],
    ["of origin null", at(LAN_HOST, "null")],
  ];
  for (const [where, own] of headers) {
    for (const state of STATES) {
      for (const auth of ["valid", "wrong", "missing", "password-instead-of-token"] as const) {
        if (auth !== "valid" && where !== "at the LAN address") continue;
        const connection = page({ ...lan, headers: own, device: { state }, auth });
        cases.push({ name: `switches/page ${where}, ${auth}, device ${state}`, connection });
      }
    }
  }
  for (const state of STATES) {
    const device = { state };
    const asNode = { ...lan, headers: at(LAN_HOST), role: "node", scopes: [], device };
    cases.push(
      { name: `switches/page on loopback, device ${state}`, connection: page({ device }) },
      {
        name: `switches/cli, device ${state}`,
        connection: cli({ ...lan, headers: { host: LAN_HOST }, device }),
      },
      {
        name: `switches/cli with an origin, device ${state}`,
        connection: cli({ ...lan, headers: at(LAN_HOST), device }),
      },
      { name: `switches/page as node, device ${state}`, connection: page(asNode) },
      {
        name: `switches/page as node, wrong, device ${state}`,
        connection: page({ ...asNode, auth: "wrong" }),
      },
      {
        name: `switches/webchat, device ${state}`,
        connection: page({
          ...lan,
          headers: at(LAN_HOST),
          client: { id: "webchat", mode: "webchat" },
          device,
        }),
      },
    );
  }
  return [
    ...cases,
    {
      name: "switches/page with a bad signature",
      connection: page({
        ...lan,
        headers: at(LAN_HOST),
        device: { state: "unpaired", signature: "invalid" },
      }),
    },
    {
      name: "switches/page asks for more",
      connection: page({ ...lan, headers: at(LAN_HOST), device: paired(["operator.read"]) }),
    },
    {
      name: "switches/page without scopes",
      connection: page({ ...lan, headers: at(LAN_HOST), scopes: [], device: ABSENT }),
    },
  ];
}

/** `allowInsecureAuth`, token mode. */
export function insecureCases(): Case[] {
  const cases: Case[] = [];
  const proxied = { ...SITE, "x-forwarded-for": "203.0.113.7" };
  const ways: readonly (readonly [string, Partial<Connection>])[] = [
    ["on loopback", {}],
    ["through a published port", { remoteAddress: BRIDGE, headers: at(`localhost:${PORT}`) }],
    ["on the LAN", { remoteAddress: LAN_CLIENT, headers: at(LAN_HOST) }],
    ["behind a proxy", { headers: proxied }],
    ["behind a proxy that adds nothing", { headers: SITE }],
    ["in a tunnel", { headers: at("127.0.0.1:9000") }],
  ];
  for (const [where, way] of ways) {
    for (const state of STATES)
      for (const auth of ["valid", "wrong", "missing", "password-instead-of-token"] as const)
        cases.push({
          name: `insecure/page ${where}, ${auth}, device ${state}`,
          connection: page({ ...way, auth, device: { state } }),
        });
    cases.push(
      {
        name: `insecure/page ${where} asks for more`,
        connection: page({ ...way, device: paired(["operator.read"]) }),
      },
      { name: `insecure/page ${where} as node`, connection: page({ ...way, role: "node", scopes: [] }) },
      {
        name: `insecure/page ${where} with a bad signature`,
        connection: page({ ...way, device: { state: "unpaired", signature: "invalid" } }),
      },
    );
  }
  return [
    ...cases,
    {
      name: "insecure/cli on the LAN",
      connection: cliOn({ name: "", remoteAddress: LAN_CLIENT, host: LAN_HOST }),
    },
    {
      name: "insecure/terminal page without device on loopback",
      connection: cli({ client: { id: "openclaw-tui", mode: "ui" }, device: ABSENT }),
    },
  ];
}

/** Password mode with `*` as allowed origin, `allowInsecureAuth`, a base path, and Tailscale's identity allowed. */
export function passwordCases(): Case[] {
  const cases: Case[] = [];
  for (const origin of [
    "https://evil.example.org",
    "null",
    undefined,
    "file://",
    "chrome-extension://x",
    "garbage",
    "https://evil.example.org/x",
  ]) {
    for (const way of WAYS) {
      const headers = origin === undefined ? { host: way.host } : at(way.host, origin);
      cases.push({
        name: `wildcard/page of ${origin ?? "no origin"} on ${way.name}`,
        connection: pageOn(way, { headers }),
      });
    }
  }
  for (const way of WAYS) {
    const evil = { headers: at(way.host, "https://evil.example.org") };
    cases.push({ name: `wildcard/cli with an origin on ${way.name}`, connection: cliOn(way, evil) });
    for (const auth of ["valid", "wrong", "missing"] as const)
      for (const state of STATES)
        cases.push(
          {
            name: `password/page, ${auth}, device ${state} on ${way.name}`,
            connection: pageOn(way, { auth, device: { state } }),
          },
          {
            name: `password/cli, ${auth}, device ${state} on ${way.name}`,
            connection: cliOn(way, { auth, device: { state } }),
          },
        );
    cases.push(
      {
        name: `password/page sends it as token on ${way.name}`,
        connection: pageOn(way, { auth: "valid", sends: { token: "gateway-password" } }),
      },
      {
        name: `password/page sends a wrong token on ${way.name}`,
        connection: pageOn(way, { auth: "missing", sends: { token: "wrong" } }),
      },
      {
        name: `password/cli sends a wrong token on ${way.name}`,
        connection: cliOn(way, { auth: "missing", sends: { token: "wrong" } }),
      },
      {
        name: `password/cli with its device token on ${way.name}`,
        connection: cliOn(way, { auth: "missing", sends: { deviceToken: "device-token" }, device: paired() }),
      },
      {
        name: `password/page paired with a wrong one on ${way.name}`,
        connection: pageOn(way, { auth: "wrong", device: paired() }),
      },
    );
  }
  const serve = {
    "tailscale-user-login": "alice@example.com",
    "tailscale-user-name": "Alice",
    "x-forwarded-for": "100.64.0.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "box.tail1.ts.net",
  };
  const box = at("box.tail1.ts.net", "https://box.tail1.ts.net");
  for (const auth of ["missing", "valid", "wrong"] as const)
    for (const state of STATES)
      cases.push({
        name: `unserved/page, ${auth}, device ${state}`,
        connection: page({
          tailscaleUser: "unknown",
          headers: { ...box, ...serve },
          auth,
          device: { state },
        }),
      });
  return [
    ...cases,
    {
      name: "unserved/cli",
      connection: cli({ tailscaleUser: "unknown", headers: { host: box.host, ...serve }, auth: "missing" }),
    },
    {
      name: "unserved/page without x-forwarded-host",
      connection: page({ headers: { ...box, ...without(serve, "x-forwarded-host") }, auth: "missing" }),
    },
    {
      name: "unserved/page with a login on loopback",
      connection: page({
        headers: { ...at(LOOPBACK_HOST), "tailscale-user-login": "a@b.c" },
        auth: "missing",
      }),
    },
    {
      name: "unserved/page from the LAN",
      connection: page({ remoteAddress: LAN_CLIENT, headers: { ...box, ...serve }, auth: "missing" }),
    },
  ];
}

/** Mode trusted-proxy with a required header and a list of users; loopback, the bridge and the own address are trusted. */
export function loginCases(): Case[] {
  const kinds: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["alice", USER],
    ["nobody", without(USER, "x-forwarded-user")],
    ["bob", { ...USER, "x-forwarded-user": "bob@example.com" }],
    ["ALICE", { ...USER, "x-forwarded-user": "ALICE@example.com" }],
    ["a blank", { ...USER, "x-forwarded-user": "  " }],
    ["alice without the required header", without(USER, "x-forwarded-proto")],
    ["alice without an address", without(USER, "x-forwarded-for")],
    ["alice from loopback", { ...USER, "x-forwarded-for": "127.0.0.1" }],
    ["nothing", {}],
  ];
  const cases: Case[] = [];
  for (const [who, said] of kinds) {
    for (const remoteAddress of [BRIDGE, LOOPBACK, PRIVATE, OWN_LAN]) {
      const own = remoteAddress === OWN_LAN ? { fromGatewayHost: true } : {};
      if (remoteAddress !== BRIDGE && !["alice", "nothing", "nobody"].includes(who)) continue;
      for (const state of STATES) {
        const change = { remoteAddress, auth: "missing", device: { state }, ...own } as const;
        const name = `${remoteAddress} names ${who}, device ${state}`;
        cases.push(
          { name: `login/page, ${name}`, connection: page({ ...change, headers: { ...SITE, ...said } }) },
          {
            name: `login/cli, ${name}`,
            connection: cli({ ...change, headers: { host: SITE.host, ...said } }),
          },
        );
      }
    }
  }
  const proxied = { remoteAddress: BRIDGE, auth: "missing" } as const;
  const named = { host: SITE.host, ...USER };
  return [
    ...cases,
    { name: "login/node", connection: node({ ...proxied, headers: named }) },
    { name: "login/node without device", connection: node({ ...proxied, headers: named, device: ABSENT }) },
    {
      name: "login/node without user",
      connection: node({ ...proxied, headers: without(named, "x-forwarded-user") }),
    },
    {
      name: "login/node without the required header",
      connection: node({ ...proxied, headers: without(named, "x-forwarded-proto") }),
    },
    {
      name: "login/page of another site",
      connection: page({ ...proxied, headers: { ...SITE, ...USER, origin: "https://evil.example.org" } }),
    },
    {
      name: "login/page as node",
      connection: page({ ...proxied, headers: { ...SITE, ...USER }, role: "node", scopes: [] }),
    },
    { name: "login/page on loopback", connection: page({ auth: "missing" }) },
    { name: "login/cli on loopback", connection: cli({ auth: "missing" }) },
    { name: "login/cli on loopback without device", connection: cli({ auth: "missing", device: ABSENT }) },
    {
      name: "login/page with a token",
      connection: page({ ...proxied, headers: { ...SITE, ...USER }, auth: "wrong" }),
    },
    {
      name: "login/backend on loopback",
      connection: cli({ client: BACKEND, auth: "missing", device: ABSENT }),
    },
    {
      name: "login/webchat",
      connection: page({
        ...proxied,
        headers: { ...SITE, ...USER },
        client: { id: "webchat", mode: "webchat" },
        device: ABSENT,
      }),
    },
    {
      name: "login/page of an old build",
      connection: page({ ...proxied, headers: { ...SITE, ...USER }, uiBuild: "2026.1.1-another" }),
    },
  ];
}

/** Mode trusted-proxy with a password for local clients and loopback proxies allowed. */
export function loginPasswordCases(): Case[] {
  const ways: readonly (readonly [string, (change: Partial<Connection>) => Connection])[] = [
    ["cli on loopback", (change) => cli(change)],
    ["page on loopback", (change) => page(change)],
    ["cli on the LAN", (change) => cli({ remoteAddress: BRIDGE, headers: { host: LAN_HOST }, ...change })],
    [
      "cli behind the proxy",
      (change) => cli({ remoteAddress: BRIDGE, headers: { host: SITE.host, ...USER }, ...change }),
    ],
    [
      "cli behind an unnamed proxy on this host",
      (change) => cli({ headers: { host: SITE.host, "x-forwarded-for": "203.0.113.7" }, ...change }),
    ],
    ["page behind a proxy on this host", (change) => page({ headers: { ...SITE, ...USER }, ...change })],
    ["node on loopback", (change) => node(change)],
    [
      "cli from elsewhere",
      (change) => cli({ remoteAddress: PRIVATE, headers: { host: LAN_HOST }, ...change }),
    ],
  ];
  return ways.flatMap(([who, on]) =>
    (["valid", "wrong", "missing"] as const).flatMap((auth) =>
      STATES.map((state) => ({
        name: `login-password/${who}, ${auth}, device ${state}`,
        connection: on({ auth, device: { state } }),
      })),
    ),
  );
}

/** `deviceAutoApprove` behind a login (2026.8.1 on; before, the key is left out of the config). */
export function autoApproveCases(group: string, addresses: readonly string[]): Case[] {
  const clients: readonly (readonly [string, string, string | undefined])[] = [
    ["openclaw-control-ui", "webchat", SITE.origin],
    ["webchat", "webchat", SITE.origin],
    ["openclaw-ios", "ui", undefined],
    ["openclaw-ios", "ui", "capacitor://localhost"],
    ["openclaw-android", "ui", undefined],
    ["openclaw-macos", "ui", undefined],
    ["openclaw-linux", "ui", undefined],
    ["openclaw-macos", "cli", undefined],
    ["cli", "cli", undefined],
    ["openclaw-tui", "ui", undefined],
    ["gateway-client", "backend", undefined],
  ];
  const cases: Case[] = [];
  for (const remoteAddress of addresses) {
    const via = `behind ${remoteAddress}`;
    const missing = { remoteAddress, auth: "missing" } as const;
    for (const [id, mode, origin] of clients) {
      const headers = { host: SITE.host, ...USER, ...(origin === undefined ? {} : { origin }) };
      for (const state of STATES) {
        const connection = cli({ ...missing, headers, client: { id, mode }, device: { state } });
        cases.push({
          name: `${group}/${id} ${mode} of ${origin ?? "no origin"} ${via}, device ${state}`,
          connection,
        });
      }
    }
    const headers = { ...SITE, ...USER };
    for (const scopes of [[], ["operator.read"], ["operator.admin"], ["operator.foo"]])
      cases.push({
        name: `${group}/page asks for ${scopes[0] ?? "nothing"} ${via}`,
        connection: page({ ...missing, headers, scopes }),
      });
    cases.push(
      {
        name: `${group}/page as node ${via}`,
        connection: page({ ...missing, headers, role: "node", scopes: [] }),
      },
      {
        name: `${group}/node ${via}`,
        connection: node({ ...missing, headers: { host: SITE.host, ...USER } }),
      },
      {
        name: `${group}/page without user ${via}`,
        connection: page({ ...missing, headers: without(headers, "x-forwarded-user") }),
      },
      {
        name: `${group}/page from loopback ${via}`,
        connection: page({ ...missing, headers: { ...headers, "x-forwarded-for": "127.0.0.1" } }),
      },
    );
  }
  return cases;
}

/** A gateway on loopback alone, with or without authentication; IPv6 too. */
export function loopbackCases(group: string, noAuth: boolean): Case[] {
  const cases: Case[] = [];
  const secrets = noAuth ? (["valid", "missing"] as const) : (["valid"] as const);
  const push = (name: string, connection: Connection) => cases.push({ name: `${group}/${name}`, connection });
  for (const remoteAddress of ["::1", LOOPBACK]) {
    for (const host of [`[::1]:${PORT}`, `localhost:${PORT}`, LOOPBACK_HOST, "claw.example.com"]) {
      for (const state of STATES) {
        push(
          `page from ${remoteAddress} at ${host}, device ${state}`,
          page({ remoteAddress, headers: at(host), device: { state } }),
        );
        push(
          `cli from ${remoteAddress} at ${host}, device ${state}`,
          cli({ remoteAddress, headers: { host }, device: { state } }),
        );
      }
    }
    for (const [name, value] of [
      ["x-forwarded-for", "::1"],
      ["x-forwarded-for", "203.0.113.7"],
      ["forwarded", "for=1.1.1.1"],
    ] as const) {
      push(
        `page from ${remoteAddress}, ${name}: ${value}`,
        page({ remoteAddress, headers: { ...at(`localhost:${PORT}`), [name]: value } }),
      );
      push(
        `cli from ${remoteAddress}, ${name}: ${value}`,
        cli({ remoteAddress, headers: { host: `localhost:${PORT}`, [name]: value } }),
      );
    }
  }
  for (const auth of ["wrong", "missing"] as const)
    for (const state of STATES) {
      push(
        `page from ::1, ${auth}, device ${state}`,
        page({ remoteAddress: "::1", headers: at(`[::1]:${PORT}`), auth, device: { state } }),
      );
      push(`cli, ${auth}, device ${state}`, cli({ auth, device: { state } }));
    }
  const clients = [
    ["node-host", "node"],
    ["gateway-client", "backend"],
    ["openclaw-probe", "probe"],
    ["openclaw-tui", "ui"],
    ["openclaw-ios", "ui"],
    ["webchat", "webchat"],
  ] as const;
  for (const [id, mode] of clients)
    for (const state of STATES)
      for (const auth of secrets) {
        const isNode = mode === "node";
        const change = {
          client: { id, mode },
          role: isNode ? "node" : "operator",
          scopes: isNode ? [] : PAGE_SCOPES,
          auth,
          device: { state },
        };
        push(`${id}, ${auth}, device ${state}`, mode === "webchat" ? page(change) : cli(change));
      }
  if (!noAuth) return cases;
  const missing = { auth: "missing" } as const;
  push("page of another site", page({ ...missing, headers: at(LOOPBACK_HOST, "https://evil.example.org") }));
  push("page behind a proxy", page({ ...missing, headers: { ...SITE, "x-forwarded-for": "203.0.113.7" } }));
  push("page asks for more", page({ ...missing, device: paired(["operator.read"]) }));
  push("cli asks for more", cli({ ...missing, device: paired(["operator.read"]) }));
  push(
    "page with another platform",
    page({
      ...missing,
      client: { id: "openclaw-control-ui", mode: "webchat", platform: "MacIntel" },
      device: paired(PAGE_SCOPES, { pinned: { platform: "Linux x86_64" } }),
    }),
  );
  push("page as node", page({ ...missing, role: "node", scopes: [] }));
  push(
    "node's device asks as operator",
    cli({ ...missing, device: { state: "paired", approvedRole: "node", approvedScopes: [] } }),
  );
  push(
    "operator's device asks as node",
    node({ ...missing, client: NODE, device: paired(["operator.read"], { approvedRole: "operator" }) }),
  );
  return cases;
}

/** No mode said, token and password both there, and the page switched off. */
export function noModeCases(): Case[] {
  const cases: Case[] = [];
  for (const way of WAYS) {
    for (const auth of ["valid", "wrong", "missing"] as const)
      cases.push(
        { name: `no-mode/page, ${auth} on ${way.name}`, connection: pageOn(way, { auth }) },
        { name: `no-mode/cli, ${auth} on ${way.name}`, connection: cliOn(way, { auth }) },
      );
    cases.push(
      {
        name: `no-mode/cli sends the password on ${way.name}`,
        connection: cliOn(way, { auth: "valid", sends: { password: "gateway-password" } }),
      },
      {
        name: `no-mode/cli sends the token on ${way.name}`,
        connection: cliOn(way, { auth: "missing", sends: { token: "gateway-token" } }),
      },
      { name: `no-mode/page without device on ${way.name}`, connection: pageOn(way, { device: ABSENT }) },
      { name: `no-mode/node on ${way.name}`, connection: nodeOn(way) },
    );
  }
  return cases;
}
