import { admit } from "../../src/admission/admit.ts";
import type { Refusal } from "../../src/core/facts.ts";
import type { Remedy } from "../../src/core/finding.ts";
import type { GateFacts } from "./explain-refusals.ts";
import { modelInput, verdict } from "./remedies.ts";

/**
 * 2026.3.1 and 2026.3.2 write the origins that they allow themselves into their config, but the process that wrote
 * them does not heed them (conformance: situation "fresh"): every fresh container refuses its own page until it is
 * started again.
 */
export function restartForOwnOrigins(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const input = modelInput(refusal, facts);
  if (input === undefined) return [];
  const [first, later] = [admit({ ...input, start: "first" }), admit({ ...input, start: "later" })];
  if (first.gate !== "origin" || later.gate === "origin") return [];
  return [
    { id: "restart-gateway", risk: "restart", steps: [{ do: "gateway.restart" }], after: verdict(later) },
  ];
}
