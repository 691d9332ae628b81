import { scopeOf } from "../core/address.ts";
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
  return scopeOf(bare);
}
