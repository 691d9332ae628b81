// A cluster of the run's own, in a network namespace with an engine of its own, brought up by somebody's scripts: Kubernetes
// is in no registry of packages. Nothing of the machine's own network is touched, and it is gone after the suite. Two kubelets
// on one machine end each other's pods, as they find them in the same control groups, and take away each other's logs in
// /var/log/pods (seen): so this one makes no control groups of pods, and has a /var/log/pods of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { REPOSITORY } from "./agent.ts";
import { whyNotInstalled } from "./engine.ts";
import { endChild, isAlive, mustRun, progress, run } from "./processes.ts";
import { cacheDir } from "./releases.ts";

const SCRIPT = "k8s-netns.sh";
const PREFIX = "opd-k8s-";
/** Command and package of what the scripts need; in the namespace there is no way to a mirror. */
const PROGRAMS: Readonly<Record<string, string>> = {
  ip: "iproute2",
  dockerd: "docker.io",
  iptables: "iptables",
  debootstrap: "debootstrap",
  jq: "jq",
  xz: "xz-utils",
  etcd: "etcd-server",
  socat: "socat",
  conntrack: "conntrack",
  openssl: "openssl",
  kubectl: "kubernetes-client",
  gcc: "gcc",
};

/** How a suite is started so that it has a cluster; `undefined`: it has what the environment names. */
export interface OwnCluster {
  inside(argv: readonly string[]): readonly string[];
  readonly env: NodeJS.ProcessEnv;
  down(): Promise<void>;
}

/** Where the scripts are: `PAIRING_DOCTOR_CLUSTER_SCRIPTS`, else beside the checkout, or beside the folder of several. */
export function clusterScripts(): string | undefined {
  const { PAIRING_DOCTOR_CLUSTER_SCRIPTS: named } = process.env;
  const places =
    named === undefined ? ["..", "../.."].map((up) => path.join(REPOSITORY, up, "shared/infra")) : [named];
  return places.find((place) => existsSync(path.join(place, SCRIPT)));
}

/** A cluster, or why there is none. */
export async function bringUpCluster(): Promise<OwnCluster | string> {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "a cluster of our own needs Linux and root";
  const scripts = clusterScripts();
  if (scripts === undefined)
    return "no cluster: KUBECONFIG and DOCKER_HOST name none, and PAIRING_DOCTOR_CLUSTER_SCRIPTS no scripts that bring one up";
  const missing: string[] = [];
  for (const [program, name] of Object.entries(PROGRAMS))
    if ((await run(["sh", "-c", `command -v ${program}`])).code !== 0) missing.push(name);
  const lacking = missing.length === 0 ? undefined : await whyNotInstalled(...missing);
  if (lacking !== undefined) return lacking;
  const script = path.join(scripts, SCRIPT);
  await removeLeftovers(script);
  const name = `${PREFIX}${process.pid}`;
  const env = environmentOf(name);
  progress("bringing a cluster up");
  // The name of the network is of all, what is mounted is not.
  await mustRun(["ip", "netns", "add", name]);
  const apart = await ownMounts();
  const down = () => takeDown(script, name, apart);
  const up = await run([...within(apart), script, "up"], { env, timeoutMs: 400_000 });
  if (up.code !== 0) {
    await down();
    return `no cluster: ${(up.stderr || up.stdout).slice(-300).replaceAll("\n", " ")}`;
  }
  return { env, down, inside: (argv) => [script, "run", ...argv] };
}

function environmentOf(name: string): NodeJS.ProcessEnv {
  const { K8S_BIN = path.join(cacheDir(), "k8sbin") } = process.env;
  const alone = { K8S_QOS: "false", K8S_ALLOC: "[]" };
  return { ...process.env, ...alone, K8S_NETNS: name, K8S_RIG: folderOf(name), K8S_BIN };
}

function folderOf(name: string): string {
  return path.join(tmpdir(), name);
}

async function takeDown(script: string, name: string, apart?: ChildProcess): Promise<void> {
  progress("taking the cluster down");
  await run([...within(apart), script, "down"], { env: environmentOf(name), timeoutMs: 200_000 });
  if (apart !== undefined) await endChild(apart);
  await run(["ip", "netns", "delete", name]);
}

/** A process that keeps a mount namespace in which the kubelet's logs are its own. */
async function ownMounts(): Promise<ChildProcess> {
  const script =
    "mkdir -p /var/log/pods /var/log/containers && mount -t tmpfs logs /var/log/pods && mount -t tmpfs logs /var/log/containers && echo ready && exec sleep infinity";
  const child = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`unshare ended with ${code}`)));
  });
  return child;
}

function within(apart: ChildProcess | undefined): readonly string[] {
  return apart === undefined ? [] : ["nsenter", `--mount=/proc/${apart.pid}/ns/mnt`, "--"];
}

/** Of runs that were killed. */
async function removeLeftovers(script: string): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)$`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await takeDown(script, name).catch(() => undefined);
  }
}
