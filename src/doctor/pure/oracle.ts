import { admit } from "../../admission/admit.ts";
import { applySteps, startupProblem } from "../../admission/try-remedy.ts";
import type { AdmissionInput } from "../../core/connection.ts";
import type { Remedy } from "../../core/finding.ts";
import type { Oracle, Verdict } from "../../core/plan.ts";
import { type AdviceBase, adviceFor } from "./advice.ts";

/**
 * The admission model and the checks, as the planner asks them. `first`: the remedies of the findings for the
 * state as it is, which know request ids and addresses that the model does not.
 */
export function oracleOf(
  start: AdmissionInput,
  base: AdviceBase,
  first?: readonly Remedy[],
): Oracle<AdmissionInput> {
  const began = startupProblem(start.release, start.config);
  return {
    verdict: (input) => verdictOf(input, began === undefined),
    remedies: (input) => (input === start && first !== undefined ? first : adviceFor(input, base)),
    after: (input, remedy) => applySteps(input, remedy.steps),
  };
}

/** A gateway that a change keeps from starting lets nobody in. */
function verdictOf(input: AdmissionInput, started: boolean): Verdict {
  const problem = started ? startupProblem(input.release, input.config) : undefined;
  if (problem !== undefined) return { outcome: "refused", gate: "start-up", reason: problem.why };
  const { outcome, gate = "unknown", reason, autoApproved } = admit(input);
  if (outcome === "admitted") return { outcome, pairs: autoApproved };
  return reason === undefined ? { outcome, gate } : { outcome, gate, reason };
}
