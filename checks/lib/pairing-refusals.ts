import { isLoopbackHost } from "../../src/core/address.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Refusal } from "../../src/core/facts.ts";
import { isLoopback, isLoopbackOrigin, isPrivate } from "./addresses.ts";
import { isListed, isUnlisted } from "./device-list.ts";
import { type GateFacts, originOf, remoteOf } from "./explain-refusals.ts";

/** Pairing refusals of devices that are not approved yet; older releases give no reason. Apps and nodes have their own. */
export function isNotPaired(refusal: Refusal, facts: GateFacts): boolean {
  const { gate, reason } = refusal;
  if (gate !== "pairing" || isAppOrNode(refusal)) return false;
  if (reason === "not-paired") return true;
  if (!isUnnamed(refusal) || isListed(refusal, facts)) return false;
  return !isLocal(refusal, facts) || isUnlisted(refusal, facts);
}

export function isAppOrNode({ client }: Refusal): boolean {
  return client === "app" || client === "node";
}

/** Their first pairing, or one of which the release gives no reason; a node of the gateway's own host has to ask, too. */
export function isNewAppOrNode(refusal: Refusal): boolean {
  const { gate, reason } = refusal;
  return isAppOrNode(refusal) && gate === "pairing" && (reason === "not-paired" || isUnnamed(refusal));
}

/**
 * Every release approves a new device of the gateway's own host by itself (measured 2026.1.29 to 2026.9.6), so
 * one that is refused there without a reason is approved already and asks for more (run 2.1: a scope upgrade).
 */
export function isLocalUpgrade(refusal: Refusal, facts: GateFacts): boolean {
  if (refusal.gate !== "pairing" || !isUnnamed(refusal) || isAppOrNode(refusal)) return false;
  return isListed(refusal, facts) || (isLocal(refusal, facts) && !isUnlisted(refusal, facts));
}

export function isUnnamed({ reason }: Refusal): boolean {
  return reason === undefined || reason === "pairing-required";
}

/** As far as the refusal shows it; a trusted proxy on loopback makes its own host remote (2026.2.19 to 2026.3.28). */
export function isLocal({ connection }: Refusal, facts: GateFacts): boolean {
  const { remoteAddress, headers = {} } = connection;
  if (remoteAddress === undefined || !isLoopback(remoteAddress)) return false;
  if (headers["x-forwarded-for"] !== undefined) return false;
  if (headers.host !== undefined && !isLoopbackHost(headers.host)) return false;
  if (headers.origin !== undefined && !isLoopbackOrigin(headers.origin)) return false;
  const trusted = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  return !trusted.some((address) => isLoopback(address.replace(/\/\d{1,3}$/, "")));
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
  const translates = knownValue(facts.wanted.deployment)?.traits.translates === true;
  return translates || isPrivate(remote);
}
