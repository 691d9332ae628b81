import type { UsualPeers } from "../admission/assess.ts";
import type { DeploymentTraits } from "../core/deployment-kind.ts";
import type { ConfigReading, DeploymentNames, Exposure, HostSigns } from "../core/facts.ts";
import type { PeerNetwork } from "../core/networks.ts";
import type { Workload } from "../core/workload.ts";
import type { ComposeSigns } from "./docker/services.ts";
import type { ExposureInput, ExposureVerdict } from "./exposure-input.ts";
import type { Dialect, Line, Word } from "./line.ts";
import type { ListeningSocket, RunningGateway } from "./listening-signs.ts";

/** What is known of one kind of deployment. Data and pure functions: it asks nothing of the world. */
export interface Kind {
  /** `DeploymentTraits.contained` of all of this kind. */
  readonly contained: boolean;
  traits(names: DeploymentNames): DeploymentTraits;
  readonly signs: Signs;
  /** Names for exact commands, as far as the signs tell them. */
  names(signs: NameSigns): DeploymentNames;
  readonly exposure: ExposureSigns;
  /** As whose address the gateway sees a browser. */
  peers(workload: Workload | undefined): UsualPeers;
  /** What a connection passes behind its browser, as far as it leaves a trace; nothing forwarded it. */
  stations(arrival: Arrival): readonly Station[];
  commands(names: DeploymentNames, context: CommandContext): CommandLines;
}

// ---- which kind it is

/** How much a sign counts: 10 settles it, 6 makes it likely, less is a hint. */
export type Weight = number;

export interface Sign {
  readonly weight: Weight;
  readonly source: string;
  readonly quote: string;
}

/** What speaks for a kind. Each is asked of every sign there is; `undefined`: it says nothing of this kind. */
export interface Signs {
  /** What the doctor runs in, and what its machine looks like. */
  host?(host: HostSigns): readonly Sign[];
  /** An engine is at hand. */
  engine?(engine: HostSigns["engines"][number]): Weight | undefined;
  /** A Compose file of OpenClaw is in the working directory. */
  compose?(compose: ComposeSigns): Weight;
  /** Somebody listens on the gateway's port. */
  socket?(socket: ListeningSocket): Omit<Sign, "source"> | undefined;
  /** The socket is an engine's, and leads to something that it runs. */
  publishes?(socket: ListeningSocket): boolean;
  /** This kind is what runs a gateway that is in such a container. */
  runs?(container: NonNullable<RunningGateway["container"]>): boolean;
  /** A gateway runs here; `settles`: nothing else can be meant. */
  gateway?(gateway: RunningGateway, settles: boolean): Omit<Sign, "source"> | undefined;
  /** What stands in front of the lines of a log. */
  prefixes?(prefixes: readonly string[]): Omit<Sign, "source"> | undefined;
  /** The gateway saw this peer. */
  peer?(peer: PeerSign): Weight | undefined;
  /** openclaw.json is there. */
  configPath?(path: string): Weight | undefined;
  config?(config: ConfigReading): Sign | undefined;
  /** The user named it; the name. */
  named?(names: DeploymentNames): string | undefined;
  /** It answers at this host. */
  url?(host: string, reach: Exposure): Weight | undefined;
}

export interface PeerSign {
  readonly network: PeerNetwork;
  /** How far the address reaches. */
  readonly reach: Exposure;
  /** From loopback, with the client's address in a header. */
  readonly proxied: boolean;
}

export interface NameSigns {
  /** Of the container or pod that the doctor is in, where it is the gateway's. */
  readonly own: DeploymentNames;
  /** Id of the only container of this machine that runs a gateway. */
  readonly container?: string;
  readonly compose?: ComposeSigns;
  /** What stands in front of the lines of a log. */
  readonly prefixes: readonly string[];
  /** Service files that run a gateway here. */
  readonly units: readonly string[];
}

// ---- how far it can be reached

export interface ExposureSigns {
  /** What is said of who opened a socket; else `it listens`. */
  opener?(socket: ListeningSocket): string | undefined;
  /** Where no socket of this machine shows it: how it is published. */
  published?(input: ExposureInput): ExposureVerdict | undefined;
  /** What the gateway's bind means there; `undefined`: what it says. */
  bound?(bind: string, input: ExposureInput): ExposureVerdict | undefined;
}

// ---- the way of a connection

export interface Arrival {
  /** The peer that the gateway sees. */
  readonly remote: string;
  /** The Host header. */
  readonly host?: string;
  readonly names: DeploymentNames;
  readonly workload?: Workload;
}

export interface Station {
  readonly hop: "docker-proxy" | "bridge" | "ssh-tunnel" | "port-forward";
  readonly address?: string;
  /** How the sender's address is another behind it; absent: it stays. */
  readonly note?: "rewrites-source" | "arrives-as-loopback";
}

// ---- the exact commands

/** What the lines depend on besides the deployment. */
export interface CommandContext {
  readonly release?: string;
  /** The gateway's own port; 18789 when absent. */
  readonly port?: number;
  /** Config of the gateway; a place that is not the default becomes part of the lines, when `home` is known. */
  readonly configPath?: string;
  /** OpenClaw's own command would dial the network's address: it is told to use loopback, with this credential. */
  readonly viaLoopback?: "token" | "password";
  /** Home directory of whoever types the lines. */
  readonly home?: string;
  /** `process.platform` of the machine on which the user types. */
  readonly platform?: string;
  readonly profile?: string;
  /** The log file the gateway writes, when known. */
  readonly logFile?: string;
  /** The doctor runs where the gateway does: inside its container or pod, or on the VPS itself. */
  readonly inside?: boolean;
  /** Whoever types the lines is on another machine than the gateway's host, as far as is known. */
  readonly elsewhere?: boolean;
  /** `false`: the container is down or restarting, so that nothing can be run inside it. */
  readonly running?: boolean;
  /** Kubernetes: the config is mounted from this ConfigMap, so `config set` cannot write it. */
  readonly configMap?: string;
  /** Kubernetes: how many pods of the workload are wanted; none are made where that is 0. */
  readonly replicas?: number;
}

export interface CliOptions {
  /** Only reads or writes openclaw.json, so it may run while the gateway does not. */
  readonly config?: boolean;
  /** Needs a terminal on the other side. */
  readonly terminal?: boolean;
}

/** One deployment, as lines. */
export interface CommandLines {
  readonly dialect: Dialect;
  /** OpenClaw's own command with these words. */
  cli(args: readonly Word[], options?: CliOptions): Line;
  /** The same with one more word: what OpenClaw's own command prints there, with these words. */
  cliWithOutput?(args: readonly Word[], output: readonly Word[]): Line;
  /** How the config is edited where `openclaw config` cannot write it. */
  readonly editConfig?: Line;
  readonly start: Line | undefined;
  readonly restart: Line | undefined;
  /** Starts it with its environment and mounts as they are written now, where `restart` keeps the old ones. */
  readonly afresh?: Line;
  /** Compose: the line that makes a service's container anew when its files changed. */
  recreate?(service: string): Line | undefined;
  readonly status: Line;
  readonly logs: Line;
  readonly tailscale: Line;
  /** Shows whether the gateway's host is on a tailnet. */
  readonly tailnet: Line;
  tunnel(port: number): Line;
}
