import type {
  Admission,
  AdmissionConfig,
  AdmissionInput,
  Connection,
  Gate,
  SentCredentials,
} from "../core/connection.ts";
import { authMode, sentCredentials } from "./credentials.ts";
import type { ReleaseRules } from "./rules.ts";

/** One connection under the rules of one release, with what several gates need already read from the config. */
export interface Attempt {
  readonly rules: ReleaseRules;
  readonly gateway: NonNullable<AdmissionConfig["gateway"]>;
  readonly connection: Connection;
  readonly trustedProxies: readonly string[];
  /** The auth mode in force. */
  readonly mode: string;
  readonly sent: SentCredentials;
  readonly start: "first" | "later" | undefined;
  readonly isOperator: boolean;
  readonly isNode: boolean;
  /** Held to the Control UI's device rules. */
  readonly isControlUi: boolean;
  readonly isWebchat: boolean;
  /** The Control UI proper, which is a browser. */
  readonly isBrowserUi: boolean;
  /** An Origin header that is not empty. */
  readonly hasOrigin: boolean;
}

/** What a gate says when it refuses. */
export interface GateRefusal {
  readonly gate: Gate;
  readonly reason: string;
  readonly closeReason: string;
  readonly closeCode?: number;
  readonly httpStatus?: number;
  readonly detailCode?: string;
}

export function attemptOf(rules: ReleaseRules, input: AdmissionInput): Attempt {
  const connection = { ...input.connection, headers: lowerNames(input.connection.headers) };
  const gateway = input.config.gateway ?? {};
  const { id, mode } = connection.client;
  const isBrowserUi = id === "openclaw-control-ui";
  return {
    rules,
    gateway,
    connection,
    trustedProxies: strings(gateway.trustedProxies),
    mode: authMode(gateway),
    sent: sentCredentials(connection, gateway),
    start: input.start,
    isOperator: connection.role === "operator",
    isNode: connection.role === "node",
    isBrowserUi,
    isControlUi: isBrowserUi || (id === "openclaw-tui" && rules.clients.tuiIsOperatorUi),
    isWebchat: mode === "webchat" || id === "webchat-ui",
    hasOrigin: header(connection, "origin").trim() !== "",
  };
}

/** Header names are the same in any case; inputs written by hand have them in both. */
function lowerNames(headers: Connection["headers"]): Connection["headers"] {
  const names = Object.keys(headers);
  if (names.every((name) => name === name.toLowerCase())) return headers;
  return Object.fromEntries(names.map((name) => [name.toLowerCase(), headers[name] ?? ""]));
}

/** The value of a header, empty when it is absent. */
export function header(connection: Connection, name: string): string {
  return connection.headers[name] ?? "";
}

/** The strings of a config value that should be a list of strings. */
export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}

/** A nested config value, `undefined` where the path ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return here;
}

/** Longest close reason in bytes; all releases cut there. Source: BEHAVIOUR.md 4. */
const MAX_CLOSE_REASON = 120;

export function refused(refusal: GateRefusal): Admission {
  const { gate, reason, closeCode = 1008, httpStatus = 101, detailCode } = refusal;
  return {
    outcome: "refused",
    gate,
    reason,
    httpStatus,
    closeCode,
    closeReason: refusal.closeReason.slice(0, MAX_CLOSE_REASON),
    ...(detailCode === undefined ? {} : { detailCode }),
    autoApproved: false,
  };
}
