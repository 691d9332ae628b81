import { scopeOf } from "../core/address.ts";
import type {
  Confidence,
  ConfigReading,
  Deployment,
  DeploymentKind,
  DeploymentNames,
  Evidence,
  FactName,
  HostSigns,
  ProbeReading,
} from "../core/facts.ts";
import type { LogDigest } from "../core/log-event.ts";
import { peerNetwork } from "../core/networks.ts";
import { safeText } from "../core/text.ts";
import type { Listeners } from "../deployments/listeners.ts";
import type { GatewayProcess } from "../deployments/processes.ts";
import type { ComposeSigns } from "./docker/services.ts";
import { namesFromLogs, namesFromUnits } from "./names.ts";

export interface DetectInput {
  readonly host: HostSigns;
  readonly listeners?: Listeners;
  readonly logs?: LogDigest;
  readonly probe?: ProbeReading;
  readonly config?: ConfigReading;
  /** `--deployment`: wins over every sign. */
  readonly said?: DeploymentKind;
  /** Names that `--target` or a running gateway gave; they win over guesses. */
  readonly names?: DeploymentNames;
  /** The Compose file of the working directory (`readComposeFile`). */
  readonly compose?: ComposeSigns;
  /** Names of the container or pod around us (`ownNames`). */
  readonly own?: DeploymentNames;
  /** The target was named by its address: what does not hold its port says nothing of it. */
  readonly addressed?: boolean;
  /** The signs are of another machine than the logs and the target (a pasted log): the host says nothing. */
  readonly elsewhere?: boolean;
}

/** How much a sign counts: 10 settles it, 6 makes it likely, less is a hint. */
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
  const here = heldBy(input.listeners) === "gateway";
  const fits = ({ kind }: Vote) => !here || (kind !== "docker" && kind !== "kubernetes");
  const votes = [
    ...(input.elsewhere === true
      ? []
      : [...hostVotes(input.host), ...engineVotes(input), ...composeVotes(input.compose).filter(fits)]),
    ...listenerVotes(input),
    ...logVotes(input.logs).filter(fits),
    ...configVotes(input.config).filter(fits),
    ...targetVotes(input),
  ];
  const totals = new Map<DeploymentKind, number>();
  for (const { kind, weight } of votes) totals.set(kind, Math.max(totals.get(kind) ?? 0, 0) + weight);
  const ranked = [...totals].sort(([, a], [, b]) => b - a);
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
      .filter((vote) => vote.kind === kind)
      .sort((a, b) => b.weight - a.weight)
      .map((vote) => vote.evidence),
  ].slice(0, MAX_EVIDENCE);
  return {
    kind,
    confidence,
    evidence,
    alternatives: ranked.filter(([other, total]) => other !== kind && total >= 2).map(([other]) => other),
    names: namesOf(kind, input),
  };
}

function namesOf(kind: DeploymentKind, input: DetectInput): DeploymentNames {
  const contained = containedGateways(input);
  const container = contained.length === 1 ? contained[0]?.container?.id : undefined;
  const fromLogs = namesFromLogs(input.logs, kind);
  const inContainer =
    kind === "docker" || (kind === "vps" && (container !== undefined || fromLogs.composeService));
  return {
    ...(input.elsewhere !== true && (kind === "docker" || kind === "kubernetes") ? input.own : {}),
    ...(inContainer && container !== undefined && fromLogs.composeService === undefined ? { container } : {}),
    ...(kind === "local" || kind === "vps" ? namesFromUnits(input.host.units) : {}),
    ...(kind === "docker" && input.elsewhere !== true ? namesFromCompose(input.compose) : {}),
    ...fromLogs,
    ...input.names,
  };
}

function namesFromCompose(compose: ComposeSigns | undefined): DeploymentNames {
  if (compose === undefined) return {};
  const { service, cliService, container } = compose;
  return {
    composeService: service,
    ...(cliService === undefined ? {} : { composeCliService: cliService }),
    ...(container === undefined ? {} : { container }),
  };
}

function vote(kind: DeploymentKind, weight: number, fact: FactName, source: string, quote: string): Vote {
  return { kind, weight, evidence: { fact, source: safeText(source, 120), quote: safeText(quote, 300) } };
}

function hostVotes(host: HostSigns): Vote[] {
  const votes: Vote[] = [];
  // A container with the doctor alone and the machine's network says nothing of the gateway.
  const alone = host.openclaw === false && host.hostNetwork === true;
  if (host.container === "docker" || host.container === "podman")
    votes.push(
      vote(
        "docker",
        alone ? 0.5 : 8,
        "host",
        "cgroup and mounts",
        `this runs inside a ${host.container} container`,
      ),
    );
  if (host.container === "kubernetes")
    votes.push(vote("kubernetes", 8, "host", "cgroup and mounts", "this runs inside a pod"));
  const inContainer = host.container !== "none";
  if (host.units.length > 0 && !inContainer)
    votes.push(vote("local", 4, "host", "service files", host.units[0]?.split("/").at(-1) ?? ""));
  const open = host.addresses.find(({ scope }) => scope === "public");
  if (open !== undefined && !inContainer)
    votes.push(vote("vps", 3, "host", `interface ${open.name}`, `public address ${open.address}`));
  if (host.sshSession && !inContainer)
    votes.push(vote("vps", 3, "host", "SSH_CONNECTION", "this is an SSH session"));
  return votes;
}

