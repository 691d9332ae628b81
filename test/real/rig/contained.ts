// Gateways in containers as `docker run` starts them, laid out as upstream's image: the package in /app, user node,
// home /home/node.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type Docker from "dockerode";
import { clientEnvironment } from "./clients.ts";
import type { Engine } from "./engine.ts";
import { IMAGE } from "./image.ts";
import { mustRun } from "./processes.ts";
import { cacheDir, type InstalledRelease, installRelease } from "./releases.ts";

export interface ContainedOptions {
  readonly name: string;
  readonly release: string;
  /** Port of the host that leads to 18789. */
  readonly port: number;
  /** `gateway` of openclaw.json. */
  readonly gateway: Readonly<Record<string, unknown>>;
  readonly plugins?: boolean;
  readonly env?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  readonly restart?: boolean;
  /** Owner of the mounted state directory; 1000 unless given. */
  readonly uid?: number;
  /** Address of the host on which it is published; 127.0.0.1 unless given. */
  readonly publishedOn?: string;
  /** The engine's default network unless given. */
  readonly network?: string;
  /** No program but node. */
  readonly shell?: false;
  /** Where the state directory is; a folder of the host unless given. */
  readonly state?: "folder" | "volume";
  /** The config is a mount of its own over the state directory. */
  readonly configMount?: "ro" | "rw";
}

export interface Contained {
  readonly container: Docker.Container;
  readonly installed: InstalledRelease;
  readonly release: string;
  /** On this machine, whether it is a folder or a volume. */
  readonly stateDir: string;
  readonly configPath: string;
  readonly uiBuild?: string;
}

export const STATE = "/home/node/.openclaw";

export async function startContained(engine: Engine, options: ContainedOptions): Promise<Contained> {
  const { name, release, port, env = [], labels = {}, network, configMount, restart, tty } = options;
  const installed = await installRelease(release);
  const kept = await placeState(engine, options);
  const mounts = [
    ...(options.shell === false ? await nodeAlone(installed) : programs(installed)),
    `${kept.source}:${STATE}`,
    ...(configMount === undefined ? [] : [`${kept.configPath}:${STATE}/openclaw.json:${configMount}`]),
  ];
  const address = options.publishedOn ?? "127.0.0.1";
  const line = [
    ...["docker", "run", "--detach", "--name", name, "--publish", `${address}:${port}:18789`],
    ...mounts.flatMap((mount) => ["--volume", mount]),
    ...env.flatMap((pair) => ["--env", pair]),
    ...Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
    ...(network === undefined ? [] : ["--network", network]),
    ...(restart ? ["--restart", "always"] : []),
    ...(tty ? ["--tty"] : []),
    IMAGE,
  ];
  await mustRun(line, { env: engineEnvironment(engine) });
  const { uiBuild } = installed;
  return {
    container: engine.api.getContainer(name),
    installed,
    release,
    stateDir: kept.stateDir,
    configPath: kept.configPath,
    ...(uiBuild === undefined ? {} : { uiBuild }),
  };
}

/** What `docker` and `docker compose` need to speak with this engine. */
export function engineEnvironment(engine: Engine): NodeJS.ProcessEnv {
  return { ...clientEnvironment(), DOCKER_HOST: engine.address };
}

/** This machine's programs, and what a first start of this release compiled: minutes become seconds. */
export function programs(installed: InstalledRelease): readonly string[] {
  return [
    ...["/usr", "/lib", "/lib64", "/bin"].map((folder) => `${folder}:${folder}:ro`),
    ...gatewayMounts(installed),
  ];
}

/** node, what it is linked with, and nothing that could be a shell. */
async function nodeAlone(installed: InstalledRelease): Promise<readonly string[]> {
  const linked = await mustRun(["ldd", installed.node]);
  const libraries = [...linked.matchAll(/(\/\S+) \(0x/g)].map(([, file = ""]) => file);
  return [...libraries.map((file) => `${file}:${file}:ro`), ...gatewayMounts(installed)];
}

function gatewayMounts(installed: InstalledRelease): readonly string[] {
  const cache = path.join(cacheDir(), "contained", installed.release);
  mkdirSync(cache, { recursive: true });
  chownSync(cache, 1000, 1000);
  return [
    `${path.dirname(path.dirname(installed.node))}:/opt:ro`,
    `${installed.packageDir}:/app:ro`,
    `${path.dirname(installed.packageDir)}:/node_modules:ro`,
    `${cache}:/cache`,
  ];
}

interface KeptAt {
  /** What is mounted. */
  readonly source: string;
  readonly stateDir: string;
  readonly configPath: string;
}

async function placeState(engine: Engine, options: ContainedOptions): Promise<KeptAt> {
  const { uid = 1000, state = "folder", configMount } = options;
  let stateDir = mkdtempSync(path.join(tmpdir(), "opd-rig-state-"));
  let source = stateDir;
  if (state === "volume") {
    rmSync(stateDir, { recursive: true });
    source = `${options.name}-state`;
    await engine.api.createVolume({ Name: source });
    stateDir = (await engine.api.getVolume(source).inspect()).Mountpoint;
  }
  const configPath =
    configMount === undefined ? path.join(stateDir, "openclaw.json") : `${stateDir}.openclaw.json`;
  writeConfig(configPath, options, uid);
  chownSync(stateDir, uid, uid);
  chmodSync(stateDir, 0o755);
  return { source, stateDir, configPath };
}

/** openclaw.json as its gateway's user would have written it. */
export function writeConfig(
  file: string,
  { gateway, plugins }: Pick<ContainedOptions, "gateway" | "plugins">,
  uid = 1000,
): void {
  const config = {
    gateway: { mode: "local", port: 18789, ...gateway },
    ...(plugins === false ? { plugins: { enabled: false } } : {}),
  };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  chownSync(file, uid, uid);
}

/** Owner and permission bits of a file, as `1000:1000 600`. */
export function ownerAndMode(file: string): string {
  const { uid, gid, mode } = statSync(file);
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
}
