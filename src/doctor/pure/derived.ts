import { assess } from "../../admission/assess.ts";
import type { Ask, CollectOptions, Collector, Collectors, Facts } from "../../core/collect.ts";
import { type Fact, known, knownValue, type Unknown, unknown, whyUnknown } from "../../core/fact.ts";
import type { Assessment, Deployment, FactMap, Refusal } from "../../core/facts.ts";
import { mendedLast, withoutMended } from "../../core/mended-since.ts";
import { refusalsOf } from "../../core/refusals.ts";
import { quoted, say } from "../../core/saying.ts";
import { usualPeers } from "../../kinds/peers.ts";
import { describeError } from "./describe-error.ts";
import { BY_OPTION, type Provide } from "./provide.ts";

/** Facts that follow from others: the model's answer, and all refusals in the order of their mending. */
export function derivedCollectors(options: {
  readonly origin?: string;
  readonly timeoutMs: number;
  /** `BY_OPTION` when absent. */
  readonly provide?: Provide;
}): Collectors {
  const { provide = BY_OPTION } = options;
  return {
    assessment: collector(options.timeoutMs, (ask) => assessmentFact(ask, options.origin)),
    refusals: collector(options.timeoutMs, (ask) => refusalsFact(ask, provide)),
  };
}

/** The platform's timers for the engine. */
export function collectOptions(signal: AbortSignal): CollectOptions {
  return {
    signal,
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    describeError,
  };
}

export function collector<K extends keyof FactMap>(
  timeoutMs: number,
  collect: (ask: Ask, signal: AbortSignal) => Promise<Fact<FactMap[K]>>,
): Collector<K> {
  return { timeoutMs, collect };
}

async function assessmentFact(ask: Ask, origin: string | undefined): Promise<Fact<Assessment>> {
  const [release, target, config, deployment, logs, probe] = await Promise.all([
    ask("release"),
    ask("target"),
    ask("config"),
    ask("deployment"),
    ask("logs"),
    ask("probe"),
  ]);
  return assessmentOf({ release, target, config, deployment, logs, probe }, origin);
}

/** The model's answer from collected facts. Pure, so that it can be asked again for another release. */
export function assessmentOf(
  facts: Pick<Facts, "release" | "target" | "config" | "deployment" | "logs" | "probe">,
  origin: string | undefined,
): Fact<Assessment> {
  const { release, target, config, deployment, logs, probe } = facts;
  if (!release.known) {
    return unknown("absent", say("needs-release"), "--release X");
  }
  if (!target.known) return unknown("absent", whyUnknown(target));
  const reading = knownValue(config);
  const sources = {
    release: release.value,
    target: target.value,
    ...given("config", reading?.effective),
    ...given("deployment", knownValue(deployment)),
    ...given("peers", usualPeers(knownValue(deployment), target.value)),
    ...given("logs", logs.known ? mendedLast(logs.value, reading) : undefined),
    ...given("probe", knownValue(probe)),
    ...given("origin", origin),
  };
  return known(assess(sources), `admission model of ${release.value.version}`);
}

async function refusalsFact(ask: Ask, provide: Provide): Promise<Fact<readonly Refusal[]>> {
  const [assessment, logs, probe, config, devices, target, deployment] = await Promise.all([
    ask("assessment"),
    ask("logs"),
    ask("probe"),
    ask("config"),
    ask("devices"),
    ask("target"),
    ask("deployment"),
  ]);
  const refusals = refusalsOfFacts({ assessment, logs, probe, target, deployment }, provide);
  if (!refusals.known) return refusals;
  const since = { ...given("config", knownValue(config)), ...given("devices", knownValue(devices)) };
  return { ...refusals, value: withoutMended(refusals.value, since) };
}

/**
 * Known as soon as one source could tell of a refusal or of none: a probe, or a log with anything about
 * connections in it. The model alone knows no gateway: what it would do with defaults proves nobody's health.
 */
export function refusalsOfFacts(
  {
    assessment,
    logs,
    probe,
    target,
    deployment,
  }: Pick<Facts, "assessment" | "logs" | "probe" | "target" | "deployment">,
  provide: Provide = BY_OPTION,
): Fact<readonly Refusal[]> {
  const refusals = refusalsOf({
    offline: knownValue(target)?.kind === "offline" && !probe.known && isGuess(knownValue(deployment)),
    ...given("assessment", knownValue(assessment)),
    ...given("logs", knownValue(logs)),
    ...given("probe", knownValue(probe)),
  });
  const seen = refusals.some(({ from }) => from !== "model");
  if (seen) return known(refusals, "log and probe");
  const digest = knownValue(logs);
  // A client that only left by itself tells nothing of the gateway.
  const met = digest?.refusals.some(({ gate }) => gate !== "left");
  const told = digest !== undefined && ((digest.counts.connected ?? 0) > 0 || met === true);
  if (told) return known(refusals, "log");
  if (probe.known) {
    // A log that is there and could not be read may tell of somebody who was refused.
    if (!logs.known && isUnread(logs) && refusals.length === 0)
      return unknown(logs.reason, whyUnknown(logs), logs.provide);
    // Nobody was refused before our eyes; whether a new browser will be is the model's to say.
    if (!assessment.known) return assessment;
    const { undecided, undecidedSay } = assessment.value;
    if (refusals.length > 0 || undecided === undefined) return known(refusals, "probe and model");
    return unknown("absent", undecidedSay ?? quoted(undecided), provide.either);
  }
  if (digest !== undefined) {
    return unknown("absent", say("log-without-connection"), provide.log);
  }
  return unknown("absent", say("nothing-to-look-at"), provide.log);
}

/** Nothing but somebody's words shows it, or nothing at all. */
function isGuess(deployment: Deployment | undefined): boolean {
  return deployment?.evidence.every(({ origin }) => origin?.of === "words") ?? true;
}

/** It is there, or may be, and nobody has looked at it: no permission, or no answer. */
export function isUnread({ reason }: Unknown): boolean {
  return reason === "denied" || reason === "timeout" || reason === "failed";
}

/** A field for a spread, or nothing while its value is not known. */
export function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
