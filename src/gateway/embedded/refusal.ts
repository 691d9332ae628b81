import type { Admission, Connection, Gate } from "../../core/connection.ts";
import type { PairedEntry } from "./devices.ts";
import type { Traits } from "./traits.ts";

/** A refusal as the wire and the log have it. */
export interface Refusal {
  readonly code: "INVALID_REQUEST" | "NOT_PAIRED" | "UNAVAILABLE";
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly closeCode: number;
  readonly closeReason: string;
  /** `cause` of the log's meta. */
  readonly cause: string;
  /** `phase=` of 2026.7.1 and later. */
  readonly phase: "ws_upgrade_started" | "auth_credentials_received" | "auth_validated";
  /** The meta's own fields after the common ones. */
  readonly meta: Readonly<Record<string, string | number | boolean | undefined>>;
  /** `reason=` of the `unauthorized conn=…` line, when there is one. */
  readonly unauthorized?: string;
}

export interface RefusalContext {
  readonly traits: Traits;
  readonly connection: Connection;
  readonly authMode: string;
  readonly protocol: { readonly min: number; readonly max: number };
  readonly deviceId?: string;
  readonly requestId?: string;
  readonly paired?: PairedEntry;
  readonly isLocal: boolean;
  /** `source:port->destination:port`. */
  readonly endpoint: string;
  /** `token`, `device-token`, `none` …: as the log calls it. */
  readonly provided: string;
}

const controlUi = "openclaw-control-ui";
const originMessage =
  "origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)";

/** Turns the model's decision into what a gateway of that release sends and logs. */
export function refusalOf(admission: Admission, context: RefusalContext): Refusal {
  const refusal = byGate[admission.gate ?? "schema"](admission, context);
  return admission.detailCode === undefined || refusal.details?.code === undefined
    ? refusal
    : { ...refusal, details: { ...refusal.details, code: admission.detailCode } };
}

type Maker = (admission: Admission, context: RefusalContext) => Refusal;

const byGate: Record<Gate, Maker> = {
  // Refused at the upgrade; a connection never comes so far.
  "proxy-attribution": (admission) => simple(admission, "unauthorized", "unauthorized"),
  schema: (admission) => simple(admission, "invalid connect params", "invalid-handshake"),
  protocol: protocolRefusal,
  role: (admission, { connection }) => ({
    ...simple(admission, "invalid role", "invalid-role"),
    meta: { role: connection.role },
  }),
  origin: (admission, { traits, connection }) => {
    const missing = !/^https?:\/\/[^/]/.test(connection.headers.origin ?? "");
    const reason = missing ? "origin missing or invalid" : "origin not allowed";
    return {
      ...simple(admission, originMessage, "origin-mismatch"),
      ...(traits.codes ? { details: { code: "CONTROL_UI_ORIGIN_NOT_ALLOWED", reason } } : {}),
      meta: { ...(connection.headers.origin === undefined ? { origin: "n/a" } : {}), reason },
    };
  },
  "rate-limit": authRefusal,
  "shared-auth": authRefusal,
  "device-identity": deviceIdentityRefusal,
  "device-signature": deviceSignatureRefusal,
  pairing: pairingRefusal,
};

