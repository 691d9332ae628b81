import type { RefusalGate } from "./log-event.ts";

export interface GateReading {
  readonly gate: RefusalGate;
  /** `not-paired`, `scope-upgrade`, `token_mismatch`, `rate_limited` …: the gateway's word for it where it has one. */
  readonly why?: string;
}

/** What the gate is read from; any part may be missing. */
export interface GateSigns {
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  /** `cause` of the JSON meta or of a 9.x console line. */
  readonly cause?: string | undefined;
  readonly phase?: string | undefined;
  /** The meta's `reason` or `authReason`, or the reason of the `unauthorized` line of the same connection. */
  readonly why?: string | undefined;
}

/** Close causes of 50 releases, 2026.1.29 to 2026.9.6 (vocabulary). */
const CAUSES: Readonly<Record<string, RefusalGate>> = {
  "pairing-required": "pairing",
  "origin-mismatch": "origin",
  unauthorized: "shared-auth",
  "control-ui-insecure-auth": "device-identity",
  "device-required": "device-identity",
  "device-auth-invalid": "device-signature",
  "invalid-handshake": "schema",
  "invalid-client": "schema",
  "preauth-payload-too-large": "schema",
  "handshake-message-overflow": "schema",
  "invalid-role": "role",
  "protocol-mismatch": "protocol",
  "control-ui-build-mismatch": "protocol",
  "handshake-timeout": "timeout",
  "missing-ingress-attribution": "proxy-attribution",
  "startup-sidecars-pending": "starting",
  "message-handler-load-failed": "starting",
  "message-handler-loading-overflow": "starting",
  "bootstrap-token-consume-failed": "shared-auth",
  "authenticated-profile-unavailable": "shared-auth",
  "operator-access-denied": "shared-auth",
  "hello-send-failed": "left",
  "connect-aborted-before-register": "left",
};

/** Words that are reasons by themselves (`reason=`, `authReason=` of all releases). */
const REASON_WORDS: readonly (readonly [RegExp, RefusalGate])[] = [
  [/^(?:not-paired|scope-upgrade|role-upgrade|metadata-upgrade|device-not-paired)$/, "pairing"],
  [/^rate[_-]limited$/, "rate-limit"],
  [/^device-(?:id-mismatch|nonce|public-key|signature)/, "device-signature"],
  [/^(?:token|password|device_token|bootstrap_token|tailscale|trusted_proxy|scope)[_-]/, "shared-auth"],
];

/** Wordings of all releases, most telling first. Each finds a phrase anywhere in a text in lower case. */
const WORDINGS: readonly (readonly [RegExp, RefusalGate, string?])[] = [
  [
    /proxy client attribution|proxy_attribution_required|ingress attribution required|unattributable proxy/,
    "proxy-attribution",
  ],
  [/too many failed authentication|auth_rate_limited|\brate[_-]limited\b/, "rate-limit", "rate_limited"],
  [/more scopes than|scope upgrade pending|\bscope-upgrade\b/, "pairing", "scope-upgrade"],
  [/higher role than|role upgrade pending|\brole-upgrade\b/, "pairing", "role-upgrade"],
  [/must be re-approved|metadata change pending|\bmetadata-upgrade\b/, "pairing", "metadata-upgrade"],
  [/device is not approved yet|\bnot-paired\b/, "pairing", "not-paired"],
  [/origin not allowed|origin_not_allowed|\borigin-mismatch\b/, "origin"],
  [
    /control ui requires|secure browser context required|control_ui_device_identity_required/,
    "device-identity",
    "control-ui-insecure-auth",
  ],
  [
    /device identity required|\bdevice_identity_required|\bdevice-required\b/,
    "device-identity",
    "device-required",
  ],
  [
    /device signature (?:expired|is expired)|device_auth_signature_expired/,
    "device-signature",
    "device-signature-stale",
  ],
  [/device nonce|device_auth_nonce/, "device-signature", "device-nonce"],
  [
    /device (?:signature|public key) invalid|device identity mismatch|device_auth_\w{1,30}|device-auth-invalid/,
    "device-signature",
  ],
  [/device token scope mismatch|auth_scope_mismatch/, "shared-auth", "scope_mismatch"],
  [/device token (?:mismatch|rejected)|auth_device_token_mismatch/, "shared-auth", "device_token_mismatch"],
  [
    /(?:bootstrap token|setup code) invalid|auth_bootstrap_token_invalid/,
    "shared-auth",
    "bootstrap_token_invalid",
  ],
  [/token not configured|auth_token_not_configured/, "shared-auth", "token_missing_config"],
  [/password not configured|auth_password_not_configured/, "shared-auth", "password_missing_config"],
  // 2026.5 on: the CLI does not even dial without one.
  [
    /token missing|auth_token_missing|auth required\b|requires credentials before/,
    "shared-auth",
    "token_missing",
  ],
  [/password missing|auth_password_missing/, "shared-auth", "password_missing"],
  [
    /token mismatch|auth_token_mismatch|auth did not match|rejected the supplied gateway secret/,
    "shared-auth",
    "token_mismatch",
  ],
  [/password mismatch|auth_password_mismatch/, "shared-auth", "password_mismatch"],
  [
    /tailscale identity (?:missing|check failed|mismatch)|tailscale proxy headers missing|auth_tailscale_/,
    "shared-auth",
    "tailscale",
  ],
  // 2026.9.x, where the proxy names no user: of a node in a sentence of its own, else only as a detail code.
  [
    /identity-header authentication is required|auth_identity_header_required/,
    "shared-auth",
    "trusted_proxy_missing_header",
  ],
  [
    /protocol mismatch|client version mismatch|client_version_mismatch|protocol_mismatch|_build_mismatch/,
    "protocol",
  ],
  [
    /pairing:? required|pairing_required|pairing-required|approve this browser|needs? pairing approval/,
    "pairing",
  ],
  [/invalid role|unauthorized role/, "role"],
  [
    /invalid connect params|invalid handshake|invalid request frame|payload too large|pending handshake frames/,
    "schema",
  ],
  [/gateway starting|message handler (?:loading|unavailable)/, "starting"],
  [/connect challenge timeout|handshake timeout|handshake-timeout/, "timeout"],
  [/connect challenge missing nonce/, "device-signature", "device-nonce"],
  [/^unauthorized\b|\bunauthorized: /, "shared-auth"],
];

