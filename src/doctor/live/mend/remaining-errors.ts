import { collect } from "../../../core/collect.ts";
import { knownValue } from "../../../core/fact.ts";
import type { Finding } from "../../../core/finding.ts";
import type { FixFinding } from "../../../report/fix-report.ts";
import { diagnosed } from "../../pure/case.ts";
import { collectOptions } from "../../pure/derived.ts";
import type { Prepared } from "../../pure/mend/prepared.ts";
import { LIVE_FACTS } from "../live-facts.ts";
import { findingOf } from "./describe-plan.ts";
import type { Patient } from "./patient.ts";

export interface Remains {
  readonly findings: readonly FixFinding[];
  /** Where the model says that the page is refused next. */
  readonly gate?: string;
}

/**
 * Errors that a new diagnosis finds after a fix. What was mended was proven otherwise: it is in the log until the
 * page comes again. What is only foretold is about the next browser, and counts where no page could come before.
 */
export async function whatRemains(
  { opened, signal }: Pick<Patient, "opened" | "signal">,
  { finding: mended }: Prepared,
  foretold: boolean,
): Promise<Remains> {
  const live = opened.look({ asBrowser: false });
  const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(signal));
  const { findings } = diagnosed(facts, {});
  const gate = knownValue(facts.assessment)?.now.gate;
  return {
    findings: findings
      .filter(({ severity, variant }) => (variant === "foretold" ? foretold : severity === "error"))
      .filter((finding) => !isSame(finding, mended))
      .map(findingOf),
    ...(gate === undefined ? {} : { gate }),
  };
}

/** Of the same kind and about the same page: another origin that is refused is not mended. */
function isSame(a: Finding, b: Finding): boolean {
  return a.id === b.id && a.args?.origin === b.args?.origin && a.args?.remote === b.args?.remote;
}
