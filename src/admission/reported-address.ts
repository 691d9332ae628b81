import { isLoopbackIp, parseIp, sameIp } from "../core/address.ts";
import type { AdmissionInput } from "../core/connection.ts";
import { attemptOf } from "./attempt.ts";
import { clientAddress, hasHeaders, isLocalClient, isTrustedProxy } from "./locality.ts";
import { rulesFor } from "./releases.ts";

/**
 * Whether a pairing request with this address can be the one that this connection makes. The gateway notes the client's
 * address, read through trusted proxies, and none for a local client or one behind a proxy that it does not trust
 * (shipped code of 2026.2.1). `hidden`: it has none, as many others.
 */
export function askedFrom(input: AdmissionInput, address: string | undefined): "same" | "hidden" | "other" {
  const attempt = attemptOf(rulesFor(input.release).rules, input);
  const untrusted =
    hasHeaders(attempt, "for-ip") && !isTrustedProxy(attempt, attempt.connection.remoteAddress);
  const client = isLocalClient(attempt) || untrusted ? undefined : clientAddress(attempt);
  const isHidden = client === undefined || isLoopbackIp(client);
  if (address === undefined) return isHidden ? "hidden" : "other";
  const noted = parseIp(address);
  return noted !== undefined && !isHidden && sameIp(noted, client) ? "same" : "other";
}
