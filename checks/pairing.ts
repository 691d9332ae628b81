import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import { isEngineAddress, isLoopback, isLoopbackHost, isLoopbackOrigin, isPrivate } from "./addresses.ts";
import { type GateFacts, originOf, remoteOf } from "./support.ts";

/** Pairing refusals of devices that are not approved yet; older releases give no reason. */
export function isNotPaired({ gate, reason }: Refusal): boolean {
  return (
    gate === "pairing" && (reason === undefined || reason === "not-paired" || reason === "pairing-required")
  );
}

/**
 * The client dialled a localhost name, yet the gateway saw another peer and no proxy header: an address
 * translation stands between, which is what a published port of a container does.
 */
export function isTranslated(refusal: Refusal, facts: GateFacts): boolean {
  const remote = remoteOf(refusal, facts);
  const headers = refusal.connection.headers ?? {};
  if (remote === undefined || isLoopback(remote) || headers["x-forwarded-for"] !== undefined) return false;
  const origin = originOf(refusal, facts);
  const host = headers.host;
  const dialledLoopback =
    (host !== undefined && isLoopbackHost(host)) || (origin !== undefined && isLoopbackOrigin(origin));
  if (!dialledLoopback) return false;
  const docker = knownValue(facts.wanted.deployment)?.kind === "docker";
  return isEngineAddress(remote) || docker || isPrivate(remote);
}
