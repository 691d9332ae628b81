import { ipMatches, parseIp } from "../../src/core/address.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Refusal } from "../../src/core/facts.ts";
import { isOfBefore } from "../../src/core/mended-since.ts";
import { isLoopback } from "./addresses.ts";
import { type GateFacts, remoteOf } from "./explain-refusals.ts";
import { isNotPaired } from "./pairing-refusals.ts";
import { untrust } from "./remedies.ts";

/** Entries of gateway.trustedProxies that cover the gateway's own host. */
export function loopbackEntries(facts: GateFacts): readonly string[] {
  const trusted = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  const loopbacks = ["127.0.0.1", "::1"].map(parseIp).filter((ip) => ip !== undefined);
  return trusted.filter((entry) => loopbacks.some((ip) => ipMatches(ip, entry, true)));
}

/** A plain loopback client has to pair only because its address is a trusted proxy: without the entry the model admits it. */
export function isRemoteByTrust(refusal: Refusal, facts: GateFacts): boolean {
  const entries = loopbackEntries(facts);
  return (
    entries.length > 0 &&
    !isOfBefore(refusal, knownValue(facts.wanted.config)) &&
    isNotPaired(refusal, facts) &&
    isLoopback(remoteOf(refusal, facts) ?? "") &&
    refusal.connection.headers?.["x-forwarded-for"] === undefined &&
    untrust(entries, refusal, facts).after === "admitted"
  );
}
