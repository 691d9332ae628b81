import type { Refusal } from "../../src/core/facts.ts";
import { compareReleases } from "../../src/core/release.ts";
import { isLoopbackOrigin } from "./addresses.ts";
import { type GateFacts, originOf, releaseOf } from "./explain-refusals.ts";

/**
 * Whether a refused page had no device identity because plain HTTP gave it no WebCrypto. The gateway has a
 * wording for the Control UI (`control ui requires …`); a page on https or localhost had every means.
 */
export function lacksSecureContext(refusal: Refusal, facts: GateFacts): boolean {
  if (refusal.gate !== "device-identity") return false;
  const words =
    `${refusal.closeReason ?? ""} ${refusal.detailCode ?? ""} ${refusal.reason ?? ""}`.toLowerCase();
  if (!/control[ _-]ui/.test(words) && !isPageOfLater(refusal, facts)) return false;
  const origin = originOf(refusal, facts);
  if (origin === undefined) return true;
  return !origin.startsWith("https://") && !isLoopbackOrigin(origin);
}

/** From 2026.2.22 on no Control UI was refused for another lack of a device identity, however a ticket words it. */
function isPageOfLater({ from, client }: Refusal, facts: GateFacts): boolean {
  const release = releaseOf(facts);
  return (
    from === "client" &&
    client === "control-ui" &&
    release !== undefined &&
    compareReleases(release, "2026.2.22") >= 0
  );
}
