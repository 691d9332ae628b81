import { FINAL_RELEASES } from "../../src/admission/known-releases.ts";
import { rulesFor } from "../../src/admission/releases.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Confidence, Refusal } from "../../src/core/facts.ts";
import { isObject } from "../../src/core/json.ts";
import { atLeast, compareReleases, isRelease } from "../../src/core/release.ts";
import { isLoopbackOrigin } from "./addresses.ts";
import { type GateFacts, releaseOf } from "./explain-refusals.ts";
import { isLocal, isUnnamed } from "./pairing-refusals.ts";

export interface LocalBrowser {
  /** `release`: it approves no browser by itself. `switched-off`: the config says so. `hidden`: not to be seen from here. */
  readonly why: "release" | "switched-off" | "hidden";
  /** Absent: as sure as the refusal itself. */
  readonly confidence?: Confidence;
}

/** A new page on the gateway's own host, over loopback and through no proxy, that has to pair all the same. */
export function localBrowser(refusal: Refusal, facts: GateFacts): LocalBrowser | undefined {
  const { gate, reason, client, connection, from } = refusal;
  const { origin } = connection.headers ?? {};
  if (gate !== "pairing" || client !== "control-ui" || origin === undefined || !isLoopbackOrigin(origin))
    return undefined;
  if (!isLocal(refusal, facts)) return undefined;
  const release = releaseOf(facts);
  if (reason !== "not-paired") {
    // Between these a local upgrade is silent, so a refusal without a reason is no scope upgrade (boundaries.ts).
    const silent = atLeast(release, "2026.2.22") === true && atLeast(release, "2026.3.28") === false;
    return isUnnamed(refusal) && silent ? { why: "hidden", confidence: "possible" } : undefined;
  }
  if (asksEverybody(release)) return { why: "release" };
  if (readsSwitch(release) && isSwitchedOff(facts)) return { why: "switched-off" };
  return from === "model" ? undefined : { why: "hidden", confidence: "possible" };
}

/** Its release or its settings ask a local browser to pair; that it is new is no more than that. */
export function isAskedByRelease(refusal: Refusal, facts: GateFacts): boolean {
  const found = localBrowser(refusal, facts);
  return found !== undefined && found.why !== "hidden";
}

/** A release that approves no browser by itself, wherever it comes from. */
export function asksEverybody(release: string | undefined): boolean {
  if (release === undefined || !isRelease(release)) return false;
  return rulesFor(release).rules.pairing.silentWithOrigin === "nobody";
}

/** The release from which on browsers are approved by themselves again. */
export function asksNobodySince(release: string): string | undefined {
  const later = FINAL_RELEASES.filter((one) => compareReleases(one, release) > 0);
  return later.find((one) => !asksEverybody(one));
}

/** From 2026.8.1 on, and the betas before it. */
function readsSwitch(release: string | undefined): boolean {
  return release !== undefined && isRelease(release) && rulesFor(release).rules.switches.autoApproveLocal;
}

/** gateway.nodes.pairing.autoApproveLocal; it is for operators' browsers, too. */
function isSwitchedOff(facts: GateFacts): boolean {
  let value: unknown = knownValue(facts.wanted.config)?.effective.gateway;
  for (const key of ["nodes", "pairing", "autoApproveLocal"]) {
    value = isObject(value) ? value[key] : undefined;
  }
  return value === false;
}
