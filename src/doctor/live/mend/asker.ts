import type { Risk, Unproven } from "../../../core/finding.ts";
import type { Saying } from "../../../core/saying.ts";
import type { FixReport } from "../../../report/fix-report.ts";

/** What is agreed to. */
export type Consent = { readonly given: true } | { readonly given: false; readonly why?: Saying };

/** What is done and takes its time. */
export type Doing = "step" | "settle" | "verify" | "roll-back" | "wait-for-request";

export interface Busy {
  say(doing: Doing): void;
  stop(): void;
}

/** Whoever wishes for the fix, as the door that they came through lets them be asked. */
export interface Asker {
  /** Somebody sees a question and can answer it. */
  readonly isThere: boolean;
  /** Whether the plan may be carried out. `anew`: what was agreed to before does not cover it. */
  consents(plan: FixReport, asked: ConsentQuestion): Promise<Consent>;
  /** Whether a fix is taken back, or one that was interrupted is gone on with. */
  agrees(to: "undo" | "finish", plan: FixReport): Promise<Consent>;
  /** Shows several requests, and gives the place (from 0) of the one that is the page's own; `undefined` for none. */
  chooses(shown: FixReport): Promise<number | undefined>;
  /** Shows what was done so far, beside what is waited for now. */
  shows(report: FixReport): Promise<void>;
  busy(doing: Doing): Promise<Busy>;
  /** Work that takes itself back when it is told to stop, and needs its time for that. */
  careful<T>(work: () => Promise<T>): Promise<T>;
}

export interface ConsentQuestion {
  readonly risk: Risk;
  /** What would be trusted on the word of a log. */
  readonly unproven: readonly Unproven[];
  readonly anew: boolean;
}
