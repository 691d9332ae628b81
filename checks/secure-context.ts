import type { Refusal } from "../src/core/facts.ts";
import { isLoopbackOrigin } from "./addresses.ts";
import { type GateFacts, originOf } from "./support.ts";

/**
 * Whether a refused page had no device identity because plain HTTP gave it no WebCrypto. The gateway has a
 * wording for the Control UI (`control ui requires …`); a page on https or localhost had every means.
 */
export function lacksSecureContext(refusal: Refusal, facts: GateFacts): boolean {
  if (refusal.gate !== "device-identity") return false;
  const words =
    `${refusal.closeReason ?? ""} ${refusal.detailCode ?? ""} ${refusal.reason ?? ""}`.toLowerCase();
  if (!/control[ _-]ui/.test(words)) return false;
  const origin = originOf(refusal, facts);
  if (origin === undefined) return true;
  return !origin.startsWith("https://") && !isLoopbackOrigin(origin);
}
