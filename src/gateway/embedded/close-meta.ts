import type { ConnectParams } from "../protocol.ts";
import type { Arrival } from "./connect.ts";
import { forLog, type LogMeta } from "./log.ts";
import type { Refusal } from "./refusal.ts";
import type { Traits } from "./traits.ts";

/** The meta of a `closed before connect` line: in the file log of every release, on the console from 2026.8.3. */
export function closeMeta(of: {
  readonly traits: Traits;
  readonly arrival: Arrival;
  readonly refusal: Refusal | undefined;
  readonly params: ConnectParams | undefined;
  readonly lastFrame: { readonly method: string; readonly id: string } | undefined;
  readonly peerPort: number;
  readonly port: number;
  readonly endpoint: string;
  readonly took: number;
}): LogMeta {
  const { traits, arrival, refusal, params, lastFrame } = of;
  const handshake = { handshake: refusal === undefined ? "pending" : "failed" };
  const duration = { durationMs: of.took };
  const phase = traits.logPhase ? { phase: refusal?.phase ?? "ws_upgrade_started" } : {};
  const optional = (text: string | undefined) =>
    text === undefined || text === "" ? undefined : forLog(text);
  const addresses = traits.logMessageField
    ? {
        remoteAddr: arrival.remoteAddress,
        remotePort: of.peerPort,
        localAddr: "127.0.0.1",
        localPort: of.port,
        endpoint: of.endpoint,
      }
    : {};
  const client = {
    client: optional(params?.client.id),
    mode: optional(params?.client.mode),
    version: optional(params?.client.version),
    ...(params?.client.buildId === undefined ? {} : { buildId: optional(params.client.buildId) }),
    ...(traits.logMessageField ? { platform: optional(params?.client.platform) } : {}),
  };
  // A pairing or device refusal names the device, not the client.
  const withClient =
    refusal !== undefined && refusal.meta.deviceId === undefined && refusal.cause !== "invalid-handshake";
  return {
    ...(refusal === undefined ? {} : { cause: refusal.cause }),
    ...(traits.logMeta ? { ...duration, ...handshake, ...phase } : { ...handshake, ...phase, ...duration }),
    ...(lastFrame === undefined
      ? {}
      : { lastFrameType: "req", lastFrameMethod: lastFrame.method, lastFrameId: lastFrame.id }),
    host: optional(arrival.headers.host),
    origin: optional(arrival.headers.origin),
    userAgent: optional(arrival.headers["user-agent"]),
    forwardedFor: optional(arrival.headers["x-forwarded-for"]),
    ...addresses,
    ...refusal?.meta,
    ...(withClient ? client : {}),
  };
}
