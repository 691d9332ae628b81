import type { LookupFunction } from "node:net";
import { certificateFault } from "../core/certificate-fault.ts";
import type { Reach } from "../core/facts.ts";
import { inEnglish, type Saying } from "../core/saying.ts";
import type { Clean } from "./clean-text.ts";

/** What both HTTP and WebSocket connections may be told. */
export interface TransportOptions {
  /** The whole exchange, milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Do not verify the certificate. Never on by itself. */
  readonly insecureTls?: boolean;
  /** Address to connect from, and a resolver: for tests and for pinning an address that was checked. */
  readonly connectFrom?: { readonly localAddress?: string; readonly lookup?: LookupFunction };
  readonly clean: Clean;
  /** Asked before `connect` is sent; anybody may get it when absent. */
  readonly mayReceive?: MayReceive;
}

/** The two ends of a connection of ours. */
export interface ConnectionEnds {
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
}

/** Asked of the very connection before credentials go over it. `from`: who would have got them. */
export type MayReceive = (
  ends: ConnectionEnds,
) => Promise<{ readonly allowed: true } | { readonly allowed: false; readonly from: string }>;

export interface TransportFailure {
  readonly state: Exclude<Reach["state"], "open" | "starting">;
  readonly detail: string;
  readonly say?: Saying;
}

/** In the tool's own words. */
export function failedAs(state: TransportFailure["state"], said: Saying): TransportFailure {
  return { state, detail: inEnglish(said), say: said };
}

const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
const dnsCodes = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME", "ENODATA"]);
const unreachable = new Set(["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "EADDRNOTAVAIL", "ENETDOWN"]);

/** Says what a socket error means. */
export function transportFailure(error: unknown, clean: Clean): TransportFailure {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "unknown error";
  const detail = clean(code === "" || message.includes(code) ? message : `${code}: ${message}`, 200);
  if (code === "ECONNREFUSED") return { state: "refused", detail };
  if (code === "ECONNRESET" || code === "EPIPE" || /socket hang up/.test(message))
    return { state: "reset", detail };
  if (dnsCodes.has(code)) return { state: "dns", detail };
  if (tlsCode.test(code)) return failedAs("tls", certificateFault(code, detail));
  // No route: packets end nowhere, like a time-out that is noticed at once.
  if (code === "ETIMEDOUT" || unreachable.has(code) || /timed out|has timed out/.test(message))
    return { state: "timeout", detail };
  // A TLS server answers plain HTTP with an alert record, which is no HTTP.
  return { state: "not-openclaw", detail };
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === "string") return code;
  // Several addresses were tried: the first failure speaks for all.
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : "";
}
