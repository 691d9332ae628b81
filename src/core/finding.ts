import type { Gate } from "./connection.ts";
import type { Confidence, Evidence } from "./facts.ts";
import type { MessageArgs, Saying } from "./saying.ts";
import type { Step } from "./step.ts";

export type { JsonValue } from "./json.ts";
export type { ComposeChange, ProxySite, Step } from "./step.ts";

export type Severity = "error" | "warning" | "info";
export type Risk = "none" | "restart" | "grants-access" | "weakens-security";

/** One thing that is wrong, as a check says it. */
export interface Occurrence {
  readonly confidence: Confidence;
  readonly evidence: readonly Evidence[];
  readonly args?: MessageArgs;
  /** `args.detail` for a reader of another language, where the words are the tool's own. */
  readonly detail?: Saying;
  readonly count?: number;
  /** Overrides the check's severity (something that is over is `info`). */
  readonly severity?: Severity;
  /** Which of several findings of one severity comes first: the smaller; 0 when absent. */
  readonly rank?: number;
  /** Picks a variant of the message (`over`, `foretold` …); the plain text is used when there is none. */
  readonly variant?: string;
  readonly remedies?: readonly Remedy[];
  /** Other causes that the same evidence fits, each with what separates it from this one; then no finding is `certain`. */
  readonly tellApart?: readonly TellApart[];
}

/** `message` keys the question (`Catalogue.tellApart`); `step`: what answers it, where something can be typed. */
export interface TellApart {
  /** Id of the other cause. */
  readonly from: string;
  readonly message: string;
  readonly args?: MessageArgs;
  readonly step?: Step;
}

export interface Finding extends Occurrence {
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
  /** Of its check. */
  readonly gate?: Gate;
  readonly remedies: readonly Remedy[];
}

/** A remedy is data: the engine previews, applies and undoes it, a deployment turns its steps into commands. */
export interface Remedy {
  readonly id: string;
  readonly risk: Risk;
  readonly steps: readonly Step[];
  readonly args?: MessageArgs;
  /** What it would trust and only strangers' words stand for: shown, and never taken without somebody's look at it. */
  readonly unproven?: readonly Unproven[];
  /** What the admission model says of the refused connection after this remedy. Absent when it was not asked. */
  readonly after?: "admitted" | { readonly refusedAt: string; readonly reason?: string };
}

/** `value`: an origin, or the address of a proxy. */
export interface Unproven {
  readonly kind: "origin" | "proxy";
  readonly value: string;
}
