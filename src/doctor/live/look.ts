import type { Ask, Collectors } from "../../core/collect.ts";
import type { DeploymentKind } from "../../core/deployment-kind.ts";
import { type Fact, type Known, known, knownValue, said, type Unknown, unknown } from "../../core/fact.ts";
import type {
  Confidence,
  Deployment,
  HostSigns,
  OwnThings,
  PortHolder,
  ProbeReading,
  Release,
  Target,
} from "../../core/facts.ts";
import { parseBoundedJson } from "../../core/json.ts";
import type { LogDigest } from "../../core/log-event.ts";
import { frontOf, type ProxyReading } from "../../core/proxies.ts";
import { compareReleases } from "../../core/release.ts";
import { inEnglish, say } from "../../core/saying.ts";
import { createScrubber } from "../../core/scrub.ts";
import type { Secret } from "../../core/secret.ts";
import { safeText } from "../../core/text.ts";
import { findPlace, lookAround, patienceWith } from "../../deployments/find-place.ts";
import { type Listeners, peerOf } from "../../deployments/listeners.ts";
import { ownNames } from "../../deployments/own-names.ts";
import { userName } from "../../deployments/path-trust.ts";
import type { Place } from "../../deployments/place.ts";
import { holderOf } from "../../deployments/port-holder.ts";
import type { Surroundings } from "../../deployments/surroundings.ts";
import type { ChosenTarget } from "../../deployments/target.ts";
import type { ConfigAndSecrets, DeploymentAccess, LogText } from "../../deployments/types.ts";
import { portOfUrl } from "../../deployments/url.ts";
import type { World } from "../../deployments/world.ts";
import { probe } from "../../gateway/probe.ts";
import type { ConnectionEnds, MayReceive } from "../../gateway/transport.ts";
import { parseGatewayUrl, reachOfAddress } from "../../gateway/url.ts";
import { detectDeployment } from "../../kinds/detect.ts";
import { exposureOf } from "../../kinds/exposure.ts";
import type { ExposureInput } from "../../kinds/exposure-input.ts";
import { nftSays, servedBy, ufwSays } from "../../kinds/firewall.ts";
import { digestLogs, type LogSource } from "../../logs/digest.ts";
import { tiedTo } from "../../logs/lines-naming-port.ts";
import { ofPort } from "../../logs/refusals-of-port.ts";
import { collector, derivedCollectors, given } from "../pure/derived.ts";
import { releaseOfLogs } from "../pure/offline.ts";

/** Credentials that the user hands in. */
export interface Credentials {
  readonly token?: Secret;
  readonly password?: Secret;
}

/** Logs that take the place of those that would be found. */
export interface HandedLogs {
  /** For people. */
  readonly name: string;
  sources(signal: AbortSignal): readonly LogSource[];
}

export interface LiveOptions {
  readonly target: ChosenTarget;
  readonly world: World;
  readonly salt: string;
  readonly credentials?: Credentials;
  readonly release: Fact<Release>;
  readonly deployment?: DeploymentKind;
  readonly origin?: string;
  /** The page's origin from now on, whatever was named: a way that was just made. */
  readonly through?: string;
  /** Addresses and CIDR blocks of the proxies that the user named. */
  readonly proxies?: readonly string[];
  readonly configPath?: string;
  readonly logs?: HandedLogs;
  readonly asBrowser: boolean;
  /** The probe asks only whether the gateway is up (`ProbeOptions.knock`). */
  readonly knock?: boolean;
  /** `ProbeOptions.startingBudgetMs`. */
  readonly startingBudgetMs?: number;
  readonly allowPlaintextToken: boolean;
  readonly insecureTls: boolean;
  /** For the probe; the other facts have limits of their own. Milliseconds. */
  readonly timeoutMs: number;
  /** Where the gateway lives, when that is not to be found out. */
  readonly place?: Place;
  /** Is told every secret value that is met, before it can come into any text. */
  readonly learn?: (secrets: readonly string[]) => void;
}

