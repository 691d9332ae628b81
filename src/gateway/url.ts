import { isIP } from "node:net";
import type { Exposure } from "../core/facts.ts";

/** The address of a gateway in the two schemes that it is spoken to. */
export interface GatewayUrl {
  /** `ws://host:port/path`, without credentials, query or hash. */
  readonly ws: string;
  /** `http://host:port`, no trailing slash. */
  readonly http: string;
  /** `/claw`, or "" for none. */
  readonly basePath: string;
  readonly secure: boolean;
  /** `host:port`, as a Host header has it. */
  readonly host: string;
  readonly hostname: string;
}

/**
 * Reads ws, wss, http and https URLs. Query and hash are dropped: Control UI links carry the token there.
 *
 * @throws {TypeError} not such a URL, or one with a user name or password in it.
 */
export function parseGatewayUrl(text: string): GatewayUrl {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new TypeError("not a URL");
  }
  const secure = url.protocol === "wss:" || url.protocol === "https:";
  if (!secure && url.protocol !== "ws:" && url.protocol !== "http:")
    throw new TypeError("not a ws, wss, http or https URL");
  if (url.username !== "" || url.password !== "") throw new TypeError("credentials in the URL");
  const basePath = url.pathname.replace(/\/+$/, "");
  const host = url.host;
  return {
    ws: `${secure ? "wss" : "ws"}://${host}${basePath === "" ? "/" : basePath}`,
    http: `${secure ? "https" : "http"}://${host}`,
    basePath,
    secure,
    host,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
  };
}

/** How far an IP address reaches. Names other than `localhost` are `unknown` until they are resolved. */
export function reachOfAddress(address: string): Exposure {
  const bare = address.replace(/^\[|\]$/g, "").toLowerCase();
  if (bare === "localhost" || bare.endsWith(".localhost")) return "loopback";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  const ip = mapped ?? bare.replace(/%.*$/, "");
  if (isIP(ip) === 4) return reachOfIpv4(ip);
  if (isIP(ip) === 6) return reachOfIpv6(ip);
  return "unknown";
}

function reachOfIpv4(ip: string): Exposure {
  const [a = 0, b = 0] = ip.split(".").map(Number);
  if (a === 127) return "loopback";
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    // Carrier-grade NAT, which is also where Tailscale's addresses are.
    (a === 100 && b >= 64 && b <= 127);
  return isPrivate ? "private" : "public";
}

function reachOfIpv6(ip: string): Exposure {
  // URL parsers write a mapped IPv4 address in hex groups: `::ffff:7f00:1`.
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(ip);
  if (mapped) {
    const high = Number.parseInt(mapped[1] ?? "0", 16);
    const low = Number.parseInt(mapped[2] ?? "0", 16);
    return reachOfIpv4(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`);
  }
  if (ip === "::1") return "loopback";
  return /^(?:f[cd]|fe[89ab])/.test(ip) ? "private" : "public";
}
