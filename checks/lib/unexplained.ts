import type { Evidence, Refusal } from "../../src/core/facts.ts";
import { isLoopback } from "./addresses.ts";

/**
 * Trouble of which nobody knows the cause: a client that was refused and that no check explains, or one that left
 * before it was admitted and is neither a browser (a page that is reloaded leaves so) nor OpenClaw's own CLI looking
 * at its gateway. Neither is health.
 */
export function isTrouble({ over, gate, client, connection }: Refusal): boolean {
  if (over) return false;
  if (gate !== "left") return true;
  const remote = connection.remoteAddress;
  return client === "other" || (client === "unknown" && remote !== undefined && !isLoopback(remote));
}

/** The lines of those that left, to be shown where nothing else is known of them. */
export function linesOfLeft(refusals: readonly Refusal[]): readonly Evidence[] {
  return refusals
    .filter((refusal) => refusal.gate === "left" && isTrouble(refusal))
    .flatMap(({ evidence }) => evidence.slice(0, 1))
    .slice(0, 3);
}
