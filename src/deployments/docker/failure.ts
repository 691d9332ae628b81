import { errorCodeOf } from "../../core/error-code.ts";
import { type Unknown, unknown } from "../../core/fact.ts";
import { type SentenceKey, say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { PROVIDE } from "./addresses.ts";
import { SshError, type SshProblem } from "./ssh-agent.ts";

/** Why a call failed, each cause in its own words. `what`: the engine, or what was asked of it. */
export function engineFailure(error: unknown, what: string): Unknown {
  const { code = "", statusCode } = fieldsOf(error);
  const args = { engine: safeText(what, 200) };
  if (error instanceof SshError) return sshFailure(error, args.engine);
  if (statusCode === 403 || statusCode === 401 || statusCode === 405)
    return unknown("denied", say("engine-filtered", args), PROVIDE);
  if (code === "EACCES" || code === "EPERM") return unknown("denied", say("engine-denied", args), PROVIDE);
  if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTFOUND")
    return unknown("absent", say("engine-down", args), PROVIDE);
  const tlsCode = tlsCodeOf(error, code);
  const tls = TLS.find(([codes]) => codes.test(tlsCode));
  if (tls !== undefined) {
    const [, message] = tls;
    return unknown("failed", say(message, { ...args, detail: safeText(tlsCode, 80) }), PROVIDE);
  }
  // What Go's server answers a plain request at its TLS port with.
  if (statusCode === 400 && error instanceof Error && /HTTP request to an HTTPS server/.test(error.message))
    return unknown("failed", say("engine-tls-wanted", args), PROVIDE);
  const without = WITHOUT_END[code];
  if (without !== undefined) {
    const [reason, message] = without;
    return unknown(reason, say(message, args), PROVIDE);
  }
  const detail = safeText(statusCode === undefined ? code || "no answer" : `HTTP ${statusCode}`, 80);
  return unknown("failed", say("engine-failed", { ...args, detail }), PROVIDE);
}

/** By the code of an `AnswerError`. */
const WITHOUT_END: Readonly<
  Record<string, readonly [Unknown["reason"], "engine-answer-long" | "engine-answer-late"] | undefined>
> = {
  ERR_ANSWER_TOO_LONG: ["failed", "engine-answer-long"],
  ERR_ANSWER_LATE: ["timeout", "engine-answer-late"],
};

/** HTTP status of dockerode's errors, or the code of the system's. */
export function fieldsOf(error: unknown): { readonly code?: string; readonly statusCode?: number } {
  if (typeof error !== "object" || error === null) return {};
  const code = errorCodeOf(error);
  return {
    ...(code === undefined ? {} : { code }),
    ...("statusCode" in error && typeof error.statusCode === "number"
      ? { statusCode: error.statusCode }
      : {}),
  };
}

/** What is still in flight has EPROTO for a code and OpenSSL's reason in its words: the code that it has later. */
function tlsCodeOf(error: unknown, code: string): string {
  if (code !== "EPROTO" || !(error instanceof Error)) return code;
  const reason = /:SSL routines:[^:]{0,80}:([A-Za-z0-9 ]{1,80})/.exec(error.message)?.[1];
  return reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(" ", "_")}`;
}

/** Codes of Node's TLS, in the order in which they are to be tried. */
const TLS = [
  [/^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/, "engine-tls-expired"],
  [
    /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_SIGNATURE_FAILURE|INVALID_CA)$/,
    "engine-tls-authority",
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "engine-tls-name"],
  [
    /^ERR_SSL_\w{0,40}ALERT_(?:CERTIFICATE_REQUIRED|UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|HANDSHAKE_FAILURE|ACCESS_DENIED|UNSUPPORTED_CERTIFICATE)$/,
    "engine-tls-client",
  ],
  [/^(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/, "engine-tls-none"],
  [/^ERR_(?:OSSL|SSL|CRYPTO)_/, "engine-tls-files"],
] as const satisfies readonly (readonly [RegExp, SentenceKey])[];

const SSH = {
  missing: ["absent", "engine-ssh-missing"],
  host: ["absent", "engine-ssh-host"],
  "host-key": ["denied", "engine-ssh-host-key"],
  denied: ["denied", "engine-ssh-denied"],
  unreachable: ["absent", "engine-ssh-unreachable"],
  "no-docker": ["absent", "engine-ssh-no-docker"],
  "engine-denied": ["denied", "engine-denied"],
  "engine-down": ["absent", "engine-down"],
  failed: ["failed", "engine-ssh-failed"],
} as const satisfies Readonly<Record<SshProblem, readonly [Unknown["reason"], SentenceKey]>>;

function sshFailure({ problem, detail }: SshError, engine: string): Unknown {
  const [reason, message] = SSH[problem];
  return unknown(reason, say(message, { engine, detail }), PROVIDE);
}
