import { gatewayFlags } from "../config/flags.ts";
import type { ReadInclude } from "../config/includes.ts";
import { MAX_CONFIG } from "../config/json5.ts";
import { type ConfigCandidate, locateConfig } from "../config/locate.ts";
import { readConfig } from "../config/read.ts";
import { fileEnv, plistEnv } from "../config/service-env.ts";
import type { Changer } from "../core/change.ts";
import { DEFAULT_PORT } from "../core/default-port.ts";
import { type Fact, type Known, known, knownValue, type Unknown, unknown } from "../core/fact.ts";
import type { DeploymentNames, DeviceList, HostSigns, Release, StoreProblem } from "../core/facts.ts";
import { parseBoundedJson } from "../core/json.ts";
import { atLeast } from "../core/release.ts";
import { type Saying, say } from "../core/saying.ts";
import type { Secret } from "../core/secret.ts";
import { SecretsUnread } from "../core/secrets-unread.ts";
import type { ServiceReading } from "../core/service.ts";
import { safeText } from "../core/text.ts";
import { devicesFromJson } from "../intake/devices.ts";
import { dialsOwnLan } from "../kinds/own-lan-dial.ts";
import { isOfUser, namesFromUnits } from "../kinds/units.ts";
import { wholeProgram } from "./hidden-program.ts";
import { findLogFiles, logTexts } from "./log-files.ts";
import { openChanger } from "./open-changer.ts";
import { asReadableTo } from "./path-trust.ts";
import type { GatewayProcess } from "./processes.ts";
import { devicesFromSqlite } from "./store/device-lists.ts";
import type { ChangerOptions, ConfigAndSecrets, DeploymentAccess, LogText } from "./types.ts";
import { readUnit, type UnitFiles } from "./unit-files.ts";
import type { ReadOutcome, World } from "./world.ts";

export interface LocalOptions {
  readonly world: World;
  /** Random, one for each run. */
  readonly salt: string;
  readonly host?: HostSigns;
  /** The running gateway, when one was found in our own view of files (not in another container). */
  readonly gateway?: GatewayProcess;
  /** What starts that gateway. */
  readonly service?: ServiceReading;
  /** `--config`. */
  readonly configPath?: string;
  /** `--profile`. */
  readonly profile?: string;
  /** What is known of the release when the config is read. */
  readonly release?: string;
  /** The release found out from elsewhere, asked only when the config is read. */
  readonly askRelease?: () => Promise<string | undefined>;
  readonly names?: DeploymentNames;
}

/** Bytes of one file of the device list. */
const MAX_DEVICES = 4_000_000;
/** Homes of the images' users, for a doctor that runs in the container as somebody else. */
const IMAGE_HOMES = ["/home/node", "/home/openclaw", "/root"] as const;

export interface LocalAccess extends DeploymentAccess {
  changer(options: ChangerOptions): Promise<Fact<Changer>>;
  /** Uid of the configuration's owner, else of the gateway that runs; absent where there is neither. */
  owner(): Promise<number | undefined>;
}

/** The gateway of this machine, or of the container or pod around us: what is read is read from files. */
export function localAccess(options: LocalOptions): LocalAccess {
  return new Local(options);
}

interface Place {
  readonly candidate: ConfigCandidate;
  readonly text: ReadOutcome;
  readonly profile: string | undefined;
  /** Uid of the owner of the file that was read. */
  readonly owner?: number;
}

function hasDevices({ pending, paired }: DeviceList): boolean {
  return pending.length + paired.length > 0;
}

class Local implements LocalAccess {
  readonly names: DeploymentNames;
  readonly service?: ServiceReading;
  readonly #options: LocalOptions;
  #place: Promise<Place> | undefined;
  #config: Promise<Fact<ConfigAndSecrets>> | undefined;
  #release: Promise<Fact<Release>> | undefined;
  #reader: Promise<World> | undefined;

  constructor(options: LocalOptions) {
    this.#options = options;
    this.names = options.names ?? namesFromUnits(options.host?.units ?? []);
    if (options.service !== undefined) this.service = options.service;
  }

  config(): Promise<Fact<ConfigAndSecrets>> {
    this.#config ??= this.#readConfig();
    return this.#config;
  }

  async owner(): Promise<number | undefined> {
    const { world, gateway } = this.#options;
    const { candidate, owner } = await this.#located();
    return owner ?? (await world.info(candidate.configPath))?.uid ?? gateway?.uid;
  }

