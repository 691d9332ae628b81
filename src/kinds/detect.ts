import { scopeOf } from "../core/address.ts";
import { DEPLOYMENT_KINDS, type DeploymentKind } from "../core/deployment-kind.ts";
import type {
  Confidence,
  ConfigReading,
  Deployment,
  DeploymentNames,
  Evidence,
  HostSigns,
  ProbeReading,
} from "../core/facts.ts";
import type { LogDigest } from "../core/log-event.ts";
import { evidenceOf } from "../core/log-parts.ts";
import { peerNetwork } from "../core/networks.ts";
import { safeText } from "../core/text.ts";
import type { ComposeSigns } from "./docker/services.ts";
import { deploymentOf, KINDS } from "./index.ts";
import type { Kind, Sign } from "./kind.ts";
import { containedGateways, holderOf, mayBeContained, ownGateway, settles } from "./listening.ts";
import type { ListeningSigns, RunningGateway } from "./listening-signs.ts";
import { linePrefixes } from "./log-prefixes.ts";
import { hostOf } from "./url.ts";
import type { DeploymentWords } from "./words/read.ts";

export interface DetectInput {
  readonly host: HostSigns;
  readonly listeners?: ListeningSigns;
  readonly logs?: LogDigest;
  readonly probe?: ProbeReading;
  readonly config?: ConfigReading;
  /** `--deployment`: wins over every sign. */
  readonly said?: DeploymentKind;
  /** Names that `--target` or a running gateway gave; they win over guesses. */
  readonly names?: DeploymentNames;
  /** The Compose file of the working directory (`readComposeFile`). */
  readonly compose?: ComposeSigns;
  /** A Compose file that was handed in: it is of the gateway, whatever machine this is. */
  readonly pasted?: ComposeSigns;
  /** What gave the names, where that is not `--target`. */
  readonly namesFrom?: string;
  /** Names of the container or pod around us (`ownNames`). */
  readonly own?: DeploymentNames;
  /** The target was named by its address: what does not hold its port says nothing of it. */
  readonly addressed?: boolean;
  /** What the words of whoever handed it in say. */
  readonly words?: DeploymentWords;
  /** The signs are of another machine than the logs and the target (a pasted log): the host says nothing. */
  readonly elsewhere?: boolean;
}

interface Vote {
  readonly kind: DeploymentKind;
  readonly weight: number;
  readonly evidence: Evidence;
}

const CERTAIN = 10;
const LIKELY = 5;
const MAX_EVIDENCE = 12;

/** Which kind of deployment the gateway is, by signs that cost nothing, with the signs and what else would fit. */
export function detectDeployment(input: DetectInput): Deployment {
  // Who holds the port settles where the gateway is; peers in a log are only how its clients came.
  const here = holderOf(input.listeners) === "gateway";
  const fits = ({ kind }: Vote) => !here || !KINDS[kind].contained;
  const votes = [
    ...(input.elsewhere === true
      ? []
      : [...hostVotes(input.host), ...engineVotes(input), ...composeVotes(input).filter(fits)]),
    ...pastedVotes(input),
    ...listenerVotes(input),
    ...logVotes(input.logs).filter(fits),
    ...configVotes(input).filter(fits),
    ...targetVotes(input),
    ...wordVotes(input),
  ];
  const totals = new Map<DeploymentKind, number>();
  for (const { kind, weight } of votes) totals.set(kind, (totals.get(kind) ?? 0) + weight);
  const ranked = [...totals].filter(([, total]) => total > 0).sort(([, a], [, b]) => b - a);
  const kind = input.said ?? ranked[0]?.[0] ?? "local";
  const best = totals.get(kind) ?? 0;
  const strongest = Math.max(0, ...votes.filter((vote) => vote.kind === kind).map((vote) => vote.weight));
  const confidence: Confidence =
    input.said !== undefined || strongest >= CERTAIN ? "certain" : best >= LIKELY ? "likely" : "possible";

  const said: Evidence[] =
    input.said === undefined
      ? []
      : [{ fact: "deployment", source: "--deployment", quote: `said to be ${input.said}` }];
  const evidence = [
    ...said,
    ...votes
      .filter((vote) => vote.kind === kind && vote.weight > 0)
      .sort((a, b) => b.weight - a.weight)
      .map((vote) => vote.evidence),
  ].slice(0, MAX_EVIDENCE);
  return deploymentOf({
    kind,
    confidence,
    evidence,
    alternatives: ranked.filter(([other, total]) => other !== kind && total >= 2).map(([other]) => other),
    names: namesOf(kind, input),
  });
}

function namesOf(kind: DeploymentKind, input: DetectInput): DeploymentNames {
  const { elsewhere, own = {}, pasted, logs, host, names } = input;
  const compose = pasted ?? (elsewhere === true ? undefined : input.compose);
  const contained = containedGateways(input);
  const container = contained.length === 1 ? contained[0]?.container?.id : undefined;
  return {
    ...input.words?.names[kind],
    ...KINDS[kind].names({
      own: elsewhere === true ? {} : own,
      ...(container === undefined ? {} : { container }),
      ...(compose === undefined ? {} : { compose }),
      prefixes: linePrefixes(logs),
      units: host.units,
    }),
    ...names,
  };
}

/** Where somebody says that the gateway is, and shows it by what they type. */
function wordVotes({ words }: DetectInput): readonly Vote[] {
  return (words?.signs ?? []).map(({ kind, weight, source, quote }) => ({
    kind,
    weight,
    evidence: { fact: "logs", source: safeText(source, 120), quote, origin: { of: "words" } },
  }));
}

/** Asks every kind the same. */
function ask(question: (kind: Kind) => readonly (Omit<Vote, "kind"> | undefined)[]): readonly Vote[] {
  return DEPLOYMENT_KINDS.flatMap((name) =>
    question(KINDS[name]).flatMap((vote) => (vote === undefined ? [] : [{ kind: name, ...vote }])),
  );
}

