import { DEFAULT_PORT } from "../core/default-port.ts";
import { type Fact, knownValue, unknown } from "../core/fact.ts";
import type { DeploymentNames, HostSigns } from "../core/facts.ts";
import type { ProxyReading } from "../core/proxies.ts";
import { say } from "../core/saying.ts";
import type { ServiceReading } from "../core/service.ts";
import type { ComposeSigns } from "../kinds/docker/services.ts";
import { namesFromUnits } from "../kinds/units.ts";
import { readAccounts } from "./accounts.ts";
import { readComposeFile } from "./docker/compose-files.ts";
import { installDirBehind } from "./hidden-program.ts";
import { readHost } from "./host.ts";
import { type Listeners, processIds, readListeners } from "./listeners.ts";
import { type LocalAccess, localAccess } from "./local.ts";
import { userName } from "./path-trust.ts";
import type { GatewayProcess } from "./processes.ts";
import { type ProxyProcess, proxyProcesses, readProxies } from "./proxy-configs.ts";
import { readInstalled, readService, type ServiceFiles } from "./service-reading.ts";
import { nameIn, tailscaleOf } from "./tailscale.ts";
import type { World } from "./world.ts";

export interface SurroundingsOptions {
  readonly world: World;
  /** Random, one for each run. */
  readonly salt: string;
  /** `--config`. */
  readonly configPath?: string;
  /** `--release`. */
  readonly release?: string;
  /** The gateway that is meant has nothing to do with the config that OpenClaw would read here. */
  readonly configElsewhere: boolean;
}

/** One machine as all finders see it, in one look: each thing is read once. */
export class Surroundings {
  readonly options: SurroundingsOptions;
  readonly #listeners = new Map<number, Promise<Fact<Listeners>>>();
  readonly #services = new Map<number, Promise<ServiceFiles | undefined>>();
  #compose: Promise<ComposeSigns | undefined> | undefined;
  #host: Promise<HostSigns> | undefined;
  #owner: Promise<number | undefined> | undefined;
  #proxies: Promise<readonly ProxyProcess[]> | undefined;

  constructor(options: SurroundingsOptions) {
    this.options = options;
  }

  get world(): World {
    return this.options.world;
  }

  host(): Promise<HostSigns> {
    this.#host ??= readHost(this.world);
    return this.#host;
  }

  /** The Compose file of the working directory. */
  compose(): Promise<ComposeSigns | undefined> {
    this.#compose ??= readComposeFile(this.world, this.options.salt);
    return this.#compose;
  }

  /** The gateway of this machine: that of a process, else the one whose config OpenClaw would read here. */
  async gateway(
    process: GatewayProcess | undefined,
    { configPath, release }: Pick<SurroundingsOptions, "configPath" | "release"> = this.options,
    configOwner?: number,
  ): Promise<LocalAccess> {
    const { world, salt } = this.options;
    const host = await this.host();
    return localAccess({
      world,
      salt,
      host,
      ...(process === undefined
        ? await this.#installed(host)
        : await this.#running(process, host, configOwner)),
      ...(configPath === undefined ? {} : { configPath }),
      ...(release === undefined ? {} : { release }),
    });
  }

  async #running(process: GatewayProcess, host: HostSigns, configOwner: number | undefined) {
    const reading = (await this.#serviceOf(process))?.reading;
    const { uid, env } = process;
    const isOthers =
      env === undefined && uid !== undefined && configOwner !== undefined && uid !== configOwner;
    const configOf = isOthers ? { configOf: await userName(this.world, configOwner) } : {};
    return {
      gateway: process,
      names: namesOf(reading, host),
      ...(reading === undefined ? {} : { service: { ...reading, ...configOf } }),
    };
  }

  /** Of a gateway that does not run, the unit that would start it. */
  async #installed({ platform, units }: HostSigns) {
    const { unit } = namesFromUnits(units);
    if (unit === undefined || platform !== "linux") return {};
    return { service: await readInstalled(this.world, unit) };
  }

