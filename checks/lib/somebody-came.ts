import type { Fact } from "../../src/core/fact.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { DeviceList, Refusal } from "../../src/core/facts.ts";
import { clientOf } from "../../src/core/log-parts.ts";

/**
 * An approval that only the model foretells is what the gateway is meant to ask of a browser that has not come yet:
 * nobody was turned away. Gates before that are faults of the settings, which stop whoever comes. A page that was
 * refused without a reason, or whose request waits, has come.
 */
export function isForNextBrowser(
  { from, gate }: Refusal,
  refusals: readonly Refusal[],
  devices: Fact<DeviceList>,
): boolean {
  if (from !== "model" || gate !== "pairing") return false;
  return !refusals.some(isOfPage) && !(knownValue(devices)?.pending ?? []).some(waitsForPage);
}

function isOfPage({ from, over, gate, client }: Refusal): boolean {
  return from !== "model" && !over && gate !== "left" && (client === "control-ui" || client === "unknown");
}

function waitsForPage({ client }: DeviceList["pending"][number]): boolean {
  return client !== undefined && clientOf({ client }) === "control-ui";
}
