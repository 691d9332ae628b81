// A Docker engine of the rig's own, and gateways in its containers: no registry, no image but an empty one whose
// programs are this machine's, mounted read-only. It shares nothing with another engine of the machine.
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Docker from "dockerode";
import { endChild, mustRun, progress, retry, run, until } from "./processes.ts";
import { cacheDir, installRelease } from "./releases.ts";

export interface Engine {
  readonly api: Docker;
  /** For `DOCKER_HOST`. */
  readonly address: string;
  /** Name of the network that its containers are in. */
  readonly network: string;
  stop(): Promise<void>;
}

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
}

const IMAGE = "openclaw:local";
const LINUX_CAP_SYS_RESOURCE = 24n;

/** Why no engine can be brought up here, or undefined. */
export async function whyNoEngine(): Promise<string | undefined> {
  if (process.platform !== "linux") return "a Docker engine of our own needs Linux";
  if (process.getuid?.() !== 0) return "a Docker engine of our own needs root";
  if ((await run(["dockerd", "--version"])).code === 0) return undefined;
  progress("installing docker.io");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "docker.io"];
  try {
    await retry("apt-get install docker.io", 2, async () => {
      await mustRun(["apt-get", "update", "-qq"], { timeoutMs: 300_000 });
      await mustRun(install, { timeoutMs: 300_000, env });
    });
  } catch (error) {
    return `no dockerd: ${String(error).slice(0, 200)}`;
  }
  return undefined;
}

