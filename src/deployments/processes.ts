import { type GatewayFlags, gatewayFlags, isGatewayCommand } from "../config/flags.ts";
import { Secret } from "../core/secret.ts";
import type { World } from "./world.ts";

/** A gateway that runs on this machine, or in a container of it that we can see. */
export interface GatewayProcess {
  readonly pid: number;
  readonly parent?: number;
  /** Whose it is; absent where that is not seen, or where it runs with the rights of more than one user. */
  readonly uid?: number;
  /** Command line, where the process has not overwritten it with its title. */
  readonly flags: GatewayFlags;
  /** Its environment, every value wrapped; absent when it may not be read. */
  readonly env?: Readonly<Record<string, Secret>>;
  /** What `env` is called where it is no process of this machine: `environment of the container claw`. */
  readonly envSource?: string;
  readonly cwd?: string;
  readonly home?: string;
  /** The Node that runs it. */
  readonly node?: string;
  /** Directory of the installed package: `…/node_modules/openclaw`, `/app`. */
  readonly installDir?: string;
  /** The container it runs in, when it is not ours: the id, cut to 12 digits. */
  readonly container?: Contained;
}

export interface Contained {
  readonly kind: "docker" | "podman" | "kubernetes";
  readonly id: string;
  /**
   * Uid of the user in whose own part of the control groups it is (a rootless engine's, and whatever else that user
   * calls like one); -1 where that is not told.
   */
  readonly slice?: number;
}

/** Of each user, and of each container: anybody may give a process this name, and must not keep the real one out. */
const MAX_OF_USER = 20;
const MAX_GATEWAYS = 1000;

/**
 * Finds gateways by their command line. OpenClaw overwrites it with its title (`openclaw`, `openclaw-gateway`), so
 * a bare `openclaw` counts only when it owns a socket we look for.
 */
export async function gatewayProcesses(
  world: World,
  pids: readonly number[],
  listening: ReadonlySet<number>,
  salt: string,
): Promise<readonly GatewayProcess[]> {
  const found: GatewayProcess[] = [];
  const counts = new Map<string, number>();
  // Whoever is on the port comes first.
  for (const pid of new Set([...listening, ...pids])) {
    if (found.length >= MAX_GATEWAYS) break;
    const cmdline = await world.readText(`/proc/${pid}/cmdline`, 65_536);
    if (!cmdline.ok) continue;
    const words = cmdline.text.split("\0").filter((word) => word !== "");
    if (!isGatewayCommand(words) && !(listening.has(pid) && isOpenClawTitle(words))) continue;
    const gateway = await describe(world, pid, words, salt);
    const whose = `${gateway.uid} ${gateway.container?.id ?? ""}`;
    const ofUser = (counts.get(whose) ?? 0) + 1;
    counts.set(whose, ofUser);
    if (ofUser > MAX_OF_USER) continue;
    // Behind another loopback it is not the gateway of this machine's addresses, container or not.
    if (gateway.container !== undefined || (await sharesNetwork(world, pid))) found.push(gateway);
  }
  // A launcher and the gateway that it started are one gateway; the one that serves is kept.
  const parents = new Set(found.map(({ parent }) => parent));
  return found.filter(({ pid }) => !parents.has(pid));
}

/** Its own title; or pm2's for what it runs, `node SCRIPT` in one word (`ProcessContainerFork.js` of pm2 6). */
export function isOpenClawTitle([title = ""]: readonly string[]): boolean {
  return /^(?:openclaw|clawdbot|moltbot)\b|^node \/\S{0,400}\/(?:openclaw\.mjs|openclaw\/dist\/(?:index|entry)\.m?js)$/.test(
    title,
  );
}

/** Whether a process has our network namespace; taken for granted where that may not be read. */
async function sharesNetwork(world: World, pid: number): Promise<boolean> {
  const [own, other] = await Promise.all([
    world.link("/proc/self/ns/net"),
    world.link(`/proc/${pid}/ns/net`),
  ]);
  return own === undefined || other === undefined || own === other;
}

