// The ways to the gateway that the real suites walk, and what a refusal on each of them means.
import { type Attempt, type ClientSettings, CONTROL_UI, newDevice, type Outcome } from "./rig/client.ts";
import { type Gateway, type GatewayConfig, TOKEN } from "./rig/gateway.ts";
import { ADDRESSES } from "./rig/namespace.ts";
import { isAtLeast } from "./rig/releases.ts";
import { PORT, PROXY, type Site } from "./rig/site.ts";

export type PathName =
  | "loopback"
  | "published port"
  | "lan address"
  | "proxy, forwarded headers"
  | "proxy, no headers"
  | "proxy, no headers, own host"
  | "page of another site";

export interface Path {
  readonly name: PathName;
  /** Which machine the browser's socket starts from, as the gateway meets it. */
  readonly from: "gateway" | "client";
  /** Socket of the browser. */
  readonly url: string;
  /** What stands in the browser's address bar. */
  readonly page: string;
  readonly host?: string;
}

export const PATHS: Readonly<Record<PathName, Path>> = {
  loopback: {
    name: "loopback",
    from: "gateway",
    url: `ws://127.0.0.1:${PORT}`,
    page: `http://127.0.0.1:${PORT}`,
  },
  // The forwarder listens there and comes to the gateway from Docker's bridge.
  "published port": {
    name: "published port",
    from: "client",
    url: `ws://127.0.0.1:${PORT}`,
    page: `http://127.0.0.1:${PORT}`,
  },
  "lan address": {
    name: "lan address",
    from: "client",
    url: `ws://${ADDRESSES.gatewayOnLan}:${PORT}`,
    page: `http://${ADDRESSES.gatewayOnLan}:${PORT}`,
  },
  "proxy, forwarded headers": {
    name: "proxy, forwarded headers",
    from: "gateway",
    url: `ws://127.0.0.1:${PROXY.forwarded}`,
    page: `https://${PROXY.host}`,
    host: PROXY.host,
  },
  "proxy, no headers": {
    name: "proxy, no headers",
    from: "gateway",
    url: `ws://127.0.0.1:${PROXY.plain}`,
    page: `https://${PROXY.host}`,
    host: PROXY.host,
  },
  "proxy, no headers, own host": {
    name: "proxy, no headers, own host",
    from: "gateway",
    url: `ws://127.0.0.1:${PROXY.plainOwnHost}`,
    page: `https://${PROXY.host}`,
    host: PROXY.host,
  },
  "page of another site": {
    name: "page of another site",
    from: "gateway",
    url: `ws://127.0.0.1:${PORT}`,
    page: "https://dashboard.example.test",
  },
};

export type Credentials = "right" | "wrong" | "missing";

export interface Case {
  readonly path: PathName;
  readonly credentials: Credentials;
}

export const CASES: readonly Case[] = [
  { path: "loopback", credentials: "right" },
  { path: "loopback", credentials: "wrong" },
  { path: "loopback", credentials: "missing" },
  { path: "page of another site", credentials: "right" },
  { path: "published port", credentials: "right" },
  { path: "published port", credentials: "missing" },
  { path: "lan address", credentials: "right" },
  { path: "proxy, forwarded headers", credentials: "right" },
  { path: "proxy, no headers", credentials: "right" },
  { path: "proxy, no headers, own host", credentials: "right" },
];

export const caseName = (one: Case): string => `${one.path}, ${one.credentials} token`;

export interface Situation {
  readonly name: string;
  readonly config: GatewayConfig;
}

/** Reachable from everywhere, each with one more thing that people set when they are refused. */
export const SITUATIONS: readonly Situation[] = [
  { name: "defaults", config: { gateway: { bind: "lan" } } },
  {
    name: "allowInsecureAuth",
    config: { gateway: { bind: "lan", controlUi: { allowInsecureAuth: true } } },
  },
  {
    name: "origins allowed",
    config: { gateway: { bind: "lan", controlUi: { allowedOrigins: [] } } },
  },
  {
    name: "proxy trusted, origins allowed",
    config: { gateway: { bind: "lan", trustedProxies: ["127.0.0.1"], controlUi: { allowedOrigins: [] } } },
  },
].map(({ name, config }) => ({ name, config: withOrigins(config) }));