/**
 * A socket says that there is an engine, not that the gateway is in it: nothing at all where the port is settled, or
 * where a config of this machine was read.
 */
function engineVotes(input: DetectInput): Vote[] {
  if (input.config !== undefined || !mayBeContained(input)) return [];
  return input.host.engines.map(({ kind, path }) =>
    vote(kind === "kubernetes" ? "kubernetes" : "docker", 0.5, "host", path, `${kind} is at hand`),
  );
}

function composeVotes(compose: ComposeSigns | undefined): Vote[] {
  if (compose === undefined) return [];
  return [vote("docker", 4, "host", compose.file, `the service ${compose.service} is of OpenClaw`)];
}

/** Programs of engines that hold a published port. */
const ENGINE_PROGRAM = /^(?:rootlessport|conmon|rootlesskit|com\.docker\.backend|vpnkit-bridge)$/;

function listenerVotes(input: DetectInput): Vote[] {
  const { listeners } = input;
  const votes: Vote[] = [];
  if (listeners === undefined) return votes;
  for (const { owner, address, port, published, program } of listeners.sockets) {
    const source = `${address}:${port}`;
    if (owner === "docker-proxy") {
      const target =
        published === undefined ? "" : ` to ${published.containerAddress}:${published.containerPort}`;
      votes.push(vote("docker", CERTAIN, "host", source, `docker-proxy publishes it${target}`));
    } else if (owner === "ssh") votes.push(vote("vps", 6, "host", source, "an SSH tunnel listens there"));
    else if (owner === "kubectl")
      votes.push(vote("kubernetes", 8, "host", source, "kubectl port-forward listens there"));
    else if (owner === "other" && ENGINE_PROGRAM.test(program ?? ""))
      votes.push(vote("docker", 8, "host", source, `${program ?? ""} listens there`));
  }
  const here = ownGateway(input);
  if (here !== undefined) votes.push(vote("local", 6, "host", `process ${here.pid}`, "a gateway runs here"));
  // Several gateways in the same kind of place are one sign.
  const contained = containedGateways(input);
  const seen = new Set<string>();
  for (const { pid, container } of contained) {
    if (container === undefined || seen.has(container.kind)) continue;
    seen.add(container.kind);
    const pod = container.kind === "kubernetes";
    const sole = contained.length === 1 && heldBy(listeners) === "engine";
    const weight = sole || holders(listeners).has(pid) ? CERTAIN : 6;
    const quote = pod ? "a gateway runs in a pod here" : `a gateway runs in the container ${container.id}`;
    votes.push(vote(pod ? "kubernetes" : "docker", weight, "host", `process ${pid}`, quote));
  }
  return votes;
}

type Holder = "gateway" | "contained" | "engine" | "program" | "nobody";

/** Whose the port is, as far as this machine tells; undefined where its owner may not be seen. */
function heldBy(listeners: Listeners | undefined): Holder | undefined {
  if (listeners === undefined) return undefined;
  const { sockets, gateways } = listeners;
  const pids = holders(listeners);
  const holding = gateways.filter(({ pid }) => pids.has(pid));
  if (holding.some(({ container }) => container === undefined)) return "gateway";
  if (holding.length > 0) return "contained";
  if (sockets.some(({ owner, program }) => owner === "docker-proxy" || ENGINE_PROGRAM.test(program ?? "")))
    return "engine";
  if (sockets.some(({ owner }) => owner === "unknown")) return undefined;
  return sockets.length === 0 ? "nobody" : "program";
}

function holders({ sockets }: Listeners): ReadonlySet<number> {
  return new Set(
    sockets.flatMap(({ owner, pid }) => (owner === "gateway" && pid !== undefined ? [pid] : [])),
  );
}

/**
 * Nothing speaks against a container: the port is not a program's of this machine, and where an address was named or
 * a config of this machine was read, something listens there. What else runs on the machine has no say.
 */
function mayBeContained({ listeners, addressed, config }: DetectInput): boolean {
  const holder = heldBy(listeners);
  const settled = addressed === true || config !== undefined;
  return holder !== "gateway" && holder !== "program" && (holder !== "nobody" || !settled);
}

/** A gateway of this machine that can be the one that is looked at: the one that holds the port, if any does. */
function ownGateway({ listeners, addressed }: DetectInput): GatewayProcess | undefined {
  const own = listeners?.gateways.filter(({ container }) => container === undefined) ?? [];
  const pids = listeners === undefined ? new Set<number>() : holders(listeners);
  const holder = heldBy(listeners);
  if (holder === "engine" || holder === "contained") return undefined;
  const holding = own.find(({ pid }) => pids.has(pid));
  return holding ?? (addressed === true && holder !== undefined ? undefined : own[0]);
}

