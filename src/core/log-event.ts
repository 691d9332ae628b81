import type { Gate } from "./connection.ts";

/** What a gateway log says, one event a line (or a line pair). Text fields are scrubbed, stripped of control characters and bounded. */
export type LogEvent =
  | RefusedEvent
  | ConnectedEvent
  | UnauthorizedEvent
  | ProxyWarningEvent
  | PairingEvent
  | UpgradeRequestedEvent
  | StartupEvent
  | StartupFailedEvent
  | MigratingEvent
  | PortHeldEvent
  | ConfigReloadEvent
  | ConfigErrorEvent
  | SecurityWarningEvent
  | SettingEvent
  | BuildRejectedEvent
  | ProtocolMismatchEvent
  | HandshakeTimeoutEvent
  | ClientErrorEvent
  | AsideEvent;

interface EventBase {
  /** ISO 8601, as the line has it; absent when the line has none. */
  readonly at?: string;
  /** 1-based line number in its source. */
  readonly line: number;
  /** The file, container or stream. */
  readonly source: string;
  /** The line itself, safe to print, at most 500 characters. */
  readonly quote: string;
  /**
   * How the line was written: the gateway's console, its JSON file, what a client printed, or a fragment
   * (loose keys of a JSON meta object that somebody pasted).
   */
  readonly form?: "console" | "json" | "client" | "fragment";
  /** Compose service, `pod/container`, journald unit or syslog tag that the line's prefix names. */
  readonly via?: string;
}

/** `closed before connect`: a client was refused (or left) before it was admitted. */
export interface RefusedEvent extends EventBase {
  readonly type: "refused";
  readonly conn?: string;
  /** TCP peer, or the client that a trusted proxy names. */
  readonly remote?: string;
  readonly fwd?: string;
  readonly origin?: string;
  readonly host?: string;
  readonly ua?: string;
  readonly code?: number;
  /** Close reason without its request id; may be cut at 120 bytes by the gateway. */
  readonly reason?: string;
  /** `pairing-required`, `origin-mismatch`, `unauthorized`, `control-ui-insecure-auth` … (JSON log, 9.x console). */
  readonly cause?: string;
  readonly phase?: string;
  /** The meta's own reason: `not-paired`, `scope-upgrade`, `token_mismatch` … */
  readonly why?: string;
  readonly requestId?: string;
  readonly deviceId?: string;
  readonly client?: string;
  readonly mode?: string;
  readonly clientVersion?: string;
  /** The peer from `peer=src:port->dst:port` (2026.4.10 on). */
  readonly peer?: string;
  /** Lines like this one that the gateway left out since its last (2026.5.28 on). */
  readonly suppressed?: number;
  /** Worded as no known release words it: only that somebody was turned away is certain. */
  readonly unrecognised?: true;
}

export interface ConnectedEvent extends EventBase {
  readonly type: "connected";
  readonly conn?: string;
  readonly remote?: string;
  readonly client?: string;
  readonly mode?: string;
  readonly clientVersion?: string;
  /** `build=` of the Control UI (2026.8.1 on). */
  readonly build?: string;
}

/** `unauthorized conn=… reason=token_missing`. */
export interface UnauthorizedEvent extends EventBase {
  readonly type: "unauthorized";
  readonly conn?: string;
  readonly remote?: string;
  readonly client?: string;
  readonly mode?: string;
  readonly clientVersion?: string;
  /** What the client sent as credential: `token`, `password`, `none` … (2026.4.10 on). */
  readonly auth?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly reason?: string;
  readonly suppressed?: number;
}

export interface ProxyWarningEvent extends EventBase {
  readonly type: "proxy-warning";
  /** `untrusted`: forwarded headers from an untrusted peer. `unattributable`: 2026.8.1+, routes reject it. `non-local-host`: loopback peer with a foreign Host. */
  readonly warning: "untrusted" | "unattributable" | "non-local-host";
  readonly remote?: string;
}

export interface PairingEvent extends EventBase {
  readonly type: "pairing";
  readonly action: "requested" | "approved" | "auto-approved" | "rejected" | "removed";
  readonly deviceId?: string;
  readonly requestId?: string;
  readonly role?: string;
}

/** `security audit: device access upgrade requested …`. */
export interface UpgradeRequestedEvent extends EventBase {
  readonly type: "upgrade-requested";
  readonly conn?: string;
  readonly reason?: string;
  readonly deviceId?: string;
  readonly remote?: string;
  readonly client?: string;
  readonly scopesFrom?: readonly string[];
  readonly scopesTo?: readonly string[];
  readonly roleFrom?: string;
  readonly roleTo?: string;
}

