import { errorCodeOf } from "../../core/error-code.ts";
import { type Unknown, unknown } from "../../core/fact.ts";
import { safeText } from "../../core/text.ts";
import { PROVIDE } from "./addresses.ts";
import { SshError, type SshProblem } from "./ssh-agent.ts";

/** Why a call failed, each cause in its own words. `what`: the engine, or what was asked of it. */
export function engineFailure(error: unknown, what: string): Unknown {
  const { code = "", statusCode } = fieldsOf(error);
  const args = { engine: safeText(what, 200) };
  if (error instanceof SshError) return sshFailure(error, args.engine);
  if (statusCode === 403 || statusCode === 401 || statusCode === 405)
    return unknown("denied", `${args.engine}: a proxy in front of the engine does not allow it`, PROVIDE, {
      message: "engine-filtered",
      args,
    });
  if (code === "EACCES" || code === "EPERM")
    return unknown("denied", `${args.engine}: no permission on the engine's socket`, PROVIDE, {
      message: "engine-denied",
      args,
    });
  if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTFOUND")
    return unknown("absent", `${args.engine}: no engine answers there`, PROVIDE, {
      message: "engine-down",
      args,
    });
  const tlsCode = tlsCodeOf(error, code);
  const tls = TLS.find(([codes]) => codes.test(tlsCode));
  if (tls !== undefined) {
    const [, message, words] = tls;
    const shown = safeText(tlsCode, 80);
    return unknown("failed", `${args.engine}: ${words} (${shown})`, PROVIDE, {
      message,
      args: { ...args, detail: shown },
    });
  }
  // What Go's server answers a plain request at its TLS port with.
  if (statusCode === 400 && error instanceof Error && /HTTP request to an HTTPS server/.test(error.message))
    return unknown("failed", `${args.engine}: it wants TLS, and none is set`, PROVIDE, {
      message: "engine-tls-wanted",
      args,
    });
  const without = WITHOUT_END[code];
  if (without !== undefined) {
    const [reason, message, words] = without;
    return unknown(reason, `${args.engine}: ${words}`, PROVIDE, { message, args });
  }
  const detail = safeText(statusCode === undefined ? code || "no answer" : `HTTP ${statusCode}`, 80);
  return unknown("failed", `${args.engine}: the engine did not answer as expected (${detail})`, PROVIDE, {
    message: "engine-failed",
    args: { ...args, detail },
  });
}

/** By the code of an `AnswerError`. */
const WITHOUT_END: Readonly<Record<string, readonly [Unknown["reason"], string, string]>> = {
  ERR_ANSWER_TOO_LONG: [
    "failed",
    "engine-answer-long",
    "the engine's answer is longer than what is read of it",
  ],
  ERR_ANSWER_LATE: ["timeout", "engine-answer-late", "the engine did not end its answer in time"],
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
const TLS: readonly (readonly [RegExp, string, string])[] = [
  [/^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/, "engine-tls-expired", "its certificate is not valid at this time"],
  [
    /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_SIGNATURE_FAILURE|INVALID_CA)$/,
    "engine-tls-authority",
    "its certificate is of an authority that ca.pem does not have",
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "engine-tls-name", "its certificate is of another host name"],
  [
    /^ERR_SSL_\w{0,40}ALERT_(?:CERTIFICATE_REQUIRED|UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|HANDSHAKE_FAILURE|ACCESS_DENIED|UNSUPPORTED_CERTIFICATE)$/,
    "engine-tls-client",
    "it does not accept our certificate (cert.pem, key.pem)",
  ],
  [
    /^(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/,
    "engine-tls-none",
    "it speaks no TLS",
  ],
  [/^ERR_(?:OSSL|SSL|CRYPTO)_/, "engine-tls-files", "its certificates cannot be used"],
];

const SSH: Readonly<Record<SshProblem, readonly [Unknown["reason"], string, string]>> = {
  missing: ["absent", "engine-ssh-missing", "there is no ssh program here"],
  host: ["absent", "engine-ssh-host", "ssh does not know that host"],
  "host-key": ["denied", "engine-ssh-host-key", "ssh does not know the host's key, or it has changed"],
  denied: ["denied", "engine-ssh-denied", "the host wants more than the keys that ssh has"],
  unreachable: ["absent", "engine-ssh-unreachable", "ssh does not reach the host"],
  "no-docker": ["absent", "engine-ssh-no-docker", "neither Docker nor Podman answers there"],
  "engine-denied": ["denied", "engine-denied", "no permission on the engine's socket"],
  "engine-down": ["absent", "engine-down", "no engine answers there"],
  failed: ["failed", "engine-ssh-failed", "ssh ended without a connection"],
};

function sshFailure({ problem, detail }: SshError, engine: string): Unknown {
  const [reason, message, words] = SSH[problem];
  return unknown(reason, `${engine}: ${words} (${detail})`, PROVIDE, { message, args: { engine, detail } });
}
