import {
  type IpAddress,
  ipMatches,
  isLoopbackIp,
  isPrivateOrLoopbackIp,
  parseIp,
  parseIpWithPort,
} from "../core/address.ts";
import { type Attempt, header } from "./attempt.ts";
import { hostName, isLoopbackName, isPrivateName, parseOrigin } from "./hosts.ts";
import type { HeaderSet } from "./rules.ts";

/** How near the gateway takes a client to be; everything but `remote` may be approved silently. */
export type Locality =
  | "direct-local"
  | "browser-container"
  | "cli-container"
  | "shared-secret-loopback"
  | "remote";

/** Whether the TCP peer is one of `gateway.trustedProxies`. */
export function isTrustedProxy(attempt: Attempt, address: string | IpAddress): boolean {
  const ip = typeof address === "string" ? parseIp(address) : address;
  if (ip === undefined) return false;
  return attempt.trustedProxies.some((entry) => ipMatches(ip, entry, attempt.rules.proxies.cidr));
}

/** The gateway's plain word for local, before any credentials are looked at. */
export function isLocalClient(attempt: Attempt): boolean {
  const { rules, connection } = attempt;
  if (rules.local.by === "socket-without-forwarding") {
    return !hasHeaders(attempt, rules.local.forwarding) && isLoopbackIp(parseIp(connection.remoteAddress));
  }
  if (!isLoopbackIp(clientAddress(attempt))) return false;
  const name = hostName(header(connection, "host"));
  if (!isLocalHostName(attempt, name)) return false;
  return !hasHeaders(attempt, rules.local.forwarding) || isTrustedProxy(attempt, connection.remoteAddress);
}

function isLocalHostName({ rules }: Attempt, name: string): boolean {
  if (name.endsWith(".ts.net")) return true;
  if (rules.local.hostNames === "any-loopback") return isLoopbackName(name, rules.local.trailingDot);
  return name === "localhost" || name === "127.0.0.1" || name === "::1";
}

/** The client's address, read through trusted proxies; `undefined` where they hide it. */
export function clientAddress(attempt: Attempt): IpAddress | undefined {
  const { connection, rules, gateway } = attempt;
  const socket = parseIp(connection.remoteAddress);
  if (socket === undefined || !isTrustedProxy(attempt, socket)) return socket;
  const forwarded = header(connection, "x-forwarded-for").split(",", 100);
  const realIpAllowed = !rules.proxies.realIpNeedsSwitch || gateway.allowRealIpFallback === true;
  const realIp = realIpAllowed ? parseIpWithPort(header(connection, "x-real-ip")) : undefined;
  switch (rules.local.clientAddress) {
    case "first-forwarded-or-socket":
      return firstForwarded(forwarded, realIp, socket);
    case "first-forwarded":
      return firstForwarded(forwarded, realIp, undefined);
    case "last-untrusted":
      return lastUntrusted(attempt, forwarded, false) ?? realIp;
    case "last-untrusted-not-loopback":
      return lastUntrusted(attempt, forwarded, true) ?? realIp;
  }
}

/** A first element that is no address hides the client as well: it is neither loopback nor known. */
function firstForwarded(
  forwarded: readonly string[],
  realIp: IpAddress | undefined,
  otherwise: IpAddress | undefined,
): IpAddress | undefined {
  const first = forwarded[0]?.trim() ?? "";
  return first === "" ? (realIp ?? otherwise) : parseIpWithPort(first);
}

function lastUntrusted(
  attempt: Attempt,
  forwarded: readonly string[],
  skipLoopback: boolean,
): IpAddress | undefined {
  for (const hop of forwarded.toReversed()) {
    const ip = parseIpWithPort(hop);
    if (ip === undefined || (skipLoopback && isLoopbackIp(ip))) continue;
    if (!isTrustedProxy(attempt, ip)) return ip;
  }
  return undefined;
}

const HEADER_SETS: Readonly<
  Record<Exclude<HeaderSet, "any-forwarding" | "any-forwarding-name">, readonly string[]>
> = {
  "for-ip": ["x-forwarded-for", "x-real-ip"],
  "for-ip-host": ["x-forwarded-for", "x-real-ip", "x-forwarded-host"],
  "for-ip-host-proto": ["x-forwarded-for", "x-real-ip", "x-forwarded-host", "x-forwarded-proto"],
  "forwarded-for-ip-host-proto": [
    "forwarded",
    "x-forwarded-for",
    "x-real-ip",
    "x-forwarded-host",
    "x-forwarded-proto",
  ],
};

/** Whether one of the headers that this release takes for a proxy's is there. */
export function hasHeaders({ connection }: Attempt, set: HeaderSet): boolean {
  if (set !== "any-forwarding" && set !== "any-forwarding-name")
    return HEADER_SETS[set].some((name) => header(connection, name) !== "");
  return Object.keys(connection.headers).some((name) => {
    const lower = name.toLowerCase();
    if (lower === "forwarded" || lower === "x-real-ip")
      return set === "any-forwarding-name" || header(connection, lower) !== "";
    return lower.startsWith("x-forwarded-");
  });
}

/** Locality for pairing, which also knows clients in and around containers once their secret is proven. */
export function pairingLocality(attempt: Attempt, sharedSecretOk: boolean): Locality {
  if (isLocalClient(attempt)) return "direct-local";
  const { rules, connection } = attempt;
  const { local } = rules;
  if (!sharedSecretOk || hasHeaders(attempt, local.proxied)) return "remote";
  const socket = parseIp(connection.remoteAddress);
  const host = hostName(header(connection, "host"));
  if (attempt.hasOrigin) {
    const origin = parseOrigin(header(connection, "origin"), false);
    const container =
      local.browserContainer &&
      attempt.isBrowserUi &&
      connection.client.mode === "webchat" &&
      isPrivateOrLoopbackIp(socket) &&
      isLoopbackName(host, local.trailingDot) &&
      origin !== undefined &&
      isLoopbackName(origin.name, local.trailingDot);
    return container ? "browser-container" : "remote";
  }
  if (!isLoopbackIp(socket) || !isPrivateName(host)) return "remote";
  const isCli = connection.client.id === "cli" && connection.client.mode === "cli";
  if (local.cliContainer && isCli) return "cli-container";
  return local.sharedSecretLoopback ? "shared-secret-loopback" : "remote";
}
