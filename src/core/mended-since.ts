import { ipMatches, isLoopbackIp, parseIp } from "./address.ts";
import type { ConfigReading, DeviceList, Refusal } from "./facts.ts";
import type { LogDigest, RefusalGroup } from "./log-event.ts";

/** What lies on the gateway's disk now, and tells what came after a line of its log. */
export interface Since {
  readonly config?: ConfigReading;
  readonly devices?: DeviceList;
}

/**
 * Marks as `over` what was mended after the gateway wrote it: an origin or a proxy that the config names by now, a device
 * that was approved since. A page that meets the same once more is a newer line, and counts. What the model foretells of
 * a new device on the way of an approved one is left out: nobody was seen to come with another.
 */
export function withoutMended(refusals: readonly Refusal[], since: Since): readonly Refusal[] {
  const approved = refusals.filter((refusal) => isApproved(refusal, since));
  return refusals
    .filter((refusal) => !(refusal.from === "model" && approved.some((one) => isSamePage(one, refusal))))
    .map((refusal) =>
      approved.includes(refusal) ||
      isAllowed(refusal, since) ||
      isTrusted(refusal, since) ||
      hasApproved(refusal, since)
        ? { ...refusal, over: true }
        : refusal,
    );
}

/** The same log, with the pages whose origin was allowed since behind those that are still refused. */
export function mendedLast(logs: LogDigest, config: ConfigReading | undefined): LogDigest {
  const isMended = ({ gate, latest, lastAt }: RefusalGroup) =>
    gate === "origin" && isAllowedSince(latest.origin, lastAt, config);
  const { refusals } = logs;
  return {
    ...logs,
    refusals: [...refusals.filter((group) => !isMended(group)), ...refusals.filter(isMended)],
  };
}

function isAllowed(refusal: Refusal, { config }: Since): boolean {
  const { from, gate, connection, lastAt, over } = refusal;
  if (from !== "log" || over || gate !== "origin" || isMet(refusal)) return false;
  return isAllowedSince(connection.headers?.origin, lastAt, config);
}

/**
 * A proxy that was refused for want of trust, and whose own address the file trusts since: its line is of before. A range
 * may hold the clients, too, and then the gateway refuses on without another line: it writes one for each of its starts
 * (run 9.6: `trustedProxies` is applied while running). Only a client that came further shows that it does not.
 */
function isTrusted(refusal: Refusal, { config }: Since): boolean {
  const { from, gate, connection, lastAt, over } = refusal;
  if (from !== "log" || over || gate !== "proxy-attribution" || isMet(refusal)) return false;
  const peer = parseIp(connection.remoteAddress ?? "");
  const trusted = config?.effective.gateway?.trustedProxies ?? [];
  return (
    peer !== undefined &&
    trusted.some((entry) => !entry.includes("/") && ipMatches(peer, entry, true)) &&
    isAfter(config?.changedAt, lastAt)
  );
}

function isAllowedSince(
  origin: string | undefined,
  lastAt: string | undefined,
  config: ConfigReading | undefined,
): boolean {
  const allowed = config?.effective.gateway?.controlUi?.allowedOrigins ?? [];
  return origin !== undefined && allowed.includes(origin) && isAfter(config?.changedAt, lastAt);
}

/** Met by ourselves just now, too: a setting in a file that the gateway does not read mends nothing. */
function isMet({ evidence }: Refusal): boolean {
  return evidence.some(({ fact }) => fact === "probe");
}

function isApproved({ from, gate, deviceId, requestId, lastAt, over }: Refusal, since: Since): boolean {
  if (from !== "log" || over || gate !== "pairing" || deviceId === undefined) return false;
  const { pending = [], paired = [] } = since.devices ?? {};
  const waits = pending.some((one) => one.requestId === requestId || one.deviceId === deviceId);
  return !waits && paired.some((one) => one.deviceId === deviceId && isAfter(one.at, lastAt));
}

/** For how long after its refusal a command line goes on by itself, milliseconds: up to 24 s were seen. */
const GOES_ON_MS = 120_000;
/** By how much a busy gateway writes the end of the connection after the command has gone on (run 2026.6.11). */
const WRITTEN_LATE_MS = 5_000;

/**
 * OpenClaw's own command on the gateway's host, held back as it asks for more scopes, goes on in the files and approves
 * (`using local fallback`; shipped code 2026.2.21 to 2026.6.11, run 2026.6.11). Whoever typed it got what they came for.
 */
function hasApproved(
  { from, gate, client, connection, deviceId, lastAt, over }: Refusal,
  { devices }: Since,
): boolean {
  if (from !== "log" || over || gate !== "pairing") return false;
  const { remoteAddress = "", headers = {} } = connection;
  // The console of older releases names no client; OpenClaw's own send neither Origin nor User-Agent.
  const isOwn = client === "unknown" && headers.origin === undefined && headers["user-agent"] === undefined;
  if ((client !== "cli" && !isOwn) || !isLoopbackIp(parseIp(remoteAddress))) return false;
  const refusedAt = Date.parse(lastAt ?? "");
  return (devices?.paired ?? []).some((one) => {
    const after = Date.parse(one.at ?? "") - refusedAt;
    return one.deviceId !== deviceId && after >= -WRITTEN_LATE_MS && after <= GOES_ON_MS;
  });
}

function isSamePage({ connection: a }: Refusal, { gate, connection: b }: Refusal): boolean {
  return gate === "pairing" && a.headers?.origin === b.headers?.origin && a.headers?.host === b.headers?.host;
}

/** Whether the file was changed after the gateway wrote this: what it says now was not in force then. */
export function isOfBefore({ lastAt }: Refusal, config: ConfigReading | undefined): boolean {
  return isAfter(config?.changedAt, lastAt);
}

/** Two times as ISO 8601; of one that is not known nothing follows. */
function isAfter(time: string | undefined, other: string | undefined): boolean {
  return Date.parse(time ?? "") > Date.parse(other ?? "");
}