async function describe(
  world: World,
  pid: number,
  words: readonly string[],
  salt: string,
): Promise<GatewayProcess> {
  const [environ, status, cgroup, cwd, node] = await Promise.all([
    world.readText(`/proc/${pid}/environ`, 524_288),
    world.readText(`/proc/${pid}/status`, 16_384),
    world.readText(`/proc/${pid}/cgroup`, 65_536),
    world.link(`/proc/${pid}/cwd`),
    world.link(`/proc/${pid}/exe`),
  ]);
  const env = environ.ok ? environOf(environ.text, salt) : undefined;
  const uid = status.ok ? uidOf(status.text) : undefined;
  const parent = status.ok ? /^PPid:\s{1,10}(\d{1,10})/m.exec(status.text)?.[1] : undefined;
  const command = await commandOf(world, words, parent);
  const home = env?.HOME?.reveal();
  const installDir = await installDirOf(world, pid, command, cwd);
  const container = cgroup.ok ? containerOfCgroup(cgroup.text) : undefined;
  // Our own container shows in our own cgroup too; only another one is worth naming.
  const own = await world.readText("/proc/self/cgroup", 65_536);
  const same = own.ok && container !== undefined && own.text.includes(container.id);
  return {
    pid,
    ...(parent === undefined ? {} : { parent: Number(parent) }),
    ...(uid === undefined ? {} : { uid }),
    flags: gatewayFlags(command, salt),
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(home === undefined || home === "" ? {} : { home }),
    ...(node?.startsWith("/") ? { node } : {}),
    ...(installDir === undefined ? {} : { installDir }),
    ...(container === undefined || same
      ? {}
      : { container: { ...container, id: container.id.slice(0, 12) } }),
  };
}

/**
 * Real, effective, saved and file system uid of a /proc/PID/status, where they are the same. A program that changes
 * its user (setuid) has several, and whoever started it holds what it had open before.
 */
export function uidOf(status: string): number | undefined {
  const [first, ...others] = /^Uid:((?:\s{1,10}\d{1,10}){4})/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [];
  return first !== undefined && others.every((other) => other === first) ? Number(first) : undefined;
}

/** The words it was started with: its own, or its launcher's when it shows its title only. */
async function commandOf(
  world: World,
  words: readonly string[],
  parent: string | undefined,
): Promise<readonly string[]> {
  if (words.length > 1 || parent === undefined) return words;
  const launcher = await world.readText(`/proc/${parent}/cmdline`, 65_536);
  const command = launcher.ok ? launcher.text.split("\0").filter((word) => word !== "") : [];
  return isGatewayCommand(command) ? command : words;
}

function environOf(text: string, salt: string): Readonly<Record<string, Secret>> {
  const env: Record<string, Secret> = {};
  for (const pair of text.split("\0").slice(0, 2000)) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(0, equals));
    if (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) env[name] = new Secret(pair.slice(equals + 1), salt);
  }
  return env;
}

/** Where the running code is installed: from the command line, else from the open directory. */
async function installDirOf(
  world: World,
  pid: number,
  words: readonly string[],
  cwd: string | undefined,
): Promise<string | undefined> {
  for (const word of words.slice(0, 5)) {
    const direct = /^(\/.{0,500}\/openclaw)\/(?:dist\/(?:index|entry)\.m?js|openclaw\.mjs)$/.exec(word)?.[1];
    if (direct !== undefined) return direct;
    const relative = /^(?:dist\/(?:index|entry)\.m?js|openclaw\.mjs)$/.test(word);
    if (relative && cwd !== undefined) return cwd;
    const absolute = /^(\/.{0,500})\/dist\/(?:index|entry)\.m?js$/.exec(word)?.[1];
    if (absolute !== undefined) return absolute;
    if (/^\/.{0,500}\/bin\/openclaw$/.test(word)) {
      const target = await world.link(word);
      const inside =
        target === undefined ? undefined : /^(.{0,500}\/openclaw)\/openclaw\.mjs$/.exec(target)?.[1];
      if (inside !== undefined)
        return inside.startsWith("/") ? inside : normal(`${word.slice(0, word.lastIndexOf("/"))}/${inside}`);
    }
  }
  if (cwd !== undefined && (await world.exists(`/proc/${pid}/root${cwd}/openclaw.mjs`))) return cwd;
  return undefined;
}

function normal(path: string): string {
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") out.pop();
    else if (part !== "" && part !== ".") out.push(part);
  }
  return `/${out.join("/")}`;
}

function containerOfCgroup(cgroup: string): Contained | undefined {
  const id = /(?:^|[/-])([0-9a-f]{64})(?:\.scope)?(?:\/|$)/m.exec(cgroup)?.[1];
  if (id === undefined) return undefined;
  const own = cgroup.split("\n").find((line) => line.includes(id) && /\/user(?:\.slice|@)/.test(line));
  const slice = own === undefined ? {} : { slice: Number(/\/user-(\d{1,10})\.slice\//.exec(own)?.[1] ?? -1) };
  if (cgroup.includes("kubepods")) return { kind: "kubernetes", id, ...slice };
  return { kind: cgroup.includes("libpod") ? "podman" : "docker", id, ...slice };
}