/** The model's close reason, which never has a request id, or ours. */
function said(admission: Admission, otherwise: string): string {
  const reason = admission.closeReason?.replace(/ \(requestId.*$/, "");
  return reason === undefined || reason === "" ? otherwise : reason;
}

function simple(admission: Admission, message: string, cause: string): Refusal {
  const text = said(admission, message);
  return {
    code: "INVALID_REQUEST",
    message: text,
    closeCode: admission.closeCode ?? 1008,
    closeReason: text,
    cause,
    phase: "ws_upgrade_started",
    meta: {},
  };
}

function protocolRefusal(admission: Admission, { traits, protocol, connection }: RefusalContext): Refusal {
  if (admission.closeCode === 1008 || admission.reason === "control-ui-build-mismatch") {
    const message = "protocol mismatch: Control UI updated; reload this page to continue";
    return {
      ...simple(admission, message, "control-ui-build-mismatch"),
      code: "UNAVAILABLE",
      details: { code: "PROTOCOL_MISMATCH", reloadRequired: true, gatewayBuildId: traits.buildId },
      phase: "auth_validated",
      meta: { clientBuildId: connection.uiBuild ?? "legacy", gatewayBuildId: traits.buildId },
    };
  }
  const minimum = traits.minimumProbeProtocol;
  return {
    ...simple({ ...admission, closeCode: 1002 }, "protocol mismatch", "protocol-mismatch"),
    details:
      minimum === undefined
        ? { expectedProtocol: traits.protocol }
        : {
            code: "PROTOCOL_MISMATCH",
            clientMinProtocol: protocol.min,
            clientMaxProtocol: protocol.max,
            expectedProtocol: traits.protocol,
            minimumProbeProtocol: minimum,
          },
    meta: {
      minProtocol: protocol.min,
      maxProtocol: protocol.max,
      expectedProtocol: traits.protocol,
      minimumProbeProtocol: minimum,
    },
  };
}

function deviceIdentityRefusal(admission: Admission, { traits, connection }: RefusalContext): Refusal {
  const phase = connection.auth === "missing" ? "ws_upgrade_started" : "auth_credentials_received";
  // A page whose device a switch ignores meets the words of the others when its token is missing.
  if (connection.client.id !== controlUi || admission.closeReason === "device identity required")
    return {
      ...simple(admission, "device identity required", "device-required"),
      code: "NOT_PAIRED",
      ...(traits.codes ? { details: { code: "DEVICE_IDENTITY_REQUIRED" } } : {}),
      phase,
    };
  const message =
    traits.codes || traits.release === "2026.2.21"
      ? "control ui requires device identity (use HTTPS or localhost secure context)"
      : "control ui requires HTTPS or localhost (secure context)";
  return {
    ...simple(admission, message, "control-ui-insecure-auth"),
    ...(traits.codes ? { details: { code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" } } : {}),
    phase,
    meta: traits.codes ? { insecureAuthConfigured: false } : {},
  };
}

const deviceFaults: Readonly<Record<string, readonly [message: string, code: string]>> = {
  "device-id-mismatch": ["device identity mismatch", "DEVICE_AUTH_DEVICE_ID_MISMATCH"],
  "device-signature-stale": ["device signature expired", "DEVICE_AUTH_SIGNATURE_EXPIRED"],
  "device-nonce-missing": ["device nonce required", "DEVICE_AUTH_NONCE_REQUIRED"],
  "device-nonce-mismatch": ["device nonce mismatch", "DEVICE_AUTH_NONCE_MISMATCH"],
  "device-signature": ["device signature invalid", "DEVICE_AUTH_SIGNATURE_INVALID"],
  "device-public-key": ["device public key invalid", "DEVICE_AUTH_PUBLIC_KEY_INVALID"],
};

function deviceSignatureRefusal(admission: Admission, context: RefusalContext): Refusal {
  const named = Object.entries(deviceFaults).find(
    ([reason, [message]]) => admission.reason === reason || admission.closeReason === message,
  );
  const [reason, [message, code]] = named ?? [
    "device-signature",
    deviceFaults["device-signature"] ?? ["", ""],
  ];
  return {
    ...simple(admission, message, "device-auth-invalid"),
    ...(context.traits.codes ? { details: { code, reason } } : {}),
    phase: "auth_credentials_received",
    meta: { reason, client: context.connection.client.id, deviceId: context.deviceId },
  };
}

function authRefusal(admission: Admission, context: RefusalContext): Refusal {
  const { traits, connection, authMode } = context;
  const reason = admission.reason ?? authReason(connection.auth, authMode);
  const advice = authAdvice(reason, context);
  return {
    ...simple(admission, authMessage(reason, context), "unauthorized"),
    ...(traits.codes
      ? { details: { code: authCode(reason), authReason: reason, ...(traits.authAdvice ? advice : {}) } }
      : {}),
    phase:
      context.provided === "none" && context.deviceId === undefined
        ? "ws_upgrade_started"
        : "auth_credentials_received",
    meta: {
      authMode,
      authProvided: context.provided,
      authReason: reason,
      allowTailscale: false,
      ...(traits.logMessageField
        ? {
            peer: context.endpoint,
            role: connection.role,
            scopeCount:
              context.deviceId === undefined && connection.client.id !== controlUi
                ? 0
                : connection.scopes.length,
            hasDeviceIdentity: context.deviceId !== undefined,
          }
        : {}),
    },
    unauthorized: reason,
  };
}

function authReason(auth: Connection["auth"], mode: string): string {
  const kind = mode === "password" ? "password" : "token";
  return auth === "wrong" ? `${kind}_mismatch` : `${kind}_missing`;
}

function authCode(reason: string): string {
  const known: Readonly<Record<string, string>> = {
    token_missing: "AUTH_TOKEN_MISSING",
    token_mismatch: "AUTH_TOKEN_MISMATCH",
    password_missing: "AUTH_PASSWORD_MISSING",
    password_mismatch: "AUTH_PASSWORD_MISMATCH",
    rate_limited: "AUTH_RATE_LIMITED",
  };
  return known[reason] ?? "AUTH_UNAUTHORIZED";
}

function authAdvice(reason: string, context: RefusalContext): object {
  const retry = reason === "token_mismatch" && context.provided === "token" && context.deviceId !== undefined;
  const next = retry
    ? "retry_with_device_token"
    : /^(?:token|password|device_token)_mismatch$/.test(reason)
      ? "update_auth_credentials"
      : /^(?:token|password)_missing$/.test(reason)
        ? "update_auth_configuration"
        : reason === "rate_limited"
          ? "wait_then_retry"
          : "review_auth_configuration";
  return { canRetryWithDeviceToken: retry, recommendedNextStep: next };
}

function authMessage(reason: string, { traits, connection, isLocal }: RefusalContext): string {
  const isPage = connection.client.id === controlUi;
  const [kind, what] = reason.split("_");
  if (reason === "rate_limited") return "unauthorized: too many failed authentication attempts (retry later)";
  if ((kind !== "token" && kind !== "password") || (what !== "missing" && what !== "mismatch"))
    return "unauthorized";
  const hint = isPage
    ? pageHint(kind, what, traits)
    : traits.logMeta && isLocal && reason === "token_mismatch"
      ? "use this gateway's gateway.auth.token or pair the device"
      : `set gateway.remote.${kind} to match gateway.auth.${kind}`;
  return `unauthorized: gateway ${kind} ${what} (${hint})`;
}

function pageHint(kind: string, what: string, traits: Traits): string {
  if (kind === "password") return "enter the password in Control UI settings";
  if (!traits.codes && traits.release !== "2026.2.21")
    return "open a tokenized dashboard URL or paste token in Control UI settings";
  if (traits.logGuidance && what === "missing")
    return "paste in Control UI settings or openclaw doctor --generate-gateway-token; restart";
  return "open the dashboard URL and paste the token in Control UI settings";
}

const pairingWhy: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  "not-paired": ["device is not approved yet", "Approve this device from the pending pairing requests."],
  "role-upgrade": [
    "device is asking for a higher role than currently approved",
    "Review the requested role upgrade, then approve the pending request.",
  ],
  "scope-upgrade": [
    "device is asking for more scopes than currently approved",
    "Review the requested scopes, then approve the pending upgrade.",
  ],
  "metadata-upgrade": [
    "device identity changed and must be re-approved",
    "Review the refreshed device details, then approve the pending request.",
  ],
};

function pairingRefusal(admission: Admission, context: RefusalContext): Refusal {
  const { traits, connection, requestId, deviceId, paired } = context;
  const reason = admission.reason ?? "not-paired";
  const [why, hint] = pairingWhy[reason] ?? pairingWhy["not-paired"] ?? ["", ""];
  const message = traits.longPairing ? `pairing required: ${why}` : "pairing required";
  const waits =
    traits.pairingWait &&
    reason !== "role-upgrade" &&
    (connection.client.mode === "webchat" || connection.role === "node");
  return {
    ...simple(admission, message, "pairing-required"),
    message,
    code: "NOT_PAIRED",
    closeReason: traits.longPairing ? `${message} (requestId: ${requestId})` : message,
    details: traits.longPairing
      ? {
          code: "PAIRING_REQUIRED",
          reason,
          requestId,
          remediationHint: hint,
          ...(waits
            ? { recommendedNextStep: "wait_then_retry", retryable: true, pauseReconnect: false }
            : {}),
          deviceId,
          requestedRole: connection.role,
          ...(connection.scopes.length === 0 ? {} : { requestedScopes: connection.scopes }),
          ...(paired === undefined ? {} : { approvedRoles: paired.roles, approvedScopes: paired.scopes }),
        }
      : traits.codes
        ? { code: "PAIRING_REQUIRED", requestId, reason }
        : { requestId },
    phase: "auth_validated",
    meta: { deviceId, requestId, reason },
  };
}
