import type { Evidence, Refusal } from "../../core/facts.ts";

const MAX_SHOWN = 3;

/** The raw lines of refusals that no known release words so, newest first; the page's own `connect failed` is known. */
export function unrecognisedRefusals(refusals: readonly Refusal[]): readonly Evidence[] {
  return refusals
    .filter(({ gate, from, over }) => gate === "unknown" && from === "log" && !over)
    .filter(({ closeCode, closeReason }) => closeCode !== 4008 && !/connect failed/i.test(closeReason ?? ""))
    .flatMap(({ evidence }) => evidence.slice(0, 1))
    .slice(0, MAX_SHOWN);
}
