import { type Saying, say } from "./saying.ts";

type Fault = "tls-self-signed" | "tls-authority" | "tls-expired" | "tls-name" | "tls-failed";

/** What Node and OpenSSL call it (Node 20, `tls` documentation, "X509 certificate error codes"). */
const FAULTS: Readonly<Record<string, Fault>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls-self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "tls-self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls-authority",
  UNABLE_TO_GET_ISSUER_CERT: "tls-authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls-authority",
  CERT_UNTRUSTED: "tls-authority",
  CERT_HAS_EXPIRED: "tls-expired",
  CERT_NOT_YET_VALID: "tls-expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls-name",
  HOSTNAME_MISMATCH: "tls-name",
};

/** The sentence for a code of a TLS failure; `detail` is what the library says of it, printable. */
export function certificateFault(code: string, detail: string): Saying {
  return say(Object.hasOwn(FAULTS, code) ? (FAULTS[code] ?? "tls-failed") : "tls-failed", { detail });
}

/** Whether a look that does not verify the certificate would get past it. */
export function isOfCertificate({ message }: Saying): boolean {
  return message.startsWith("tls-") && message !== "tls-failed";
}
