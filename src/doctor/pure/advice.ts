import { checks } from "../../../checks/index.ts";
import { withHearsay } from "../../../checks/lib/hearsay.ts";
import { withRewrites } from "../../../checks/lib/rewritten-config.ts";
import { admit } from "../../admission/admit.ts";
import { gatesAhead } from "../../admission/gates-ahead.ts";
import { pageBehaviour } from "../../admission/page.ts";
import { completeFacts, type Facts } from "../../core/collect.ts";
import type { AdmissionInput } from "../../core/connection.ts";
import { diagnose } from "../../core/diagnose.ts";
import { known, knownValue } from "../../core/fact.ts";
import type { Assessment, Target } from "../../core/facts.ts";
import type { Remedy } from "../../core/finding.ts";
import { refusalsOf } from "../../core/refusals.ts";
import { describeError } from "./describe-error.ts";

/** What is known beside the input: how the gateway is deployed, who waits for approval. */
export type AdviceBase = Partial<Pick<Facts, "deployment" | "devices">> & { readonly target: Target };

/** The remedies that the checks advise for a connection that the model refuses; none for one that it admits. */
export function adviceFor(input: AdmissionInput, base: AdviceBase): readonly Remedy[] {
  if (admit(input).outcome === "admitted") return [];
  const facts = supposedFacts(input, base);
  const { findings } = diagnose(checks, facts, { describeError });
  return withHearsay(withRewrites(findings, knownValue(facts.deployment)), facts).flatMap(
    (finding) => finding.remedies,
  );
}

/** The facts of a gateway and a connection that somebody supposes. */
export function supposedFacts(input: AdmissionInput, { target, ...base }: AdviceBase): Facts {
  const now = admit(input);
  const assessment: Assessment = {
    connection: input.connection,
    basis: [],
    confidence: "certain",
    now,
    ahead: gatesAhead(input),
    page: pageBehaviour(input.release, now),
    contradictions: [],
  };
  const source = "admission model";
  return completeFacts({
    ...base,
    target: known(target, source),
    release: known({ version: input.release, confidence: "certain", from: "said" }, source),
    config: known(
      { path: source, stateDir: "", effective: input.config, origins: {}, problems: [], exists: true },
      source,
    ),
    assessment: known(assessment, source),
    refusals: known(now.outcome === "admitted" ? [] : refusalsOf({ assessment }), source),
  });
}
