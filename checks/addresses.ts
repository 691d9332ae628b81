import { isLoopbackHost, scopeOf } from "../src/core/address.ts";

/** Address classes that admission and its checks tell apart. */

/** An address as logs and headers write it: without brackets, zone and IPv4-mapped prefix. */
export function bareAddress(address: string): string {
  return address
    .trim()
    .replace(/^\[/, "")
    .replace(/\](?::\d+)?$/, "")
    .replace(/%.*$/, "")
    .replace(/^::ffff:/i, "");
}

export function isLoopback(address: string): boolean {
  return scopeOf(address) === "loopback";
}

export function isPrivate(address: string): boolean {
  return scopeOf(address) === "private";
}

/**
 * Addresses that container engines put in place of the client's: bridge gateways (Docker 172.17-31.x.1,
 * Podman 10.88.0.1) and the virtual machines of Docker Desktop (192.168.65.1) and OrbStack (192.168.138/139/215.1).
 */
export function isEngineAddress(address: string): boolean {
  return /^(?:172\.(?:1[6-9]|2\d|3[01])\.\d{1,3}\.1|192\.168\.(?:65|127|138|139|215)\.\d{1,3}|10\.88\.0\.1|10\.0\.2\.\d{1,3})$/.test(
    bareAddress(address),
  );
}

export function isLoopbackOrigin(origin: string): boolean {
  const host = /^https?:\/\/([^/?#]+)/i.exec(origin)?.[1];
  return host !== undefined && isLoopbackHost(host);
}
