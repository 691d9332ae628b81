import { applySteps } from "../../../admission/try-remedy.ts";
import type { Facts } from "../../../core/collect.ts";
import { knownValue } from "../../../core/fact.ts";
import { type PlanOptions, plan } from "../../../core/plan.ts";
import { oracleOf } from "../oracle.ts";
import type { Prepared } from "./prepared.ts";

/**
 * A change for a warning, where the user's page is let in now: the model says whether it still is afterwards. Where
 * it is not, what lets it in again is left to a person, and the change waits until it is asked for by its name.
 */
export function forOwnPage(prepared: Prepared, facts: Facts, options: PlanOptions): Prepared {
  const { finding, steps, remedies, rest } = prepared;
  const model = ownPage(facts);
  if (finding.severity === "error" || steps.length === 0 || model === undefined) return prepared;
  const after = applySteps(model.start, steps);
  const expected = model.oracle.verdict(after);
  const whole = { ...prepared, model: { ...model, after, expected } };
  if (expected.outcome === "admitted") return whole;
  const { only, ...free } = options;
  const back = plan(after, model.oracle, free).choices[0]?.remedies ?? [];
  const [first] = remedies;
  if (only !== undefined && only === first?.id) return { ...whole, rest: [...rest, ...back] };
  return { ...prepared, steps: [], rest: back, wouldRefuse: expected.gate };
}

function ownPage(facts: Facts): Pick<NonNullable<Prepared["model"]>, "start" | "oracle"> | undefined {
  const assessment = knownValue(facts.assessment);
  const config = knownValue(facts.config)?.effective;
  const release = knownValue(facts.release)?.version;
  const target = knownValue(facts.target);
  if (assessment?.now.outcome !== "admitted") return undefined;
  if (config === undefined || release === undefined || target === undefined) return undefined;
  const start = { release, config, connection: assessment.connection };
  const base = { target, deployment: facts.deployment, devices: facts.devices };
  return { start, oracle: oracleOf(start, base) };
}
