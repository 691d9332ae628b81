import type { Container, ContainerInspectInfo } from "dockerode";
import type { Scrubber } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import type { DockerEngine, Workload } from "../../core/workload.ts";
import { containerReading } from "../../kinds/docker/inspect.ts";
import type { Choice } from "./choose-container.ts";
import { askEngine } from "./clock.ts";
import type { Engine } from "./engine.ts";
import { lastWords } from "./last-words.ts";
import { stateOf } from "./state-directory.ts";

export type ContainerReading = Workload<DockerEngine>;

export interface ChosenContainer {
  readonly engine: Engine;
  readonly container: Container;
  readonly info: ContainerInspectInfo;
  readonly choice: Choice;
}

/** A container that is down has no address; its network still has a bridge. */
async function withBridge(engine: Engine, reading: ContainerReading): Promise<ContainerReading> {
  const { networkMode } = reading.engine;
  if (reading.publishedPeer !== undefined || reading.network !== "own" || networkMode === "") return reading;
  const name = networkMode === "default" ? "bridge" : networkMode;
  try {
    const { IPAM } = await engine.api.getNetwork(name).inspect();
    const address: unknown = IPAM?.Config?.[0]?.Gateway;
    return typeof address === "string" && address !== ""
      ? { ...reading, publishedPeer: safeText(address, 60) }
      : reading;
  } catch {
    return reading;
  }
}

/** What is known of its files when it is read. */
export interface ReadAlong {
  readonly scrub: Scrubber;
  readonly stateDir: string;
  readonly configPath: string;
  /** The config was found there; else both paths are the usual ones, and an entrypoint may have set others. */
  readonly isRead: boolean;
}

/** What the engine says of a container: what it shows by itself, and what has to be asked for. */
export async function readContainer(chosen: ChosenContainer, along: ReadAlong): Promise<ContainerReading> {
  const shown = containerReading(chosen.info, along.scrub);
  return withMore(chosen, await withBridge(chosen.engine, shown), along);
}

/** With what else is asked of the engine: its clock, the files' owners, the last words of one that ended. */
async function withMore(
  { engine, container, info, choice }: ChosenContainer,
  read: ContainerReading,
  { scrub, stateDir, configPath, isRead }: ReadAlong,
): Promise<ContainerReading> {
  const ends = read.state !== "running" || read.restarts > 0;
  const [says, state, lastLines] = await Promise.all([
    askEngine(engine.api),
    stateOf(container, read, stateDir, configPath),
    ends ? lastWords(engine.api, container, info.Config?.Tty === true, scrub) : [],
  ]);
  const source = state.mounts.find(({ at }) => at === state.stateDir.mount)?.source;
  const { neighbours } = choice;
  return {
    ...read,
    mounts: state.mounts,
    ...(isRead || state.stateDir.on !== "layer" ? { stateDir: state.stateDir } : {}),
    others: choice.others.map(({ name, state, mounted }) => ({
      name,
      state,
      ...(source !== undefined && mounted.includes(source) ? { sharesState: true } : {}),
    })),
    ...(neighbours.length === 0 ? {} : { neighbours }),
    ...(says.clock === undefined ? {} : { clock: says.clock }),
    ...(says.mapsUsers ? { mapsUsers: true } : {}),
    ...(says.sharesFiles ? { sharesFiles: true } : {}),
    ...(lastLines.length === 0 ? {} : { lastLines }),
  };
}
