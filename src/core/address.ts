import type { Exposure } from "./facts.ts";

/**
 * IP addresses as the gateway compares them: IPv4-mapped IPv6 counts as IPv4, brackets and ports are peeled
 * off, CIDR blocks match within one family. Source: the gateway's own address helpers, 2026.2.22 to 2026.9.6.
 */

export interface IpAddress {
  readonly family: 4 | 6;
  /** 4 octets, or 8 groups of 16 bits. */
  readonly parts: readonly number[];
}

const MAX_TEXT = 100;

/** An IP literal, with or without brackets; `undefined` for anything else (names, ports, nonsense). */
export function parseIp(text: string): IpAddress | undefined {
  let raw = text.trim().toLowerCase();
  if (raw.length === 0 || raw.length > MAX_TEXT) return undefined;
  if (raw.startsWith("[") && raw.endsWith("]")) raw = raw.slice(1, -1);
  const zone = raw.indexOf("%");
  if (zone > 0) raw = raw.slice(0, zone);
  if (!raw.includes(":")) {
    const octets = parseOctets(raw);
    return octets === undefined ? undefined : { family: 4, parts: octets };
  }
  const groups = parseGroups(raw);
  return groups === undefined ? undefined : unmap(groups);
}

/** A forwarded-for element or X-Real-IP value: an address that may carry a port. */
export function parseIpWithPort(text: string): IpAddress | undefined {
  const raw = text.trim();
  if (raw.startsWith("[")) {
    const end = raw.indexOf("]");
    return end === -1 ? undefined : parseIp(raw.slice(1, end));
  }
  const direct = parseIp(raw);
  if (direct !== undefined) return direct;
  const colon = raw.lastIndexOf(":");
  if (colon > 0 && raw.includes(".") && raw.indexOf(":") === colon) return parseIp(raw.slice(0, colon));
  return undefined;
}

export function sameIp(a: IpAddress, b: IpAddress): boolean {
  return a.family === b.family && a.parts.every((part, i) => part === b.parts[i]);
}

/** 127.0.0.0/8, ::1 and their mapped forms. */
export function isLoopbackIp(ip: IpAddress | undefined): boolean {
  if (ip === undefined) return false;
  if (ip.family === 4) return ip.parts[0] === 127;
  return ip.parts.every((part, i) => part === (i === 7 ? 1 : 0));
}

/** Loopback, RFC 1918, link-local, carrier-grade NAT (Tailscale's 100.64/10 too); for IPv6 ULA, link-local, site-local. */
export function isPrivateOrLoopbackIp(ip: IpAddress | undefined): boolean {
  if (ip === undefined) return false;
  if (isLoopbackIp(ip)) return true;
  const [a = 0, b = 0] = ip.parts;
  if (ip.family === 4) {
    if (a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) return true;
    return (a === 169 && b === 254) || (a === 100 && b >= 64 && b <= 127);
  }
  return (a & 0xfe00) === 0xfc00 || (a & 0xffc0) === 0xfe80 || (a & 0xffc0) === 0xfec0;
}

/** 169.254.0.0/16 and fe80::/10: whoever is on the same cable may take such an address. */
export function isLinkLocalIp(ip: IpAddress | undefined): boolean {
  if (ip === undefined) return false;
  const [a = 0, b = 0] = ip.parts;
  return ip.family === 4 ? a === 169 && b === 254 : (a & 0xffc0) === 0xfe80;
}

/**
 * Addresses within private blocks at which a cloud's own service answers every machine of every customer: AWS over
 * IPv6 (fd00:ec2::254, ::23), Google (fd20:ce::254), Alibaba (100.100.100.200). The others are link-local.
 */
const CLOUD_SERVICES: readonly string[] = [
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
  "100.100.100.200",
];

