import { type Parsed, parsed } from "../../core/bad-input.ts";
import type { Facts } from "../../core/collect.ts";
import type { ThirdPartyInput, ThirdPartyResult } from "../../core/third-party.ts";
import { type LocatedCheck, locateCheck } from "../../deployments/third-party/locate.ts";
import { runCheck } from "../../deployments/third-party/run.ts";
import { nodeWorld } from "../../deployments/world.ts";
import { toJsonReport } from "../../report/json.ts";
import type { Report } from "../../report/result.ts";
import { redactedFacts } from "../pure/bundle.ts";
import { withThirdParty } from "../pure/third-party.ts";

/** The checks that somebody named, each once, or what is wrong with the first that cannot be run. */
export async function namedChecks(named: readonly string[]): Promise<Parsed<readonly LocatedCheck[]>> {
  const world = nodeWorld();
  const found: LocatedCheck[] = [];
  for (const one of new Set(named)) {
    const located = await locateCheck(one, world);
    if (!located.ok) return located;
    found.push(located.value);
  }
  return parsed(found);
}

/**
 * The report with what checks of third parties say of the same facts, one after another.
 *
 * @param clean takes out the values that this run has met.
 */
export async function askThirdParties(
  checks: readonly LocatedCheck[],
  { facts, report }: { readonly facts: Facts; readonly report: Report },
  { clean, signal }: { clean(value: unknown): unknown; readonly signal: AbortSignal },
): Promise<Report> {
  if (checks.length === 0) return report;
  const input = clean({
    apiVersion: 1,
    facts: redactedFacts(facts),
    report: toJsonReport(report, "en"),
  }) as ThirdPartyInput;
  const results: ThirdPartyResult[] = [];
  for (const check of checks) results.push(await runCheck(check, input, { signal }));
  return withThirdParty(report, results);
}
