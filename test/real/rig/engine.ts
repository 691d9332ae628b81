// A Docker engine of the rig's own: no registry, an empty image, and nothing shared with another engine of the
// machine.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Docker from "dockerode";
import { unpackNewer } from "./debian.ts";
import { importImage } from "./image.ts";
import { type Namespace, ownNamespace, whyNoIproute } from "./namespace.ts";
import { endChild, endsWithUs, isAlive, mustRun, progress, retry, run, until } from "./processes.ts";
import { ownRuntime } from "./runtime.ts";

export interface Engine {
  readonly kind: "docker" | "podman";
  readonly api: Docker;
  /** For `DOCKER_HOST`. */
  readonly address: string;
  /** Name of a network that the rig made, beside the engine's own default. */
  readonly network: string;
  /** Where its published ports are. */
  readonly host: Namespace;
  stop(): Promise<void>;
}

/** Why no engine can be brought up here, or undefined. */
export async function whyNoEngine(): Promise<string | undefined> {
  if (process.platform !== "linux") return "a Docker engine of our own needs Linux";
  if (process.getuid?.() !== 0) return "a Docker engine of our own needs root";
  const noBridge = await whyNoIproute();
  if (noBridge !== undefined) return noBridge;
  if ((await run(["dockerd", "--version"])).code === 0) return undefined;
  return whyNotInstalled("docker.io");
}

/** Installs packages of the machine's own sources; why that failed, or undefined. */
export async function whyNotInstalled(...packages: readonly string[]): Promise<string | undefined> {
  const what = packages.join(" ");
  progress(`installing ${what}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages];
  try {
    await retry(`apt-get install ${what}`, 3, async () => {
      await mustRun(["apt-get", "update", "-qq"], { timeoutMs: 300_000 });
      await mustRun(install, { timeoutMs: 300_000, env });
    });
  } catch (error) {
    return `no ${what}: ${String(error).slice(0, 200)}`;
  }
  return undefined;
}

const BRIDGE = "opd";

/** Docker 26, beside the machine's own version; undefined where it does not run here. */
export async function newerEngine(): Promise<EngineOptions | undefined> {
  try {
    const programs = await unpackNewer("engine-26", ["docker.io", "containerd"]);
    const PATH = [path.join(programs, "usr/sbin"), path.join(programs, "usr/bin"), process.env.PATH].join(
      ":",
    );
    // The rig speaks to both with clients of Debian 12.
    const env = { PATH, DOCKER_MIN_API_VERSION: "1.24" };
    const { code } = await run(["dockerd", "--version"], { env: { ...process.env, ...env } });
    return code === 0 ? { env } : undefined;
  } catch {
    return undefined;
  }
}

/** An engine that answers on the socket, with the rig's image and network. */
export async function made(
  socket: string,
  { what, log, dir }: { readonly what: string; readonly log: string; readonly dir: string },
): Promise<Pick<Engine, "api" | "address" | "network">> {
  const api = new Docker({ socketPath: socket });
  await answers(api, what, log);
  await importImage(api, dir);
  const network = "rig";
  await api.createNetwork({ Name: network, Driver: "bridge" });
  return { api, address: `unix://${socket}`, network };
}

export interface EngineOptions {
  /** Beside this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
}

export async function startEngine({ env = {} }: EngineOptions = {}): Promise<Engine> {
  await removeLeftoverBridges();
  const dir = mkdtempSync(path.join(tmpdir(), "opd-rig-engine-"));
  // The default network of `docker run`, apart from a docker0 of the machine.
  const bridge = `${BRIDGE}${process.pid}`;
  let child: ChildProcess | undefined;
  const stop = async () => {
    if (child !== undefined) await endChild(child, 20_000);
    await removeFolder(dir);
    await run(["ip", "link", "delete", bridge]);
  };
  const socket = path.join(dir, "docker.sock");
  const runtime = ownRuntime(dir);
  const args = [
    ...["--data-root", path.join(dir, "data"), "--exec-root", path.join(dir, "exec")],
    ...["--pidfile", path.join(dir, "pid"), "--host", `unix://${socket}`],
    ...["--exec-opt", "native.cgroupdriver=cgroupfs", "--bridge", bridge],
    // docker-proxy alone carries what is published; the machine's own rules stay as they are.
    ...["--iptables=false", "--ip6tables=false", "--ip-forward=false"],
    ...["--default-address-pool", "base=172.29.0.0/16,size=24"],
    ...(runtime === undefined ? [] : ["--add-runtime", `rig=${runtime}`, "--default-runtime", "rig"]),
  ];
  try {
    await mustRun(["ip", "link", "add", bridge, "type", "bridge"]);
    await mustRun(["ip", "address", "add", `172.30.${process.pid % 256}.1/24`, "dev", bridge]);
    await mustRun(["ip", "link", "set", bridge, "up"]);
    const log = path.join(dir, "engine.log");
    const output = openSync(log, "a");
    const [program = "", ...words] = endsWithUs(["dockerd", ...args]);
    child = spawn(program, words, {
      env: { ...process.env, ...env },
      stdio: ["ignore", output, output],
    });
    child.on("error", () => {});
    const ready = await made(socket, { what: "dockerd", log, dir });
    const { api } = ready;
    return {
      ...ready,
      kind: "docker",
      host: ownNamespace,
      stop: async () => {
        await removeAll(api);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws it gave no answer within a minute: with the end of its log. */
async function answers(api: Docker, what: string, log: string): Promise<void> {
  const isUp = () =>
    api.ping().then(
      () => true,
      () => false,
    );
  if (await until(isUp, 60_000)) return;
  throw new Error(`${what} gave no answer\n${readFileSync(log, "utf8").slice(-1500)}`);
}

/** Containers and networks would outlive the engine: processes and links of the machine. */
export async function removeAll(api: Docker): Promise<void> {
  for (const { Id } of await api.listContainers({ all: true }))
    await api.getContainer(Id).remove({ force: true, v: true });
  await api.pruneNetworks();
}

/** What a container leaves mounted would keep its folder busy. */
export async function removeFolder(dir: string): Promise<void> {
  await run(["sh", "-c", `grep -o ' ${dir}/[^ ]*' /proc/self/mounts | sort -r | xargs -r umount -l`]);
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
}

/** Of runs that crashed: they carry our prefix and a process id that is gone. */
async function removeLeftoverBridges(): Promise<void> {
  const { stdout } = await run(["ip", "-o", "link", "show", "type", "bridge"]);
  for (const [, name = "", owner = ""] of stdout.matchAll(/^\d+: (opd(\d+)):/gm))
    if (!isAlive(Number(owner))) await run(["ip", "link", "delete", name]);
}
