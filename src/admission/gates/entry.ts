import { type IpAddress, isLoopbackIp, parseIp, parseIpWithPort } from "../../core/address.ts";
import type { Connection } from "../../core/connection.ts";
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
  if (listenerOf(attempt) === "tailscale") return isTailscaleIngress(attempt);
  const socket = parseIp(connection.remoteAddress);
  const loopback = isLoopbackIp(socket);
  const looksProxied = hasHeaders(attempt, "any-forwarding-name") || hasTailscaleHeaders(attempt);
  if (loopback && !looksProxied) return true;
  if (socket !== undefined && isTrustedProxy(attempt, socket)) {
    const client = clientAddress(attempt);
    return client !== undefined && !isLoopbackIp(client);
  }
  return !looksProxied;
}

/** Where nobody says it, what looks like Tailscale's own request is taken to have come to Tailscale's listener. */
function listenerOf({ rules, gateway, connection }: Attempt): "ordinary" | "tailscale" {
  const mode = at(gateway, "tailscale", "mode");
  if (!rules.proxies.tailscaleListener || (mode !== "serve" && mode !== "funnel")) return "ordinary";
  if (connection.listener !== undefined) return connection.listener;
  const isNear = isLoopbackIp(parseIp(connection.remoteAddress));
  return isNear && FORWARDED.every((name) => header(connection, name) !== "") ? "tailscale" : "ordinary";
}

const FORWARDED = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];

/** A request that Tailscale forwarded for somebody else to its listener; funnel's carry its mark, serve's never do. */
export function isTailscaleIngress(attempt: Attempt): boolean {
  const { connection, gateway } = attempt;
  if (listenerOf(attempt) !== "tailscale") return false;
  if (!isLoopbackIp(parseIp(connection.remoteAddress))) return false;
  if (!FORWARDED.every((name) => header(connection, name) !== "")) return false;
  if (tailscaleClient(connection) === undefined) return false;
  const mark = header(connection, "tailscale-funnel-request");
  return mark === "" || (mark === "?1" && at(gateway, "tailscale", "mode") === "funnel");
}

/** The last forwarded address that is not this host's own. */
export function tailscaleClient(connection: Connection): IpAddress | undefined {
  const hops = header(connection, "x-forwarded-for").split(",", 100).map(parseIpWithPort);
  return hops.findLast((ip) => ip !== undefined && !isLoopbackIp(ip));
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

/** From 2026.8.x on workers are let in elsewhere: whoever says to be one here gets no other word. */
export function worker({ rules, connection }: Attempt): GateRefusal | undefined {
  const { client, role: asked } = connection;
  const claims = asked === "worker" || client.id === "openclaw-worker" || client.mode === "worker";
  if (!rules.clients.workerRefused || !claims) return undefined;
  return { gate: "schema", reason: "invalid-handshake", closeReason: "invalid-handshake" };
}

/** The connect frame itself: known client ids and modes, known fields, and from 2026.2.22 a nonce. */
export function schema({ rules, connection, sent }: Attempt): GateRefusal | undefined {
  const problems: string[] = [];
  const { device, client } = connection;
  const { clients } = rules;
  const empty = `${clients.emptyText} than 1 characters`;
  if (!clients.ids.includes(client.id)) problems.push(...unknown(rules, "/client/id"));
  if (client.platform === "") problems.push(`at /client/platform: ${empty}`);
  if (!clients.modes.includes(client.mode)) problems.push(...unknown(rules, "/client/mode"));
  if (connection.role === "") problems.push(`at /role: ${empty}`);
  if (rules.proof.nonce === "schema" && device.state !== "absent" && device.nonce === "missing") {
    problems.push("at /device: must have required property 'nonce'");
  }
  for (const field of clients.unknownAuthFields) {
    if (sent[field] !== undefined) problems.push(`at /auth: unexpected property '${field}'`);
  }
  if (problems.length === 0) return undefined;
  return {
    gate: "schema",
    reason: "invalid-handshake",
    closeReason: `invalid connect params: ${problems.join("; ")}`,
  };
}

/** The browser copilot proves what it is before its Origin is looked at. */
export function copilot(attempt: Attempt): GateRefusal | undefined {
  const { connection } = attempt;
  if (!isCopilot(attempt)) return undefined;
  const { caps = [], client } = connection;
  if (client.mode !== "ui" || !COPILOT_CAPS.every((cap) => caps.includes(cap))) {
    return {
      gate: "schema",
      reason: "invalid-client",
      closeReason:
        "browser copilot requires ui mode with run-tool-bindings and session-scoped-events capabilities",
    };
  }
  if (isExtension(header(connection, "origin"))) return undefined;
  return {
    gate: "origin",
    reason: "origin-mismatch",
    closeReason: "browser copilot requires a canonical Chrome extension origin",
    detailCode: "CONTROL_UI_ORIGIN_NOT_ALLOWED",
  };
}

const COPILOT_CAPS = ["run-tool-bindings", "session-scoped-events"];

export function isCopilot({ rules, connection }: Attempt): boolean {
  return rules.clients.copilot && connection.client.id === "openclaw-browser-copilot";
}

function isExtension(origin: string): boolean {
  return /^chrome-extension:\/\/[a-p]{32}\/?$/i.test(origin.trim());
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
