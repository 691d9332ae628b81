import type { Connection } from "./connection.ts";
import type { Refusal } from "./facts.ts";
import { gateOf } from "./gate.ts";
import type { LogEvent, PortHeldEvent } from "./log-event.ts";
import { clientOf, evidenceOf, isOwnProbe } from "./log-parts.ts";

/**
 * Refusals of which only the line beside `closed before connect` is there: tickets quote the one without the
 * other. `closed` are the refusals that have theirs.
 */
export function loneRefusals(events: readonly LogEvent[], closed: readonly Refusal[]): Refusal[] {
  const lone = events.flatMap((event) => {
    const told = tellsOf(event);
    if (told === undefined) return [];
    const { gate, reason, ...rest } = told;
    // From 2026.8.2 a wider request is granted in the same connection (run 9.6).
    if (event.type === "upgrade-requested" && isConnected(event.conn, events)) return [];
    const known = closed.some(
      (refusal) =>
        refusal.gate === gate &&
        (reason === undefined || refusal.reason === undefined || refusal.reason === reason),
    );
    if (known) return [];
    return [
      {
        from: "log" as const,
        gate,
        ...(reason === undefined ? {} : { reason }),
        ...rest,
        count: 1,
        ...(event.at === undefined ? {} : { firstAt: event.at, lastAt: event.at }),
        over:
          event.type === "proxy-warning"
            ? restartedSince(event, events)
            : connectedSince(event, rest.client, events),
        evidence: [evidenceOf(event)],
      },
    ];
  });
  return lone.reverse();
}

type Told = Pick<Refusal, "gate" | "reason" | "connection" | "client" | "deviceId">;

function tellsOf(event: LogEvent): Told | undefined {
  switch (event.type) {
    case "unauthorized": {
      if (isOwnProbe(event)) return undefined;
      const { gate, why } = gateOf({ why: event.reason });
      const headers = {
        ...(event.host === undefined ? {} : { host: event.host }),
        ...(event.origin === undefined ? {} : { origin: event.origin }),
      };
      return {
        gate: gate === "rate-limit" ? gate : "shared-auth",
        ...(why === undefined ? {} : { reason: why }),
        connection: { ...remoteOf(event), headers },
        client: clientOf(event),
      };
    }
    case "protocol-mismatch":
      if (isOwnProbe(event)) return undefined;
      return { gate: "protocol", connection: remoteOf(event), client: clientOf(event) };
    case "build-rejected":
      return {
        gate: "protocol",
        reason: "control-ui-build-mismatch",
        connection: {},
        client: "control-ui",
      };
    case "handshake-timeout":
      return { gate: "timeout", connection: remoteOf(event), client: "unknown" };
    case "proxy-warning":
      // From 2026.8.1; written once for each start of the gateway, whatever it refuses after (BROWSER.md 1.8).
      if (event.warning !== "unattributable") return undefined;
      return { gate: "proxy-attribution", connection: remoteOf(event), client: "unknown" };
    case "upgrade-requested":
      return {
        gate: "pairing",
        ...(event.reason === undefined ? {} : { reason: event.reason }),
        ...(event.deviceId === undefined ? {} : { deviceId: event.deviceId }),
        connection: {
          ...remoteOf(event),
          ...(event.roleTo === undefined ? {} : { role: event.roleTo }),
          ...(event.scopesTo === undefined ? {} : { scopes: event.scopesTo }),
          ...(event.client === undefined ? {} : { client: { id: event.client, mode: "" } }),
        },
        client: clientOf(event),
      };
    default:
      return undefined;
  }
}

function isConnected(conn: string | undefined, events: readonly LogEvent[]): boolean {
  return conn !== undefined && events.some((event) => event.type === "connected" && event.conn === conn);
}

function remoteOf({ remote }: { readonly remote?: string }): Partial<Connection> {
  return remote === undefined ? {} : { remoteAddress: remote };
}

/** Whether a client of this kind was let in later. */
function connectedSince(event: LogEvent, client: Refusal["client"], events: readonly LogEvent[]): boolean {
  const at = Date.parse(event.at ?? "");
  return events.some(
    (other) =>
      other.type === "connected" &&
      (client === "unknown" || clientOf(other) === client) &&
      Date.parse(other.at ?? "") >= at,
  );
}

/** Another start of the gateway, and a page that was let in after it. */
function restartedSince(event: LogEvent, events: readonly LogEvent[]): boolean {
  const later = events.slice(events.indexOf(event) + 1);
  const start = later.findIndex(({ type }) => type === "startup");
  return start >= 0 && later.slice(start).some(({ type }) => type === "connected");
}

/** Start-ups that failed because the gateway runs already. */
const RUNS_ALREADY: ReadonlySet<string> = new Set(["address-in-use", "already-running"]);

/** The gateway's last start failed, and nothing shows that it came up since: nobody can connect. */
export function failedStart(events: readonly LogEvent[]): Refusal[] {
  const last = events.findLast(
    (event) =>
      event.type === "startup-failed" ||
      event.type === "connected" ||
      (event.type === "port-held" && !isGateway(event)) ||
      isRejectedConfig(event) ||
      // A start-up event with a release alone is the banner of any command.
      (event.type === "startup" && (event.port !== undefined || event.release === undefined)),
  );
  const reason = last === undefined ? undefined : whyFailed(last, events);
  if (last === undefined || reason === undefined) return [];
  return [
    {
      from: "log",
      gate: "transport",
      reason,
      connection: {},
      client: "unknown",
      count: 1,
      over: false,
      evidence: [evidenceOf(last)],
    },
  ];
}

function whyFailed(last: LogEvent, events: readonly LogEvent[]): string | undefined {
  if (last.type === "port-held") return "port-held";
  if (isRejectedConfig(last)) return "invalid-config";
  if (last.type !== "startup-failed") return undefined;
  if (last.why === "invalid-config" || events.some((event) => isRejectedConfig(event) && isNear(event, last)))
    return "invalid-config";
  return RUNS_ALREADY.has(last.why) ? undefined : "startup-failed";
}

/** What a gateway or a command says of the file as it is; `config set` that was refused changed nothing. */
function isRejectedConfig(event: LogEvent): boolean {
  return event.type === "config-error" && event.kind === "invalid";
}

/** One failure is told over several lines. */
function isNear(event: LogEvent, last: LogEvent): boolean {
  return event.source === last.source && Math.abs(event.line - last.line) <= 12;
}

/** OpenClaw by any of its names, an engine that publishes a port for it, or a tunnel that leads to it. */
export function isGateway({ program }: PortHeldEvent): boolean {
  return /\b(?:openclaw|clawdbot|moltbot)|docker|podman|rootlessport|slirp4netns|conmon|kubectl|\bsshd?\b|^node$/i.test(
    program,
  );
}
