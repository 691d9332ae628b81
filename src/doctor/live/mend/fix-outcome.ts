import type { BadInput } from "../../../core/bad-input.ts";
import type { Facts } from "../../../core/collect.ts";
import { knownValue } from "../../../core/fact.ts";
import type { Target } from "../../../core/facts.ts";
import type { Outcome } from "../../../core/transaction.ts";
import { EMPTY_FIX, type FixOutcome, type FixReport } from "../../../report/fix-report.ts";
import { shownRelease } from "../../pure/shown-release.ts";
import { VERSION } from "../../pure/version.ts";
import type { Consent } from "./asker.ts";

/** How a fix ended; or what of the wish cannot be, so that nothing was done. */
export type Ended = { readonly report: FixReport } | { readonly refused: BadInput };

export function ended(facts: Facts, outcome: FixOutcome, about: Partial<FixReport> = {}): Ended {
  return { report: reportOf(facts, outcome, about) };
}

/** The same of a transaction. */
export function endedAs(facts: Facts, outcome: Outcome, about: Partial<FixReport>): Ended {
  const how = "how" in outcome ? outcome.how : [];
  return ended(facts, outcome.outcome, { ...about, how, detail: outcome.detail });
}

export function reportOf(facts: Facts, outcome: FixOutcome, about: Partial<FixReport>): FixReport {
  const { own: _own, ...target } = knownValue(facts.target) ?? NO_TARGET;
  return {
    schemaVersion: 1,
    tool: { name: "openclaw-pairing-doctor", version: VERSION },
    outcome,
    target,
    gateway: shownRelease(facts),
    ...EMPTY_FIX,
    ...about,
  };
}

/** A no at the question says enough. */
export function whyNot(consent: Extract<Consent, { readonly given: false }>): Pick<FixReport, "detail"> {
  return consent.why === undefined ? {} : { detail: consent.why };
}

const NO_TARGET: Target = { kind: "local", name: "", exposure: "unknown" };