/** Whether `entry` (an address, or from 2026.2.17 a CIDR block) covers `ip`. */
export function ipMatches(ip: IpAddress, entry: string, cidr: boolean): boolean {
  const candidate = entry.trim();
  const slash = candidate.indexOf("/");
  if (slash === -1) {
    const exact = parseIp(candidate);
    return exact !== undefined && sameIp(exact, ip);
  }
  if (!cidr) return false;
  const prefixText = candidate.slice(slash + 1);
  const base = parseIp(candidate.slice(0, slash));
  if (base === undefined || base.family !== ip.family || !/^\d{1,3}$/.test(prefixText)) return false;
  const prefix = Number(prefixText);
  const width = ip.family === 4 ? 8 : 16;
  if (prefix > width * ip.parts.length) return false;
  for (let i = 0, left = prefix; left > 0; i += 1, left -= width) {
    const mask = left >= width ? 0 : 2 ** (width - left);
    const x = ip.parts[i] ?? 0;
    const y = base.parts[i] ?? 0;
    if (mask === 0 ? x !== y : Math.floor(x / mask) !== Math.floor(y / mask)) return false;
  }
  return true;
}

/** An address, or a block of them that is not all there are. */
export function isCidr(text: string): boolean {
  const [address = "", prefix, ...more] = text.split("/");
  const ip = parseIp(address);
  if (ip === undefined || more.length > 0 || /[\s%[\]]/.test(text)) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) > 0 && Number(prefix) <= (ip.family === 4 ? 32 : 128);
}

function parseOctets(raw: string): number[] | undefined {
  const fields = raw.split(".");
  if (fields.length !== 4) return undefined;
  const octets: number[] = [];
  for (const field of fields) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(field)) return undefined;
    const value = Number(field);
    if (value > 255) return undefined;
    octets.push(value);
  }
  return octets;
}

function parseGroups(raw: string): number[] | undefined {
  const halves = raw.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? "");
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? "") : [];
  if (head === undefined || tail === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail.length;
  if (missing < 1) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const fields = text.split(":");
  for (const [i, field] of fields.entries()) {
    if (i === fields.length - 1 && field.includes(".")) {
      const octets = parseOctets(field);
      if (octets === undefined) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      groups.push(a * 256 + b, c * 256 + d);
    } else {
      if (!/^[0-9a-f]{1,4}$/.test(field)) return undefined;
      groups.push(Number.parseInt(field, 16));
    }
  }
  return groups;
}

function unmap(groups: readonly number[]): IpAddress {
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!mapped) return { family: 6, parts: groups };
  const [high = 0, low = 0] = groups.slice(6);
  return { family: 4, parts: [high >> 8, high & 255, low >> 8, low & 255] };
}

/**
 * How far an address reaches, and whether a stranger can be behind it: private is RFC 1918, unique local and
 * 100.64.0.0/10 (Tailscale, carrier NAT). `unknown` for what is no address, or is routed nowhere: link-local ones, at
 * which clouds answer for themselves (169.254.169.254), and their like in private blocks. The gateway itself counts
 * those as private (`isPrivateOrLoopbackIp`).
 */
export function scopeOf(address: string): Exposure {
  const ip = parseIp(address);
  if (ip === undefined) return "unknown";
  if (isLoopbackIp(ip)) return "loopback";
  if (isLinkLocalIp(ip) || CLOUD_SERVICES.some((service) => ipMatches(ip, service, false))) return "unknown";
  if (isPrivateOrLoopbackIp(ip)) return "private";
  const [first = 0] = ip.parts;
  // 0.0.0.0/8, multicast and reserved; of IPv6 only 2000::/3 is routed on the Internet.
  const routed = ip.family === 4 ? first > 0 && first < 224 : (first & 0xe000) === 0x2000;
  return routed ? "public" : "unknown";
}

/** `127.0.0.1`, `localhost`, `[::1]`, with or without a port: names that only this machine's browser uses. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.trim().toLowerCase();
  const name = /^(\[[^\]]*\]|[^:]*):\d{1,5}$/.exec(bare)?.[1] ?? bare;
  return name === "localhost" || name.endsWith(".localhost") || isLoopbackIp(parseIp(name));
}

/**
 * How far an address of our own interfaces reaches. The documentation blocks (RFC 5737) are not routed on the
 * Internet, so on an interface they are as private as 10.0.0.0/8; as a client's address they stand for a public one.
 * A link-local address is ours here, where it stands for anybody's elsewhere.
 */
export function ownScope(address: string): Exposure {
  const ip = parseIp(address);
  if (isLinkLocalIp(ip)) return "private";
  const [a, b, c] = ip?.family === 4 ? ip.parts : [];
  const documentation =
    (a === 192 && b === 0 && c === 2) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113);
  return documentation ? "private" : scopeOf(address);
}
