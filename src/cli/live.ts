import { basename } from "node:path";
import type { Ask, Collectors } from "../core/collect.ts";
import { type Fact, known, knownValue, said, type Unknown, unknown } from "../core/fact.ts";
import type {
  Confidence,
  DeploymentKind,
  HostSigns,
  OwnThings,
  PortHolder,
  ProbeReading,
  Release,
  Target,
} from "../core/facts.ts";
import type { LogDigest } from "../core/log-event.ts";
import { compareReleases } from "../core/release.ts";
import { createScrubber } from "../core/scrub.ts";
import type { Secret } from "../core/secret.ts";
import { safeText } from "../core/text.ts";
import { type ComposeSigns, readComposeFile } from "../deployments/compose-file.ts";
import { detectDeployment } from "../deployments/detect.ts";
import { type ContainedGateway, openContainer, unopened } from "../deployments/docker/access.ts";
import type { Wanted } from "../deployments/docker/choose.ts";
import { exposureOf } from "../deployments/exposure.ts";
import { readHost } from "../deployments/host.ts";
import {
  isInContainer,
  type Listeners,
  peerOf,
  REACHED_BY_LOOPBACK,
  readListeners,
} from "../deployments/listeners.ts";
import { localAccess } from "../deployments/local.ts";
import { ownNames } from "../deployments/names.ts";
import type { GatewayProcess } from "../deployments/processes.ts";
import { mayRead, userName } from "../deployments/trust.ts";
import type { ConfigAndSecrets, DeploymentAccess } from "../deployments/types.ts";
import { urlAccess } from "../deployments/url.ts";
import type { World } from "../deployments/world.ts";
import { probe } from "../gateway/probe.ts";
import type { ConnectionEnds, MayReceive } from "../gateway/transport.ts";
import { parseGatewayUrl, reachOfAddress } from "../gateway/url.ts";
import { digestLogs, type LogSource } from "../logs/digest.ts";
import { ofPort } from "../logs/of-port.ts";
import { tiedTo } from "../logs/tied.ts";
import type { Credentials } from "./credentials.ts";
import { collector, derivedCollectors, given } from "./derived.ts";
import { type LogReading, logFile } from "./log-input.ts";
import { releaseOfLogs } from "./offline.ts";
import type { ChosenTarget } from "./target.ts";

export interface LiveOptions {
  readonly target: ChosenTarget;
  readonly world: World;
  readonly salt: string;
  readonly credentials?: Credentials;
  readonly release: Fact<Release>;
  readonly deployment?: DeploymentKind;
  readonly origin?: string;
  /** Addresses and CIDR blocks of the proxies that the user named. */
  readonly proxies?: readonly string[];
  readonly configPath?: string;
  /** Files that take the place of the logs that would be found. */
  readonly logFiles?: readonly string[];
  /** Takes what the report has to say of the reading of a log. */
  readonly note?: LogReading["note"];
  readonly asBrowser: boolean;
  readonly allowPlaintextToken: boolean;
  readonly insecureTls: boolean;
  /** For the probe; the other facts have limits of their own. Milliseconds. */
  readonly timeoutMs: number;
  /** Where config, logs and devices are read, when that is not to be found out. */
  readonly access?: DeploymentAccess;
  /** Is told every secret value that is met, before it can come into any text. */
  readonly learn?: (secrets: readonly string[]) => void;
}

/** OpenClaw's default port in every release. */
const DEFAULT_PORT = 18789;
/** Local files; generous, for network file systems. */
const FILES_MS = 15_000;

