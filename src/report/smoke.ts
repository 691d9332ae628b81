import type { Gate } from "../core/connection.ts";
import type { Saying } from "../core/saying.ts";

/** What a smoke check waits for to be true. */
export const EXPECTATIONS = ["connected", "pairing-required"] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

/**
 * What a gateway that is deployed or started goes through. `absent`: nothing answers there. `stopped`: its container or
 * pod is not running. `restarting`: it answered before, or whatever runs it starts it again and again.
 */
export type Phase = "absent" | "stopped" | "starting" | "migrating" | "restarting" | "up";

export interface PhaseMet {
  readonly phase: Phase;
  /** Milliseconds since the wait began. */
  readonly afterMs: number;
  /** What shows it. */
  readonly why: Saying;
}

/** How a smoke check ended. */
export interface Smoke {
  readonly expected: Expectation;
  /**
   * What a browser that comes for the first time meets. `failed`: it may be let in, and something else is wrong that
   * the check is to fail on. `not-ready`: the gateway was not up within the wait.
   */
  readonly outcome: Expectation | "refused" | "failed" | "not-ready" | "undetermined";
  readonly passed: boolean;
  /** Milliseconds from the first look to the verdict. */
  readonly waitedMs: number;
  /** Each change of phase, in order, at most 50. */
  readonly phases: readonly PhaseMet[];
}

/** Nobody could say whether it is as expected. */
export function isOpen({ outcome }: Smoke): boolean {
  return outcome === "not-ready" || outcome === "undetermined";
}

/** A gateway that is to ask for pairing does right when it does. */
export function isExpected({ gate }: { readonly gate?: Gate }, expected: Expectation): boolean {
  return expected === "pairing-required" && gate === "pairing";
}
