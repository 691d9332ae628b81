import type { Fact, Known, Unknown } from "../core/fact.ts";
import type { Deployment, PortHolder, ProbeReading, Target } from "../core/facts.ts";
import type { Secret } from "../core/secret.ts";
import type { ComposeSigns } from "../kinds/docker/services.ts";
import type { Peer } from "./listeners.ts";
import type { Surroundings } from "./surroundings.ts";
import type { ChosenTarget } from "./target.ts";
import type { DeploymentAccess } from "./types.ts";

/** One gateway where it lives: on this machine, in a container, or behind an address of which no more is known. */
export interface Place extends DeploymentAccess {
  /** Where we know of it from: `--target`, `this machine`. */
  readonly source: string;
  /** The user named it by this ws:// or wss:// URL. */
  readonly address?: string;
  /** Its addresses and sockets are those of the machine we run on. */
  readonly here: boolean;
  /** It listens on this machine, though nothing else of the machine is of it: the gateway of the demonstration. */
  readonly listensHere?: true;
  /** The machine that it is on, where that is another than ours and can be looked at. */
  readonly machine?: Surroundings;
  /** Why nothing of the machine that it is on can be seen, were it this one. */
  readonly unseen?: Unknown;
  /** What the place knows of the deployment by itself; absent: signs have to be weighed. */
  readonly deployment?: Fact<Deployment>;
  /** What can be said of a gateway that was meant and could not be opened. */
  readonly unopened?: Known<Target>;
  /** What is secret there beside the config: of a container's environment. */
  readonly secrets?: readonly Secret[];
  /** From which addresses its port is published, as far as files or an engine say so. */
  published?(): Promise<ComposeSigns | undefined>;
  /** Where the user's browser goes. `port`: the configured one. */
  url(port: number | undefined): string;
  /** Where we go, from where we run, or why we cannot. */
  reach(port: number | undefined): Promise<Fact<string>>;
  /** What it means that nobody was there, where that says more of our own standpoint than of the gateway. */
  lost?(reading: ProbeReading): Unknown | undefined;
  /** Another user's process where the gateway is looked for. Whoever names an address asks whatever is there. */
  stranger?(): Promise<PortHolder | undefined>;
  /** Ends what was kept open to reach it; absent: nothing is. */
  close?(): void;
  /** Whether the process at the other end of a connection may have the secrets of this gateway's config. */
  mayReceive(peer: Peer): Promise<boolean>;
}

export interface Search {
  readonly target: ChosenTarget;
  readonly around: Surroundings;
  /** `--deployment`. */
  readonly said?: Deployment["kind"];
}

/** Finds the gateway that is meant among the places of one sort; `undefined`: it is none of those. */
export type Finder = (search: Search) => Promise<Place | undefined>;
