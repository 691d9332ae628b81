import { isObject, parseBoundedJson } from "../core/json.ts";
import type { SignatureForm } from "./device.ts";
import { type JsonRecord, numberOf, textOf } from "./json.ts";

/** Protocol 3 up to 2026.5.7, 4 from 2026.5.12; both ends of the range that we offer. */
export const protocolRange = { min: 3, max: 4 } as const;

/** How the doctor names itself in `User-Agent` and `client.version`, so that its own lines in a log can be told. */
export const probeUserAgent = "openclaw-pairing-doctor";
export const probeClientVersion = "pairing-doctor";

/** What the Control UI asks for. */
export const controlUiScopes = ["operator.admin", "operator.approvals", "operator.pairing"] as const;

export const clients = {
  page: { id: "openclaw-control-ui", mode: "webchat" },
  cli: { id: "cli", mode: "cli" },
  /** Without a device, this one keeps its scopes on loopback (measured on 2026.5.28 and 2026.9.6). */
  backend: { id: "gateway-client", mode: "backend" },
} as const;

export interface ConnectClient {
  readonly id: string;
  readonly version: string;
  readonly platform: string;
  readonly mode: string;
  readonly deviceFamily?: string;
  /** Only from 2026.8.1; older releases refuse the unknown key. `dev` is always taken. */
  readonly buildId?: string;
}

export interface ConnectDevice {
  readonly id: string;
  readonly publicKey: string;
  readonly signature: string;
  readonly signedAt: number;
  readonly nonce?: string;
}

export interface ConnectParams {
  readonly minProtocol: number;
  readonly maxProtocol: number;
  readonly client: ConnectClient;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly caps: readonly string[];
  readonly auth?: {
    readonly token?: string;
    readonly password?: string;
    readonly deviceToken?: string;
    readonly bootstrapToken?: string;
  };
  readonly device?: ConnectDevice;
  readonly userAgent?: string;
  readonly locale?: string;
}

export interface ErrorShape {
  readonly code: string;
  readonly message: string;
  readonly details?: JsonRecord;
  readonly retryAfterMs?: number;
}

export type ServerFrame =
  | { readonly type: "event"; readonly event: string; readonly payload: unknown }
  | { readonly type: "res"; readonly id: string; readonly ok: true; readonly payload: unknown }
  | { readonly type: "res"; readonly id: string; readonly ok: false; readonly error: ErrorShape };

/** Reads a frame from the gateway; `undefined` when it is none. */
export function readServerFrame(text: string): ServerFrame | undefined {
  const frame = parseBoundedJson(text);
  if (!isObject(frame)) return undefined;
  if (frame.type === "event") {
    const event = textOf(frame.event);
    return event === undefined ? undefined : { type: "event", event, payload: frame.payload };
  }
  if (frame.type !== "res") return undefined;
  const id = textOf(frame.id);
  if (id === undefined) return undefined;
  if (frame.ok === true) return { type: "res", id, ok: true, payload: frame.payload };
  return { type: "res", id, ok: false, error: readError(frame.error) };
}

function readError(value: unknown): ErrorShape {
  const error = isObject(value) ? value : {};
  const retryAfterMs = numberOf(error.retryAfterMs);
  return {
    code: textOf(error.code) ?? "",
    message: textOf(error.message) ?? "",
    ...(isObject(error.details) ? { details: error.details } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** v2 is accepted by every release from 2026.1.29 to 2026.9.6. */
export const signatureForm: SignatureForm = "v2";
