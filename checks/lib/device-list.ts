import { knownValue } from "../../src/core/fact.ts";
import type { Refusal } from "../../src/core/facts.ts";
import type { GateFacts } from "./explain-refusals.ts";

/*
 * What the gateway's own list of devices says of a refused one. A list that is not known, or that is damaged, rules
 * nothing out.
 */

/** It has this device, so a first approval is not what is missing; where there is no list, somebody's word counts. */
export function isListed({ deviceId, saidPaired }: Refusal, facts: GateFacts): boolean {
  const paired = pairedOf(facts);
  if (paired === undefined && saidPaired === true) return true;
  return deviceId !== undefined && paired?.some((one) => one.deviceId === deviceId) === true;
}

/** It has no device at all, or not this one: nothing was approved that could ask for more, or hold an old token. */
export function isUnlisted({ deviceId }: Refusal, facts: GateFacts): boolean {
  const paired = pairedOf(facts);
  if (paired === undefined) return false;
  return paired.length === 0 || (deviceId !== undefined && !paired.some((one) => one.deviceId === deviceId));
}

function pairedOf({ wanted }: GateFacts) {
  const list = knownValue(wanted.devices);
  const damaged = list?.problems?.some(({ kind }) => kind !== "left-behind") === true;
  return damaged ? undefined : list?.paired;
}
