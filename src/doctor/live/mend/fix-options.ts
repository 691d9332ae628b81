import type { SaidSite } from "../../pure/mend/https-remedies.ts";

/** What is wished of a fix; every field as the person said it. */
export interface Wish {
  /** Ids of the findings to mend; what keeps the Control UI out when empty. */
  readonly only: readonly string[];
  /** Show the plan and change nothing. */
  readonly dryRun: boolean;
  /** Take this remedy, not the first. */
  readonly remedy?: string;
  /** Approve this request. */
  readonly request?: string;
  readonly editCompose: boolean;
  /** The proxy with HTTPS that is to stand in front. */
  readonly site?: SaidSite;
}