function isShared(text: LogSource & Pick<LogText, "shared">): boolean {
  return text.shared === true;
}

function secretsOf({ secrets = [] }: Place, config: Fact<ConfigAndSecrets>): readonly Secret[] {
  return [...(config.known ? config.value.all : []), ...secrets];
}

/** How the facts of a running gateway are collected. What is shared between them is asked once. */
export class Live {
  readonly #options: LiveOptions;
  readonly #around: Surroundings;
  #found: Promise<Place> | undefined;
  #configured: Promise<Fact<ConfigAndSecrets>> | undefined;
  #probed: Promise<ProbeReading> | undefined;
  #fronts: Promise<ProxyReading | undefined> | undefined;

  constructor(options: LiveOptions) {
    const { world, salt, target, configPath, release } = options;
    this.#options = options;
    this.#around = lookAround(target, {
      world,
      salt,
      ...given("configPath", configPath),
      ...given("release", knownValue(release)?.version),
    });
  }

  collectors(): Collectors {
    const { timeoutMs, target } = this.#options;
    const origin = this.#pageOrigin();
    // Who gives the gateway more time has a machine that is slow for everything.
    const filesMs = Math.max(patienceWith(target), timeoutMs);
    const all = filesMs * 2 + timeoutMs;
    return {
      host: collector(filesMs, async () => {
        const { machine, source, unseen } = await this.#place();
        if (unseen !== undefined) return unseen;
        return known(await (machine ?? this.#around).host(), machine === undefined ? "this machine" : source);
      }),
      config: collector(filesMs, async () => {
        const config = await this.#config();
        return config.known ? known(config.value.reading, config.source) : config;
      }),
      devices: collector(filesMs, async () => (await this.#place()).devices()),
      logs: collector(filesMs * 2, (_ask, signal) => this.#logs(signal)),
      probe: collector(timeoutMs + filesMs + 2000, (_ask, signal) => this.#reading(signal)),
      release: collector(all, (ask) => this.#release(ask)),
      deployment: collector(all, (ask) => this.#deployment(ask)),
      target: collector(all, (ask) => this.#target(ask)),
      ...derivedCollectors({ timeoutMs: all, ...given("origin", origin) }),
    };
  }

  /** Every secret value that was read, for whoever writes text. */
  async secrets(): Promise<readonly Secret[]> {
    const { credentials } = this.#options;
    return [
      ...secretsOf(await this.#place(), await this.#config()),
      ...[credentials?.token, credentials?.password].filter((secret) => secret !== undefined),
    ];
  }

  /** The deployment that was looked at, for whoever changes something there. */
  access(): Promise<DeploymentAccess> {
    return this.#place();
  }

  /** The machine that the gateway is on, as far as we look at one. */
  async machine(): Promise<World> {
    return ((await this.#place()).machine ?? this.#around).world;
  }

  /** Ends what the look kept open; nothing is asked of it any more. */
  async close(): Promise<void> {
    (await this.#found)?.close?.();
  }

  // ---- what several facts share

  #place(): Promise<Place> {
    const { place, target, deployment } = this.#options;
    this.#found ??=
      place === undefined
        ? findPlace({ target, around: this.#around, ...given("said", deployment) })
        : Promise.resolve(place);
    return this.#found;
  }

  #config(): Promise<Fact<ConfigAndSecrets>> {
    this.#configured ??= this.#readConfig();
    return this.#configured;
  }

  async #readConfig(): Promise<Fact<ConfigAndSecrets>> {
    const place = await this.#place();
    const config = await place.config();
    this.#options.learn?.(secretsOf(place, config).map((secret) => secret.reveal()));
    return config;
  }

  /** The port that the config names. */
  async #port(): Promise<number | undefined> {
    return knownValue(await this.#config())?.reading.effective.gateway?.port;
  }

  /** Where the user's browser goes. */
  async #url(): Promise<string> {
    return (await this.#place()).url(await this.#port());
  }

  /** Who listens on the gateway's port. */
  async #sockets(): Promise<Listeners | undefined> {
    const { address, machine = this.#around } = await this.#place();
    // A config that nobody reads here does not settle at which port an address is.
    return knownValue(await machine.listeners(portOfUrl(address ?? (await this.#url()))));
  }

  // ---- facts

  async #deployment(ask: Ask): Promise<Fact<Deployment>> {
    const found = await this.#kind(ask);
    const front = found.known ? await this.#front() : undefined;
    return found.known && front !== undefined ? { ...found, value: { ...found.value, front } } : found;
  }

  /** The proxies of the gateway's own host; `undefined` where none is looked at, or none runs. */
  #front(): Promise<ProxyReading | undefined> {
    this.#fronts ??= this.#readFront();
    return this.#fronts;
  }

  async #readFront(): Promise<ProxyReading | undefined> {
    const { here, machine = here ? this.#around : undefined } = await this.#place();
    const reading = await machine?.proxies((await this.#port()) ?? machine.port());
    if (reading === undefined) return undefined;
    const { programs, unread, tailnet } = reading;
    return programs.length + unread.length === 0 && tailnet === undefined ? undefined : reading;
  }

  async #kind(ask: Ask): Promise<Fact<Deployment>> {
    const { deployment, world } = this.#options;
    const place = await this.#place();
    if (place.deployment !== undefined) return place.deployment;
    const [host, logs, config] = await Promise.all([ask("host"), ask("logs"), ask("config")]);
    const signs = knownValue(host) ?? (await this.#around.host());
    const detected = detectDeployment({
      host: signs,
      own: isOwnPlace(place, signs) ? await ownNames(world, signs) : {},
      ...given("compose", await place.published?.()),
      ...given("logs", knownValue(logs)),
      ...given("config", knownValue(config)),
      // Who listens on this machine says nothing of a gateway on another one.
      ...given("listeners", place.here || place.listensHere ? await this.#sockets() : undefined),
      ...given("said", deployment),
      addressed: place.address !== undefined,
      elsewhere: !place.here,
    });
    const found = detected.traits.contained ? detected : { ...detected, ...given("service", place.service) };
    return deployment === undefined ? known(found, "signs of this machine") : said(found, "--deployment");
  }

  async #reading(signal: AbortSignal): Promise<Fact<ProbeReading>> {
    const place = await this.#place();
    const way = (await this.#throughFront()) ?? (await place.reach(await this.#port()));
    if (!way.known) return way;
    const stranger = await place.stranger?.();
    if (stranger !== undefined) return known(heldBy(stranger, way.value), way.value);
    const reading = await this.#withHolder(await this.#probe(way.value, signal), place);
    return place.lost?.(reading) ?? known(reading, reading.url);
  }

  #pageOrigin(): string | undefined {
    const { origin, through } = this.#options;
    return through ?? origin;
  }

  /**
   * The way of the user's browser, where the page that is meant is one that a proxy of another machine hands over: that
   * one is asked from here as a browser would, with certificate checks on.
   */
  async #throughFront(): Promise<Fact<string> | undefined> {
    const origin = this.#pageOrigin();
    const place = await this.#place();
    if (origin === undefined || place.here || place.address !== undefined) return undefined;
    const front = frontOf(origin, (await this.#front())?.fronts ?? []);
    return front === undefined
      ? undefined
      : known(origin.replace(/^http/, "ws"), `${front.file}:${front.line}`);
  }

  /**
   * What answers at the gateway's own port and is no gateway is named, where it is a program of this machine. At an
   * address that somebody gives it may as well be the proxy before the gateway, which does its duty there.
   */
  async #withHolder(reading: ProbeReading, { here, address }: Place): Promise<ProbeReading> {
    if (!here || address !== undefined || reading.reach.state !== "not-openclaw") return reading;
    const holder = await holderOf(this.#options.world, await this.#sockets());
    return holder === undefined ? reading : { ...reading, reach: { ...reading.reach, holder } };
  }

  #probe(url: string, signal: AbortSignal): Promise<ProbeReading> {
    this.#probed ??= this.#runProbe(url, signal);
    return this.#probed;
  }

  /**
   * Whether the process at the other end of a connection may have the gateway's secrets: root, our own, and whom
   * the place knows. Secrets that the user handed over for an address go there.
   */
  async #mayReceive(ends: ConnectionEnds): ReturnType<MayReceive> {
    const { world, credentials } = this.#options;
    const place = await this.#place();
    if (credentials !== undefined && place.address !== undefined) return { allowed: true };
    const peer = await peerOf(world, ends);
    // Where no platform tells, the address has been judged.
    if (!peer.known)
      return peer.reason === "not-asked" ? { allowed: true } : { allowed: false, from: "unknown" };
    if (peer.value === "nobody") return { allowed: true };
    const { uid } = peer.value;
    if (uid === 0 || uid === world.uid || (await place.mayReceive(peer.value))) return { allowed: true };
    return { allowed: false, from: await userName(world, uid) };
  }

  async #runProbe(url: string, signal: AbortSignal): Promise<ProbeReading> {
    const { asBrowser, knock, startingBudgetMs, allowPlaintextToken, insecureTls } = this.#options;
    const { timeoutMs, credentials } = this.#options;
    const config = knownValue(await this.#config());
    const token = credentials?.token ?? (credentials ? undefined : config?.token);
    const password = credentials?.password ?? (credentials ? undefined : config?.password);
    const scrub = createScrubber((await this.secrets()).map((secret) => secret.reveal()));
    const basePath = config?.reading.effective.gateway?.controlUi?.basePath;
    return probe({
      url: atBasePath(url, basePath),
      timeoutMs,
      signal,
      asBrowser,
      allowPlaintextToken,
      insecureTls,
      scrub: (text) => scrub(text).text,
      mayReceive: (ends) => this.#mayReceive(ends),
      ...given("origin", this.#pageOrigin()),
      ...given("knock", knock),
      ...given("startingBudgetMs", startingBudgetMs),
      ...(token === undefined && password === undefined
        ? {}
        : { credentials: { ...given("token", token), ...given("password", password) } }),
    });
  }

  /** The ends of the logs: of those that were handed in, else of the place. */
  async logTexts(signal: AbortSignal): Promise<Fact<readonly LogSource[]>> {
    const { logs } = this.#options;
    return logs === undefined ? (await this.#place()).logs() : known(logs.sources(signal), logs.name);
  }

  /** What the texts of the logs say, or some lines of them under the same names. */
  async digest(texts: Known<readonly LogSource[]>): Promise<Fact<LogDigest>> {
    const secrets = (await this.secrets()).map((secret) => secret.reveal());
    const digest = await digestLogs(texts.value, { secrets });
    if (this.#options.logs !== undefined) return known(digest, texts.source);
    const place = await this.#place();
    const port = await this.#port();
    const shared = texts.value.flatMap((text) => (isShared(text) ? text.name : []));
    if (shared.length > 0) {
      const tied = tiedTo(digest, port ?? this.#unconfiguredPort(place), shared);
      const any = tied.refusals.length + tied.events.length > 0;
      return any || shared.length < texts.value.length
        ? known(tied, texts.source)
        : unattributed(texts.source);
    }
    return known(port === undefined ? digest : ofPort(digest, port), texts.source);
  }

  async #logs(signal: AbortSignal): Promise<Fact<LogDigest>> {
    const texts = await this.logTexts(signal);
    return texts.known ? this.digest(texts) : texts;
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
    return found[0] ?? unknown("absent", say("release-nowhere"), "--release X");
  }

  /** What is the user's own, whatever a log says: what was named, this machine's own page, and its proxies. */
  async #own(url: string): Promise<OwnThings> {
    const { origin, proxies = [] } = this.#options;
    const { here, machine = here ? this.#around : undefined } = await this.#place();
    const hosts = ((await machine?.host())?.addresses ?? []).map(({ address }) => address);
    const port = portOfUrl(url);
    return {
      ...given("origin", origin),
      proxies,
      origins: hosts.map((host) => `http://${host.includes(":") ? `[${host}]` : host}:${port}`),
      proxyPrograms: machine === undefined ? [] : ((await this.#sockets())?.proxies ?? []),
    };
  }

  async #target(ask: Ask): Promise<Fact<Target>> {
    const [config, host, deployment, probed, logs] = await Promise.all([
      ask("config"),
      ask("host"),
      ask("deployment"),
      ask("probe"),
      ask("logs"),
    ]);
    const place = await this.#place();
    if (place.unopened !== undefined) return place.unopened;
    const url = await this.#url();
    const isSeen = place.here || place.listensHere === true || place.machine !== undefined;
    const { exposure, because } = exposureOf({
      ...given("config", knownValue(config)),
      // Addresses and sockets of the doctor's own container, or of this machine, are not those of another.
      ...given("host", isSeen ? knownValue(host) : undefined),
      ...given("deployment", knownValue(deployment)),
      ...given("probe", knownValue(probed)),
      ...given("logs", knownValue(logs)),
      ...given("listeners", isSeen ? await this.#sockets() : undefined),
      ...given("compose", await place.published?.()),
      ...(await this.#guards()),
      url,
    });
    const { address } = place;
    const kind = address === undefined ? (knownValue(deployment)?.kind ?? "local") : "url";
    const container = knownValue(deployment)?.workload?.name;
    const name = address ?? container ?? knownValue(config)?.path ?? url;
    return known(
      { kind, name, url, exposure, exposureBecause: because, own: await this.#own(url) },
      place.source,
    );
  }

  /** What stands between the gateway's port and others, as far as programs of its machine were asked. */
  async #guards(): Promise<Pick<ExposureInput, "firewall" | "served">> {
    const { machine } = await this.#place();
    const told = machine?.world.told;
    if (machine === undefined || told === undefined) return {};
    const port = (await this.#port()) ?? machine.port();
    return {
      ...given("firewall", ufwSays(told("ufw"), port) ?? nftSays(told("nft"), port)),
      ...given("served", servedBy(parseBoundedJson(told("serve")), port)),
    };
  }

  /** The gateway's port where its config names none. */
  #unconfiguredPort({ address }: Place): number {
    return address === undefined ? this.#around.port() : portOfUrl(address);
  }
}

/** The page is below its base path alone; the socket is accepted at any (run 2026.2.1 to 2026.9.6). */
function atBasePath(url: string, basePath: string | undefined): string {
  const isNamed = parseGatewayUrl(url).basePath !== "";
  if (isNamed || basePath === undefined || !/^\/[\w./-]{1,200}$/.test(basePath)) return url;
  return `${url.replace(/\/$/, "")}${basePath}`;
}

/** The container around us is the gateway's, or shares its network: its names are of use. */
function isOwnPlace({ address }: Place, { openclaw, hostNetwork }: HostSigns): boolean {
  if (openclaw !== false) return true;
  if (hostNetwork === true) return false;
  if (address === undefined) return true;
  const { hostname } = parseGatewayUrl(address);
  return hostname === "localhost" || reachOfAddress(hostname) === "loopback";
}

/** What is said of a port that a stranger has, without a word of theirs. */
function heldBy(holder: PortHolder, url: string): ProbeReading {
  const { program, user, pid } = holder;
  const args = { port: holder.port, user, ...(program === undefined ? {} : { program }) };
  const held = pid === undefined ? say("port-held", args) : say("port-held-by-process", { ...args, pid });
  return {
    url,
    reach: { state: "stranger", detail: inEnglish(held), say: held, holder },
    http: { looksLike: "none" },
    attempts: [],
    tookMs: 0,
  };
}

/** A log in which nothing names this gateway is no evidence of it, nor of its silence. */
function unattributed(source: string): Unknown {
  const file = safeText(source, 200);
  return unknown("not-asked", say("log-shared", { file }), "--log FILE");
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
