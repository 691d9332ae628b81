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

/** What is wrong with a certificate, in the words of programs and of people. */
export type CertificateFault = "expired" | "name" | "authority";

/**
 * Node and OpenSSL ("X509 certificate error codes"), Chromium (`net_error_list.h`), Firefox (`SEC_ERROR_…`), curl's exit
 * code 60; and what browsers in English and Chinese, and their users, say.
 */
const IN_WORDS: readonly (readonly [CertificateFault, RegExp])[] = [
  [
    "expired",
    /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_CERT_DATE_INVALID|SEC_ERROR_EXPIRED_CERT|\b(?:cert(?:ificate)?|ssl|tls)s?\b(?:[^.;!?\n]|\.(?=\S)){0,80}\b(?:expired|not yet valid|out of date)\b|\bexpired (?:\w{1,12} )?cert(?:ificate)?s?\b|证书[^。；;\n]{0,12}(?:过期|失效|到期)|过期[^。；;\n]{0,4}证书/i,
  ],
  [
    "name",
    /ALTNAME_INVALID|ERR_CERT_COMMON_NAME_INVALID|HOSTNAME_MISMATCH|BAD_CERT_DOMAIN|no alternative certificate subject|\bcert(?:ificate)?\b(?:[^.;!?\n]|\.(?=\S)){0,80}\b(?:(?:does(?:n['’]t| not)|not) (?:match|cover|include)|(?:wrong|other|another|different) (?:host|domain|name|site)|(?:name|host|domain) mismatch|not valid for)|证书[^。；;\n]{0,16}(?:域名|名称|主机名)?[^。；;，,\n]{0,6}(?:不匹配|不相?符|不一致)|(?:域名|名称|主机名)[^。；;，,\n]{0,8}证书[^。；;，,\n]{0,6}(?:不匹配|不相?符|不一致)/i,
  ],
  [
    "authority",
    /SELF_SIGNED|ERR_CERT_AUTHORITY_INVALID|UNABLE_TO_(?:VERIFY|GET)|SEC_ERROR_UNKNOWN_ISSUER|local issuer certificate|unable to verify the first certificate|self[- ]?signed|\bcert(?:ificate)?\b(?:[^.;!?\n]|\.(?=\S)){0,80}\b(?:(?:not|is(?:n['’]t)) trusted|untrusted|unknown (?:issuer|authority))|自签|证书[^。；;\n]{0,12}(?:不(?:受|被)?信任|不可信|无效|有风险)|不(?:受|被)?信任[^。；;，,\n]{0,6}证书/i,
  ],
];

export function certificateFaultIn(text: string): CertificateFault | undefined {
  return IN_WORDS.find(([, words]) => words.test(text))?.[0];
}
