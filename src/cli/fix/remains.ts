import { collect } from "../../core/collect.ts";
import type { Finding } from "../../core/finding.ts";
import type { FixFinding } from "../../report/fix.ts";
import { diagnosed } from "../case.ts";
import { collectOptions } from "../derived.ts";
import { LIVE_FACTS } from "../live-facts.ts";
import { findingOf } from "./about.ts";
import type { FixContext } from "./context.ts";
import type { Prepared } from "./prepare.ts";

/**
 * Errors that a new diagnosis finds after a fix. What was mended was proven otherwise: it is in the log until the
 * page comes again. What is only foretold is about the next browser.
 */
export async function whatRemains(
  { opened, session }: FixContext,
  { finding: mended }: Prepared,
): Promise<readonly FixFinding[]> {
  const live = opened.look({ asBrowser: false });
  const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(session.io.signal));
  const { findings } = diagnosed(facts, {});
  return findings
    .filter((finding) => finding.severity === "error" && finding.variant !== "foretold")
    .filter((finding) => !isSame(finding, mended))
    .map(findingOf);
}

/** Of the same kind and about the same page: another origin that is refused is not mended. */
function isSame(a: Finding, b: Finding): boolean {
  return a.id === b.id && a.args?.origin === b.args?.origin && a.args?.remote === b.args?.remote;
}
