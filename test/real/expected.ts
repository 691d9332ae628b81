// Which cause stands behind a refusal, told from what an independent client met and from how it came there.
import { type Case, gateOf, type Situation, type TrueGate } from "./cases.ts";
import type { Outcome } from "./rig/client.ts";
import { isAtLeast } from "./rig/releases.ts";

/**
 * Cause ids of which the doctor's first finding has to be one. More than one only where the same facts bear
 * both names: behind an untrusted proxy a new browser is not paired, and the proxy is not trusted.
 */
export function expectedCauses(
  release: string,
  situation: Situation,
  one: Case,
  truth: Outcome,
): readonly string[] {
  const gate = gateOf(truth);
  const byGate: Readonly<Record<Exclude<TrueGate, "pairing" | "shared-auth">, readonly string[]>> = {
    admitted: [],
    origin: ["origin-not-allowed"],
    "proxy-attribution": ["proxy-attribution-required"],
    "device-identity": ["secure-context-required"],
    other: ["(a refusal that the rig does not know)"],
  };
  if (gate === "shared-auth")
    return [one.credentials === "missing" ? "gateway-token-missing" : "gateway-token-mismatch"];
  if (gate !== "pairing") return byGate[gate];
  const trustsLoopback = situation.config.gateway.trustedProxies?.includes("127.0.0.1") === true;
  const loopbackTrap = isAtLeast(release, "2026.2.19") && !isAtLeast(release, "2026.3.31");
  switch (one.path) {
    case "loopback":
      return trustsLoopback && loopbackTrap
        ? ["loopback-in-trusted-proxies"]
        : ["local-autoapprove-regression"];
    case "published port":
      return ["docker-nat-not-local"];
    case "proxy, forwarded headers":
      return trustsLoopback ? ["first-time-not-paired"] : ["first-time-not-paired", "proxy-not-trusted"];
    case "proxy, no headers":
    case "proxy, no headers, own host":
      // Without forwarded headers the gateway sees a plain loopback client: the trap is the same.
      return trustsLoopback && loopbackTrap
        ? ["loopback-in-trusted-proxies", "first-time-not-paired"]
        : ["first-time-not-paired"];
    case "lan address":
    case "page of another site":
      return ["first-time-not-paired"];
  }
}