/** How the facts of a running gateway are collected. What is shared between them is asked once. */
export class Live {
  readonly #options: LiveOptions;
  #access: Promise<DeploymentAccess> | undefined;
  #host: Promise<HostSigns> | undefined;
  #listeners: Promise<Fact<Listeners>> | undefined;
  #configured: Promise<Fact<ConfigAndSecrets>> | undefined;
  #probed: Promise<ProbeReading> | undefined;
  #owner: Promise<number | undefined> | undefined;
  #contained: Promise<Fact<ContainedGateway> | undefined> | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  collectors(): Collectors {
    const { timeoutMs, origin, deployment } = this.#options;
    const all = FILES_MS * 2 + timeoutMs;
    return {
      host: collector(FILES_MS, async () => known(await this.#hostSigns(), "this machine")),
      config: collector(FILES_MS, async () => {
        const config = await this.#config();
        return config.known ? known(config.value.reading, config.source) : config;
      }),
      devices: collector(FILES_MS, async () => (await this.#place()).devices()),
      logs: collector(FILES_MS * 2, (_ask, signal) => this.#logs(signal)),
      probe: collector(timeoutMs + FILES_MS + 2000, async (_ask, signal) => {
        const unopened = await this.#unopenedTarget();
        if (unopened !== undefined) return unopened;
        const way = await this.#way();
        if (!way.known) return way;
        const stranger = await this.#stranger();
        if (stranger !== undefined) return known(heldBy(stranger, way.value), way.value);
        const reading = await this.#probe(way.value, signal);
        return (await this.#lost(reading)) ?? known(reading, reading.url);
      }),
      release: collector(all, (ask) => this.#release(ask)),
      deployment: collector(all, async (ask) => {
        const contained = await this.#container();
        if (contained?.known === true && (deployment === undefined || deployment === "docker"))
          return known(contained.value.deployment, contained.source);
        const unopened = await this.#unopenedTarget();
        if (unopened !== undefined) return unopened;
        const [host, logs, config] = await Promise.all([ask("host"), ask("logs"), ask("config")]);
        const listeners = knownValue(await this.#sockets());
        const signs = knownValue(host) ?? (await this.#hostSigns());
        const found = detectDeployment({
          host: signs,
          own: this.#isOwnPlace(signs) ? await ownNames(this.#options.world, signs) : {},
          ...given("compose", await this.#compose()),
          ...given("logs", knownValue(logs)),
          ...given("config", knownValue(config)),
          ...given("listeners", listeners),
          ...given("said", deployment),
          addressed: this.#options.target.kind === "url",
          elsewhere: await this.#isElsewhere(),
        });
        return deployment === undefined ? known(found, "signs of this machine") : said(found, "--deployment");
      }),
      target: collector(all, (ask) => this.#target(ask)),
      ...derivedCollectors({ timeoutMs: all, ...given("origin", origin) }),
    };
  }

  /** Every secret value that was read, for whoever writes text. */
  async secrets(): Promise<readonly Secret[]> {
    const config = await this.#config();
    const { credentials } = this.#options;
    return [
      ...(config.known ? config.value.all : []),
      ...((await this.#containerHere())?.secrets ?? []),
      ...[credentials?.token, credentials?.password].filter((secret) => secret !== undefined),
    ];
  }

  /** The deployment that was looked at, for whoever changes something there. */
  access(): Promise<DeploymentAccess> {
    return this.#place();
  }

  // ---- what several facts share

  #hostSigns(): Promise<HostSigns> {
    this.#host ??= readHost(this.#options.world);
    return this.#host;
  }

  /** The Compose file of the working directory; a gateway elsewhere has nothing to do with it. */
  async #compose(): Promise<ComposeSigns | undefined> {
    const contained = await this.#containerHere();
    if (contained !== undefined) return publishedSigns(contained);
    return (await this.#isElsewhere()) ? undefined : readComposeFile(this.#options.world, this.#options.salt);
  }

  /** Who listens on the gateway's port, once that is settled. */
  #sockets(): Promise<Fact<Listeners>> {
    this.#listeners ??= this.#settledPort().then((port) => this.#listen(port));
    return this.#listeners;
  }

  /** Sockets of another network than the one that is published say nothing of how far that reaches. */
  async #socketsOfTarget(): Promise<Listeners | undefined> {
    const contained = await this.#containerHere();
    return contained?.here === false ? undefined : knownValue(await this.#sockets());
  }

  async #listen(port: number): Promise<Fact<Listeners>> {
    return readListeners(this.#options.world, port, this.#options.salt, await this.#configOwner());
  }

  /** The user whose configuration is looked at, before any process is asked; unknown where there is none of ours. */
  #configOwner(): Promise<number | undefined> {
    const { world, salt, configPath, target } = this.#options;
    this.#owner ??= (async () => {
      if (target.kind === "docker" || (target.kind === "url" && configPath === undefined)) return undefined;
      const own = localAccess({
        world,
        salt,
        host: await this.#hostSigns(),
        ...given("configPath", configPath),
      });
      return (await own.config()).known ? own.owner() : undefined;
    })();
    return this.#owner;
  }

  async #settledPort(): Promise<number> {
    const config = knownValue(await this.#config());
    if (this.#options.target.kind === "url") return this.#port();
    if ((await this.#containerHere()) !== undefined) return portOf(await this.#url());
    return config?.reading.effective.gateway?.port ?? this.#port();
  }

  /** The port to look at, before the config is read: of the URL, of the environment, else the default. */
  async #port(): Promise<number> {
    const { target, world } = this.#options;
    if (target.kind === "url") return portOf(target.url);
    const named = world.env.OPENCLAW_GATEWAY_PORT ?? "";
    return /^\d{1,5}$/.test(named) ? Number(named) : DEFAULT_PORT;
  }

  #place(): Promise<DeploymentAccess> {
    this.#access ??= this.#openPlace();
    return this.#access;
  }

  async #openPlace(): Promise<DeploymentAccess> {
    const { target, world, salt, configPath, release, access } = this.#options;
    if (access !== undefined) return access;
    const contained = await this.#container();
    if (contained !== undefined) return contained.known ? contained.value.access : unopened(contained);
    if (configPath === undefined && target.kind === "url" && (await this.#isElsewhere())) return urlAccess();
    const host = await this.#hostSigns();
    const open = (gateway: GatewayProcess | undefined) =>
      localAccess({
        world,
        salt,
        host,
        ...given("gateway", gateway),
        ...given("configPath", configPath),
        ...given("release", knownValue(release)?.version),
      });
    if (target.kind === "url" && configPath === undefined) {
      // Files count only when it is one of our processes that holds the port.
      const gateway = await this.#holder(await this.#port());
      return gateway === undefined ? urlAccess() : open(gateway);
    }
    // The config that OpenClaw's own CLI would read here names the gateway; without one, a lone running gateway does.
    const own = await open(undefined).config();
    if (own.known) return open(await this.#holder(own.value.reading.effective.gateway?.port ?? DEFAULT_PORT));
    return open((await this.#holder(await this.#port())) ?? (await this.#lone()));
  }

  /** The container that was named, or that holds the gateway of this machine's port; its engine may not tell. */
  #container(): Promise<Fact<ContainedGateway> | undefined> {
    this.#contained ??= this.#openContainer();
    return this.#contained;
  }

  async #containerHere(): Promise<ContainedGateway | undefined> {
    const contained = await this.#container();
    return contained?.known === true ? contained.value : undefined;
  }

  /** Why nothing can be said of the container that was named, or of several with nothing on the port. */
  async #unopenedTarget(): Promise<Unknown | undefined> {
    const contained = await this.#container();
    if (contained === undefined || contained.known) return undefined;
    if (this.#options.target.kind === "docker") return contained;
    const listeners = knownValue(await this.#listen(await this.#port()));
    return contained.reason === "not-asked" && listeners?.sockets.length === 0 ? contained : undefined;
  }

  async #openContainer(): Promise<Fact<ContainedGateway> | undefined> {
    const { target, world, salt, configPath, release, deployment, access } = this.#options;
    if (access !== undefined) return undefined;
    const open = (wanted: Wanted) =>
      openContainer({
        world,
        salt,
        wanted,
        ...given("configPath", configPath),
        ...given("release", knownValue(release)?.version),
      });
    if (target.kind === "docker") return open({ by: target.by, name: target.name });
    if (target.kind !== "found" || configPath !== undefined) return undefined;
    if (deployment !== undefined && deployment !== "docker") return undefined;
    return this.#searchContainer((port) => open({ by: "search", port }));
  }

  /**
   * Looks for the gateway among the engine's containers where this machine's files and processes do not settle
   * it: something of an engine holds the port, or there is neither a config nor a gateway of our own.
   */
  async #searchContainer(
    search: (port: number) => Promise<Fact<ContainedGateway>>,
  ): Promise<Fact<ContainedGateway> | undefined> {
    const { world, salt } = this.#options;
    const host = await this.#hostSigns();
    const own = await localAccess({ world, salt, host }).config();
    const config = knownValue(own)?.reading;
    const port = config?.effective.gateway?.port ?? (await this.#port());
    const listeners = knownValue(await this.#listen(port));
    const published = listeners?.sockets.some(({ owner }) => owner === "docker-proxy") === true;
    const gateways = listeners?.gateways ?? [];
    // A gateway at another port is not the one that our config is of.
    const settled =
      config === undefined
        ? gateways.some(({ container }) => container === undefined)
        : (await this.#holder(port)) !== undefined;
    if (settled && !published) return undefined;
    const engine = host.engines.some(({ kind }) => kind !== "kubernetes") || world.env.DOCKER_HOST;
    if (!published && !engine) return undefined;
    const found = await search(port);
    const ports = found.known ? (found.value.deployment.container?.ports ?? []) : [];
    const serves = !found.known || ports.some((one) => one.port === port);
    if (published && (config === undefined || serves)) return found;
    // What else runs in containers says nothing of a config of our own.
    if (!found.known)
      return config === undefined && (gateways.length > 0 || found.reason === "not-asked")
        ? found
        : undefined;
    // Our own config is the container's when it is mounted there; else it is of a gateway that is not running.
    const mounts = found.value.deployment.container?.mounts ?? [];
    const mounted = mounts.some(({ source }) => config?.path.startsWith(`${source}/`));
    return config === undefined || mounted ? found : undefined;
  }

  /** The gateway process that listens on a port, unless it is in a container, whose files are not ours. */
  async #holder(port: number): Promise<GatewayProcess | undefined> {
    const listeners = knownValue(await this.#listen(port));
    const pids = new Set(listeners?.sockets.map(({ pid }) => pid));
    return listeners?.gateways.find(({ pid, container }) => container === undefined && pids.has(pid));
  }

  async #lone(): Promise<GatewayProcess | undefined> {
    const gateways = knownValue(await this.#listen(await this.#port()))?.gateways ?? [];
    const ours = gateways.filter(({ container }) => container === undefined);
    return ours.length === 1 ? ours[0] : undefined;
  }

  /** A URL that does not lead to this machine: nothing here is evidence of it. */
  async #isElsewhere(): Promise<boolean> {
    const { target, world, access } = this.#options;
    if (access !== undefined) return true;
    if (target.kind === "docker") return (await this.#containerHere())?.here !== true;
    if (target.kind !== "url") return false;
    const { hostname } = parseGatewayUrl(target.url);
    if (hostname === "localhost" || reachOfAddress(hostname) === "loopback") return false;
    return !world.interfaces().some(({ address }) => address === hostname);
  }

  #config(): Promise<Fact<ConfigAndSecrets>> {
    this.#configured ??= this.#readConfig();
    return this.#configured;
  }

  async #readConfig(): Promise<Fact<ConfigAndSecrets>> {
    const config = await (await this.#place()).config();
    const met = [
      ...(config.known ? config.value.all : []),
      ...((await this.#containerHere())?.secrets ?? []),
    ];
    this.#options.learn?.(met.map((secret) => secret.reveal()));
    return config;
  }

  async #url(): Promise<string> {
    const { target } = this.#options;
    if (target.kind === "url") return target.url;
    const config = knownValue(await this.#config());
    const configured = config?.reading.effective.gateway?.port;
    const contained = await this.#containerHere();
    if (contained !== undefined) return contained.url(configured ?? DEFAULT_PORT);
    return `ws://127.0.0.1:${configured ?? (await this.#port())}`;
  }

  // ---- facts

  #probe(url: string, signal: AbortSignal): Promise<ProbeReading> {
    this.#probed ??= this.#runProbe(url, signal);
    return this.#probed;
  }

  /** The address at which the gateway is probed, from where the doctor runs; the browser's may be another. */
  async #way(): Promise<Fact<string>> {
    const contained = await this.#containerHere();
    if (contained !== undefined) {
      const configured = knownValue(await this.#config())?.reading.effective.gateway?.port;
      return contained.reach(configured ?? DEFAULT_PORT);
    }
    return (await this.#isAlone()) ? ALONE : known(await this.#url(), "target");
  }

  /** Nobody at an address that may not lead to the gateway from here is no word about the gateway. */
  async #lost({ reach }: ProbeReading): Promise<Unknown | undefined> {
    const contained = await this.#containerHere();
    const running = contained?.deployment.container?.state === "running";
    return running && ["refused", "timeout", "dns"].includes(reach.state) ? contained?.lost() : undefined;
  }

  /**
   * Another user's process at the address where the gateway is looked for: what it says is nobody's word but its
   * own, so it is not asked. Whoever names the address asks whatever is there.
   */
  async #stranger(): Promise<PortHolder | undefined> {
    if (this.#options.target.kind === "url" || (await this.#container()) !== undefined) return undefined;
    const sockets = knownValue(await this.#sockets())?.sockets ?? [];
    const at = sockets.filter(({ address }) => REACHED_BY_LOOPBACK.has(address));
    const [first] = at.filter(({ owner }) => owner === "stranger");
    if (first?.user === undefined || first.uid === undefined) return undefined;
    // A container that shares the gateway's network does not see its process, and its uids are the container's.
    const { container, hostNetwork } = await this.#hostSigns();
    if (first.pid === undefined && container !== "none" && hostNetwork !== true) return undefined;
    if (at.some(({ owner, address }) => owner !== "stranger" && address === "127.0.0.1")) return undefined;
    const { user, port, program, pid } = first;
    return { user, port, ...given("program", program), ...given("pid", pid) };
  }

  /**
   * Whether the process at the other end of a connection may have the gateway's secrets: root, our own, whoever may
   * read the configuration that they are from, and a process of the container that was looked into. Secrets that the
   * user handed over for an address go there.
   */
  async #mayReceive(ends: ConnectionEnds): ReturnType<MayReceive> {
    const { world, credentials, target } = this.#options;
    if (credentials !== undefined && target.kind === "url") return { allowed: true };
    const peer = await peerOf(world, ends);
    // Where no platform tells, the address has been judged.
    if (!peer.known)
      return peer.reason === "not-asked" ? { allowed: true } : { allowed: false, from: "unknown" };
    if (peer.value === "nobody") return { allowed: true };
    const { uid, inode } = peer.value;
    if (uid === 0 || uid === world.uid) return { allowed: true };
    const container = (await this.#containerHere())?.deployment.container?.id;
    const allowed =
      container === undefined ? await this.#mayReadConfig(uid) : await isInContainer(world, inode, container);
    return allowed ? { allowed } : { allowed, from: await userName(world, uid) };
  }

  async #mayReadConfig(uid: number): Promise<boolean> {
    const config = knownValue(await this.#config());
    if (config === undefined) return false;
    if (await mayRead(this.#options.world, config.reading.path, uid)) return true;
    // A gateway without a file of its own has its secrets from its environment, or its service's.
    return !config.reading.exists && (await this.#holder(await this.#settledPort()))?.uid === uid;
  }

  /** A container with the doctor and nothing else: no gateway, none of its files, nobody on the port. */
  async #isAlone(): Promise<boolean> {
    const { target, configPath } = this.#options;
    if (target.kind === "url" || configPath !== undefined) return false;
    const host = await this.#hostSigns();
    if (host.openclaw !== false || host.hostNetwork === true) return false;
    if ((await this.#config()).known) return false;
    const listeners = knownValue(await this.#listen(await this.#port()));
    return listeners === undefined || (listeners.sockets.length === 0 && listeners.gateways.length === 0);
  }

  /** The container around us is the gateway's, or shares its network: its names are of use. */
  #isOwnPlace({ openclaw, hostNetwork }: HostSigns): boolean {
    if (openclaw !== false) return true;
    const { target } = this.#options;
    if (target.kind !== "url") return hostNetwork !== true;
    const { hostname } = parseGatewayUrl(target.url);
    return hostNetwork !== true && (hostname === "localhost" || reachOfAddress(hostname) === "loopback");
  }

  async #runProbe(url: string, signal: AbortSignal): Promise<ProbeReading> {
    const { origin, asBrowser, allowPlaintextToken, insecureTls, timeoutMs, credentials } = this.#options;
    const config = knownValue(await this.#config());
    const token = credentials?.token ?? (credentials ? undefined : config?.token);
    const password = credentials?.password ?? (credentials ? undefined : config?.password);
    const scrub = createScrubber((await this.secrets()).map((secret) => secret.reveal()));
    return probe({
      url,
      timeoutMs,
      signal,
      asBrowser,
      allowPlaintextToken,
      insecureTls,
      scrub: (text) => scrub(text).text,
      mayReceive: (ends) => this.#mayReceive(ends),
      ...given("origin", origin),
      ...(token === undefined && password === undefined
        ? {}
        : { credentials: { ...given("token", token), ...given("password", password) } }),
    });
  }

  async #logs(signal: AbortSignal): Promise<Fact<LogDigest>> {
    const secrets = (await this.secrets()).map((secret) => secret.reveal());
    const { logFiles = [] } = this.#options;
    if (logFiles.length > 0) {
      const { note = () => undefined } = this.#options;
      const sources = logFiles.map((path) => logOf(path, { signal, note }));
      return known(await digestLogs(sources, { secrets }), logFiles.join(", "));
    }
    const texts = await (await this.#place()).logs();
    if (!texts.known) return texts;
    const digest = await digestLogs(texts.value, { secrets });
    const config = knownValue(await this.#config());
    const port = config?.reading.effective.gateway?.port;
    const shared = texts.value.flatMap((text) => (text.shared === true ? text.name : []));
    if (shared.length > 0) {
      const tied = tiedTo(digest, port ?? (await this.#port()), shared);
      const any = tied.refusals.length + tied.events.length > 0;
      return any || shared.length < texts.value.length
        ? known(tied, texts.source)
        : unattributed(texts.source);
    }
    return known(port === undefined ? digest : ofPort(digest, port), texts.source);
  }

  /** What was said, else the surest of what the wire, the files and the log tell. */
  async #release(ask: Ask): Promise<Fact<Release>> {
    if (this.#options.release.known) return this.#options.release;
    const [probed, logs, files] = await Promise.all([
      ask("probe"),
      ask("logs"),
      this.#place().then((place) => place.release()),
    ]);
    const wire = knownValue(probed)?.release;
    const candidates: Fact<Release>[] = [
      ...(wire === undefined ? [] : [known(wire, knownValue(probed)?.url ?? "probe")]),
      files,
      releaseOfLogs(logs),
    ];
    const found = candidates.filter((fact) => fact.known).filter(({ value }) => fits(value, wire));
    found.sort(
      (a, b) =>
        SURENESS[a.value.confidence] - SURENESS[b.value.confidence] || ranged(a.value) - ranged(b.value),
    );
    return (
      found[0] ??
      unknown("absent", "neither the gateway, nor files, nor a log name the release", "--release X", {
        message: "release-nowhere",
      })
    );
  }

  /** What is the user's own, whatever a log says: what was named, this machine's own page, and its proxies. */
  async #own(url: string): Promise<OwnThings> {
    const { origin, proxies = [] } = this.#options;
    const elsewhere = await this.#isElsewhere();
    const hosts = elsewhere ? [] : (await this.#hostSigns()).addresses.map(({ address }) => address);
    const port = portOf(url);
    return {
      ...given("origin", origin),
      proxies,
      origins: hosts.map((host) => `http://${host.includes(":") ? `[${host}]` : host}:${port}`),
      proxyPrograms: elsewhere ? [] : (knownValue(await this.#sockets())?.proxies ?? []),
    };
  }

  async #target(ask: Ask): Promise<Fact<Target>> {
    const { target } = this.#options;
    const [config, host, deployment, probed, logs] = await Promise.all([
      ask("config"),
      ask("host"),
      ask("deployment"),
      ask("probe"),
      ask("logs"),
    ]);
    if ((await this.#unopenedTarget()) !== undefined) {
      const name = target.kind === "docker" ? target.name : "";
      return known({ kind: "docker", name, exposure: "unknown" }, "the engine's containers");
    }
    const url = await this.#url();
    const apart = (await this.#containerHere())?.here === false;
    const { exposure, because } = exposureOf({
      ...given("config", knownValue(config)),
      // The addresses of the doctor's own container, or of another machine, are not the engine's.
      ...given("host", apart ? undefined : knownValue(host)),
      ...given("deployment", knownValue(deployment)),
      ...given("probe", knownValue(probed)),
      ...given("logs", knownValue(logs)),
      ...given("listeners", await this.#socketsOfTarget()),
      ...given("compose", await this.#compose()),
      url,
    });
    const kind = target.kind === "url" ? "url" : (knownValue(deployment)?.kind ?? "local");
    const container = knownValue(deployment)?.container?.name;
    const name = target.kind === "url" ? url : (container ?? knownValue(config)?.path ?? url);
    return known(
      { kind, name, url, exposure, exposureBecause: because, own: await this.#own(url) },
      target.kind === "url" || target.kind === "docker" ? "--target" : "this machine",
    );
  }
}

/** What is said of a port that a stranger has, without a word of theirs. */
function heldBy(holder: PortHolder, url: string): ProbeReading {
  const { program, user, pid } = holder;
  const who = `${program ?? "a program"} of user ${user}${pid === undefined ? "" : ` (process ${pid})`}`;
  return {
    url,
    reach: { state: "stranger", detail: `port ${holder.port} is held by ${who}`, holder },
    http: { looksLike: "none" },
    attempts: [],
    tookMs: 0,
  };
}

/** A log in which nothing names this gateway is no evidence of it, nor of its silence. */
function unattributed(source: string): Unknown {
  const file = safeText(source, 200);
  return unknown(
    "not-asked",
    `${file} is shared by the gateways of this machine, and no line names this one's port`,
    "--log FILE",
    { message: "log-shared", args: { file } },
  );
}

const ALONE = unknown(
  "not-asked",
  "the doctor runs in a container of its own, where no gateway is",
  "-v /var/run/docker.sock:/var/run/docker.sock, --network container:NAME, or --target ws://HOST:PORT",
  { message: "doctor-alone" },
);

/** What a Compose file would say of the published ports. */
function publishedSigns({ deployment }: ContainedGateway): ComposeSigns | undefined {
  const { container } = deployment;
  if (container === undefined) return undefined;
  const publishedOn = [...new Set(container.ports.map(({ address }) => address))];
  return { file: container.name, service: container.name, publishedOn };
}

/** The port of a ws:// or wss:// URL, the scheme's own when there is none in it. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "wss:" ? 443 : 80) : Number(port);
}

const SURENESS: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 };

/** A version beats a range of versions. */
const ranged = ({ range }: Release): number => (range === undefined ? 0 : 1);

/** Files and old log lines must not contradict the range that the wire shows. */
function fits(release: Release, wire: Release | undefined): boolean {
  if (wire === undefined || release === wire) return true;
  const [from, to] = wire.range ?? [wire.version, wire.version];
  return compareReleases(release.version, from) >= 0 && compareReleases(release.version, to) <= 0;
}

function logOf(path: string, reading: LogReading): LogSource {
  const file = { path, what: `--log ${path}`, todo: "name a log file that you may read" };
  return { name: basename(path), chunks: logFile(file, reading) };
}