  #serviceOf(process: GatewayProcess): Promise<ServiceFiles | undefined> {
    const { world, salt } = this.options;
    const read = this.#services.get(process.pid) ?? readService(world, process, salt);
    this.#services.set(process.pid, read);
    return read;
  }

  /** With what its service and its user tell of a process that does not show itself. */
  async #whole(process: GatewayProcess | undefined): Promise<GatewayProcess | undefined> {
    if (process === undefined) return undefined;
    const { world } = this;
    const { uid } = process;
    // Another user's process that hides its environment reads that user's files, and none of ours.
    const others =
      process.env === undefined && uid !== undefined && uid !== world.uid
        ? (await readAccounts(world)).users.get(uid)?.home
        : undefined;
    const whole = others === undefined || process.home !== undefined ? process : { ...process, home: others };
    if (whole.installDir !== undefined) return whole;
    const installDir = await installDirBehind(world, whole, (await this.#serviceOf(process))?.unit);
    return installDir === undefined ? whole : { ...whole, installDir };
  }

  /** Who listens on a port, and the gateways of the machine. */
  listeners(port: number): Promise<Fact<Listeners>> {
    const read =
      this.#listeners.get(port) ??
      this.#configOwner().then((owner) =>
        readListeners(this.world, port, this.options.salt, owner, () => this.proxyProcesses()),
      );
    this.#listeners.set(port, read);
    return read;
  }

  /** The reverse proxies and tunnels of the machine. */
  proxyProcesses(): Promise<readonly ProxyProcess[]> {
    this.#proxies ??= processIds(this.world).then((pids) => proxyProcesses(this.world, pids));
    return this.#proxies;
  }

  /** What the proxies of the machine say of the way to a port. */
  async proxies(port: number): Promise<ProxyReading> {
    const reading = await readProxies(this.world, await this.proxyProcesses(), port);
    const tailnet = knownValue(await this.#tailnet());
    return tailnet === undefined ? reading : { ...reading, tailnet };
  }

  /** The machine's name on its tailnet; its command is run only where its service is. */
  async #tailnet(): Promise<Fact<string>> {
    const { told } = this.world;
    if (told !== undefined) return nameIn(told("tailnet"));
    const runs = (await this.proxyProcesses()).some(({ name }) => name === "tailscaled");
    return runs ? tailscaleOf(this.world).name() : unknown("absent", say("no-tailscale"));
  }

  /** The gateway process that listens on a port, unless it is in a container, whose files are not ours. */
  async holder(port: number): Promise<GatewayProcess | undefined> {
    const listeners = knownValue(await this.listeners(port));
    const pids = new Set(listeners?.sockets.map(({ pid }) => pid));
    return this.#whole(
      listeners?.gateways.find(({ pid, container }) => container === undefined && pids.has(pid)),
    );
  }

  /** The only gateway process outside of containers. */
  async lone(): Promise<GatewayProcess | undefined> {
    const gateways = knownValue(await this.listeners(this.port()))?.gateways ?? [];
    const ours = gateways.filter(({ container }) => container === undefined);
    return ours.length === 1 ? this.#whole(ours[0]) : undefined;
  }

  /** The port where no config names one: of the environment, else the default. */
  port(): number {
    const named = this.world.env.OPENCLAW_GATEWAY_PORT ?? "";
    const port = /^\d{1,5}$/.test(named) ? Number(named) : 0;
    return port > 0 && port < 65_536 ? port : DEFAULT_PORT;
  }

  /** The user whose configuration is looked at, before any process is asked; unknown where there is none of ours. */
  #configOwner(): Promise<number | undefined> {
    this.#owner ??= (async () => {
      if (this.options.configElsewhere) return undefined;
      const { configPath } = this.options;
      const own = await this.gateway(undefined, configPath === undefined ? {} : { configPath });
      return (await own.config()).known ? own.owner() : undefined;
    })();
    return this.#owner;
  }
}

/** What really runs it counts before what has a fitting name. */
function namesOf(service: ServiceReading | undefined, { units }: HostSigns): DeploymentNames {
  const byFile = namesFromUnits(units);
  if (service === undefined) return byFile;
  const { by, name, user = false } = service;
  // A unit may be there while the gateway runs by something else.
  return by === "systemd" ? { ...byFile, unit: { name, user } } : { service: { by, name } };
}
