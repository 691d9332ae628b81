import type { Container, ContainerInspectInfo } from "dockerode";
import type { Changer } from "../../core/change.ts";
import { type Fact, known, knownValue, type Unknown } from "../../core/fact.ts";
import type { Deployment, DeploymentNames, Evidence } from "../../core/facts.ts";
import { createScrubber, type Scrubber } from "../../core/scrub.ts";
import type { Secret } from "../../core/secret.ts";
import { safeText } from "../../core/text.ts";
import type { DockerEngine, Workload } from "../../core/workload.ts";
import { deploymentOf } from "../../kinds/index.ts";
import { IN_CONTAINER } from "../contained/host.ts";
import { isSecretVariable } from "../contained/program.ts";
import { localAccess } from "../local.ts";
import type { ChangerOptions, DeploymentAccess, LogText } from "../types.ts";
import type { World } from "../world.ts";
import { type EngineAddress, engineAddresses } from "./addresses.ts";
import { type Choice, chooseContainer, type Wanted } from "./choose.ts";
import { type ChosenOn, chooseEngine, type Looked } from "./choose-engine.ts";
import { askEngine } from "./clock.ts";
import { composeOrigin } from "./compose.ts";
import { connectEngine, type Engine, engineFailure, fieldsOf } from "./engine.ts";
import { containedGateway, containerReading, programOf } from "./facts.ts";
import { containerWorld } from "./files.ts";
import { engineIdentity } from "./identity.ts";
import { lastWords } from "./last-words.ts";
import { containerLog } from "./logs.ts";
import { programsEnded } from "./orphans.ts";
import { browserUrl, outOfReach, probeUrl, standpointOf } from "./standpoint.ts";
import { stateOf } from "./state.ts";

export interface ContainerOptions {
  /** This machine: where the engine's address and the Compose files are. */
  readonly world: World;
  readonly salt: string;
  readonly wanted: Wanted;
  /** `--config`: a file of this machine instead of the container's. */
  readonly configPath?: string;
  readonly release?: string;
}

/** A gateway in a container, looked at through its engine. Nothing of it is changed. */
export interface ContainedGateway {
  readonly access: DeploymentAccess;
  readonly deployment: Deployment;
  /** What the engine publishes is at our own addresses. */
  readonly here: boolean;
  /** What its environment has under names of secrets. */
  readonly secrets: readonly Secret[];
  /** Where the user's browser reaches the gateway's port: published, on the engine's machine. */
  url(port: number): string;
  /** Where we reach it from where we run, or that we do not. */
  reach(port: number): Fact<string>;
  /** What it means that nothing answered there, where that says more of our own place than of the gateway. */
  lost(): Unknown | undefined;
}

/** Finds the container among the engines, and opens it for reading. */
export async function openContainer(options: ContainerOptions): Promise<Fact<ContainedGateway>> {
  const addresses = await engineAddresses(options.world);
  if (!addresses.known) return addresses;
  const looked = await Promise.all(addresses.value.map((address) => lookAt(address, options)));
  const chosen = chooseEngine(looked);
  return chosen.known ? openOn(chosen.value, options) : chosen;
}

async function lookAt(address: EngineAddress, { wanted, world }: ContainerOptions): Promise<Looked> {
  const { name } = address;
  let engine: Engine;
  try {
    engine = await connectEngine(address, world.env);
  } catch (error) {
    return { name, choice: engineFailure(error, name) };
  }
  try {
    const list = await engine.api.listContainers({ all: true });
    return { name, engine, choice: chooseContainer(list, wanted, world.cwd) };
  } catch (error) {
    // A filter in front of the engine may allow to look at one container and not to list them.
    if (wanted.by !== "container" || fieldsOf(error).statusCode !== 403)
      return { name, choice: engineFailure(error, name) };
    const unlisted = { id: wanted.name, shown: wanted.name, serves: false, others: [], neighbours: [] };
    return { name, engine, choice: known(unlisted, "--target") };
  }
}

