import { ownScope } from "../core/address.ts";
import type { HostSigns } from "../core/facts.ts";
import { safeText } from "../core/text.ts";
import { usualSockets } from "./docker/sockets.ts";
import type { World } from "./world.ts";

/** Bytes of a /proc file that are looked at. */
const SMALL = 262_144;

/** What the doctor runs in and what is around it. Looks at files and environment only; starts and asks nothing. */
export async function readHost(world: World): Promise<HostSigns> {
  const container = await containerOf(world);
  const contained = container !== "none";
  const version = await textOf(world, "/proc/version", 4096);
  const wslKernel = /microsoft|wsl/i.test(version);
  return {
    platform: world.platform,
    // A container of Docker Desktop shares WSL's kernel, so the kernel alone says nothing in there.
    wsl: has(world, "WSL_DISTRO_NAME") || (wslKernel && container === "none"),
    sshSession: has(world, "SSH_CONNECTION") || has(world, "SSH_CLIENT") || has(world, "SSH_TTY"),
    container,
    addresses: world
      .interfaces()
      .slice(0, 100)
      .map(({ name, address, internal }) => ({
        name: safeText(name, 60),
        address: safeText(address, 60),
        scope: internal ? "loopback" : ownScope(address),
      })),
    engines: await enginesOf(world),
    units: await unitsOf(world),
    ...(contained && !(await hasOpenClaw(world)) ? { openclaw: false } : {}),
    ...(contained && hasHostNetwork(world) ? { hostNetwork: true } : {}),
  };
}

/** Upstream's image has it in /app, without a command on the PATH; most others have the command. */
async function hasOpenClaw(world: World): Promise<boolean> {
  const manifest = await textOf(world, "/app/package.json", SMALL);
  if (/"name"\s{0,9}:\s{0,9}"(?:openclaw|clawdbot|moltbot)"/.test(manifest)) return true;
  for (const directory of (world.env.PATH ?? "").split(":").slice(0, 50))
    for (const name of ["openclaw", "clawdbot", "moltbot"])
      if (directory.startsWith("/") && (await world.exists(`${directory}/${name}`))) return true;
  return false;
}

/** Bridges of engines and a machine's own interfaces; a container with a network of its own has `eth0` alone. */
function hasHostNetwork(world: World): boolean {
  return world
    .interfaces()
    .some(({ name }) =>
      /^(?:docker0$|podman\d|br-[0-9a-f]{12}$|veth|virbr|en[opsx]\d|wl|tailscale)/.test(name),
    );
}

/**
 * The container around us. `/.dockerenv` alone proves nothing: a plain virtual machine has been seen with it.
 * With cgroup v2 and a namespace of its own the cgroup is `/` inside a container too, so the mounts are asked.
 */
export async function containerOf(world: World): Promise<HostSigns["container"]> {
  const cgroup = await textOf(world, "/proc/1/cgroup", SMALL);
  const mounts = await textOf(world, "/proc/self/mountinfo", SMALL * 4);
  const [dockerenv, containerenv, account] = await Promise.all([
    world.exists("/.dockerenv"),
    world.exists("/run/.containerenv"),
    world.exists("/var/run/secrets/kubernetes.io/serviceaccount"),
  ]);
  const mounted = mountSigns(mounts);
  const kubernetesEnv = has(world, "KUBERNETES_SERVICE_HOST");

  if (/kubepods|cri-containerd-/.test(cgroup) || mounted.kubernetes || (kubernetesEnv && account))
    return "kubernetes";
  const inContainer = mounted.overlayRoot || mounted.podman || mounted.docker || dockerenv || containerenv;
  if (kubernetesEnv && inContainer) return "kubernetes";
  if (/libpod/.test(cgroup) || mounted.podman || containerenv || world.env.container === "podman")
    return "podman";
  if (/\/docker[/-][0-9a-f]{12}|\/docker-[0-9a-f]{12}/.test(cgroup) || mounted.docker) return "docker";
  if (mounted.overlayRoot) return dockerenv ? "docker" : "unknown";
  if (world.platform !== "linux") return "none";
  // Nothing could be read, as on a hardened /proc: then /.dockerenv is the only sign there is.
  if (mounts === "" && cgroup === "") return dockerenv ? "unknown" : "none";
  return "none";
}

