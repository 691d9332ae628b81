import { isLoopbackHost } from "../../core/address.ts";
import type { Facts } from "../../core/collect.ts";
import type { AdmissionInput } from "../../core/connection.ts";
import type { Diagnosed } from "../../core/diagnose.ts";
import { knownValue } from "../../core/fact.ts";
import type { Finding, Remedy } from "../../core/finding.ts";
import { type Choice, type Oracle, type Plan, type PlanOptions, plan } from "../../core/plan.ts";
import { isSiteProxy } from "../../core/proxies.ts";
import { isReading } from "../../core/step.ts";
import { effectOf } from "../../report/effect.ts";
import { oracleOf } from "./oracle.ts";
import { isStoppedBefore, modelOfStory } from "./story.ts";

/** The refused connection, and what may be asked about it. */
export interface PlanModel {
  readonly start: AdmissionInput;
  readonly oracle: Oracle<AdmissionInput>;
}

/** What mends a finding, best first: the one answer of a diagnosis and of a fix. */
export interface PlanOf {
  /** Empty when nothing is known that helps. */
  readonly choices: readonly Choice[];
  /** The model's own plan, where it was asked. */
  readonly planned?: Plan;
  readonly model?: PlanModel;
}

export function planOf(
  finding: Finding,
  facts: Facts,
  findings: readonly Finding[],
  options: PlanOptions,
): PlanOf {
  const model = modelOf(facts, findings);
  const single = singles(finding, options);
  if (model === undefined) return { choices: single };
  if (finding.remedies.every(({ after }) => after === undefined)) return { choices: single, model };
  const planned = plan(model.start, model.oracle, {
    ...options,
    isStopped: isStoppedBefore(facts, findings),
    ways: safeWays(facts, model),
  });
  const { choices } = planned;
  if (choices.some(({ remedies }) => !remedies.some(weakens))) return { choices, planned, model };
  // What a person can do comes before a gateway that is weakened, and before nothing at all.
  const advice = single.filter(({ remedies }) => remedies.every(isAdvice));
  const others = choices.map(
    ({ remedies }): Choice => (advice.length === 0 ? { remedies } : { remedies, whyNot: "weakens-security" }),
  );
  return { choices: [...advice, ...others], planned, model };
}

/**
 * Where strangers reach a page that is open without encryption, another way to it comes first: one that its host has
 * already, with HTTPS; a tunnel, which is there at once, where it has none.
 */
function safeWays({ target, deployment }: Facts, { start }: PlanModel): readonly string[] {
  const page = start.connection.headers.origin ?? `http://${start.connection.headers.host ?? ""}`;
  const url = URL.canParse(page) ? new URL(page) : undefined;
  if (knownValue(target)?.exposure !== "public" || url?.protocol !== "http:" || isLoopbackHost(url.hostname))
    return [];
  const { front } = knownValue(deployment) ?? {};
  return [
    ...(front?.tailnet === undefined ? [] : ["tailscale-serve"]),
    ...(front?.programs.some(({ proxy }) => isSiteProxy(proxy)) === true ? ["https-proxy"] : []),
    "ssh-tunnel",
  ];
}

/**
 * The same diagnosis with the remedies of its first error in the order of the plan, so that what a report puts first
 * is what `fix` does.
 */
export function withPlanFirst(diagnosed: Diagnosed, facts: Facts): Diagnosed {
  const [first, ...others] = diagnosed.findings;
  if (first?.severity !== "error") return diagnosed;
  const target = knownValue(facts.target);
  const release = knownValue(facts.release)?.version;
  const { choices, planned, model } = planOf(first, facts, diagnosed.findings, {
    exposure: target?.exposure ?? "unknown",
    sharedHost: true,
    ...(release === undefined ? {} : { release }),
  });
  const ranked = [...choices, ...(planned?.refused ?? [])].map(({ remedies }) => remedies);
  const [leading] = ranked[0] ?? [];
  if (leading === undefined) return diagnosed;
  const isOwn = first.remedies.some(({ id }) => id === leading.id);
  const remedies = isOwn ? first.remedies : [judged(leading, model), ...first.remedies];
  const turn = ({ id }: Remedy) => {
    const begun = ranked.findIndex(([one]) => one?.id === id);
    return begun < 0 ? ranked.length : begun;
  };
  const sorted = remedies.toSorted((a, b) => turn(a) - turn(b));
  return { ...diagnosed, findings: [{ ...first, remedies: sorted }, ...others] };
}

/** A remedy of a later gate, with where it leads from here. */
function judged(remedy: Remedy, model: PlanOf["model"]): Remedy {
  const verdict = model?.oracle.verdict(model.oracle.after(model.start, remedy));
  if (verdict === undefined) return remedy;
  if (verdict.outcome === "admitted") return { ...remedy, after: "admitted" };
  const { gate: refusedAt, reason } = verdict;
  return { ...remedy, after: reason === undefined ? { refusedAt } : { refusedAt, reason } };
}

/** The refused connection as the model takes it, and what is asked about it; `undefined` while it is not known. */
export function modelOf(facts: Facts, findings: readonly Finding[]): PlanModel | undefined {
  const assessment = modelOfStory(facts, findings);
  const config = knownValue(facts.config);
  const release = knownValue(facts.release);
  const target = knownValue(facts.target);
  if (assessment?.now.outcome !== "refused" || config === undefined || release === undefined)
    return undefined;
  if (target === undefined) return undefined;
  const start = { release: release.version, config: config.effective, connection: assessment.connection };
  const errors = findings.filter(({ severity }) => severity === "error");
  // Where nobody was refused: what awaits the next browser at this gate.
  const about = errors.length > 0 ? errors : findings.filter(({ gate }) => gate === assessment.now.gate);
  const first = about.flatMap(({ remedies }) => remedies);
  const base = { target, deployment: facts.deployment, devices: facts.devices };
  return { start, oracle: oracleOf(start, base, distinct(first)) };
}

function distinct(remedies: readonly Remedy[]): readonly Remedy[] {
  return [...new Map([...remedies].reverse().map((remedy) => [remedy.id, remedy])).values()].reverse();
}

/** For a finding of which the model has nothing to say: each of its remedies that helps, as the check orders them. */
function singles(
  { remedies, severity, gate }: Finding,
  { exposure, sharedHost, only }: PlanOptions,
): readonly Choice[] {
  const exposed = sharedHost || (exposure !== "loopback" && exposure !== "private");
  return remedies
    .filter(({ id }) => only === undefined || id === only)
    .filter((remedy) => !weakens(remedy) || !exposed)
    .filter((remedy) => severity !== "error" || effectOf(remedy, gate) !== "refused")
    .map((remedy, index) =>
      index === 0 ? { remedies: [remedy] } : { remedies: [remedy], whyNot: "recommended-otherwise" },
    );
}

function weakens({ risk }: Remedy): boolean {
  return risk === "weakens-security";
}

/** Only a person does it, and the model has no say. */
function isAdvice({ after, steps }: Remedy): boolean {
  return after === undefined && steps.some(({ do: what }) => what === "human") && steps.every(isPersons);
}

function isPersons(step: Remedy["steps"][number]): boolean {
  return step.do === "human" || step.do === "device.approve" || isReading(step);
}