function vote(
  fact: Evidence["fact"],
  weight: number | undefined,
  source: string,
  quote: string,
): Omit<Vote, "kind"> | undefined {
  return weight === undefined
    ? undefined
    : { weight, evidence: { fact, source: safeText(source, 120), quote: safeText(quote, 300) } };
}

function signed(
  fact: Evidence["fact"],
  sign: Omit<Sign, "source"> | undefined,
  source: string,
): Omit<Vote, "kind"> | undefined {
  return sign === undefined ? undefined : vote(fact, sign.weight, source, sign.quote);
}

function hostVotes(host: HostSigns): readonly Vote[] {
  return ask(({ signs }) => (signs.host?.(host) ?? []).map((sign) => signed("host", sign, sign.source)));
}

/**
 * A socket says that there is an engine, not that the gateway is in it: nothing at all where the port is settled, or
 * where a config of this machine was read.
 */
function engineVotes(input: DetectInput): readonly Vote[] {
  if (input.config !== undefined || !mayBeContained(input)) return [];
  return input.host.engines.flatMap((engine) =>
    ask(({ signs }) => [vote("host", signs.engine?.(engine), engine.path, `${engine.kind} is at hand`)]),
  );
}

function composeVotes({ compose }: Pick<DetectInput, "compose">): readonly Vote[] {
  if (compose === undefined) return [];
  const quote = `the service ${compose.service} is of OpenClaw`;
  return ask(({ signs }) => [vote("host", signs.compose?.(compose), compose.file, quote)]);
}

/** What somebody hands in is of the gateway that it is about. */
function pastedVotes({ pasted }: DetectInput): readonly Vote[] {
  return pasted === undefined
    ? []
    : composeVotes({ compose: pasted }).map((one) => ({ ...one, weight: one.weight + LIKELY }));
}

function listenerVotes(input: DetectInput): readonly Vote[] {
  const { listeners } = input;
  if (listeners === undefined) return [];
  const sockets = listeners.sockets.flatMap((socket) =>
    ask(({ signs }) => [signed("host", signs.socket?.(socket), `${socket.address}:${socket.port}`)]),
  );
  const here = ownGateway(input);
  const contained = containedGateways(input);
  const gateways = [...(here === undefined ? [] : [here]), ...firstOfEach(contained)].flatMap((gateway) => {
    const sure = settles(gateway, listeners, contained.length);
    return ask(({ signs }) => [signed("host", signs.gateway?.(gateway, sure), `process ${gateway.pid}`)]);
  });
  return [...sockets, ...gateways];
}

/** Several gateways in the same kind of place are one sign. */
function firstOfEach(gateways: readonly RunningGateway[]): readonly RunningGateway[] {
  const first = new Map<string, RunningGateway>();
  for (const gateway of gateways) {
    const kind = gateway.container?.kind ?? "";
    if (!first.has(kind)) first.set(kind, gateway);
  }
  return [...first.values()];
}

function logVotes(logs: LogDigest | undefined): readonly Vote[] {
  if (logs === undefined) return [];
  const prefixes = linePrefixes(logs);
  return [
    ...ask(({ signs }) => [signed("logs", signs.prefixes?.(prefixes), "line prefix")]),
    ...peerVotes(logs),
    ...loggedPathVotes(logs),
  ];
}

/** One vote for each network, however many refusals came from it. */
function peerVotes(logs: LogDigest): readonly Vote[] {
  const seen = new Set<string>();
  return logs.refusals.flatMap(({ latest }) => {
    const { remote, fwd } = latest;
    if (remote === undefined) return [];
    const network = peerNetwork(remote);
    const proxied = network === "loopback" && fwd !== undefined && fwd !== "n/a";
    const key = `${network}${proxied ? "+fwd" : ""}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const { source, ...line } = evidenceOf(latest);
    const quote = safeText(`remote=${remote}${fwd === undefined ? "" : ` fwd=${fwd}`}`, 300);
    const peer = { network, reach: scopeOf(remote), proxied };
    return ask(({ signs }) => {
      const weight = signs.peer?.(peer);
      return weight === undefined
        ? []
        : [{ weight, evidence: { ...line, source: safeText(source, 120), quote } }];
    });
  });
}

/** Where a client looked for openclaw.json. */
function loggedPathVotes(logs: LogDigest): readonly Vote[] {
  for (const event of logs.events) {
    if (event.type !== "client-error" || event.configPath === undefined) continue;
    const { configPath } = event;
    const source = evidenceOf(event).source;
    return ask(({ signs }) => [vote("logs", signs.configPath?.(configPath), source, configPath)]);
  }
  return [];
}

function configVotes({ config }: DetectInput): readonly Vote[] {
  if (config === undefined) return [];
  return [
    ...ask(({ signs }) => [vote("config", signs.configPath?.(config.path), "path", config.path)]),
    ...ask(({ signs }) => {
      const sign = signs.config?.(config);
      return sign === undefined ? [] : [signed("config", sign, sign.source)];
    }),
  ];
}

function targetVotes({ names = {}, namesFrom = "--target", probe }: DetectInput): readonly Vote[] {
  const host = probe === undefined ? undefined : hostOf(probe.url);
  const reach = host === undefined ? "unknown" : host === "localhost" ? "loopback" : scopeOf(host);
  return [
    ...ask(({ signs }) => {
      const name = signs.named?.(names);
      return [name === undefined ? undefined : vote("target", CERTAIN, namesFrom, name)];
    }),
    ...(host === undefined ? [] : ask(({ signs }) => [vote("probe", signs.url?.(host, reach), "url", host)])),
  ];
}