/** A close cause of a released gateway. */
export function isCause(text: string): boolean {
  return Object.hasOwn(CAUSES, text);
}

/** What the wording of a message tells, or `undefined`. */
export function gateOfWording(text: string): GateReading | undefined {
  const lower = text.slice(0, 1024).toLowerCase();
  const trustedProxy = /\b(trusted_proxy_[a-z_]{1,40})/.exec(lower)?.[1];
  if (trustedProxy !== undefined) return { gate: "shared-auth", why: trustedProxy };
  for (const [wording, gate, why] of WORDINGS) {
    if (wording.test(lower)) return why === undefined ? { gate } : { gate, why };
  }
  return undefined;
}

/**
 * Which gate refused. `connect failed` names none: the Control UI says it for every refusal (4008, up to
 * 2026.9.6), OpenClaw's CLI too (1008), so there the cause, the phase (7.1 on) or a sibling line decides.
 */
export function gateOf(signs: GateSigns): GateReading {
  const { code, reason, cause, phase } = signs;
  const wording = reason === undefined ? undefined : gateOfWording(reason);
  const fromWhy = signs.why === undefined ? undefined : (gateOfWord(signs.why) ?? gateOfWording(signs.why));
  const why = normalWhy(signs.why) ?? fromWhy?.why ?? wording?.why;
  const as = (gate: RefusalGate): GateReading => {
    const reading = gate === "device-identity" ? (why ?? cause) : why;
    return reading === undefined ? { gate } : { gate, why: reading };
  };

  if (cause !== undefined && Object.hasOwn(CAUSES, cause)) {
    const gate = CAUSES[cause] ?? "unknown";
    // "unauthorized" covers the rate limiter too.
    if (gate === "shared-auth" && (fromWhy ?? wording)?.gate === "rate-limit") return as("rate-limit");
    return as(gate);
  }
  if (wording !== undefined) return as(wording.gate);
  if (fromWhy !== undefined) return as(fromWhy.gate);
  const cut = reason === undefined ? undefined : gateOfCut(reason);
  if (cut !== undefined) return as(cut);
  if (code === 1013) return as("starting");
  // OpenClaw closes with 1002 for nothing else (vocabulary, 2026.1.29 to 2026.9.6).
  if (code === 1002) return as("protocol");
  // "connect failed" of the page: its last phase tells (measured 7.1 to 9.6).
  if (phase === "auth_validated") return as("pairing");
  if (phase === "ws_upgrade_started" && code === 4008) return as("origin");
  // Closed by the client, in its own words or none: it went away.
  if (code !== undefined && [1000, 1001, 1005, 1006].includes(code)) return as("left");
  return as("unknown");
}

/** Beginnings of close reasons: a terminal, a table or a copying hand cuts lines at any place. */
const BEGINNINGS: readonly (readonly [string, RefusalGate])[] = [
  ["pairing required", "pairing"],
  ["origin not allowed", "origin"],
  ["control ui requires", "device-identity"],
  ["device identity required", "device-identity"],
  ["device signature invalid", "device-signature"],
  ["device nonce required", "device-signature"],
  ["unauthorized: ", "shared-auth"],
  ["protocol mismatch", "protocol"],
  ["gateway starting", "starting"],
];

/** The gate of a reason of which only the first letters are left, at least six of them. */
function gateOfCut(reason: string): RefusalGate | undefined {
  const lower = reason.toLowerCase().replace(/[.…\s]{1,8}$/, "");
  if (lower.length < 6) return undefined;
  return BEGINNINGS.find(([whole]) => whole.startsWith(lower))?.[1];
}

function gateOfWord(word: string): GateReading | undefined {
  const lower = word.toLowerCase();
  const found = REASON_WORDS.find(([wording]) => wording.test(lower));
  return found === undefined ? undefined : { gate: found[1], why: lower };
}

/** A reason word, not a sentence. */
function normalWhy(why: string | undefined): string | undefined {
  return why !== undefined && /^[a-z][a-z_-]{2,48}$/.test(why)
    ? why.replace("rate-limited", "rate_limited")
    : undefined;
}

/**
 * The gate and reason of a refusal as a client gets it: its detail code (2026.2.22 on) and its wording. From
 * 2026.8.1 a proxy's connection ends before the WebSocket, with HTTP 403.
 */
export function gateOfAnswer(answer: {
  readonly detailCode?: string;
  readonly httpStatus?: number;
  readonly closeReason?: string;
  readonly message?: string;
}): GateReading {
  if (answer.httpStatus === 403) return { gate: "proxy-attribution", why: "proxy_attribution_required" };
  const text = [answer.detailCode, answer.message, answer.closeReason].filter(Boolean).join(" ");
  return gateOfWording(text) ?? { gate: "unknown" };
}