  /** Its files are read with its owner's rights, also where we are root. */
  #readWorld(): Promise<World> {
    const { world } = this.#options;
    this.#reader ??= this.owner().then((owner) =>
      world.uid === 0 && owner !== undefined && owner !== 0 ? asReadableTo(world, owner) : world,
    );
    return this.#reader;
  }

  /** The log's files; where there are none to be read, what the service manager keeps of the unit's output. */
  async logs(): Promise<Fact<readonly LogText[]>> {
    const files = await this.#fileLogs();
    const { unit } = this.names;
    if (files.known || unit === undefined) return files;
    const { world, gateway } = this.#options;
    const uid = gateway?.uid ?? (await this.owner());
    // Root's own manager is another one.
    const others = world.uid === 0 && unit.user && uid !== undefined && uid !== 0 ? { uid } : {};
    const journal = await world.journal?.({ ...unit, ...others });
    if (journal === undefined) return files;
    const name = `journalctl${unit.user ? " --user" : ""} -u ${safeText(unit.name, 200)}`;
    return known([{ name, chunks: inOne(journal) }], name);
  }

  async #fileLogs(): Promise<Fact<readonly LogText[]>> {
    const world = await this.#readWorld();
    const { service } = this.#options;
    // What lies in everybody's /tmp is of an earlier start, or another gateway's.
    if (service?.privateTmp === true && !(await this.#hasLogElsewhere()))
      return unknown("denied", say("log-in-private-tmp", { name: service.name }), "--log FILE");
    const { files, logFile, distrust, denied } = await this.#logFiles();
    const newest = files.at(-1);
    if (denied !== undefined) return unreadableLog(denied, world.uid);
    if (newest === undefined && distrust !== undefined) {
      const args = { path: safeText(distrust.path, 200), who: safeText(distrust.who, 60) };
      if (distrust.because === "owner")
        return unknown("denied", say("log-of-a-stranger", args), "--log FILE");
      const open =
        distrust.who === "everybody"
          ? say("log-open-to-everybody", { path: args.path })
          : say("log-open-to-others", args);
      return unknown("denied", open, "--log FILE");
    }
    if (newest === undefined)
      return unknown(
        "absent",
        say(logFile === undefined ? "no-log-file" : "no-log-file-configured"),
        "--log FILE",
      );
    return known(logTexts(world, files, await this.#isUsual()), newest.path);
  }

  async #hasLogElsewhere(): Promise<boolean> {
    const config = knownValue(await this.config());
    return config?.logFile !== undefined && !config.logFile.startsWith("/tmp/");
  }

  /** Whether the config is the one that OpenClaw finds here by itself; one that was named may be of any gateway. */
  async #isUsual(): Promise<boolean> {
    const { configPath, ...options } = this.#options;
    if (configPath === undefined) return true;
    const usual = await new Local(options).#located();
    return usual.candidate.configPath === (await this.#located()).candidate.configPath;
  }

  async #logFiles() {
    const { gateway } = this.#options;
    const world = await this.#readWorld();
    const config = await this.config();
    const logFile = config.known ? config.value.logFile : undefined;
    const place = await this.#located();
    const release = this.#options.release ?? (await this.#ownRelease());
    const owner = await this.owner();
    const trusted = new Set([world.uid, owner, gateway?.uid].filter((uid) => uid !== undefined));
    const found = await findLogFiles(world, {
      trusted,
      ...(release === undefined ? {} : { release }),
      ...(logFile === undefined ? {} : { configured: logFile }),
      home: gateway?.home ?? world.homedir,
      ...(place.profile === undefined ? {} : { profile: place.profile }),
      ...(gateway?.uid === undefined ? {} : { uid: gateway.uid }),
    });
    return { ...found, logFile };
  }

  async changer({ edit, release: told }: ChangerOptions): Promise<Fact<Changer>> {
    const { world, salt } = this.#options;
    const [config, place] = await Promise.all([this.config(), this.#located()]);
    if (!config.known) return config;
    const gateway = await wholeProgram(world, this.#options.gateway, config.value.logFile);
    const { configPath, stateDir } = place.candidate;
    const own = this.#options.release ?? (await this.#ownRelease());
    // Of an era the oldest: what the newest can do, it need not.
    const release = own ?? told?.range?.[0] ?? told?.version;
    const exact = own !== undefined || told?.range === undefined;
    const unit = this.names.unit;
    const { reading, token, password } = config.value;
    const port = reading.effective.gateway?.port ?? DEFAULT_PORT;
    const isLan = dialsOwnLan(release, reading.effective.gateway?.bind);
    const changer = await openChanger({
      world,
      salt,
      configPath,
      stateDir,
      port,
      ...(isLan ? { loopback: { port, ...(token && { token }), ...(password && { password }) } } : {}),
      secrets: config.value.all,
      edit,
      devices: () => this.devices(),
      newestLog: async () =>
        this.service?.privateTmp === true && !(await this.#hasLogElsewhere())
          ? undefined
          : (await this.#logFiles()).files.at(-1)?.path,
      ...(gateway === undefined ? {} : { gateway }),
      ...(unit === undefined ? {} : { unit }),
      stale: this.service?.outdated !== undefined,
      ...(release === undefined ? {} : { release, exact }),
    });
    return known(changer, configPath);
  }

  /**
   * The lists that this release reads. From 2026.8.1 on they are in the database; before that in files, though
   * 2026.6.11 and 2026.7.1 have the database with the same tables, which they leave empty (run).
   */
  async devices(): Promise<Fact<DeviceList>> {
    const world = await this.#readWorld();
    const { candidate } = await this.#located();
    const store = `${candidate.stateDir}/state/openclaw.sqlite`;
    if (!(await world.exists(store))) return this.#deviceFiles(candidate.stateDir);
    const release = this.#options.release ?? (await this.#ownRelease());
    const readsStore = atLeast(release, "2026.8.1-beta.1");
    const files = readsStore ? undefined : await this.#deviceFiles(candidate.stateDir);
    if (readsStore === false && files?.known) return files;
    const list = await devicesFromSqlite(world, store);
    const inFiles = files?.known && hasDevices(files.value) ? files : undefined;
    if (list.known && (hasDevices(list.value) || inFiles === undefined))
      return this.#withFilesLeft(list, `${candidate.stateDir}/devices`);
    const left = files ?? (await this.#deviceFiles(candidate.stateDir));
    return left.known ? left : list;
  }

  async #deviceFiles(stateDir: string): Promise<Fact<DeviceList>> {
    const directory = `${stateDir}/devices`;
    const world = await this.#readWorld();
    const [pending, paired] = await Promise.all(
      ["pending", "paired"].map((name) => world.readText(`${directory}/${name}.json`, MAX_DEVICES)),
    );
    if (pending === undefined || paired === undefined || (!pending.ok && !paired.ok)) {
      const first = pending ?? paired;
      return first !== undefined && !first.ok
        ? unreadFile(first, directory, "openclaw devices list --json")
        : unreadFile({ reason: "failed" }, directory, "openclaw devices list --json");
    }
    if ((pending.ok && pending.truncated) || (paired.ok && paired.truncated))
      return unknown(
        "failed",
        say("device-list-too-long", { path: safeText(directory, 200) }),
        "openclaw devices list --json",
      );
    return devicesFromJson(
      pending.ok ? pending.text : undefined,
      paired.ok ? paired.text : undefined,
      directory,
    );
  }

  /** The start of 2026.8.1 and later renames the files that it imported, so one of the old name came afterwards. */
  async #withFilesLeft(list: Known<DeviceList>, directory: string): Promise<Fact<DeviceList>> {
    const problems: StoreProblem[] = [];
    for (const name of ["paired.json", "pending.json"])
      if (await this.#options.world.exists(`${directory}/${name}`))
        problems.push({
          kind: "left-behind",
          path: safeText(`${directory}/${name}`, 300),
          detail: "beside state/openclaw.sqlite, which alone is read",
        });
    return problems.length === 0 ? list : known({ ...list.value, problems }, list.source);
  }

  release(): Promise<Fact<Release>> {
    this.#release ??= this.config().then((config) => this.#releaseBy(knownValue(config)?.logFile));
    return this.#release;
  }

  /** `logFile`: the one that the config names, where that is read already. */
  async #releaseBy(logFile: string | undefined): Promise<Fact<Release>> {
    const { world, gateway } = this.#options;
    const running = (await wholeProgram(world, gateway, logFile))?.installDir;
    // The files can be newer than the process that was started from them, so this is never certain.
    if (running !== undefined) {
      const version = await this.#versionIn(running);
      if (version !== undefined)
        return known({ version, confidence: "likely", from: "package.json" }, `${running}/package.json`);
    }
    const installed = await this.#installed();
    for (const directory of [...installed, ...(this.#inContainer() ? ["/app"] : [])]) {
      const version = await this.#versionIn(directory);
      if (version !== undefined)
        return known({ version, confidence: "possible", from: "package.json" }, `${directory}/package.json`);
    }
    const touched = await this.#touchedBy();
    if (touched !== undefined) return touched;
    return unknown(
      "absent",
      say("no-openclaw-installed", { platform: safeText(world.platform, 20) }),
      "--release VERSION",
    );
  }

  // --- config --------------------------------------------------------------------------------------------------

  async #readConfig(): Promise<Fact<ConfigAndSecrets>> {
    const { salt, gateway, host } = this.#options;
    const { candidate, text, profile } = await this.#located();
    const path = candidate.configPath;
    if (!text.ok && text.reason !== "absent") return unreadFile(text, path, "--config PATH");
    if (
      !text.ok &&
      (this.#options.configPath !== undefined || (gateway === undefined && (host?.units.length ?? 0) === 0))
    )
      return unreadFile({ ...text, reason: "absent" }, path, "--config PATH");
    if (text.ok && text.truncated) throw new SecretsUnread(path, MAX_CONFIG);

    const unit = await this.#unit();
    const dotenv = await this.#envFile(`${candidate.stateDir}/.env`, ".env");
    const release =
      this.#options.release ??
      (await this.#options.askRelease?.()) ??
      certainOf(await this.#releaseBy(undefined));
    const readInclude = text.ok ? await this.#includes(text.text, path) : undefined;
    const result = readConfig({
      text: text.ok ? text.text : undefined,
      path,
      stateDir: candidate.stateDir,
      ...(profile === undefined ? {} : { profile }),
      env: await this.#ownEnvironment(unit !== undefined),
      services: [
        ...serviceSources(unit, gateway),
        ...(dotenv === undefined ? [] : [{ ...dotenv, dotenv: true }]),
      ],
      flags: { ...gatewayFlags(unit?.env.exec ?? [], salt), ...gateway?.flags },
      ...(release === undefined ? {} : { release }),
      container: this.#inContainer(),
      ...(readInclude === undefined ? {} : { readInclude }),
      salt,
    });
    const { secrets, logFile } = result;
    const written = (await this.#options.world.info(path))?.modified;
    const reading =
      written === undefined
        ? result.reading
        : { ...result.reading, changedAt: new Date(written).toISOString() };
    return known({ reading, ...secrets, ...(logFile === undefined ? {} : { logFile }) }, path);
  }

  /**
   * A service does not see the doctor's shell, so that counts only when nothing better is there. Nor does another
   * user's config get to name what is in root's environment; a container's is everybody's in it.
   */
  async #ownEnvironment(isService: boolean): Promise<World["env"]> {
    const { world, gateway } = this.#options;
    const owner = await this.owner();
    const isOurs = owner === undefined || owner === world.uid || this.#inContainer();
    return gateway?.env === undefined && !isService && isOurs ? world.env : {};
  }

  #located(): Promise<Place> {
    this.#place ??= this.#locate();
    return this.#place;
  }

  async #locate(): Promise<Place> {
    const { world, gateway, configPath, profile } = this.#options;
    const env: Record<string, string | undefined> =
      gateway?.env === undefined
        ? { ...world.env }
        : Object.fromEntries(Object.entries(gateway.env).map(([name, value]) => [name, value.reveal()]));
    const unit = gateway?.env === undefined ? await this.#unit() : undefined;
    for (const name of ["OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH", "OPENCLAW_HOME", "OPENCLAW_PROFILE"])
      env[name] ??= unit?.env.values[name]?.reveal();
    if (configPath !== undefined) env.OPENCLAW_CONFIG_PATH = configPath;
    const cwd = gateway?.cwd ?? world.cwd;
    const chosen = profile ?? gateway?.flags.profile;
    const location = locateConfig({
      env,
      homedir: gateway?.home ?? world.homedir,
      ...(chosen === undefined ? {} : { profile: chosen }),
      platform: world.platform,
      cwd,
      ...(this.#inContainer() ? { extraHomes: IMAGE_HOMES } : {}),
    });
    let denied: Place | undefined;
    for (const candidate of location.candidates) {
      let owner: number | undefined;
      const text = await world.readText(candidate.configPath, MAX_CONFIG, async (opened) => {
        owner = opened.uid;
        return world.uid !== 0 || (await opened.isOwnWay());
      });
      const place: Place = {
        candidate,
        text,
        profile: location.profile,
        ...(text.ok && owner !== undefined ? { owner } : {}),
      };
      if (text.ok) return place;
      if (text.reason !== "absent") denied ??= place;
    }
    const first = location.candidates[0] ?? {
      configPath: location.configPath,
      stateDir: location.stateDir,
      because: "default",
    };
    return (
      denied ?? {
        candidate: first,
        text: { ok: false, reason: "absent", detail: say("unread-absent") },
        profile: location.profile,
      }
    );
  }

  async #unit(): Promise<Pick<UnitFiles, "name" | "env" | "sources"> | undefined> {
    const { world, host, salt, gateway } = this.#options;
    // A unit that is there as well does not run it.
    if (this.names.service !== undefined) return undefined;
    const wanted = this.names.unit;
    const path = host?.units.find(
      (each) => wanted === undefined || (each.includes(`/${wanted.name}.`) && isOfUser(each) === wanted.user),
    );
    if (path?.endsWith(".plist") === true) {
      const read = await world.readText(path, 262_144);
      const name = path.split("/").at(-1) ?? path;
      if (!read.ok) return undefined;
      return { name, sources: {}, env: { values: plistEnv(read.text, salt), files: [], exec: [] } };
    }
    const unit = wanted ?? namesFromUnits(path === undefined ? [] : [path]).unit;
    if (unit === undefined) return undefined;
    const configHome = gateway?.env?.XDG_CONFIG_HOME?.reveal() ?? world.env.XDG_CONFIG_HOME;
    const where = {
      home: gateway?.home ?? world.homedir,
      ...(gateway?.uid === undefined ? {} : { uid: gateway.uid }),
      ...(configHome?.startsWith("/") === true ? { configHome } : {}),
      ...(path === undefined ? {} : { path }),
    };
    return readUnit(world, { ...unit, ...where }, salt);
  }

  async #envFile(
    path: string,
    source: string,
  ): Promise<
    | { readonly from: "env"; readonly source: string; readonly values: Readonly<Record<string, Secret>> }
    | undefined
  > {
    const read = await (await this.#readWorld()).readText(path, 262_144);
    return read.ok ? { from: "env", source, values: fileEnv(read.text, this.#options.salt) } : undefined;
  }

  /** The files that `$include` names, relative to the file that names them, below the config's own directory. */
  async #includes(text: string, configPath: string): Promise<ReadInclude> {
    const found = new Map<string, { path: string; text: string }>();
    const base = directoryOf(configPath);
    const world = await this.#readWorld();
    let level = [{ path: configPath, text }];
    for (let depth = 0; depth < 10 && level.length > 0; depth += 1) {
      const next: { path: string; text: string }[] = [];
      for (const file of level)
        for (const name of includeNames(file.text)) {
          const path = resolved(name.startsWith("/") ? name : `${directoryOf(file.path)}/${name}`);
          if (found.size >= 50 || found.has(path) || !path.startsWith(`${base}/`)) continue;
          const read = await world.readText(path, MAX_CONFIG);
          if (!read.ok || read.truncated) continue;
          found.set(path, { path, text: read.text });
          next.push({ path, text: read.text });
        }
      level = next;
    }
    return (name, from) => found.get(resolved(name.startsWith("/") ? name : `${directoryOf(from)}/${name}`));
  }

  // --- release -------------------------------------------------------------------------------------------------

  async #ownRelease(): Promise<string | undefined> {
    return certainOf(await this.release());
  }

  /** The release that last wrote the config (`meta.lastTouchedVersion`): the gateway's, unless upgraded since. */
  async #touchedBy(): Promise<Fact<Release> | undefined> {
    const { candidate, text } = await this.#located();
    if (!text.ok) return undefined;
    const version = TOUCHED.exec(text.text)?.[1];
    if (version === undefined) return undefined;
    return known({ version, confidence: "possible", from: "config" }, candidate.configPath);
  }

  async #versionIn(directory: string): Promise<string | undefined> {
    const read = await this.#options.world.readText(`${directory}/package.json`, 1_000_000);
    if (!read.ok) return undefined;
    const parsed = parseBoundedJson(read.text);
    if (typeof parsed !== "object" || parsed === null || !("name" in parsed) || !("version" in parsed))
      return undefined;
    const { name, version } = parsed;
    if (name !== "openclaw" && name !== "clawdbot" && name !== "moltbot") return undefined;
    return typeof version === "string" && /^\d{4}\.\d{1,2}\.\d{1,3}[0-9A-Za-z.-]{0,32}$/.test(version)
      ? version
      : undefined;
  }

  /** Packages behind the `openclaw` of the PATH and behind the unit's command. */
  async #installed(): Promise<readonly string[]> {
    const { world } = this.#options;
    const directories: string[] = [];
    const unit = await this.#unit();
    for (const word of unit?.env.exec ?? []) {
      const inside = /^(\/.{1,400}\/openclaw)\/(?:dist\/(?:index|entry)\.m?js|openclaw\.mjs)$/.exec(
        word,
      )?.[1];
      if (inside !== undefined) directories.push(inside);
    }
    // npm's global packages are beside the Node that runs them.
    const prefix = this.#options.gateway?.node?.replace(/\/bin\/node$/, "");
    if (prefix !== undefined) directories.push(`${prefix}/lib/node_modules/openclaw`);
    const path = this.#options.gateway?.env?.PATH?.reveal() ?? world.env.PATH ?? "";
    for (const entry of path.split(":").slice(0, 50)) {
      if (!entry.startsWith("/")) continue;
      const target = await world.link(`${entry}/openclaw`);
      const inside =
        target === undefined ? undefined : /^(.{0,400}\/openclaw)\/openclaw\.mjs$/.exec(target)?.[1];
      if (inside !== undefined)
        directories.push(inside.startsWith("/") ? inside : resolved(`${entry}/${inside}`));
    }
    return [...new Set(directories)];
  }

  #inContainer(): boolean {
    const container = this.#options.host?.container;
    return container !== undefined && container !== "none";
  }
}

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const TOUCHED =
  /["']?lastTouchedVersion["']?\s{0,9}:\s{0,9}["'](\d{4}\.\d{1,2}\.\d{1,3}(?:-[0-9A-Za-z.]{1,20})?)["']/;

function serviceSources(
  unit: Pick<UnitFiles, "name" | "env" | "sources"> | undefined,
  gateway: GatewayProcess | undefined,
): readonly { from: "service" | "env"; source: string; values: Readonly<Record<string, Secret>> }[] {
  const sources: { from: "service" | "env"; source: string; values: Readonly<Record<string, Secret>> }[] = [];
  const env = gateway?.env;
  if (unit !== undefined) {
    // What the running gateway does not have, the unit says only to the next one.
    const values = Object.entries(unit.env.values).filter(
      ([name, value]) => env === undefined || env[name]?.equals(value) === true,
    );
    const fileOf = (name: string): string => unit.sources[name] ?? unit.name;
    for (const source of new Set([unit.name, ...values.map(([name]) => fileOf(name))]))
      sources.push({
        from: "service",
        source,
        values: Object.fromEntries(values.filter(([name]) => fileOf(name) === source)),
      });
  }
  if (env !== undefined) {
    const source = gateway?.envSource ?? `process ${gateway?.pid ?? ""}`;
    sources.push({ from: "env", source, values: env });
  }
  return sources;
}

function includeNames(text: string): string[] {
  if (!text.includes("$include")) return [];
  const names: string[] = [];
  const find = /\$include["']?\s{0,20}:\s{0,20}(?:["']([^"'\n]{1,500})["']|\[([^\]]{0,5000})\])/g;
  for (const match of text.matchAll(find)) {
    if (match[1] !== undefined) names.push(match[1]);
    for (const item of (match[2] ?? "").matchAll(/["']([^"'\n]{1,500})["']/g))
      if (item[1] !== undefined) names.push(item[1]);
  }
  return names.slice(0, 50);
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function resolved(path: string): string {
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") out.pop();
    else if (part !== "" && part !== ".") out.push(part);
  }
  return `/${out.join("/")}`;
}

/** An older log that may be read says nothing of what is in the newest. */
function unreadableLog({ path, user }: { readonly path: string; readonly user: string }, uid = -1): Unknown {
  const args = { path: safeText(path, 200), user: safeText(user, 60), uid };
  return unknown("denied", say("log-unreadable", args), "--log FILE");
}

/** A file that could not be read: its path, and why. */
function unreadFile(
  { reason, detail = say("unread-unknown") }: Pick<Unknown, "reason"> & { readonly detail?: Saying },
  path: string,
  provide: string,
): Unknown {
  return unknown(reason, say("unread", { path: safeText(path, 200), why: detail }), provide);
}

/** What was read of a package that runs, or is about to. */
function certainOf(release: Fact<Release>): string | undefined {
  return release.known && release.value.confidence !== "possible" ? release.value.version : undefined;
}
