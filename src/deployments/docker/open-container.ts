import type { Container, ContainerInspectInfo } from "dockerode";
import type { Changer } from "../../core/change.ts";
import { drawnValues } from "../../core/drawn-values.ts";
import { type Fact, known, knownValue, type Unknown } from "../../core/fact.ts";
import type { Deployment, DeploymentNames, Evidence } from "../../core/facts.ts";
import { ownWords, say } from "../../core/saying.ts";
import { createScrubber } from "../../core/scrub.ts";
import { Secret } from "../../core/secret.ts";
import { safeText } from "../../core/text.ts";
import type { Workload } from "../../core/workload.ts";
import { isSecretVariable } from "../../kinds/contained/program.ts";
import { containedGateway, programOf } from "../../kinds/docker/inspect.ts";
import { deploymentOf } from "../../kinds/index.ts";
import { IN_CONTAINER } from "../contained/host.ts";
import { type LocalAccess, localAccess } from "../local.ts";
import type { GatewayProcess } from "../processes.ts";
import type { ChangerOptions, DeploymentAccess, LogText } from "../types.ts";
import type { World } from "../world.ts";
import { type EngineAddress, engineAddresses } from "./addresses.ts";
import { chooseContainer, type Wanted } from "./choose-container.ts";
import { type ChosenOn, chooseEngine, type Looked } from "./choose-engine.ts";
import { type ComposeOrigin, composeOrigin } from "./compose.ts";
import { connectEngine, type Engine, engineFailure, fieldsOf } from "./engine.ts";
import { engineIdentity } from "./engine-identity.ts";
import { containerWorld } from "./files.ts";
import { containerLog } from "./logs.ts";
import { programsEnded } from "./orphans.ts";
import {
  type ChosenContainer,
  type ContainerReading,
  type ReadAlong,
  readContainer,
} from "./read-container.ts";
import { browserUrl, outOfReach, probeUrl, standpointOf } from "./standpoint.ts";

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

interface Found extends ChosenContainer {
  readonly options: ContainerOptions;
}

