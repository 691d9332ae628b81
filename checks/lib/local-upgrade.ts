import type { Confidence, Refusal } from "../../src/core/facts.ts";
import { atLeast } from "../../src/core/release.ts";
import { type GateFacts, releaseOf } from "./explain-refusals.ts";
import { type Caller, callerOf } from "./own-lan-address.ts";
import { isLocal, isUnnamed } from "./pairing-refusals.ts";

/**
 * Releases that ask before an approved local client gets more scopes (shipped code; src/admission/boundaries.ts).
 * `first`: 2026.2.19 to 2026.2.21, where each call began to ask for the scopes of its method alone. `second`:
 * 2026.3.28 until 2026.8.1.
 */
export type Window = "first" | "second" | "none";

export function windowOf(release: string | undefined): Window | undefined {
  const from = (boundary: string) => atLeast(release, boundary);
  if (release === undefined || from("2026.2.19") === undefined) return undefined;
  if (from("2026.2.19") && !from("2026.2.22")) return "first";
  return from("2026.3.28") && !from("2026.8.1-beta.3") ? "second" : "none";
}

export interface LocalUpgrade {
  readonly caller: Caller;
  readonly window: Window | undefined;
  readonly confidence: Confidence;
  /** The reason that the gateway gave, or the user's own command, explains it better. */
  readonly beside: boolean;
  /** In such a release it is what most callers of this kind met, before a device that is new. */
  readonly ahead?: boolean;
}

/** What the CLI or a tool printed, without the block that names its target: loopback, where nobody says otherwise. */
function isUntold({ from, reason, connection }: Refusal): boolean {
  const { remoteAddress, headers } = connection;
  return from === "client" && reason === undefined && remoteAddress === undefined && headers === undefined;
}

/** A caller on the gateway's own host that the release asks to pair again. */
export function localUpgrade(refusal: Refusal, facts: GateFacts): LocalUpgrade | undefined {
  const { gate, reason } = refusal;
  const named = reason === "scope-upgrade";
  if (gate !== "pairing" || !(named || isUnnamed(refusal))) return undefined;
  // The audit line of an upgrade writes `ip=unknown-ip` of a local client alone (shipped code of 2026.2.22).
  const audited = named && refusal.from === "log" && refusal.connection.headers === undefined;
  const addressless = audited && refusal.connection.remoteAddress === undefined;
  const caller = callerOf(refusal);
  const window = windowOf(releaseOf(facts));
  // A tool of the agent's is on the gateway's own host and shares a device that is approved.
  const ahead = window === "first" || (window === undefined && caller === "internal");
  if (isUntold(refusal) && caller !== "other" && ahead) {
    return { caller, window, confidence: "possible", beside: false, ahead: true };
  }
  if (!addressless && !isLocal(refusal, facts)) return undefined;
  if (window === "none" || caller === "other") return undefined;
  const found = (confidence: Confidence, beside: boolean) => ({ caller, window, confidence, beside });
  if (caller === "internal") return found("likely", named);
  if (window === "first") return found("likely", named);
  // A command of the user's that needs more than it was approved for is no fault of the release.
  return window === undefined || caller === "either" ? found("possible", true) : undefined;
}