async function openOn(
  { engine, choice }: ChosenOn,
  options: ContainerOptions,
): Promise<Fact<ContainedGateway>> {
  try {
    const container = engine.api.getContainer(choice.id);
    const info = await container.inspect();
    return known(await gatewayOf({ engine, container, info, choice, options }), engine.name);
  } catch (error) {
    return engineFailure(error, engine.name);
  }
}

type ContainerReading = Workload<DockerEngine>;

interface Found {
  readonly engine: Engine;
  readonly container: Container;
  readonly info: ContainerInspectInfo;
  readonly choice: Choice;
  readonly options: ContainerOptions;
}

async function gatewayOf(found: Found): Promise<ContainedGateway> {
  const { engine, container, info, options } = found;
  const { world, salt, configPath, release } = options;
  const gateway = containedGateway(info, salt);
  const env = Object.fromEntries(
    Object.entries(gateway.env ?? {}).map(([key, value]) => [key, value.reveal()]),
  );
  const place = { env, homedir: gateway.home ?? "/", cwd: gateway.cwd ?? "/" };
  const given = release === undefined ? {} : { release };
  const filesOf = (one: Container) =>
    localAccess({ world: containerWorld(one, place), salt, host: IN_CONTAINER, gateway, ...given });
  const files = filesOf(container);
  // What was read once is kept, and a change wants to see what is there now, in a container made anew, too.
  const anew = () => filesOf(engine.api.getContainer(reading.name));
  const config = configPath === undefined ? files : localAccess({ world, salt, configPath, ...given });

  const configured = await files.config();
  const secrets = Object.entries(gateway.env ?? {}).flatMap(([key, value]) =>
    isSecretVariable(key, value.reveal()) ? value : [],
  );
  const hidden = [...(configured.known ? configured.value.all : []), ...secrets];
  const scrub = createScrubber(hidden.map((secret) => secret.reveal()));
  const read = await withBridge(engine, containerReading(info, scrub));
  const stateDir = configured.known ? configured.value.reading.stateDir : `${gateway.home}/.openclaw`;
  const reading = await withMore(found, read, {
    scrub,
    stateDir,
    configPath: configured.known ? configured.value.reading.path : `${stateDir}/openclaw.json`,
    isRead: configured.known && configured.value.reading.exists,
  });
  const compose =
    engine.host === undefined
      ? await composeOrigin(info, gateway.env ?? {}, { engine, world, salt })
      : { names: {}, reading: undefined };
  const program = programOf(info);
  const names: DeploymentNames = {
    container: reading.name,
    ...compose.names,
    ...(program === undefined ? {} : { cli: program }),
    ...execUser(reading),
  };
  const standpoint = await standpointOf(engine, info, world);
  const url = (port: number): string => browserUrl(reading, standpoint, port);
  const reach = (port: number): Fact<string> => probeUrl(reading, standpoint, port);
  const changer = async (asked: ChangerOptions): Promise<Fact<Changer>> => {
    const [read, released] = await Promise.all([files.config(), files.release()]);
    if (!read.known) return read;
    const { containerChanger } = await import("./changer.ts");
    const { composeHands } = await import("./compose-hands.ts");
    const compose = composeHands({ world, salt, engine, info, env: gateway.env ?? {}, stateDir });
    const own =
      release ??
      (released.known && released.value.from === "package.json" ? released.value.version : undefined);
    const changer = containerChanger({
      ...asked,
      engine,
      info,
      salt,
      gateway,
      names,
      config: read.value,
      devices: () => anew().devices(),
      // It looks whether the gateway is up, as the probe does.
      url: (port) => knownValue(reach(port)) ?? url(port),
      ...(own === undefined ? {} : { own }),
      ...(compose === undefined ? {} : { compose }),
    });
    return known(changer, read.value.reading.path);
  };
  return {
    access: {
      names,
      config: () => config.config(),
      devices: () => files.devices(),
      release: () => files.release(),
      logs: () => logsOf(found, reading, () => files.logs()),
      // A file of this machine is not the container's.
      ...(configPath === undefined
        ? {
            place: () => placeOf(engine, reading),
            programsEnded: (signal: AbortSignal) => programsEnded(engine.api, container, signal),
            changer,
          }
        : {}),
    },
    deployment: deploymentOf({
      kind: "docker",
      confidence: "certain",
      evidence: evidenceOf(reading),
      alternatives: [],
      names,
      workload: reading,
      ...(compose.reading === undefined ? {} : { compose: compose.reading }),
    }),
    here: standpoint.at === "host",
    secrets,
    url,
    reach,
    lost: () =>
      standpoint.at === "apart" || (standpoint.at === "host" && standpoint.unsure)
        ? outOfReach(reading)
        : undefined,
  };
}

