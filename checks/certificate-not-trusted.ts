import { type CertificateFault, certificateFaultIn } from "../src/core/certificate-fault.ts";
import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { args, explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { human, viaTunnel } from "./lib/remedies.ts";

/** By the sentence of our own look (`certificateFault`). */
const SAID: Readonly<Record<string, CertificateFault>> = {
  "tls-self-signed": "authority",
  "tls-authority": "authority",
  "tls-expired": "expired",
  "tls-name": "name",
};

/** Whoever checks certificates ends the connection before the gateway is asked anything. */
export default defineCheck({
  id: "certificate-not-trusted",
  code: "OPD109",
  title: "The certificate in front of the page is valid for its name",
  severity: "error",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => faultOf(refusal) !== undefined,
      variant: (refusal) => {
        const fault = faultOf(refusal);
        return fault === "authority" ? undefined : fault;
      },
      args: (refusal) => args({ host: hostOf(refusal, knownValue(facts.wanted.target)?.url) }),
      remedies: (refusal) => [mend(faultOf(refusal) ?? "authority"), ...viaTunnel(refusal, facts)],
    }),
});

/** What is wrong with it; `undefined`: nothing is said of a certificate. */
function faultOf({ gate, reason, evidence }: Refusal): CertificateFault | undefined {
  if (gate !== "transport" || reason !== "tls") return undefined;
  for (const { say, quote } of evidence) {
    const fault = (say === undefined ? undefined : SAID[say.message]) ?? certificateFaultIn(quote);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function hostOf({ connection, evidence }: Refusal, url: string | undefined): string | undefined {
  const asked = evidence.find(({ fact }) => fact === "probe")?.source ?? url;
  return connection.headers?.host ?? /^(?:wss|https):\/\/([^/\s]{1,260})/.exec(asked ?? "")?.[1];
}

function mend(fault: CertificateFault): Remedy {
  const message = {
    authority: "certificate-of-known-authority",
    expired: "renew-certificate",
    name: "certificate-for-name",
  }[fault];
  return { id: "mend-certificate", risk: "none", steps: [human(message)] };
}