export async function startEngine(): Promise<Engine> {
  const dir = mkdtempSync(path.join(tmpdir(), "opd-rig-engine-"));
  let child: ChildProcess | undefined;
  const stop = async () => {
    if (child !== undefined) await endChild(child, 20_000);
    // What a container leaves mounted would keep its folder busy.
    await run(["sh", "-c", `grep -o ' ${dir}/[^ ]*' /proc/self/mounts | sort -r | xargs -r umount -l`]);
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  const socket = path.join(dir, "docker.sock");
  const args = [
    ...["--data-root", path.join(dir, "data"), "--exec-root", path.join(dir, "exec")],
    ...["--pidfile", path.join(dir, "pid"), "--host", `unix://${socket}`],
    ...["--exec-opt", "native.cgroupdriver=cgroupfs", "--bridge", "none"],
    // docker-proxy alone carries what is published; the machine's own rules stay as they are.
    ...["--iptables=false", "--ip6tables=false", "--ip-forward=false"],
    ...["--default-address-pool", "base=172.29.0.0/16,size=24"],
    ...(mayRaiseLimits() ? [] : ["--add-runtime", `rig=${runtimeIn(dir)}`, "--default-runtime", "rig"]),
  ];
  const log = openSync(path.join(dir, "engine.log"), "a");
  child = spawn("dockerd", args, { stdio: ["ignore", log, log] });
  child.on("error", () => {});
  const api = new Docker({ socketPath: socket });
  const up = await until(
    () =>
      api.ping().then(
        () => true,
        () => false,
      ),
    60_000,
  );
  if (!up) {
    const said = readFileSync(path.join(dir, "engine.log"), "utf8").slice(-1500);
    await stop();
    throw new Error(`dockerd gave no answer\n${said}`);
  }
  try {
    await importImage(api, dir);
    const network = "claw_default";
    await api.createNetwork({ Name: network, Driver: "bridge" });
    return {
      api,
      address: `unix://${socket}`,
      network,
      stop: async () => {
        for (const { Id } of await api.listContainers({ all: true }))
          await api.getContainer(Id).remove({ force: true, v: true });
        await api.getNetwork(network).remove();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts a gateway in a container, laid out as upstream's image: the package in /app, user node, home /home/node. */
export async function startContained(
  { api, network }: Engine,
  options: ContainedOptions,
): Promise<{ readonly container: Docker.Container; readonly stateDir: string; readonly uiBuild?: string }> {
  const { name, release, port, gateway, uid = 1000, env = [], labels = {} } = options;
  const installed = await installRelease(release);
  const stateDir = mkdtempSync(path.join(tmpdir(), "opd-rig-state-"));
  const config = { gateway: { mode: "local", port: 18789, ...gateway } };
  const plugins = options.plugins === false ? { plugins: { enabled: false } } : {};
  const file = path.join(stateDir, "openclaw.json");
  writeFileSync(file, JSON.stringify({ ...config, ...plugins }), { mode: 0o600 });
  chownSync(file, uid, uid);
  chownSync(stateDir, uid, uid);
  chmodSync(stateDir, 0o755);
  // What a first start compiles is kept for the next: minutes become seconds.
  const cache = path.join(cacheDir(), "contained", release);
  mkdirSync(cache, { recursive: true });
  chownSync(cache, 1000, 1000);
  const modules = path.dirname(installed.packageDir);
  const container = await api.createContainer({
    name,
    Image: IMAGE,
    Cmd: ["node", "openclaw.mjs", "gateway", "--allow-unconfigured"],
    WorkingDir: "/app",
    User: "node",
    Tty: options.tty ?? false,
    Labels: { ...labels },
    Env: [...quiet, ...env],
    ExposedPorts: { "18789/tcp": {} },
    HostConfig: {
      NetworkMode: network,
      PortBindings: { "18789/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] },
      ...(options.restart ? { RestartPolicy: { Name: "always" } } : {}),
      Binds: [
        ...["/usr", "/lib", "/lib64", "/bin"].map((folder) => `${folder}:${folder}:ro`),
        `${path.dirname(path.dirname(installed.node))}:/opt:ro`,
        `${installed.packageDir}:/app:ro`,
        `${modules}:/node_modules:ro`,
        `${cache}:/cache`,
        `${stateDir}:/home/node/.openclaw`,
      ],
    },
  });
  await container.start();
  const { uiBuild } = installed;
  return { container, stateDir, ...(uiBuild === undefined ? {} : { uiBuild }) };
}

const quiet = [
  "PATH=/opt/bin:/usr/bin:/bin",
  "HOME=/home/node",
  "TMPDIR=/cache",
  "NODE_COMPILE_CACHE=/cache",
  "NODE_ENV=production",
  "OPENCLAW_SKIP_CHANNELS=1",
  "OPENCLAW_SKIP_BROWSER_CONTROL_SERVER=1",
  "OPENCLAW_SKIP_CANVAS_HOST=1",
  "OPENCLAW_SKIP_CRON=1",
  "OPENCLAW_SKIP_GMAIL_WATCHER=1",
  "OPENCLAW_DISABLE_BONJOUR=1",
];

/** Folders to mount on, and the users of upstream's image. */
async function importImage(api: Docker, dir: string): Promise<void> {
  const root = path.join(dir, "root");
  const folders = ["usr", "lib", "lib64", "bin", "etc", "tmp", "proc", "sys", "dev", "run", "app"];
  for (const folder of [...folders, "node_modules", "home/node/.openclaw", "opt", "cache"])
    mkdirSync(path.join(root, folder), { recursive: true });
  chmodSync(path.join(root, "tmp"), 0o1777);
  chownSync(path.join(root, "home/node"), 1000, 1000);
  writeFileSync(
    path.join(root, "etc/passwd"),
    "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n",
  );
  writeFileSync(path.join(root, "etc/group"), "root:x:0:\nnode:x:1000:\n");
  const archive = path.join(dir, "root.tar");
  await mustRun(["tar", "-cf", archive, "-C", root, "."]);
  const [repo, tag] = IMAGE.split(":");
  const stream = await api.importImage(archive, { repo, tag });
  await new Promise<void>((resolve, reject) => {
    api.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error)));
  });
}

function mayRaiseLimits(): boolean {
  const effective = /^CapEff:\s+([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> LINUX_CAP_SYS_RESOURCE) & 1n) === 1n;
}

/** runc for a root that may not raise limits (no CAP_SYS_RESOURCE): takes out of the specification what it may not. */
function runtimeIn(dir: string): string {
  const file = path.join(dir, "runtime.mjs");
  writeFileSync(file, `#!${process.execPath}\n${RUNTIME}`);
  chmodSync(file, 0o755);
  return file;
}

const RUNTIME = `import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
const args = process.argv.slice(2);
const valueOf = (...names) => {
  for (const [at, arg] of args.entries())
    for (const name of names) {
      if (arg === name) return args[at + 1];
      if (arg.startsWith(name + "=")) return arg.slice(name.length + 1);
    }
};
const verb = args.find((arg) => ["create", "run", "exec"].includes(arg));
const bundle = (valueOf("--bundle", "-b") ?? ".") + "/config.json";
const file = verb === "exec" ? valueOf("--process", "-p") : verb === undefined ? undefined : bundle;
if (file !== undefined) {
  const spec = JSON.parse(readFileSync(file, "utf8"));
  const task = verb === "exec" ? spec : spec.process;
  if (task.oomScoreAdj < 0) task.oomScoreAdj = 0;
  delete task.rlimits;
  for (const set of Object.keys(task.capabilities ?? {}))
    task.capabilities[set] = task.capabilities[set].filter((name) => name !== "CAP_SYS_RESOURCE");
  writeFileSync(file, JSON.stringify(spec));
}
process.exit(spawnSync("runc", args, { stdio: "inherit" }).status ?? 1);
`;