/** A setting as a pasted openclaw.json, a command or a person's words name it: whether it is in force nobody knows. */
export interface SettingEvent extends EventBase {
  readonly type: "setting";
  /** `proxy`, `orchestrator`, `page`: no setting of OpenClaw's, but what stands around it, and the page's origin. */
  readonly key: "gateway.auth.mode" | "gateway.tailscale.mode" | "proxy" | "orchestrator" | "page";
  readonly value: string;
}

/** The gateway listens; or only `release`: the banner that every OpenClaw command prints. */
export interface StartupEvent extends EventBase {
  readonly type: "startup";
  readonly release?: string;
  readonly bind?: string;
  readonly port?: number;
  readonly pid?: number;
}

export interface StartupFailedEvent extends EventBase {
  readonly type: "startup-failed";
  readonly why:
    | "allowed-origins-required"
    | "address-in-use"
    | "already-running"
    | "auth-required"
    | "invalid-config"
    | "auth-conflict"
    | "migration"
    | "other";
}

/** A start that first brings its databases to this release's form: it does not listen yet (2026.9.6, shipped code). */
export interface MigratingEvent extends EventBase {
  readonly type: "migrating";
}

/** Who listens on a port, as OpenClaw, lsof or ss print it. */
export interface PortHeldEvent extends EventBase {
  readonly type: "port-held";
  readonly port: number;
  /** The program's name or its command line. */
  readonly program: string;
  readonly pid?: number;
  readonly user?: string;
}

export interface ConfigReloadEvent extends EventBase {
  readonly type: "config-reload";
  readonly keys: readonly string[];
  readonly restart: boolean;
}

export interface ConfigErrorEvent extends EventBase {
  readonly type: "config-error";
  readonly keys: readonly string[];
  /** `attempt`: `config set` refused to write it. `skipped`: a running gateway goes on with what it has. */
  readonly kind: "unrecognized-key" | "invalid" | "migrated" | "attempt" | "skipped";
  readonly path?: string;
  /** Where the text of the file ends to be JSON5: 1-based line, column as the parser counts it. */
  readonly row?: number;
  readonly column?: number;
}

export interface SecurityWarningEvent extends EventBase {
  readonly type: "security-warning";
  /** `dangerous-flags`: a list of config paths. `host-header-origin`: an origin was accepted by Host fallback. `non-loopback-bind` … */
  readonly warning: "dangerous-flags" | "host-header-origin" | "non-loopback-bind";
  readonly keys: readonly string[];
  readonly conn?: string;
  readonly host?: string;
  readonly origin?: string;
}

export interface BuildRejectedEvent extends EventBase {
  readonly type: "build-rejected";
  readonly conn?: string;
  readonly clientBuild?: string;
  readonly gatewayBuild?: string;
}

export interface ProtocolMismatchEvent extends EventBase {
  readonly type: "protocol-mismatch";
  readonly conn?: string;
  readonly remote?: string;
  readonly client?: string;
  readonly clientVersion?: string;
  readonly clientMin?: number;
  readonly clientMax?: number;
  readonly expected?: number;
}

export interface HandshakeTimeoutEvent extends EventBase {
  readonly type: "handshake-timeout";
  readonly conn?: string;
  readonly remote?: string;
}

/**
 * What a client (the CLI, the Control UI page, a browser console, curl) printed, not the gateway:
 * `gateway closed (1008): pairing required`, `disconnected (1008): …`, ECONNREFUSED, HTTP 403 bodies.
 */
export interface ClientErrorEvent extends EventBase {
  readonly type: "client-error";
  /**
   * `tool`: a call of the gateway's own side (an agent's tool, cron, a sub-agent), reported as its result.
   * `node`: a node host on any machine. `app`: an app of a phone.
   */
  readonly from: "cli" | "page" | "http" | "tool" | "node" | "app" | "unknown";
  readonly code?: number;
  readonly message: string;
  /** The block that the CLI prints below it. */
  readonly target?: string;
  readonly targetSource?: string;
  readonly configPath?: string;
  readonly bind?: string;
  readonly requestId?: string;
  /** Which gate the message is from, as far as its wording tells. `transport`: no gateway answered, or not with a WebSocket. */
  readonly gate?: RefusalGate | "transport";
  /**
   * The reason in the gateway's own words for it: `not-paired`, `scope-upgrade`, `token_mismatch` …; with gate
   * `transport` one of `refused`, `reset`, `timeout`, `dns`, `tls`, `empty-reply`, `abnormal-closure`,
   * `not-upgraded`, `plaintext-ws`; without a gate `missing-scope`, `unknown-request`, `approval-denied`,
   * `state-permissions`, `identity-migration`, `app-pairing`.
   */
  readonly why?: string;
  /** `PAIRING_REQUIRED` … as printed (2026.2.22 on). */
  readonly detailCode?: string;
  readonly httpStatus?: number;
}