function withOrigins(config: GatewayConfig): GatewayConfig {
  const { controlUi } = config.gateway;
  if (!controlUi || !("allowedOrigins" in controlUi)) return config;
  const pages: readonly PathName[] = ["loopback", "lan address", "proxy, forwarded headers"];
  const allowedOrigins = pages.map((name) => PATHS[name].page);
  return { ...config, gateway: { ...config.gateway, controlUi: { ...controlUi, allowedOrigins } } };
}

export function isSecureContext(page: string): boolean {
  const { protocol, hostname } = new URL(page);
  return (
    protocol === "https:" || hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]"
  );
}

/** The Control UI signs with a device identity where it can: without a secure context only from 2026.8.1 on. */
export function pageHasDevice(release: string, page: string): boolean {
  return isSecureContext(page) || isAtLeast(release, "2026.8.1");
}

export function controlUi(gateway: Gateway): ClientSettings {
  const { uiBuild } = gateway.installed;
  return uiBuild === undefined ? CONTROL_UI : { ...CONTROL_UI, buildId: uiBuild };
}

/** What the Control UI of this release sends on this path. `device`: the browser profile's key seed. */
export function pageAttempt(
  gateway: Gateway,
  path: Path,
  credentials: Credentials,
  device = newDevice(),
): Attempt {
  const token = credentials === "missing" ? undefined : credentials === "wrong" ? "rig-wrong-token" : TOKEN;
  return {
    url: path.url,
    headers: { Origin: path.page, ...(path.host === undefined ? {} : { Host: path.host }) },
    client: controlUi(gateway),
    ...(token === undefined ? {} : { auth: { token } }),
    ...(pageHasDevice(gateway.release, path.page) ? { device } : {}),
    // 2026.2.26 is the first that knows v3.
    signature: isAtLeast(gateway.release, "2026.3.1") ? "v3" : "v2",
  };
}

export async function visit({ gateway, client }: Site, one: Case, device = newDevice()): Promise<Outcome> {
  const path = PATHS[one.path];
  const agent = path.from === "gateway" ? gateway.agent : client;
  return agent.connect(pageAttempt(gateway, path, one.credentials, device));
}

export type TrueGate =
  | "admitted"
  | "proxy-attribution"
  | "origin"
  | "device-identity"
  | "shared-auth"
  | "pairing"
  | "other";

/** The gate that refused, from what the client met alone: status, detail code, or the words of old releases. */
export function gateOf(outcome: Outcome): TrueGate {
  if (outcome.admitted) return "admitted";
  if (outcome.httpErrorType === "proxy_attribution_required") return "proxy-attribution";
  const words = outcome.message ?? outcome.closeReason ?? "";
  const code = outcome.detailCode ?? "";
  if (code === "CONTROL_UI_ORIGIN_NOT_ALLOWED" || words.startsWith("origin not allowed")) return "origin";
  if (
    /DEVICE_IDENTITY_REQUIRED$/.test(code) ||
    /^(?:control ui requires|device identity required)/.test(words)
  )
    return "device-identity";
  if (code === "PAIRING_REQUIRED" || words.startsWith("pairing required")) return "pairing";
  if (code.startsWith("AUTH_") || words.startsWith("unauthorized")) return "shared-auth";
  return "other";
}

export function shown(outcome: Outcome): string {
  if (outcome.admitted) return "admitted";
  const parts = [
    outcome.httpStatus === 101 ? undefined : `HTTP ${outcome.httpStatus} ${outcome.httpErrorType ?? ""}`,
    outcome.closeCode === undefined ? undefined : `${outcome.closeCode} ${outcome.closeReason}`,
    outcome.detailCode,
    outcome.transport,
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}