/** The id of the Docker container around us, from the mounts or the cgroup. */
export async function containerId(world: World): Promise<string | undefined> {
  const mounts = await textOf(world, "/proc/self/mountinfo", SMALL * 4);
  const cgroup = await textOf(world, "/proc/1/cgroup", SMALL);
  const id =
    /\/(?:containers|overlay-containers)\/([0-9a-f]{64})\//.exec(mounts)?.[1] ??
    /(?:docker|libpod)[/-]([0-9a-f]{64})/.exec(cgroup)?.[1];
  if (id !== undefined) return id.slice(0, 12);
  const hostname = world.env.HOSTNAME?.trim() ?? "";
  return /^[0-9a-f]{12}$/.test(hostname) ? hostname : undefined;
}

function mountSigns(mountinfo: string): {
  readonly overlayRoot: boolean;
  readonly docker: boolean;
  readonly podman: boolean;
  readonly kubernetes: boolean;
} {
  let overlayRoot = false;
  let docker = false;
  let podman = false;
  let kubernetes = false;
  for (const line of mountinfo.split("\n")) {
    // id parent major:minor root mount-point options … - type source
    const fields = line.split(" ");
    const [root, point] = [fields[3] ?? "", fields[4] ?? ""];
    const type = fields[fields.indexOf("-", 6) + 1] ?? "";
    if (point === "/" && (type === "overlay" || type === "fuse.fuse-overlayfs")) overlayRoot = true;
    if (point !== "/etc/hosts" && point !== "/etc/hostname" && point !== "/etc/resolv.conf") continue;
    // An engine mounts these three files of its own; it is the surest sign there is.
    if (root.includes("/overlay-containers/")) podman = true;
    else if (/\/pods\/[0-9a-f-]{36}\/etc-hosts/.test(root)) kubernetes = true;
    else if (/\/containers\/[0-9a-f]{64}\//.test(root)) docker = true;
  }
  return { overlayRoot, docker, podman, kubernetes };
}

async function enginesOf(world: World): Promise<HostSigns["engines"]> {
  const home = world.homedir;
  const dockerHost = /^unix:\/\/(\/.{1,200})$/.exec(world.env.DOCKER_HOST ?? "")?.[1];
  const kubeconfigs = (world.env.KUBECONFIG ?? "").split(world.platform === "win32" ? ";" : ":");
  const wanted: readonly { kind: "docker" | "podman" | "kubernetes"; path: string | undefined }[] = [
    { kind: "docker", path: dockerHost },
    ...(await usualSockets(world)),
    ...kubeconfigs.slice(0, 10).map((path) => ({ kind: "kubernetes" as const, path: path || undefined })),
    { kind: "kubernetes", path: `${home}/.kube/config` },
    { kind: "kubernetes", path: "/etc/rancher/k3s/k3s.yaml" },
    { kind: "kubernetes", path: "/var/run/secrets/kubernetes.io/serviceaccount" },
  ];
  const found: { kind: "docker" | "podman" | "kubernetes"; path: string }[] = [];
  for (const { kind, path } of wanted) {
    if (path === undefined || found.some((engine) => engine.path === path)) continue;
    if (await world.exists(path)) found.push({ kind, path: safeText(path, 200) });
  }
  return found;
}

/** Paths of service files that run a gateway: systemd units of the user and the system, launchd property lists. */
async function unitsOf(world: World): Promise<readonly string[]> {
  const home = world.homedir;
  const directories =
    world.platform === "darwin"
      ? [`${home}/Library/LaunchAgents`, "/Library/LaunchAgents", "/Library/LaunchDaemons"]
      : [
          `${world.env.XDG_CONFIG_HOME || `${home}/.config`}/systemd/user`,
          "/etc/systemd/user",
          "/etc/systemd/system",
          "/usr/local/lib/systemd/system",
          "/usr/lib/systemd/system",
        ];
  const units: string[] = [];
  for (const directory of directories)
    for (const name of await world.list(directory, 5000))
      if (isGatewayUnit(name) && units.length < 50) units.push(`${directory}/${name}`);
  return units;
}

/** `openclaw-gateway[-PROFILE].service`, names that images give (`openclaw.service`), earlier names, launchd labels. */
export function isGatewayUnit(name: string): boolean {
  if (/^openclaw-node/.test(name)) return false;
  return (
    /^(?:openclaw|clawdbot|moltbot)(?:-gateway)?(?:[-@][A-Za-z0-9_.-]{1,64})?\.service$/.test(name) ||
    /^(?:ai\.openclaw|bot\.molt|com\.clawdbot)\.[A-Za-z0-9_.-]{1,64}\.plist$/.test(name)
  );
}

function has(world: World, name: string): boolean {
  const value = world.env[name];
  return value !== undefined && value !== "";
}

async function textOf(world: World, path: string, maxBytes: number): Promise<string> {
  const read = await world.readText(path, maxBytes);
  return read.ok ? read.text : "";
}
