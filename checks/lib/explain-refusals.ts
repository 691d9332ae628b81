import type { CheckFacts, Diagnosis } from "../../src/core/check.ts";
import { DEFAULT_PORT } from "../../src/core/default-port.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Confidence, Evidence, Refusal } from "../../src/core/facts.ts";
import type { Occurrence, Remedy, TellApart } from "../../src/core/finding.ts";
import { asOrigin } from "../../src/core/origin.ts";
import { compareReleases } from "../../src/core/release.ts";
import { type MessageArgs, ownWords, type Saying, say } from "../../src/core/saying.ts";
import { isForNextBrowser } from "./somebody-came.ts";
import { neighbourAt, workloadOf } from "./workload.ts";

/** What every check of a refusal reads: the refusals, and what helps to name the mend. */
export const WANTED = ["release", "deployment", "target", "config", "devices", "assessment"] as const;
export type GateFacts = CheckFacts<"refusals", (typeof WANTED)[number]>;

export interface GateCase {
  /** Refusals that this check explains. */
  readonly explains: (refusal: Refusal) => boolean;
  readonly args?: (refusal: Refusal) => MessageArgs;
  /** `args.detail`, where the words are the tool's own. */
  readonly detail?: (refusal: Refusal) => Saying | undefined;
  readonly remedies: (refusal: Refusal) => readonly Remedy[];
  readonly variant?: (refusal: Refusal) => string | undefined;
  /** Where it is another than what follows from how the refusal is known. */
  readonly confidence?: (refusal: Refusal) => Confidence | undefined;
  /** Other causes that this refusal fits as well; with one of them nothing is certain. */
  readonly tellApart?: (refusal: Refusal) => readonly TellApart[];
  /** Evidence beside the refusals' own, shown first. */
  readonly evidence?: readonly Evidence[];
}

/**
 * One occurrence for all refusals that the check explains: what is current counts; only when nothing is
 * current, what is over is told, as information.
 */
export function explainRefusals(facts: GateFacts, gateCase: GateCase): Diagnosis {
  const mine = facts.refusals.filter((refusal) => gateCase.explains(refusal));
  const first = mine.find((refusal) => !refusal.over) ?? mine[0];
  if (!first) return [];
  const same = mine.filter((refusal) => refusal.over === first.over);
  const variant = first.over
    ? "over"
    : (gateCase.variant?.(first) ?? (first.from === "model" ? "foretold" : undefined));
  const tellApart = first.over ? [] : (gateCase.tellApart?.(first) ?? []);
  const confidence = gateCase.confidence?.(first) ?? confidenceOf(first, facts);
  const detail = gateCase.detail?.(first);
  const occurrence: Occurrence = {
    confidence: tellApart.length > 0 && confidence === "certain" ? "likely" : confidence,
    evidence: distinct([
      ...(gateCase.evidence ?? []),
      ...evidenceOf(same).slice(0, 4),
      ...senders(same, facts),
    ]).slice(0, 5),
    args: { ...clientArg(first), ...gateCase.args?.(first) },
    ...(detail === undefined ? {} : { detail }),
    rank: facts.refusals.indexOf(first),
    count: same.reduce((sum, refusal) => sum + refusal.count, 0),
    ...(first.over || isForNextBrowser(first, facts.refusals, facts.wanted.devices)
      ? { severity: "info" as const }
      : {}),
    ...(variant === undefined ? {} : { variant }),
    remedies: first.over ? [] : gateCase.remedies(first),
    ...(tellApart.length === 0 ? {} : { tellApart }),
  };
  return [occurrence];
}

/** What was seen is certain; what the model foretells is as sure as the connection that it was asked about. */
function confidenceOf(refusal: Refusal, facts: GateFacts): Confidence {
  const { from, gate, reason } = refusal;
  const unnamed = gate === "pairing" && (reason === undefined || reason === "pairing-required");
  if (from !== "model") return unnamed ? "likely" : "certain";
  return knownValue(facts.wanted.assessment)?.confidence ?? "possible";
}

function evidenceOf(refusals: readonly Refusal[]): Evidence[] {
  return refusals.flatMap((refusal) => refusal.evidence);
}

/** Peers that are containers next door, by their names. */
function senders(refusals: readonly Refusal[], { wanted }: GateFacts): Evidence[] {
  const workload = workloadOf(wanted.deployment);
  const remotes = [...new Set(refusals.flatMap(({ connection }) => connection.remoteAddress ?? []))];
  return remotes.flatMap((remote) => {
    const name = neighbourAt(workload, remote);
    return workload === undefined || name === undefined
      ? []
      : [
          {
            fact: "deployment" as const,
            source: workload.shownBy.neighbours,
            ...ownWords(say("is-container", { remote, name })),
          },
        ];
  });
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  const bySource = new Map(evidence.map((one) => [`${one.fact} ${one.source} ${one.quote}`, one]));
  return [...bySource.values()];
}