/** The gateways in containers that can be the one that is looked at: the one that holds the port, else all. */
function containedGateways(input: DetectInput): readonly GatewayProcess[] {
  const { listeners } = input;
  if (listeners === undefined || !mayBeContained(input)) return [];
  const engine = heldBy(listeners) === "engine";
  const contained = listeners.gateways.filter(
    ({ container }) => container !== undefined && !(engine && container.kind === "kubernetes"),
  );
  const pids = holders(listeners);
  const holding = contained.filter(({ pid }) => pids.has(pid));
  return holding.length > 0 ? holding : contained;
}

function logVotes(logs: LogDigest | undefined): Vote[] {
  const votes: Vote[] = [];
  if (logs === undefined) return votes;
  const names = namesFromLogs(logs, undefined);
  if (names.composeService !== undefined)
    votes.push(vote("docker", 8, "logs", "line prefix", `Compose service ${names.composeService}`));
  if (names.workload !== undefined) votes.push(vote("kubernetes", 8, "logs", "line prefix", names.workload));

  // One vote for each network, however many refusals came from it.
  const seen = new Set<string>();
  for (const { latest } of logs.refusals) {
    const remote = latest.remote;
    if (remote === undefined) continue;
    const network = peerNetwork(remote);
    const proxied = network === "loopback" && latest.fwd !== undefined && latest.fwd !== "n/a";
    const key = `${network}${proxied ? "+fwd" : ""}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const source = `${latest.source}:${latest.line}`;
    const quote = `remote=${remote}${latest.fwd === undefined ? "" : ` fwd=${latest.fwd}`}`;
    if (network === "docker-bridge") votes.push(vote("docker", 6, "logs", source, quote));
    if (network === "docker-desktop" || network === "engine-machine")
      votes.push(vote("docker", 7, "logs", source, quote));
    if (network === "podman-bridge" || network === "podman-network")
      votes.push(vote("docker", 6, "logs", source, quote));
    if (network === "pod") votes.push(vote("kubernetes", 6, "logs", source, quote));
    if (proxied) votes.push(vote("vps", 2, "logs", source, quote));
    if (network === "loopback" && !proxied) votes.push(vote("local", 1, "logs", source, quote));
    if (network === "other" && scopeOf(remote) === "public")
      votes.push(vote("vps", 2, "logs", source, quote));
  }
  for (const event of logs.events) {
    if (event.type !== "client-error" || event.configPath === undefined || seen.has("path")) continue;
    seen.add("path");
    votes.push(...pathVotes(event.configPath, "logs", `${event.source}:${event.line}`));
  }
  return votes;
}

function configVotes(config: ConfigReading | undefined): Vote[] {
  if (config === undefined) return [];
  const votes = pathVotes(config.path, "config", "path");
  const injected = config.problems.find(
    ({ kind, detail }) => kind === "bad-env" && detail.includes("tcp://"),
  );
  if (injected !== undefined)
    votes.push(vote("kubernetes", 6, "config", injected.key, "set by Kubernetes for a Service of that name"));
  return votes;
}

function pathVotes(path: string, fact: FactName, source: string): Vote[] {
  // Home of upstream's image, in Docker and in a pod alike; no person's home is called so often.
  if (/^\/home\/node\/\.openclaw\//.test(path)) return [vote("docker", 3, fact, source, path)];
  if (/^\/data\/(?:\.openclaw\/)?openclaw\.json$/.test(path)) return [vote("docker", 3, fact, source, path)];
  if (/^\/home\/openclaw\/\.openclaw\//.test(path)) return [vote("vps", 2, fact, source, path)];
  return [];
}

function targetVotes({ names, probe }: DetectInput): Vote[] {
  const votes: Vote[] = [];
  if (names?.workload !== undefined || names?.namespace !== undefined)
    votes.push(vote("kubernetes", CERTAIN, "target", "--target", names.workload ?? names.namespace ?? ""));
  else if (names?.sshHost !== undefined)
    votes.push(vote("vps", CERTAIN, "target", "--target", names.sshHost));
  else if (names?.composeService !== undefined || names?.container !== undefined)
    votes.push(vote("docker", CERTAIN, "target", "--target", names.composeService ?? names.container ?? ""));
  const host = probe === undefined ? undefined : hostOf(probe.url);
  if (host !== undefined) {
    const scope = host === "localhost" ? "loopback" : scopeOf(host);
    if (
      scope === "public" ||
      (scope === "unknown" && /\.[a-z]{2,}$/i.test(host) && !/\.(?:local|lan|internal)$/i.test(host))
    )
      votes.push(vote("vps", 3, "probe", "url", host));
    if (scope === "loopback") votes.push(vote("local", 0.5, "probe", "url", host));
  }
  return votes;
}

/** The host of a ws:// or wss:// URL, without brackets. */
export function hostOf(url: string): string | undefined {
  const match = /^[a-z]{2,5}:\/\/(?:[^/@?#]{0,300}@)?(\[[0-9a-f:.%]{2,60}\]|[^/:?#]{1,255})/i.exec(url);
  return match?.[1]?.replace(/^\[|\]$/g, "").toLowerCase();
}