async function gatewayOf(found: Found): Promise<ContainedGateway> {
  const { engine, container, info, options } = found;
  const { world, configPath } = options;
  const inside = insideOf(found);
  const secrets = [
    ...secretsOf(inside.gateway),
    ...drawnValues({ labels: info.Config?.Labels }).map((text) => new Secret(text, options.salt)),
  ];
  const configured = await inside.files.config();
  const state = stateOfConfig(configured, inside.gateway);
  const hidden = [...(configured.known ? configured.value.all : []), ...secrets];
  const scrub = createScrubber(hidden.map((secret) => secret.reveal()));
  const reading = await readContainer(found, { scrub, ...state });
  const compose = await composeOf(found, inside);
  const names = namesOf(info, reading, compose.names);
  const standpoint = await standpointOf(engine, info, world);
  const opened: Opened = {
    found,
    inside,
    reading,
    names,
    stateDir: state.stateDir,
    url: (port) => browserUrl(reading, standpoint, port),
    reach: (port) => probeUrl(reading, standpoint, port),
  };
  return {
    access: {
      names,
      ...accessOf(opened),
      // A file of this machine is not the container's.
      ...(configPath === undefined
        ? {
            place: () => placeOf(engine, reading),
            programsEnded: (signal: AbortSignal) => programsEnded(engine.api, container, signal),
            changer: (asked: ChangerOptions) => changerOf(opened, asked),
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
    url: opened.url,
    reach: opened.reach,
    lost: () =>
      standpoint.at === "apart" || (standpoint.at === "host" && standpoint.unsure)
        ? outOfReach(reading)
        : undefined,
  };
}

/** The gateway as the container was started with it, and the files that it sees. */
interface Inside {
  readonly gateway: GatewayProcess;
  readonly files: LocalAccess;
  /** What was read once is kept, and a change wants to see what is there now, in a container made anew, too. */
  anew(name: string): LocalAccess;
}

function insideOf({ engine, container, info, options }: Found): Inside {
  const { salt } = options;
  const gateway = containedGateway(info, salt);
  const env = Object.fromEntries(
    Object.entries(gateway.env ?? {}).map(([key, value]) => [key, value.reveal()]),
  );
  const place = { env, homedir: gateway.home ?? "/", cwd: gateway.cwd ?? "/" };
  const filesOf = (one: Container) =>
    localAccess({
      world: containerWorld(one, place),
      salt,
      host: IN_CONTAINER,
      gateway,
      ...releaseOf(options),
    });
  return {
    gateway,
    files: filesOf(container),
    anew: (name) => filesOf(engine.api.getContainer(name)),
  };
}

function releaseOf({ release }: ContainerOptions): Pick<ContainerOptions, "release"> {
  return release === undefined ? {} : { release };
}

/** What the environment has under names of secrets. */
function secretsOf({ env = {} }: GatewayProcess): readonly Secret[] {
  return Object.entries(env).flatMap(([key, value]) => (isSecretVariable(key, value.reveal()) ? value : []));
}

type Configured = Awaited<ReturnType<LocalAccess["config"]>>;

/** Where its files are; the usual places while its config is not read. */
function stateOfConfig(configured: Configured, { home }: GatewayProcess): Omit<ReadAlong, "scrub"> {
  if (configured.known) {
    const { stateDir, path, exists } = configured.value.reading;
    return { stateDir, configPath: path, isRead: exists };
  }
  const stateDir = `${home}/.openclaw`;
  return { stateDir, configPath: `${stateDir}/openclaw.json`, isRead: false };
}

/** Compose's files are on the engine's machine. */
async function composeOf(
  { engine, info, options: { world, salt } }: Found,
  { gateway }: Inside,
): Promise<ComposeOrigin> {
  return engine.host === undefined
    ? composeOrigin(info, gateway.env ?? {}, { engine, world, salt })
    : { names: {} };
}

function namesOf(info: ContainerInspectInfo, reading: Workload, compose: DeploymentNames): DeploymentNames {
  const program = programOf(info);
  return {
    container: reading.name,
    ...compose,
    ...(program === undefined ? {} : { cli: program }),
    ...execUser(reading),
  };
}

/** A container that was looked at, with what it is changed by. */
interface Opened extends Pick<ContainedGateway, "url" | "reach"> {
  readonly found: Found;
  readonly inside: Inside;
  readonly reading: Workload;
  readonly names: DeploymentNames;
  readonly stateDir: string;
}

function accessOf({ found, inside: { files }, reading }: Opened): Omit<DeploymentAccess, "names"> {
  const { world, salt, configPath } = found.options;
  const config =
    configPath === undefined ? files : localAccess({ world, salt, configPath, ...releaseOf(found.options) });
  return {
    config: () => config.config(),
    devices: () => files.devices(),
    release: () => files.release(),
    logs: () => logsOf(found, reading, () => files.logs()),
  };
}

async function changerOf(
  { found, inside, reading, names, stateDir, url, reach }: Opened,
  asked: ChangerOptions,
): Promise<Fact<Changer>> {
  const { engine, info, options } = found;
  const { world, salt } = options;
  const { gateway, files } = inside;
  const [read, released] = await Promise.all([files.config(), files.release()]);
  if (!read.known) return read;
  const { containerChanger } = await import("./changer.ts");
  const { composeHands } = await import("./compose-changes.ts");
  const compose = composeHands({ world, salt, engine, info, env: gateway.env ?? {}, stateDir });
  const own =
    options.release ??
    (released.known && released.value.from === "package.json" ? released.value.version : undefined);
  const changer = containerChanger({
    ...asked,
    engine,
    info,
    salt,
    gateway,
    names,
    config: read.value,
    devices: () => inside.anew(reading.name).devices(),
    // It looks whether the gateway is up, as the probe does.
    url: (port) => knownValue(reach(port)) ?? url(port),
    ...(own === undefined ? {} : { own }),
    ...(compose === undefined ? {} : { compose }),
  });
  return known(changer, read.value.reading.path);
}

/** A name outlives a container that Compose makes anew; engines have names of their own, and may share those. */
async function placeOf({ api }: Engine, { name }: Workload): Promise<string> {
  const info: unknown = await api.info();
  return safeText(`docker ${engineIdentity(info)} ${name}`, 300);
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
        ...ownWords(say("seems-a-gateway", { name: other.name, state: other.state })),
      }),
    ),
  ];
}
