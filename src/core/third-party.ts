import type { Severity } from "./finding.ts";
import type { Saying } from "./saying.ts";

/** What a check of a third party is given: nothing in it is a secret, and nothing in it can be changed. */
export interface ThirdPartyInput {
  /** Of this form. A check that needs a later one says so by itself. */
  readonly apiVersion: 1;
  /** The facts as a bundle has them: `{ known: true, value, source }`, or `{ known: false, reason, detail }`. */
  readonly facts: unknown;
  /** The JSON report in English, without what third parties say. */
  readonly report: unknown;
}

/** What one check of a third party said. None of it was written or proven by the doctor, and no fix acts on it. */
export interface ThirdPartyResult {
  /** As it was named: a package, or the file's own name. */
  readonly from: string;
  /** Its own id, where it gave one. */
  readonly id?: string;
  readonly verdict: "healthy" | "found" | "not-applicable" | "undetermined" | "crashed";
  /** Why there is neither health nor a finding. */
  readonly why?: Saying;
  readonly findings: readonly ThirdPartyFinding[];
}

export interface ThirdPartyFinding {
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  /** Words, never a remedy. */
  readonly fixHint?: string;
}