/** A name outlives a container that Compose makes anew; engines have names of their own, and may share those. */
async function placeOf({ api }: Engine, { name }: Workload): Promise<string> {
  const info: unknown = await api.info();
  return safeText(`docker ${engineIdentity(info)} ${name}`, 300);
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

interface Outside {
  readonly scrub: Scrubber;
  readonly stateDir: string;
  readonly configPath: string;
  /** The config was found there; else both paths are the usual ones, and an entrypoint may have set others. */
  readonly isRead: boolean;
}

/** With what else is asked of the engine: its clock, the files' owners, the last words of one that ended. */
async function withMore(
  { engine, container, info, choice }: Found,
  read: ContainerReading,
  { scrub, stateDir, configPath, isRead }: Outside,
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

/** Images that start as root may hand over to `node`, whose files tell; who was set runs by itself. */
function execUser({ user, mounts }: Workload): Pick<DeploymentNames, "execUser"> {
  if (/^(?:node|1000)(?::(?:node|1000))?$/.test(user)) return {};
  if (user === "" && mounts.some(({ owner }) => owner?.uid === 1000)) return {};
  return { execUser: "" };
}

async function logsOf(
  { engine, container, info }: Found,
  reading: Workload,
  fileLogs: () => Promise<Fact<readonly LogText[]>>,
): Promise<Fact<readonly LogText[]>> {
  const { logs: name } = reading.shownBy;
  const files = async () => {
    const found = await fileLogs();
    return found.known ? { ...found, value: found.value.map((text) => ({ ...text, inside: true })) } : found;
  };
  try {
    const kept = await containerLog(engine.api, container, info.Config?.Tty === true);
    if (kept.length > 0) return known([{ name, chunks: inTurn(kept), inside: true }], name);
  } catch (error) {
    const { statusCode } = fieldsOf(error);
    // Drivers other than the engine's own (journald excepted) cannot be read back: 501, 500 in older engines.
    if (statusCode !== 501 && statusCode !== 500) {
      const inside = await files();
      return inside.known ? inside : engineFailure(error, name);
    }
  }
  return files();
}

async function* inTurn(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function evidenceOf(reading: ContainerReading): readonly Evidence[] {
  const { image, state, exitCode, restarts, publishedPeer, ports, health, others, shownBy, engine } = reading;
  const published = ports.map(({ address, port, to }) => `${address}:${port} -> ${to}`).join(", ");
  const parts = [
    image,
    state + (exitCode === undefined ? "" : ` (exit code ${exitCode})`),
    ...(restarts > 0 ? [`restarted ${restarts} times`] : []),
    ...(health === undefined ? [] : [health]),
    `network ${engine.networkMode}${publishedPeer === undefined ? "" : ` behind ${publishedPeer}`}`,
    published === "" ? "no published port" : `publishes ${published}`,
  ];
  const quote = (text: string): Evidence["quote"] => safeText(text, 300);
  return [
    { fact: "deployment", source: shownBy.state, quote: quote(parts.join(", ")), origin: { of: "workload" } },
    ...others.slice(0, 3).map(
      (other): Evidence => ({
        fact: "deployment",
        source: shownBy.others,
        quote: quote(`${other.name} (${other.state}) seems to run a gateway, too`),
      }),
    ),
  ];
}
