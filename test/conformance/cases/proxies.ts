// Headers that proxies add, and the addresses that they come from.
import { at, type Case, cli, page } from "../case.ts";
import {
  BRIDGE,
  LAN_CLIENT,
  LAN_HOST,
  LOOPBACK,
  LOOPBACK_HOST,
  NEIGHBOUR,
  OWN_LAN,
  PORT,
  PRIVATE,
  PUBLIC,
} from "../network.ts";

const SITE = at("claw.example.com", "https://claw.example.com");

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  "x-real-ip": ["203.0.113.7", "127.0.0.1", ""],
  forwarded: ["for=203.0.113.7", ""],
  "x-forwarded-host": ["claw.example.com", ""],
  "x-forwarded-proto": ["https", ""],
  "x-forwarded-port": ["443"],
  "x-forwarded-server": ["nginx"],
  "x-forwarded-user": ["alice"],
  "x-forwarded-for": [
    "",
    "unknown",
    "203.0.113.7",
    "203.0.113.7, 127.0.0.1",
    "127.0.0.1, 203.0.113.7",
    "::1",
    "127.0.0.1",
  ],
  via: ["1.1 proxy"],
  "cf-connecting-ip": ["203.0.113.7"],
  "x-original-forwarded-for": ["203.0.113.7"],
  "x-client-ip": ["203.0.113.7"],
  "tailscale-user-login": ["a@b.c"],
  "tailscale-funnel-request": ["?1"],
  "x-original-host": ["x"],
};

