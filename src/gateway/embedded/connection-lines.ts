import { type ConnectParams, clients } from "../protocol.ts";
import { reachOfAddress } from "../url.ts";
import { closeMeta } from "./close-meta.ts";
import { type Arrival, isLocal, providedBy } from "./connect.ts";
import type { Applicant, PairedEntry } from "./devices.ts";
import { forLog } from "./log.ts";
import type { Refusal } from "./refusal.ts";
import type { GatewayState } from "./state.ts";

/** One connection, as the lines of the log name it. */
export interface LoggedConnection {
  readonly gateway: GatewayState;
  readonly arrival: Arrival;
  /** Its id. */
  readonly conn: string;
  /** The client's port, made up. */
  readonly peerPort: number;
  /** `PEER->ADDRESS:PORT`. */
  readonly endpoint: string;
}

/** What is known of a connection when it is closed before it was let in. */
export interface ClosedConnection {
  readonly code: number;
  readonly reason: string;
  readonly refusal: Refusal | undefined;
  readonly params: ConnectParams | undefined;
  readonly lastFrame: { readonly method: string; readonly id: string } | undefined;
  /** Milliseconds from the upgrade on. */
  readonly took: number;
}

function peerField({ gateway, endpoint }: LoggedConnection): string {
  return gateway.traits.logPeer ? ` peer=${endpoint}` : "";
}

export function logUnauthorized(
  connection: LoggedConnection,
  params: ConnectParams | undefined,
  { reason, guidance }: { readonly reason: string; readonly guidance: string },
): void {
  const { gateway, arrival, conn } = connection;
  const { traits, log } = gateway;
  const client = params?.client;
  const who = `client=${forLog(client?.id)} ${forLog(client?.mode)} v${forLog(client?.version)}`;
  const auth = providedBy(params?.auth);
  const more = traits.logPeer
    ? ` role=${forLog(params?.role)} scopes=${scopeCount(params)} auth=${auth} device=${params?.device ? "yes" : "no"} platform=${forLog(client?.platform)} instance=n/a host=${forLog(arrival.headers.host)} origin=${forLog(arrival.headers.origin)} ua=${forLog(arrival.headers["user-agent"])}`
    : "";
  log.warn(
    "gateway/ws",
    `unauthorized conn=${conn}${peerField(connection)} remote=${arrival.remoteAddress} ${who}${more} reason=${reason}${traits.logGuidance ? ` guidance=${guidance}` : ""}`,
  );
}

/** Only a page keeps the scopes that it asks for without a device up to the look at its token. */
function scopeCount(params: ConnectParams | undefined): number {
  const keeps = params?.device !== undefined || params?.client.id === clients.page.id;
  return keeps ? (params?.scopes.length ?? 0) : 0;
}

export function logProtocolMismatch(connection: LoggedConnection, params: ConnectParams): void {
  const { gateway, arrival, conn, peerPort } = connection;
  const { traits, log } = gateway;
  const range = `min=${params.minProtocol} max=${params.maxProtocol} expected=${traits.protocol} probeMin=${traits.minimumProbeProtocol} instance=n/a`;
  log.warn(
    "gateway/ws",
    `protocol mismatch conn=${conn}${peerField(connection)} remote=${arrival.remoteAddress}${traits.logMessageField ? ` remotePort=${peerPort}` : ""} client=${forLog(params.client.id)} ${forLog(params.client.mode)} v${forLog(params.client.version)}${traits.logMessageField ? ` ${range}` : ""}`,
  );
}

export function logBuildRejected({ gateway, conn }: LoggedConnection, params: ConnectParams): void {
  gateway.log.warn(
    "gateway/ws",
    `control ui build rejected conn=${conn} clientBuild=${forLog(params.client.buildId ?? "legacy")} gatewayBuild=${gateway.traits.buildId}; reload required`,
  );
}

