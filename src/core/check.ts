import type { Gate } from "./connection.ts";
import type { Fact, Known } from "./fact.ts";
import type { FactMap, FactName } from "./facts.ts";
import type { Occurrence, Severity } from "./finding.ts";
import type { Saying } from "./saying.ts";

/** `needs` are known when `diagnose` runs; `wants` may be unknown. */
export type CheckFacts<N extends FactName, W extends FactName> = {
  readonly [K in N]: FactMap[K];
} & {
  readonly wanted: { readonly [K in W]: Fact<FactMap[K]> };
  readonly sources: { readonly [K in N]: Known<FactMap[K]>["source"] };
};

/** `[]`: healthy. */
export type Diagnosis = readonly Occurrence[] | NotApplicable | Undetermined;

export interface NotApplicable {
  readonly verdict: "not-applicable";
  readonly why: string;
}

export interface Undetermined {
  readonly verdict: "undetermined";
  readonly why: string;
  /** The option or command that provides what is missing. */
  readonly provide?: string;
  readonly say?: Saying;
  /** The fact of which it is the lack, where the check looked at others first. */
  readonly lacks?: FactName;
}

export function notApplicable(why: string): NotApplicable {
  return { verdict: "not-applicable", why };
}

/** `why` in English; `say` is the same for the other languages. */
export function undetermined(why: string, provide?: string, say?: Saying): Undetermined {
  return {
    verdict: "undetermined",
    why,
    ...(provide === undefined ? {} : { provide }),
    ...(say === undefined ? {} : { say }),
  };
}

export interface CheckDefinition<N extends FactName, W extends FactName> {
  /** Cause id of the taxonomy; the file's name; never reused. */
  readonly id: string;
  /** `OPD` and three digits, for people to quote; never reused. */
  readonly code: string;
  /** The healthy sentence, English; translations are in the messages. */
  readonly title: string;
  readonly severity: Severity;
  /** The gate that a remedy of it has to get past: refused there is no help, refused behind it a step ahead. */
  readonly gate?: Gate;
  readonly needs: readonly N[];
  readonly wants?: readonly W[];
  /** Ids of checks whose finding explains this one away. */
  readonly causedBy?: readonly string[];
  diagnose(facts: CheckFacts<N, W>): Diagnosis;
}

/** The check that a person means by its id or its code, in whatever case. */
export function findCheck<C extends Pick<Check, "id" | "code">>(
  asked: string,
  checks: readonly C[],
): C | undefined {
  const name = asked.trim().toLowerCase();
  return checks.find(({ id, code }) => id === name || code.toLowerCase() === name);
}

/** A check as the engine runs it, its fact types forgotten. */
export interface Check {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly severity: Severity;
  readonly gate?: Gate;
  readonly needs: readonly FactName[];
  readonly wants: readonly FactName[];
  readonly causedBy: readonly string[];
  diagnose(facts: CheckFacts<FactName, FactName>): Diagnosis;
}

export function defineCheck<N extends FactName, W extends FactName = never>(
  definition: CheckDefinition<N, W>,
): Check {
  const { id, code, title, severity, gate, needs, wants = [], causedBy = [] } = definition;
  return {
    id,
    code,
    title,
    severity,
    ...(gate === undefined ? {} : { gate }),
    needs,
    wants,
    causedBy,
    // The engine hands in exactly the facts that `needs` and `wants` name, so the wider type is safe here.
    diagnose: (facts) => definition.diagnose(facts as unknown as CheckFacts<N, W>),
  };
}
