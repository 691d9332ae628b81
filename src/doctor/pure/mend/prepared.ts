import type { PopularAdvice } from "../../../admission/popular.ts";
import type { AdmissionInput } from "../../../core/connection.ts";
import type { PendingDevice } from "../../../core/facts.ts";
import type { Finding, Remedy, Step } from "../../../core/finding.ts";
import type { Choice, DeadEnd, Verdict } from "../../../core/plan.ts";
import type { PlanModel } from "../plan-of.ts";

/** What is to be done for a finding, and what of it a program can do now. */
export interface Prepared {
  readonly finding: Finding;
  /** In the order in which they are done; empty when nothing is known that lets the connection in. */
  readonly remedies: readonly Remedy[];
  /** Steps that a program does now; what follows the first step of a person waits for that person. */
  readonly steps: readonly Step[];
  /** Remedies that are left to a person, or that have to wait for one. */
  readonly rest: readonly Remedy[];
  readonly requests: readonly PendingDevice[];
  /** Requests of which somebody has to say which is the page's, before one is approved. */
  readonly candidates: readonly PendingDevice[];
  readonly alternatives: readonly Choice[];
  readonly deadEnds: readonly DeadEnd[];
  readonly popular: readonly PopularAdvice[];
  /** The connection, when the model knows it. */
  readonly model?: PreparedModel;
  /** The gate at which the user's own page would end: the steps are not to be done unasked. */
  readonly wouldRefuse?: string;
}

export interface PreparedModel extends PlanModel {
  /** What the gateway is to say of the connection once the steps are done. */
  readonly expected: Verdict;
  /** The input after the steps. */
  readonly after: AdmissionInput;
}