/** A device that is approved asks for more; releases with codes audit it. */
export function logUpgrade(
  { gateway, conn }: LoggedConnection,
  reason: string | undefined,
  applicant: Applicant,
  paired: Pick<PairedEntry, "role" | "scopes">,
): void {
  if (!gateway.traits.codes || (reason !== "scope-upgrade" && reason !== "role-upgrade")) return;
  const list = (items: readonly string[]) => (items.length === 0 ? "<none>" : [...items].sort().join(","));
  gateway.log.warn(
    "gateway",
    `security audit: device access upgrade requested reason=${reason} device=${applicant.deviceId} ip=${applicant.remoteIp ?? "unknown-ip"} auth=token roleFrom=${paired.role} roleTo=${forLog(applicant.role)} scopesFrom=${list(paired.scopes)} scopesTo=${forLog(list(applicant.scopes))} client=${forLog(applicant.clientId)} conn=${conn}`,
  );
}

export function logConnected({ gateway, arrival, conn }: LoggedConnection, { client }: ConnectParams): void {
  if (client.mode !== "webchat") return;
  gateway.log.info(
    "gateway/ws",
    `webchat connected conn=${conn} remote=${arrival.remoteAddress} client=${forLog(client.id)} ${client.mode} v${forLog(client.version)}${gateway.traits.knowsBuildId ? ` build=${forLog(client.buildId ?? "legacy")}` : ""}`,
  );
}

export function logDisconnected(
  { gateway, conn }: LoggedConnection,
  params: ConnectParams | undefined,
  { code, reason }: Pick<ClosedConnection, "code" | "reason">,
): void {
  if (params?.client.mode !== "webchat") return;
  gateway.log.info("gateway/ws", `webchat disconnected code=${code} reason=${forLog(reason)} conn=${conn}`);
}

export function logHandshakeTimeout(connection: LoggedConnection): void {
  const { gateway, arrival, conn } = connection;
  gateway.log.warn(
    "gateway/ws",
    `handshake timeout conn=${conn}${peerField(connection)} remote=${arrival.remoteAddress}`,
  );
}

export function logParseError({ gateway, conn }: LoggedConnection): void {
  gateway.log.warn(
    "gateway/ws",
    `✗ parse-error error=SyntaxError conn=${conn.slice(0, 8)}…${conn.slice(-4)}`,
  );
}

export function logClosedBeforeConnect(connection: LoggedConnection, closed: ClosedConnection): void {
  const { gateway, arrival, conn, peerPort, endpoint } = connection;
  const { traits, log, port } = gateway;
  const { code, reason, refusal, params, lastFrame, took } = closed;
  const { headers } = arrival;
  const phase = traits.logPhase ? ` phase=${refusal?.phase ?? "ws_upgrade_started"}` : "";
  log.warn(
    "gateway/ws",
    `closed before connect conn=${conn}${peerField(connection)} remote=${arrival.remoteAddress} fwd=${forLog(headers["x-forwarded-for"])} origin=${forLog(headers.origin)} host=${forLog(headers.host)} ua=${forLog(headers["user-agent"])} code=${code} reason=${forLog(reason)}${phase}`,
    closeMeta({ traits, arrival, refusal, params, lastFrame, peerPort, port, endpoint, took }),
  );
}

/** What a gateway says of a connection that came through a proxy, or as if through one. */
export function logProxySigns({ log, traits, config }: GatewayState, arrival: Arrival): void {
  const hasProxyHeaders = Object.keys(arrival.headers).some((name) =>
    /^(?:x-forwarded-(?:for|host)|x-real-ip)$/.test(name),
  );
  const trusted = config.gateway?.trustedProxies ?? [];
  if (traits.proxyWarning && hasProxyHeaders && !trusted.includes(arrival.remoteAddress))
    log.warn(
      "gateway/ws",
      "Proxy headers detected from untrusted address. Connection will not be treated as local. Configure gateway.trustedProxies to restore local client detection behind your proxy.",
    );
  const host = (arrival.headers.host ?? "").replace(/:\d+$/, "");
  const hostIsLocal = reachOfAddress(host) === "loopback";
  if (!hasProxyHeaders && isLocal(arrival) && host !== "" && !hostIsLocal)
    log.warn(
      "gateway/ws",
      "Loopback connection with non-local Host header. Treating it as remote. If you're behind a reverse proxy, set gateway.trustedProxies and forward X-Forwarded-For/X-Real-IP.",
    );
}