/**
 * A line beside the door: about a file or setting that admission depends on, or of another part of OpenClaw.
 * No connection was judged in it.
 */
export interface AsideEvent extends EventBase {
  readonly type: "aside";
  readonly about:
    | "pairing-store"
    | "token-source"
    | "ends-at-logout"
    | "client-identity"
    | "page-served"
    | "answers-inside"
    | "solved"
    | "said-paired"
    | OtherPart;
  /** `said`: somebody tells of it in prose. `printed`: OpenClaw wrote it. */
  readonly as: "printed" | "said";
  /** The file that it names. */
  readonly path?: string;
  /** It is said of the whole text, also of what stands below: a heading. */
  readonly ofAll?: true;
}

/** Parts of OpenClaw whose messages look like the gateway's own refusals. */
export type OtherPart =
  | "channel-pairing"
  | "channel-connection"
  | "browser-relay"
  | "model-provider"
  | "model-limit"
  | "model-context"
  | "channel-credentials"
  | "slow-consumer"
  | "bad-frame"
  | "memory";

/** The gates, and the ends of a connection that are no gate. */
export type RefusalGate = Gate | "starting" | "timeout" | "left" | "rate-limit" | "unknown";

export interface LogSourceRead {
  readonly name: string;
  readonly lines: number;
  readonly bytes: number;
  /** How many lines, or groups of lines, it was understood to say something with. */
  readonly events?: number;
  /** What wrote it ran in the gateway's own container or pod. */
  readonly inside?: boolean;
}

/** Events counted and correlated; bounded, whatever the size of the log. */
export interface LogDigest {
  readonly sources: readonly LogSourceRead[];
  /** Refusals grouped by (cause, remote, host, origin, client); newest group first. At most 200 groups. */
  readonly refusals: readonly RefusalGroup[];
  /** All other events, newest kept; at most 500. */
  readonly events: readonly LogEvent[];
  /** How many events of each type there were, those not kept included. */
  readonly counts: Readonly<Partial<Record<LogEvent["type"], number>>>;
  /** Release named by a start-up line or by a client's `v2026.…`; newest wins. */
  readonly release?: { readonly version: string; readonly quote: string };
  /** Releases that the shapes of the lines fit, inclusive; one end may be open. The newest lines count. */
  readonly era?: { readonly from?: string; readonly to?: string; readonly because: readonly string[] };
  /** Services, pods and units that prefixes name, newest first; at most 20. */
  readonly vias?: readonly string[];
  readonly firstAt?: string;
  readonly lastAt?: string;
  /** Events that did not fit the bounds. */
  readonly dropped: number;
  /** Where the lines are of several gateways: each of them, at least two and at most eight. */
  readonly gateways?: readonly LogGateway[];
}

/** One of several gateways of which there are lines. */
export interface LogGateway {
  /** Its containers or units where they tell it from the others, else its files. */
  readonly name: string;
  readonly sources: readonly string[];
  readonly vias?: readonly string[];
  /** That it listens on, as far as its lines say. */
  readonly ports: readonly number[];
  /** What it wrote. */
  readonly parts: readonly LogPart[];
}

/** The lines of one source that one container or unit wrote, as far as they name one. */
export type LogPart = Pick<LogEvent, "source" | "via">;

export interface RefusalGroup {
  readonly count: number;
  readonly firstAt?: string;
  readonly lastAt?: string;
  /** The newest of the group, merged with what other lines of the same `conn` say (unauthorized line, JSON meta). */
  readonly latest: RefusedEvent;
  /**
   * Which gate refused, read from cause, phase, reason and sibling lines; `unknown` when only
   * `connect failed` (4008) is there.
   */
  readonly gate: RefusalGate;
  /**
   * With gate `unknown` only: the gate that refused the same client (address, Host, Origin) at the nearest time.
   * A page tries again for the same reason, and its 4008 hides it in about a third of the attempts.
   */
  readonly likely?: RefusalGate;
  /** `not-paired`, `scope-upgrade`, `token_missing`, `rate_limited` …, from the meta or read from the wording. */
  readonly why?: string;
  /** Times of the requests are not the user's any more when the same client connected later. */
  readonly connectedLater: boolean;
  /** With `connectedLater`: when it connected last, and when its device was approved, as far as lines say so. */
  readonly connectedAt?: string;
  readonly approvedAt?: string;
  /** Distinct devices with the latest one's user agent, oldest first, at most 20; absent when there is one or none. */
  readonly devices?: readonly string[];
}
