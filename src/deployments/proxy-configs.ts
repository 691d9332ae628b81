import { type ComposeYaml, composeYaml } from "../compose/yaml.ts";
import {
  type ProxyFront,
  type ProxyProgram,
  type ProxyReading,
  SEEN_FRONTS,
  type SeenFront,
} from "../core/proxies.ts";
import { safeText } from "../core/text.ts";
import { directoryOf, type FrontText, MAX_CONFIG, matches } from "../kinds/fronts/front-text.ts";
import { FRONTS } from "../kinds/fronts/index.ts";
import { distrusted } from "./path-trust.ts";
import { uidOf } from "./processes.ts";
import type { World } from "./world.ts";

/** A reverse proxy or a tunnel of a machine, by the file that it runs. */
export interface ProxyProcess {
  readonly pid: number;
  readonly name: string;
  readonly exe: string;
  /** As it was started, or as it calls itself. */
  readonly line: string;
}

const PROXY = /^(?:nginx|caddy|haproxy|traefik|httpd|apache2|cloudflared|tailscaled|envoy|lighttpd)$/;
/** Accounts below are the system's, which run what root installed. */
const FIRST_PERSON = 1000;
/** Of one configuration with all that it includes. */
const MAX_FILES = 200;
const MAX_ROUNDS = 4;

/**
 * Those of the machine's own network, by the file that they run, which only root may write, as root or as an account of
 * the system; the first process of each program.
 */
export async function proxyProcesses(
  world: World,
  pids: readonly number[],
): Promise<readonly ProxyProcess[]> {
  const found = new Map<string, ProxyProcess>();
  const own = await world.link("/proc/self/ns/net");
  for (const pid of pids) {
    const exe = await world.link(`/proc/${pid}/exe`);
    const name = exe?.split("/").at(-1) ?? "";
    if (exe === undefined || found.has(name) || !PROXY.test(name)) continue;
    const network = await world.link(`/proc/${pid}/ns/net`);
    if (own !== undefined && network !== undefined && network !== own) continue;
    const status = await world.readText(`/proc/${pid}/status`, 16_384);
    const uid = status.ok ? uidOf(status.text) : undefined;
    if (uid === undefined || uid >= FIRST_PERSON) continue;
    if ((await distrusted(world, exe, new Set())) !== undefined) continue;
    const cmdline = await world.readText(`/proc/${pid}/cmdline`, 65_536);
    const line = cmdline.ok ? cmdline.text.replaceAll("\0", " ").trim() : "";
    if (/worker process/.test(line)) continue;
    found.set(name, { pid, name, exe, line });
  }
  return [...found.values()];
}

/** What the configurations of the proxies say of the way to a gateway's port; only files that may be read are. */
export async function readProxies(
  world: World,
  processes: readonly ProxyProcess[],
  port: number,
): Promise<ProxyReading> {
  const own = new Set(world.interfaces().map(({ address }) => address));
  const programs: ProxyProgram[] = [];
  const sites: ProxyFront[] = [];
  const unread: string[] = [];
  for (const { name, line } of processes) {
    const proxy = SEEN_FRONTS.find((one) => one === name);
    if (proxy === undefined) continue;
    const text = await firstOf(world, proxy, line, port, own);
    if (text === undefined) {
      unread.push(safeText(configOf(proxy, line), 200));
      continue;
    }
    const config = text.main;
    const { fronts, siteFile = proxy === "caddy" ? config : undefined } = FRONTS[proxy].read(text, port, own);
    programs.push({ proxy, config, ...(siteFile === undefined ? {} : { siteFile }) });
    sites.push(...fronts.slice(0, 50));
  }
  return { programs, fronts: sites, unread };
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
): Promise<FrontText | undefined> {
  const told = configOf(proxy, line);
  const { config, others = [], yaml } = FRONTS[proxy];
  for (const main of told === config ? [told, ...others] : [told]) {
    const text = await textOf(world, proxy, main, port, own);
    if (text !== undefined) return yaml === true && text.yaml?.has(main) !== true ? undefined : text;
  }
  return undefined;
}

/** The main file and, round by round, what it includes. */
async function textOf(
  world: World,
  proxy: SeenFront,
  main: string,
  port: number,
  own: ReadonlySet<string>,
): Promise<FrontText | undefined> {
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
  const take = async (paths: readonly string[]): Promise<void> => {
    await Promise.all(
      paths.map(async (path) => {
        const read = await world.readText(path, MAX_CONFIG);
        if (!read.ok || read.truncated) return;
        files.set(path, read.text);
        const value = FRONTS[proxy].yaml === true ? await composeYaml(read.text) : undefined;
        if (value !== undefined) yaml.set(path, value);
      }),
    );
  };
  await take([main]);
  if (!files.has(main)) return undefined;
  const asked = new Set([main]);
  for (let round = 0; round < MAX_ROUNDS && files.size < MAX_FILES; round += 1) {
    const { wants } = FRONTS[proxy].read(text, port, own);
    const patterns = wants.filter((path) => path.includes("*"));
    await Promise.all(
      [...new Set(patterns.map(directoryOf))].map(async (directory) => {
        if (listed.has(directory) || directory.includes("*")) return;
        const names = await world.list(directory, MAX_FILES);
        listed.set(
          directory,
          names.filter((name) => !name.startsWith(".")).map((name) => `${directory}/${name}`),
        );
      }),
    );
    const paths = [...wants.filter((path) => !path.includes("*")), ...patterns.flatMap(text.matching)];
    const next = [...new Set(paths)].filter((path) => !asked.has(path)).slice(0, MAX_FILES);
    if (next.length === 0) break;
    for (const path of next) asked.add(path);
    await take(next);
  }
  return text;
}
