import { type ComposeYaml, composeYaml } from "../compose/yaml.ts";
import {
  type ProxyFront,
  type ProxyProgram,
  type ProxyReading,
  SEEN_FRONTS,
  type SeenFront,
} from "../core/proxies.ts";
import { safeText } from "../core/text.ts";
import {
  directoryOf,
  type FrontParts,
  type FrontText,
  MAX_CONFIG,
  MAX_WANTS,
  matches,
} from "../kinds/fronts/front-text.ts";
import { FRONTS } from "../kinds/fronts/index.ts";
import { asReadableTo, type Distrust, distrusted } from "./path-trust.ts";
import { uidOf } from "./processes.ts";
import type { World } from "./world.ts";

/** A reverse proxy or a tunnel of a machine, by the file that it runs. */
export interface ProxyProcess {
  readonly pid: number;
  readonly name: string;
  readonly exe: string;
  /** As it was started, or as it calls itself. */
  readonly line: string;
  /** As whom it runs. */
  readonly uid: number;
  readonly gid: number;
}

const PROXY = /^(?:nginx|caddy|haproxy|traefik|httpd|apache2|cloudflared|tailscaled|envoy|lighttpd)$/;
/** Accounts below are the system's, which run what root installed. */
export const FIRST_PERSON = 1000;
/** Of one configuration with all that it includes. */
const MAX_FILES = 400;
const MAX_BYTES = 8_000_000;
const MAX_ROUNDS = 4;

/**
 * Those of the machine's own network that are no stranger's: the program is one that only root may write, and it runs
 * as root or as whoever runs the doctor. One of another account of the system (a web application's, too) may say what
 * it likes, so it counts only where its service is root's word, or where it names a configuration that nobody but root
 * may write. One process of each program; root's and ours hide the others, whatever their numbers.
 */
export async function proxyProcesses(
  world: World,
  pids: readonly number[],
): Promise<readonly ProxyProcess[]> {
  const found = new Map<string, ProxyProcess>();
  const others: ProxyProcess[] = [];
  const own = await world.link("/proc/self/ns/net");
  for (const pid of pids) {
    const exe = await world.link(`/proc/${pid}/exe`);
    const name = exe?.split("/").at(-1) ?? "";
    if (exe === undefined || found.has(name) || !PROXY.test(name)) continue;
    const network = await world.link(`/proc/${pid}/ns/net`);
    if (own !== undefined && network !== undefined && network !== own) continue;
    const status = await world.readText(`/proc/${pid}/status`, 16_384);
    const uid = status.ok ? uidOf(status.text) : undefined;
    if (uid === undefined || (uid >= FIRST_PERSON && uid !== world.uid)) continue;
    const gid = Number((status.ok && /^Gid:\s{1,10}(\d{1,10})/m.exec(status.text)?.[1]) || uid);
    if ((await distrusted(world, exe, new Set())) !== undefined) continue;
    const cmdline = await world.readText(`/proc/${pid}/cmdline`, 65_536);
    const line = cmdline.ok ? cmdline.text.replaceAll("\0", " ").trim() : "";
    if (/worker process/.test(line)) continue;
    const process = { pid, name, exe, line, uid, gid };
    if (isOwn(world, process)) found.set(name, process);
    else if (others.length < MAX_OTHERS) others.push(process);
  }
  for (const process of others)
    if (!found.has(process.name) && (await isRootsWord(world, process))) found.set(process.name, process);
  return [...found.values()];
}

/** Processes of accounts of the system that are looked at. */
const MAX_OTHERS = 50;

function isOwn(world: World, { uid }: ProxyProcess): boolean {
  return uid === 0 || uid === world.uid;
}

/** Whether root had it started as it is: by the unit of its name, or with a configuration of root's. */
async function isRootsWord(world: World, process: ProxyProcess): Promise<boolean> {
  const { pid, name, line } = process;
  const proxy = SEEN_FRONTS.find((one) => one === name);
  if (proxy !== undefined) {
    const config = configOf(proxy, line);
    const read = await readerOf(world, process).readText(config, MAX_CONFIG);
    if (read.ok && (await openTo(world, config)) === undefined) return true;
  }
  // Nobody but the system's manager puts a process below a service of the system.
  const cgroup = await world.readText(`/proc/${pid}/cgroup`, 65_536);
  const units = cgroup.ok ? [...cgroup.text.matchAll(/:\/system\.slice\/([\w@.-]{1,80})\.service$/gm)] : [];
  return units.some(([, unit = ""]) => unit.split("@")[0] === name);
}

/** What an account of the system may not read is not read for its process either. */
function readerOf(world: World, process: ProxyProcess): World {
  return isOwn(world, process) || world.uid !== 0 ? world : asReadableTo(world, process.uid);
}

/** Who else may write a path, or what leads to it; what is not there is where only root and we could put it. */
async function openTo(world: World, path: string): Promise<Distrust | undefined> {
  const found = await distrusted(world, path, new Set(world.uid === undefined ? [] : [world.uid]));
  return found?.because === "unseen" ? undefined : found;
}

/**
 * What the configurations of the proxies say of the way to a gateway's port; only files that may be read are. One that
 * somebody else may change, by any file of it, by a directory that it reads or by code that it loads, is not believed.
 */