/** A browser is what the texts speak of; another client is named. */
function clientArg(refusal: Refusal): MessageArgs {
  const { client, connection } = refusal;
  if (client === "cli") return { client: "openclaw CLI" };
  const id = connection.client?.id;
  if (client === "control-ui" || client === "unknown") return {};
  if (id !== undefined) return { client: id };
  if (client === "node") return { client: "node host" };
  // The first word of `OpenClawAndroid/2.4.8 (Android 16; SDK 36)`.
  const program =
    client === "app" ? /^[\w./-]{3,40}/.exec(connection.headers?.["user-agent"] ?? "")?.[0] : undefined;
  return program === undefined ? {} : { client: program };
}

/** The origin that was refused; else the one that the user or the log named, never the usual one of a deployment. */
export function originOf(refusal: Refusal, facts: GateFacts): string | undefined {
  const seen = refusal.connection.headers?.origin;
  if (seen !== undefined || refusal.client === "cli") return asOrigin(seen);
  const assessment = knownValue(facts.wanted.assessment);
  const supposed = assessment?.basis.some(({ fact }) => fact === "deployment") ?? true;
  return supposed ? undefined : asOrigin(assessment?.connection.headers.origin);
}

export function remoteOf(refusal: Refusal, facts: GateFacts): string | undefined {
  const assessed = knownValue(facts.wanted.assessment)?.connection.remoteAddress;
  return refusal.connection.remoteAddress ?? (refusal.from === "probe" ? assessed : undefined);
}

export function releaseOf(facts: GateFacts): string | undefined {
  return knownValue(facts.wanted.release)?.version;
}

export function isDeviceTokenRefusal({ gate, reason }: Refusal): boolean {
  return gate === "shared-auth" && reason === "device_token_mismatch";
}

/** Up to 2026.2.21 `device token mismatch` is said of a wrong shared token, too; an unknown release may be one of those. */
export function saysSharedTokenToo(facts: GateFacts): boolean {
  const known = knownValue(facts.wanted.release);
  const release = known?.range?.[0] ?? known?.version;
  return release === undefined || compareReleases(release, "2026.2.22") < 0;
}

/** The port that the page and the tunnel use. */
export function portOf(facts: GateFacts): number {
  const configured = knownValue(facts.wanted.config)?.effective.gateway?.port;
  const url = knownValue(facts.wanted.target)?.url;
  const named = url === undefined ? undefined : portOfUrl(url);
  return configured ?? named ?? seenPort(facts) ?? pagePort(facts) ?? DEFAULT_PORT;
}

/** The port of the page that somebody named, where nothing stands between it and the gateway's host. */
function pagePort({ wanted }: GateFacts): number | undefined {
  if (knownValue(wanted.deployment)?.traits.clustered === true) return undefined;
  const assessment = knownValue(wanted.assessment);
  const supposed = assessment?.basis.some(({ fact }) => fact === "deployment") ?? true;
  const origin = supposed ? undefined : asOrigin(assessment?.connection.headers.origin);
  const port = /^http:\/\/[^/]+:(\d{2,5})$/.exec(origin ?? "")?.[1];
  return port === undefined ? undefined : Number(port);
}

/** The port of a loopback address that somebody dialled; behind a proxy or a published port it may be another's. */
function seenPort({ refusals, wanted }: GateFacts): number | undefined {
  if (knownValue(wanted.deployment)?.traits.contained === true) return undefined;
  return refusals
    .filter(({ over, connection }) => !over && connection.headers?.["x-forwarded-for"] === undefined)
    .map(
      ({ connection }) =>
        /^(?:127\.0\.0\.1|localhost|\[::1\]):(\d{2,5})$/.exec(connection.headers?.host ?? "")?.[1],
    )
    .flatMap((port) => (port === undefined ? [] : [Number(port)]))[0];
}

/** The port that the gateway in a container listens on there, whatever it is published as. */
export function insidePort({ wanted }: Pick<GateFacts, "wanted">): number {
  return knownValue(wanted.config)?.effective.gateway?.port ?? DEFAULT_PORT;
}

/** The port at which the host of the gateway has it: as published, where it is in a container. */
export function hostPort(facts: GateFacts): number {
  const workload = knownValue(facts.wanted.deployment)?.workload;
  const inside = insidePort(facts);
  return workload?.ports.find(({ to }) => to === inside)?.port ?? portOf(facts);
}

function portOfUrl(url: string): number | undefined {
  const digits = /:(\d{1,5})(?:[/?#]|$)/.exec(url.replace(/^wss?:\/\//, ""))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Drops the keys whose value is undefined, for message arguments. */
export function args(values: Readonly<Record<string, string | number | boolean | undefined>>): MessageArgs {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as MessageArgs;
}