/** One header at a time, no proxy trusted. */
export function headerCases(): Case[] {
  const cases: Case[] = [];
  for (const [name, values] of Object.entries(HEADERS)) {
    for (const value of values) {
      const label = `${name}: ${value}`;
      const headers = { ...at(LOOPBACK_HOST), [name]: value };
      cases.push({ name: `forwarding/page on loopback, ${label}`, connection: page({ headers }) });
      const connection = cli({ headers: { host: LOOPBACK_HOST, [name]: value } });
      cases.push({ name: `forwarding/cli on loopback, ${label}`, connection });
      const published = page({
        remoteAddress: BRIDGE,
        headers: { ...at(`localhost:${PORT}`), [name]: value },
      });
      cases.push({ name: `forwarding/page through a published port, ${label}`, connection: published });
    }
  }
  const forwarded = { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" };
  cases.push(
    {
      name: "forwarding/page behind a proxy on this host",
      connection: page({ headers: { ...SITE, ...forwarded } }),
    },
    {
      name: "forwarding/page behind a proxy in another container",
      connection: page({ remoteAddress: NEIGHBOUR, headers: { ...SITE, ...forwarded } }),
    },
    { name: "forwarding/page behind a proxy that adds nothing", connection: page({ headers: SITE }) },
    {
      name: "forwarding/page behind a proxy that adds nothing, own host",
      connection: page({ headers: at(LOOPBACK_HOST, SITE.origin) }),
    },
    {
      name: "forwarding/cli behind a proxy on this host",
      connection: cli({ headers: { host: SITE.host, ...forwarded } }),
    },
  );
  return cases;
}

const CHAINS: readonly Readonly<Record<string, string>>[] = [
  {},
  { "x-forwarded-for": "203.0.113.7" },
  { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-forwarded-host": "claw.example.com" },
  { "x-forwarded-for": "203.0.113.7, 172.18.0.9" },
  { "x-forwarded-for": "203.0.113.7, 10.1.1.1" },
  { "x-forwarded-for": "10.1.1.1" },
  { "x-forwarded-for": "127.0.0.1" },
  { "x-forwarded-for": "::1" },
  { "x-forwarded-for": "garbage" },
  { "x-forwarded-for": "unknown, 203.0.113.7" },
  { "x-forwarded-for": "" },
  { "x-forwarded-for": "203.0.113.7:4444" },
  { "x-forwarded-for": "[2001:db8::1]:443" },
  { "x-forwarded-for": "::ffff:203.0.113.7" },
  { "x-forwarded-for": "172.18.0.9" },
  { "x-forwarded-for": "172.18.0.1" },
  { "x-real-ip": "203.0.113.7" },
  { "x-real-ip": "127.0.0.1" },
  { "x-real-ip": "10.1.1.1" },
  { "x-real-ip": "203.0.113.7", "x-forwarded-for": "127.0.0.1" },
  { forwarded: "for=203.0.113.7" },
  { "x-forwarded-proto": "https" },
  { "x-forwarded-host": "claw.example.com" },
  { "x-forwarded-for": "127.0.0.1, 203.0.113.7" },
  { "x-forwarded-for": "203.0.113.7, 127.0.0.1" },
  { "tailscale-funnel-request": "?1", "x-forwarded-for": "203.0.113.7" },
];

function label(headers: Readonly<Record<string, string>>): string {
  const parts = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return parts.length === 0 ? "nothing" : parts.join(" · ");
}

/** Chains of addresses through proxies that are trusted: loopback and Docker's bridge, X-Real-IP allowed. */
export function trustedCases(): Case[] {
  const cases: Case[] = [];
  for (const chain of CHAINS) {
    for (const remoteAddress of [LOOPBACK, BRIDGE]) {
      const said = `${remoteAddress} says ${label(chain)}`;
      const more = { remoteAddress };
      cases.push(
        { name: `trusted/page, ${said}`, connection: page({ ...more, headers: { ...SITE, ...chain } }) },
        {
          name: `trusted/page at localhost, ${said}`,
          connection: page({ ...more, headers: { ...at(`localhost:${PORT}`), ...chain } }),
        },
        {
          name: `trusted/cli, ${said}`,
          connection: cli({ ...more, headers: { host: LOOPBACK_HOST, ...chain } }),
        },
      );
    }
  }
  return [...cases, ...besideTrusted("trusted")];
}

/** The same with a block of addresses, and loopback not among them. */
export function blockCases(): Case[] {
  const cases = CHAINS.map((chain) => ({
    name: `block/page, ${BRIDGE} says ${label(chain)}`,
    connection: page({ remoteAddress: BRIDGE, headers: { ...SITE, ...chain } }),
  }));
  for (const chain of [{}, { "x-forwarded-for": "203.0.113.7" }, { "x-real-ip": "127.0.0.1" }]) {
    const connection = page({ headers: { ...SITE, ...chain } });
    cases.push({ name: `block/page, ${LOOPBACK} says ${label(chain)}`, connection });
  }
  return [...cases, ...besideTrusted("block")];
}

function besideTrusted(group: string): Case[] {
  const forwarded = { "x-forwarded-for": "203.0.113.7" };
  const cases: Case[] = [];
  for (const remoteAddress of [PRIVATE, NEIGHBOUR, PUBLIC, OWN_LAN, LAN_CLIENT]) {
    for (const chain of [{}, forwarded]) {
      const own = remoteAddress === OWN_LAN ? { fromGatewayHost: true } : {};
      const connection = page({ remoteAddress, headers: { ...SITE, ...chain }, ...own });
      cases.push({ name: `${group}/page, ${remoteAddress} says ${label(chain)}`, connection });
    }
  }
  const proxied = { remoteAddress: BRIDGE, headers: { ...SITE, ...forwarded } };
  return [
    ...cases,
    {
      name: `${group}/page at the LAN address behind the proxy`,
      connection: page({ remoteAddress: BRIDGE, headers: { ...at(LAN_HOST), ...forwarded } }),
    },
    {
      name: `${group}/page without device behind the proxy`,
      connection: page({ ...proxied, device: { state: "absent" } }),
    },
    {
      name: `${group}/cli behind the proxy`,
      connection: cli({ remoteAddress: BRIDGE, headers: { host: SITE.host, ...forwarded } }),
    },
    {
      name: `${group}/page with a wrong secret behind the proxy`,
      connection: page({ ...proxied, auth: "wrong" }),
    },
    {
      name: `${group}/page without a secret behind the proxy`,
      connection: page({ ...proxied, auth: "missing" }),
    },
  ];
}
