import { type GateReading, gateOf } from "../core/gate.ts";
import type { LogEvent } from "../core/log-event.ts";
import { uiRelease } from "./shapes/closed-before.ts";
import { buildRelease } from "./shapes/connection.ts";

type Event<T extends LogEvent["type"]> = Extract<LogEvent, { readonly type: T }>;

/** What a type of event tells beside what it says. */
interface EventKind<T extends LogEvent["type"]> {
  /** Of the gate at which a connection was refused whose own line does not say it. */
  readonly gate?: (event: Event<T>) => GateReading | undefined;
  /** The gateway's release. */
  readonly release?: (event: Event<T>) => string | undefined;
}

/** Every type of event; a new one does not compile before it is said here what it tells. */
const KINDS: { readonly [T in LogEvent["type"]]: EventKind<T> } = {
  // Its own line says its gate, and is read with those beside it.
  refused: { release: uiRelease },
  connected: { release: (event) => buildRelease(event.build) ?? uiRelease(event) },
  unauthorized: {
    gate: ({ reason }) => gateOf({ cause: "unauthorized", why: reason }),
    release: uiRelease,
  },
  pairing: { gate: ({ action }) => (action === "requested" ? { gate: "pairing" } : undefined) },
  "upgrade-requested": {
    gate: ({ reason }) => ({ gate: "pairing", ...(reason === undefined ? {} : { why: reason }) }),
  },
  "build-rejected": {
    gate: () => ({ gate: "protocol", why: "control-ui-build-mismatch" }),
    release: ({ gatewayBuild }) => buildRelease(gatewayBuild),
  },
  "protocol-mismatch": { gate: () => ({ gate: "protocol" }) },
  "handshake-timeout": { gate: () => ({ gate: "timeout" }) },
  startup: { release: ({ release }) => release },
  "startup-failed": {},
  migrating: {},
  "port-held": {},
  "proxy-warning": {},
  "config-reload": {},
  "config-error": {},
  "security-warning": {},
  setting: {},
  "client-error": {},
  aside: {},
};

/** The table's functions take an event of their own type, which it is. */
function kindOf(event: LogEvent): EventKind<never> {
  const kinds: { readonly [type: string]: unknown } = KINDS;
  return kinds[event.type] as EventKind<never>;
}

/** What a line beside the refusal says about its gate. */
export function gateBeside(event: LogEvent): GateReading | undefined {
  return kindOf(event).gate?.(event as never);
}

/** The gateway's release, as the event tells it. */
export function releaseIn(event: LogEvent): string | undefined {
  return kindOf(event).release?.(event as never);
}
