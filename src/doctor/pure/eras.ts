import { type Era, erasBetween } from "../../admission/eras.ts";
import { signsBetween } from "../../admission/signs.ts";
import type { Facts } from "../../core/collect.ts";
import type { Diagnosed } from "../../core/diagnose.ts";
import { known, knownValue } from "../../core/fact.ts";
import type { Assessment, Release } from "../../core/facts.ts";
import type { Finding } from "../../core/finding.ts";
import type { EraAnswer, FindRelease, PrintSteps } from "../../report/result.ts";
import { printed } from "../../report/result.ts";
import { assessmentOf, refusalsOfFacts } from "./derived.ts";

export interface ErasOfCase {
  readonly eras: readonly EraAnswer[];
  readonly findRelease: FindRelease;
}

/** The releases that it can be, where the release itself is not known; either end may be open. */
export interface ReleaseRange {
  readonly from?: string;
  readonly to?: string;
  /** `Release.from`: what shows it. */
  readonly shownBy: string;
}

/** What narrows a release that nobody named: the wire, else the shape of the log's lines and what the page says in them. */
export function rangeOf(facts: Pick<Facts, "release" | "logs">): ReleaseRange | undefined {
  const release = knownValue(facts.release);
  if (release?.range !== undefined) {
    return { from: release.range[0], to: release.range[1], shownBy: release.from };
  }
  if (release !== undefined) return undefined;
  const { from, to } = knownValue(facts.logs)?.era ?? {};
  return {
    shownBy: "log-shape",
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/**
 * The judgement once more for each era that the release can be of, neighbours with the same answer together.
 * `undefined` while the release is known or every release gives the same answer. Touches nothing: the pipeline
 * behind the collected facts is pure, and there are about thirty eras.
 */
export function erasOf(
  facts: Facts,
  judge: (facts: Facts) => Pick<Diagnosed, "findings">,
  origin: string | undefined,
  print: PrintSteps,
): ErasOfCase | undefined {
  const range = rangeOf(facts);
  if (range === undefined) return undefined;
  const answers: EraAnswer[] = [];
  let last: string | undefined;
  for (const era of erasBetween(range.from, range.to)) {
    const answer = answerFor(era, withRelease(facts, era.to, origin), judge);
    const same = JSON.stringify({ ...answer, from: "", to: "" });
    const before = answers.at(-1);
    if (before !== undefined && same === last) answers[answers.length - 1] = { ...before, to: era.to };
    else answers.push(answer);
    last = same;
  }
  if (answers.length < 2 || answers.every(({ finding }) => finding === null)) return undefined;
  const gate = knownValue(facts.refusals)?.find(({ over }) => !over)?.gate;
  return {
    eras: answers,
    findRelease: {
      actions: printed([{ do: "version.show" }], print),
      signs: signsBetween(answers, gate).map(({ gate: _gate, ...sign }) => sign),
    },
  };
}

/**
 * The same facts as they would be with this release. What the model foretells of the usual way of a deployment is
 * left out beside a refusal that somebody met.
 */
export function withRelease(facts: Facts, version: string, origin: string | undefined): Facts {
  const release: Release = { version, confidence: "likely", from: "era" };
  const supposed = { ...facts, release: known(release, "era") };
  const assessed = { ...supposed, assessment: assessmentOf(supposed, origin) };
  const refusals = refusalsOfFacts(assessed);
  const met = refusals.known ? refusals.value.filter(({ from }) => from !== "model") : [];
  const guessed = outcomeOf(knownValue(assessed.assessment)) === undefined;
  return {
    ...assessed,
    refusals: refusals.known && guessed && met.length > 0 ? known(met, refusals.source) : refusals,
  };
}

function answerFor(
  { from, to }: Era,
  facts: Facts,
  judge: (facts: Facts) => Pick<Diagnosed, "findings">,
): EraAnswer {
  const { findings } = judge(facts);
  const first = findings.find(({ severity }) => severity !== "info");
  const also = findings
    .filter((one) => one !== first && one.severity === first?.severity)
    .map(({ id }) => id);
  const outcome = outcomeOf(knownValue(facts.assessment));
  return {
    from,
    to,
    finding: first?.id ?? null,
    ...(first === undefined ? {} : { severity: first.severity, confidence: first.confidence }),
    ...(also.length === 0 ? {} : { also }),
    ...(first?.gate === undefined ? {} : { gate: first.gate }),
    ...(outcome === undefined ? {} : { outcome }),
    remedies: first === undefined ? [] : remediesOf(first),
  };
}

/** Of a way that the evidence shows; what the model says of the usual way of a deployment tells nothing here. */
function outcomeOf(assessment: Assessment | undefined): EraAnswer["outcome"] {
  if (assessment === undefined || assessment.basis.some(({ fact }) => fact === "deployment"))
    return undefined;
  return assessment.now.outcome;
}

function remediesOf({ remedies }: Finding): EraAnswer["remedies"] {
  return remedies.map(({ steps: _steps, ...rest }) => rest);
}
