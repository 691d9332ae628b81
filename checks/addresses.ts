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
  const bare = bareAddress(address);
  return bare === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}

/** RFC 1918, carrier-grade NAT (Tailscale, Railway), link-local, unique local. */
export function isPrivate(address: string): boolean {
  const bare = bareAddress(address).toLowerCase();
  const octets = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}$/.exec(bare);
  if (!octets) return /^f[cd][0-9a-f]{2}:|^fe80:/.test(bare);
  const [a, b] = [Number(octets[1]), Number(octets[2])];
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127)
  );
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

/** `127.0.0.1`, `localhost`, `[::1]` with or without a port: names that only this machine's browser uses. */
export function isLoopbackHost(host: string): boolean {
  const name = host
    .replace(/:\d{1,5}$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || isLoopback(name);
}

export function isLoopbackOrigin(origin: string): boolean {
  const host = /^https?:\/\/([^/?#]+)/i.exec(origin)?.[1];
  return host !== undefined && isLoopbackHost(host);
}
