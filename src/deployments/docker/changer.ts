import type { ContainerInspectInfo } from "dockerode";
import type { Changer } from "../../core/change.ts";
import { DEFAULT_PORT } from "../../core/default-port.ts";
import { type Fact, known, unknown } from "../../core/fact.ts";
import type { DeploymentNames, DeviceList } from "../../core/facts.ts";
import { quoted, type Saying, say } from "../../core/saying.ts";
import { fingerprintOf } from "../../core/secret.ts";
import { programOf } from "../../kinds/docker/inspect.ts";
import { containerCli } from "../contained/cli.ts";
import { type GatewayStarter, gatewayChanger } from "../gateway-changer.ts";
import type { GatewayProcess } from "../processes.ts";
import { watchGateway } from "../reload.ts";
import type { ChangerOptions, ConfigAndSecrets } from "../types.ts";
import type { ComposeHands } from "./compose-changes.ts";
import { type Engine, engineFailure, fieldsOf } from "./engine.ts";
import { containerFiles } from "./exact-files.ts";
import { containerExec } from "./exec.ts";
import { containerEyes } from "./watch-container.ts";
import { unhurried } from "./without-time-limit.ts";

export interface ContainerChangerOptions extends ChangerOptions {
  readonly engine: Engine;
  readonly info: ContainerInspectInfo;
  readonly salt: string;
  readonly gateway: GatewayProcess;
  readonly names: DeploymentNames;
  readonly config: ConfigAndSecrets;
  /** The release of the image's files. */
  readonly own?: string;
  /** Anew each time. */
  readonly devices: () => Promise<Fact<DeviceList>>;
  readonly url: (port: number) => string;
  readonly compose?: ComposeHands;
}

/** How upstream's image runs its command, from its working directory. */
const PROGRAM = "node dist/index.js";
/** Milliseconds. A container compiles for up to 95 s at its first start (2026.2.1); each look runs a program in it. */
const LIMITS = { whole: 240_000, every: 1000 };

/** A gateway in a container, changed through its engine: no `docker` command is needed. */
export function containerChanger(options: ContainerChangerOptions): Changer {
  const { engine, info, salt, gateway, names, config, own, release: told } = options;
  const api = unhurried(engine.api);
  // By its name, as Compose may make it anew meanwhile.
  const container = api.getContainer(nameOf(info));
  const exec = containerExec(container);
  const { path: configPath, stateDir, effective } = config.reading;
  const port = effective.gateway?.port ?? DEFAULT_PORT;
  // Of an era the oldest: what the newest can do, it need not.
  const release = own ?? told?.range?.[0] ?? told?.version;
  const program = names.cli ?? programOf(info) ?? PROGRAM;
  const tty = info.Config?.Tty === true;
  const starter = starterOf(engine, info);
  return gatewayChanger({
    configPath,
    stateDir,
    files: containerFiles(container, exec),
    cli: containerCli({
      exec,
      program: program.split(" "),
      user: names.execUser ?? "node",
      gateway,
      configPath,
      stateDir,
      secrets: config.all.map((secret) => secret.reveal()),
    }),
    watch: watchGateway({
      port,
      eyes: containerEyes({ api, container, exec, tty, port, url: options.url(port) }),
      limits: LIMITS,
    }),
    edit: options.edit,
    devices: options.devices,
    fingerprint: (secret) => fingerprintOf(secret, salt),
    ...(release === undefined ? {} : { release }),
    restart: starter.restart,
    restartsWhole: true,
    starter,
    ...(options.compose === undefined ? {} : { compose: options.compose }),
  });
}

function nameOf(info: ContainerInspectInfo): string {
  return info.Name.replace(/^\//, "");
}

type ContainerStarter = GatewayStarter & { restart(signal: AbortSignal): Promise<Fact<Saying>> };

/** The engine's own starting and stopping, which is what `docker compose restart` asks it for, too. */
function starterOf(engine: Engine, info: ContainerInspectInfo): ContainerStarter {
  const name = nameOf(info);
  const container = unhurried(engine.api).getContainer(name);
  const done = async (how: string, act: () => Promise<unknown>): Promise<Fact<Saying>> => {
    try {
      await act();
    } catch (error) {
      // 304: it was so already.
      if (fieldsOf(error).statusCode !== 304) return engineFailure(error, engine.name);
    }
    return known(quoted(how), engine.name);
  };
  const stateNow = async () => {
    try {
      return (await container.inspect()).State;
    } catch (error) {
      return engineFailure(error, engine.name);
    }
  };
  return {
    restart: () => done(`docker restart ${name}`, () => container.restart()),
    stop: () => done(`docker stop ${name}`, () => container.stop()),
    isDown: async () => {
      const state = await stateNow();
      return !("known" in state) && !state.Running && !state.Restarting;
    },
    start: async () => {
      const state = await stateNow();
      if ("known" in state) return state;
      if (state.Paused) return unknown("not-asked", say("container-paused"));
      if (state.Running && !state.Restarting) return known(say("started-already"), engine.name);
      // One that the engine starts again and again waits longer each time; this begins anew.
      return state.Restarting
        ? done(`docker restart ${name}`, () => container.restart())
        : done(`docker start ${name}`, () => container.start());
    },
  };
}
