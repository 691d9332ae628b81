import { isLoopbackHost, scopeOf } from "../../src/core/address.ts";

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

export function isLoopbackOrigin(origin: string): boolean {
  const host = /^https?:\/\/([^/?#]+)/i.exec(origin)?.[1];
  return host !== undefined && isLoopbackHost(host);
}