export async function readProxies(
  world: World,
  processes: readonly ProxyProcess[],
  port: number,
): Promise<ProxyReading> {
  const own = new Set(world.interfaces().map(({ address }) => address));
  const programs: ProxyProgram[] = [];
  const sites: ProxyFront[] = [];
  const unread: string[] = [];
  for (const process of processes) {
    const { name, line } = process;
    const proxy = SEEN_FRONTS.find((one) => one === name);
    if (proxy === undefined) continue;
    const text = await firstOf(readerOf(world, process), proxy, line, port, own);
    const parts = text === undefined ? undefined : FRONTS[proxy].read(text, port, own);
    if (text === undefined || parts === undefined || !(await isBelieved(world, text, parts, line))) {
      unread.push(safeText(configOf(proxy, line), 200));
      continue;
    }
    const config = text.main;
    const { fronts, siteFile = proxy === "caddy" ? config : undefined } = parts;
    programs.push({ proxy, config, ...(siteFile === undefined ? {} : { siteFile }) });
    sites.push(...fronts);
  }
  return { programs, fronts: sites, unread };
}

/** Whether nobody but root and us has a say in it, as far as it was gone through. */
async function isBelieved(
  world: World,
  text: WholeText,
  { wants, loads = [] }: FrontParts,
  line: string,
): Promise<boolean> {
  if (!text.isWhole) return false;
  const directories = wants.filter((path) => path.includes("*")).map(directoryOf);
  // Which directories a `*` within a path means was not looked at.
  if (directories.some((path) => path.includes("*"))) return false;
  // Where nginx looks for what is named without a directory.
  const prefix = /\s-p\s?(\/\S+)/.exec(line)?.[1] ?? [];
  const paths = new Set([...text.asked, ...directories, ...loads].concat(prefix));
  for (const path of paths) if ((await openTo(world, path)) !== undefined) return false;
  return true;
}

/** The configuration that a process was started with. */
export function configOf(proxy: SeenFront, line: string): string {
  const said = FRONTS[proxy].option.exec(line)?.[1];
  return said !== undefined && said.length < 400 && !said.includes("..") ? said : FRONTS[proxy].config;
}

/** The configuration that it was told, or the first that is where it looks; `undefined`: none may be read or is understood. */
async function firstOf(
  world: World,
  proxy: SeenFront,
  line: string,
  port: number,
  own: ReadonlySet<string>,
): Promise<WholeText | undefined> {
  const told = configOf(proxy, line);
  const { config, others = [], yaml } = FRONTS[proxy];
  for (const main of told === config ? [told, ...others] : [told]) {
    const text = await textOf(world, proxy, main, port, own);
    if (text !== undefined) return yaml === true && text.yaml?.has(main) !== true ? undefined : text;
  }
  return undefined;
}

/** A text, and the paths that were asked for it, whether they were there or not. */
interface WholeText extends FrontText {
  readonly asked: ReadonlySet<string>;
  /** Nothing was left out because there is too much of it. */
  readonly isWhole: boolean;
}

/** The main file and, round by round, what it includes. */
async function textOf(
  world: World,
  proxy: SeenFront,
  main: string,
  port: number,
  own: ReadonlySet<string>,
): Promise<WholeText | undefined> {
  const files = new Map<string, string>();
  const listed = new Map<string, readonly string[]>();
  const yaml = new Map<string, ComposeYaml>();
  const text: FrontText = {
    main,
    files,
    yaml,
    matching: (pattern) =>
      (listed.get(directoryOf(pattern)) ?? [])
        .filter((name) => matches(pattern, name))
        .toSorted()
        .slice(0, MAX_FILES),
  };
  let isWhole = true;
  let bytes = 0;
  const take = async (paths: readonly string[]): Promise<void> => {
    await Promise.all(
      paths.map(async (path) => {
        const read = await world.readText(path, MAX_CONFIG);
        if (!read.ok) return;
        bytes += read.text.length;
        if (read.truncated || bytes > MAX_BYTES) {
          isWhole = false;
          return;
        }
        files.set(path, read.text);
        const value = FRONTS[proxy].yaml === true ? await composeYaml(read.text) : undefined;
        if (value !== undefined) yaml.set(path, value);
      }),
    );
  };
  await take([main]);
  if (!files.has(main)) return undefined;
  const asked = new Set([main]);
  for (let round = 0; ; round += 1) {
    const { wants } = FRONTS[proxy].read(text, port, own);
    if (wants.length >= MAX_WANTS) isWhole = false;
    const patterns = wants.filter((path) => path.includes("*"));
    await Promise.all(
      [...new Set(patterns.map(directoryOf))].map(async (directory) => {
        if (listed.has(directory) || directory.includes("*")) return;
        const names = await world.list(directory, MAX_FILES);
        if (names.length >= MAX_FILES) isWhole = false;
        listed.set(
          directory,
          names.filter((name) => !name.startsWith(".")).map((name) => `${directory}/${name}`),
        );
      }),
    );
    const paths = [...wants.filter((path) => !path.includes("*")), ...patterns.flatMap(text.matching)];
    const next = [...new Set(paths)].filter((path) => !asked.has(path));
    if (next.length === 0) break;
    if (round === MAX_ROUNDS || asked.size + next.length > MAX_FILES || !isWhole) {
      isWhole = false;
      break;
    }
    for (const path of next) asked.add(path);
    await take(next);
  }
  return { ...text, asked, isWhole };
}
