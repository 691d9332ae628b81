import { isLoopbackIp, parseIp } from "../../core/address.ts";
import { type Attempt, at, type GateRefusal, header } from "../attempt.ts";
import { parseOrigin } from "../hosts.ts";
import { clientAddress, hasHeaders, isTrustedProxy } from "../locality.ts";
import type { ReleaseRules } from "../rules.ts";

/** HTTP 403 before any WebSocket: a request that looks proxied, from an address that is no trusted proxy. */
export function proxyAttribution(attempt: Attempt): GateRefusal | undefined {
  if (!attempt.rules.proxies.attribution || isAttributed(attempt)) return undefined;
  return {
    gate: "proxy-attribution",
    reason: "proxy_attribution_required",
    httpStatus: 403,
    closeCode: 1006,
    closeReason: "",
  };
}

function isAttributed(attempt: Attempt): boolean {
  const { connection } = attempt;
  const socket = parseIp(connection.remoteAddress);
  const loopback = isLoopbackIp(socket);
  if (loopback && isTailscaleIngress(attempt)) return true;
  const looksProxied = hasHeaders(attempt, "any-forwarding") || hasTailscaleHeaders(attempt);
  if (loopback && !looksProxied) return true;
  if (socket !== undefined && isTrustedProxy(attempt, socket)) {
    const client = clientAddress(attempt);
    return client !== undefined && !isLoopbackIp(client);
  }
  return !looksProxied;
}

/** The gateway's own Tailscale listener: serve or funnel is on and the request carries Tailscale's headers. */
export function isTailscaleIngress({ gateway, connection }: Attempt): boolean {
  const mode = at(gateway, "tailscale", "mode");
  if (mode !== "serve" && mode !== "funnel") return false;
  const proxied = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];
  return proxied.every((name) => header(connection, name) !== "");
}

const TAILSCALE_HEADERS = [
  "tailscale-funnel-request",
  "tailscale-headers-info",
  "tailscale-user-login",
  "tailscale-user-name",
  "tailscale-user-profile-pic",
];

function hasTailscaleHeaders({ connection }: Attempt): boolean {
  return TAILSCALE_HEADERS.some((name) => connection.headers[name] !== undefined);
}

/** The connect frame itself: known client ids and modes, and from 2026.2.22 a nonce. */
export function schema({ rules, connection }: Attempt): GateRefusal | undefined {
  const problems: string[] = [];
  const { device, client } = connection;
  if (!rules.clients.ids.includes(client.id)) problems.push(...unknown(rules, "/client/id"));
  if (!rules.clients.modes.includes(client.mode)) problems.push(...unknown(rules, "/client/mode"));
  if (connection.role === "") problems.push("at /role: must NOT have fewer than 1 characters");
  if (rules.proof.nonce === "schema" && device.state !== "absent" && device.nonce === "missing") {
    problems.push("at /device: must have required property 'nonce'");
  }
  if (problems.length === 0) return undefined;
  return {
    gate: "schema",
    reason: "invalid-handshake",
    closeReason: `invalid connect params: ${problems.join("; ")}`,
  };
}

function unknown(rules: ReleaseRules, path: string): readonly string[] {
  if (rules.clients.unknownIs === "not-allowed-value") {
    return [`at ${path}: must be equal to one of the allowed values`];
  }
  return [`at ${path}: must be equal to constant`, `at ${path}: must match a schema in anyOf`];
}

/** The protocol range that the client offers must contain the gateway's. */
export function protocol(attempt: Attempt): GateRefusal | undefined {
  const { protocol: offered, client } = attempt.connection;
  if (offered === undefined) return undefined;
  const { version, oldestForProbe, previousForNodes, mismatchCode } = attempt.rules.protocol;
  const { min, max } = offered;
  if (max >= version && min <= version) return undefined;
  if (client.mode === "probe" && max >= oldestForProbe && min <= version) return undefined;
  if (
    previousForNodes &&
    attempt.isNode &&
    client.mode === "node" &&
    max >= version - 1 &&
    min <= version - 1
  ) {
    return undefined;
  }
  return {
    gate: "protocol",
    reason: "protocol-mismatch",
    closeCode: 1002,
    closeReason: "protocol mismatch",
    ...(mismatchCode ? { detailCode: "PROTOCOL_MISMATCH" } : {}),
  };
}

export function role({ isOperator, isNode }: Attempt): GateRefusal | undefined {
  if (isOperator || isNode) return undefined;
  return { gate: "role", reason: "invalid-role", closeReason: "invalid role" };
}

/** From 2026.8.1 a Control UI page that another build served is told to reload; the last gate of all. */
export function uiBuild(attempt: Attempt): GateRefusal | undefined {
  const { rules, connection, gateway } = attempt;
  const { uiBuild: build } = connection;
  if (!rules.protocol.uiBuildCheck || !attempt.isBrowserUi || build === undefined || build === "dev") {
    return undefined;
  }
  if (at(gateway, "controlUi", "root") !== undefined) return undefined;
  const origin = parseOrigin(header(connection, "origin"), rules.origin.strict);
  if (origin === undefined || origin.host !== header(connection, "host").trim().toLowerCase())
    return undefined;
  return {
    gate: "protocol",
    reason: "control-ui-build-mismatch",
    closeReason: "protocol mismatch: Control UI updated; reload this page to continue",
    detailCode: "PROTOCOL_MISMATCH",
  };
}
