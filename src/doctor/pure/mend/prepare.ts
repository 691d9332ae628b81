import { INSECURE_AUTH } from "../../../../checks/lib/remedies.ts";
import { pageScopes } from "../../../admission/page.ts";
import { type PopularAdvice, popularAdvice } from "../../../admission/popular.ts";
import { askedFrom } from "../../../admission/reported-address.ts";
import { applySteps } from "../../../admission/try-remedy.ts";
import type { Facts } from "../../../core/collect.ts";
import type { Diagnosed } from "../../../core/diagnose.ts";
import { knownValue } from "../../../core/fact.ts";
import type { PendingDevice } from "../../../core/facts.ts";
import type { Finding, Remedy, Step } from "../../../core/finding.ts";
import type { Choice, PlanOptions } from "../../../core/plan.ts";
import { fromAddress, type RequestQuestion, requestFor, requestNamed } from "../../../core/requests.ts";
import { isProgrammatic, isReading } from "../../../core/step.ts";
import { planOf } from "../plan-of.ts";
import { forwardedOf } from "../story.ts";
import { forOwnPage } from "./keep-own-page.ts";
import type { Prepared } from "./prepared.ts";

export interface PrepareOptions extends Pick<PlanOptions, "sharedHost" | "only"> {
  /** `--request`. */
  readonly request?: string;
  /** `--edit-compose`. */
  readonly editCompose?: boolean;
}

/** The first finding's remedies as the planner ranks them; `undefined` when there is nothing to mend. */
export function prepare(
  facts: Facts,
  { findings }: Pick<Diagnosed, "findings">,
  options: PrepareOptions,
): Prepared | undefined {
  const can = doerOf(facts, options);
  const finding =
    findings.find(({ severity }) => severity === "error") ??
    findings.find((one) => isMendable(one, can)) ??
    // What only awaits the next browser is mended where somebody asks for it by name.
    findings.find(({ remedies }) => remedies.some(({ id }) => id === options.only));
  if (finding === undefined) return undefined;
  const target = knownValue(facts.target);
  const exposure = target?.exposure ?? "unknown";
  const release = knownValue(facts.release)?.version;
  const planOptions: PlanOptions = {
    exposure,
    ...options,
    ...(release === undefined ? {} : { release }),
  };
  const { choices, planned, model } = planOf(finding, facts, findings, planOptions);
  const [first, ...others] = choices;
  const remedies = first?.remedies ?? [];
  const waiting = knownValue(facts.devices)?.pending ?? [];
  const { steps, rest, requests, candidates } = executable(remedies, {
    can,
    waiting,
    named: options.request,
    askedFrom:
      model === undefined
        ? fromAddress(finding.args?.remote, forwardedOf(facts, findings))
        : (address) => askedFrom(model.start, address),
    usual: pageScopes(release),
    refused: (knownValue(facts.refusals) ?? []).filter(
      ({ gate, over, from }) => gate === "pairing" && !over && from === "log",
    ),
  });
  const base = {
    finding,
    remedies,
    steps,
    rest,
    requests,
    candidates,
    alternatives: [...others, ...(planned?.refused ?? [])],
    deadEnds: planned?.deadEnds ?? [],
  };
  if (model === undefined || planned === undefined)
    return forOwnPage({ ...base, popular: [] }, facts, planOptions);
  const after = applySteps(model.start, steps);
  const advice = popularAdvice(model.start);
  return {
    ...base,
    alternatives: [...base.alternatives, ...refusedSwitch(advice, exposure)],
    popular: advice.filter(({ verdict }) => verdict !== "admits"),
    model: { ...model, after, expected: model.oracle.verdict(after) },
  };
}

/** The switch that everybody repeats, where it would let the page in and strangers with it: no check offers it there. */
function refusedSwitch(
  advice: readonly PopularAdvice[],
  exposure: PlanOptions["exposure"],
): readonly Choice[] {
  const admits = advice.some(({ id, verdict }) => id === "allow-insecure-auth" && verdict === "admits");
  if (!admits || exposure === "loopback" || exposure === "private") return [];
  return [{ remedies: [INSECURE_AUTH], whyNot: "exposed" }];
}

function isMendable({ severity, remedies }: Finding, can: Doer): boolean {
  return severity === "warning" && remedies.some(({ steps }) => steps.some(can));
}

/** Whether a step is done by the changer of this deployment by itself. */
type Doer = (step: Step) => boolean;

function doerOf({ deployment }: Facts, { editCompose = false }: PrepareOptions): Doer {
  const { workload, compose } = knownValue(deployment) ?? {};
  const means = { workload: workload !== undefined, compose: compose !== undefined, editCompose };
  return (step) => isProgrammatic(step, means);
}

interface Executable {
  readonly steps: readonly Step[];
  readonly rest: readonly Remedy[];
  readonly requests: readonly PendingDevice[];
  readonly candidates: readonly PendingDevice[];
}

interface Asked extends Omit<RequestQuestion, "requestId"> {
  readonly can: Doer;
  /** `--request`. */
  readonly named: string | undefined;
}

/** The whole remedies, from the first on, that a program can do; each approval with its exact request. */
function executable(remedies: readonly Remedy[], { can, named, ...question }: Asked): Executable {
  const steps: Step[] = [];
  const requests: PendingDevice[] = [];
  const until = (index: number, candidates: readonly PendingDevice[] = []): Executable => ({
    steps,
    rest: remedies.slice(index),
    requests,
    candidates,
  });
  for (const [index, remedy] of remedies.entries()) {
    const mine: Step[] = [];
    for (const step of remedy.steps) {
      if (step.do === "device.approve") {
        const chosen = named === undefined ? undefined : requestNamed(named, question.waiting);
        // Refused before that gate, the page has not asked yet: what waits is somebody else's.
        if (chosen === undefined && index > 0) return until(index);
        const found =
          chosen === undefined
            ? requestFor({ ...question, requestId: step.requestId })
            : ({ choice: "one", request: chosen } as const);
        if (found.choice !== "one") return until(index, found.choice === "ask" ? found.requests : []);
        requests.push(found.request);
        mine.push({ do: "device.approve", requestId: found.request.requestId });
      } else if (can(step)) {
        mine.push(step);
      } else if (!isReading(step) && !(step.do === "human" && step.accompanies === true)) {
        return until(index);
      }
    }
    if (mine.length === 0) return until(index);
    steps.push(...mine);
  }
  return until(remedies.length);
}
