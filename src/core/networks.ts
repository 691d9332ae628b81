import { ipMatches, isLoopbackIp, parseIp, sameIp } from "./address.ts";
import type { Workload } from "./workload.ts";

/** What an address that the gateway sees as its peer is typical of. A hint, never a proof. */
export type PeerNetwork =
  | "loopback"
  /** A bridge's own address: Docker's 172.17-31.0.1, and what is configured beside it in 172.16.0.0/12. */
  | "docker-bridge"
  /** Another address of such a network: a container next door. */
  | "docker-network"
  /** Docker Desktop's virtual machine: 192.168.65.0/24. */
  | "docker-desktop"
  /** The virtual machines of OrbStack (192.168.138, 139 and 215) and of gvisor-tap-vsock (192.168.127). */
  | "engine-machine"
  /** Podman's default network: 10.88.0.0/16, its bridge 10.88.0.1. */
  | "podman"
  /** User-mode networks of rootless containers, and of virtual machines: 10.0.2.0/24. */
  | "user-mode"
  /** Pods of the usual cluster networks: 10.244.0.0/16 and 10.42.0.0/16. */
  | "pod"
  | "tailscale"
  | "other";

/** The bridge of Docker's default network. */
export const DOCKER_BRIDGE = "172.17.0.1";

/** What network an address is typical of. A LAN's router (192.168.1.1) is none of an engine's. */
export function peerNetwork(address: string): PeerNetwork {
  const ip = parseIp(address);
  if (isLoopbackIp(ip)) return "loopback";
  if (ip?.family !== 4) return "other";
  const [a = 0, b = 0, c = 0, d = 0] = ip.parts;
  if (a === 172 && b >= 16 && b <= 31) return d === 1 ? "docker-bridge" : "docker-network";
  if (a === 192 && b === 168 && c === 65) return "docker-desktop";
  if (a === 192 && b === 168 && ENGINE_MACHINES.has(c)) return "engine-machine";
  if (a === 10 && b === 88) return "podman";
  if (a === 10 && b === 0 && c === 2) return "user-mode";
  if (a === 10 && (b === 244 || b === 42)) return "pod";
  if (a === 100 && b >= 64 && b < 128) return "tailscale";
  return "other";
}

const ENGINE_MACHINES: ReadonlySet<number> = new Set([127, 138, 139, 215]);

/** Networks of which a peer stands for clients that are somewhere else. */
const ENGINES: ReadonlySet<PeerNetwork> = new Set([
  "docker-bridge",
  "docker-desktop",
  "engine-machine",
  "user-mode",
]);
const PODMAN_BRIDGE = parseIp("10.88.0.1");

/**
 * Whether a container engine puts this address in the place of a client's: its bridge, or its virtual machine. What
 * the engine says of the gateway's own network counts before what addresses are typical of.
 */
export function isEngineAddress(address: string, workload?: Pick<Workload, "publishedPeer">): boolean {
  const ip = parseIp(address);
  const own = [PODMAN_BRIDGE, parseIp(workload?.publishedPeer ?? "")];
  if (ip !== undefined && own.some((one) => one !== undefined && sameIp(ip, one))) return true;
  return ENGINES.has(peerNetwork(address));
}

/** Whether it is of a network that engines give to containers: its bridge, or a container next door. */
export function isContainerAddress(address: string): boolean {
  const network = peerNetwork(address);
  return network === "docker-network" || network === "podman" || ENGINES.has(network);
}

/** Of the usual cluster networks: kubeadm's and kind's default, and that of K3s. */
const POD_NETWORKS = ["10.244.0.0/16", "10.42.0.0/16"];
/** A wider route is no network of pods: a VPN's, a company's. */
const WIDEST = 8;

/**
 * The widest range of pods that an address is in: a usual one, or one that the gateway's own pod has a route to, where a
 * range may be that of one node alone.
 */
export function podNetwork(address: string, routes: readonly string[] = []): string | undefined {
  const ip = parseIp(address);
  if (ip === undefined) return undefined;
  const prefix = (range: string) => Number(range.split("/")[1]);
  return [...POD_NETWORKS, ...routes]
    .filter((range) => prefix(range) >= WIDEST && prefix(range) < 32 && ipMatches(ip, range, true))
    .sort((a, b) => prefix(a) - prefix(b))[0];
}
