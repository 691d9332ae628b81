import { scopeOf } from "../core/address.ts";
import { type Fact, known, unknown } from "../core/fact.ts";
import { safeText } from "../core/text.ts";
import { type GatewayProcess, gatewayProcesses } from "./processes.ts";
import type { World } from "./world.ts";

/** Who listens on the gateway's port, and which gateways run on this machine. */
export interface Listeners {
  readonly port: number;
  readonly sockets: readonly Listener[];
  readonly gateways: readonly GatewayProcess[];
}

export interface Listener {
  /** `0.0.0.0`, `127.0.0.1`, `::` … */
  readonly address: string;
  readonly port: number;
  /** Absent: the owner is another user's and we may not look, or it is in the kernel. */
  readonly pid?: number;
  readonly owner: "gateway" | "docker-proxy" | "ssh" | "kubectl" | "other" | "unknown";
  /** Name of the program, bounded; never its arguments. */
  readonly program?: string;
  /** Where docker-proxy sends connections to. */
  readonly published?: { readonly containerAddress: string; readonly containerPort: number };
}

const MAX_PROCESSES = 5000;
const MAX_DESCRIPTORS = 4096;

/**
 * Linux: /proc/net/tcp and tcp6, and the owner of each socket as far as permissions allow. Elsewhere the fact is
 * unknown, and says so.
 */
export async function readListeners(world: World, port: number, salt: string): Promise<Fact<Listeners>> {
  if (world.platform !== "linux")
    return unknown(
      "not-asked",
      `listening sockets are read from /proc, which ${safeText(world.platform, 20)} does not have`,
    );
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => world.readText(path, 4_000_000)),
  );
  if (!tables.some((table) => table.ok)) {
    const first = tables[0];
    return first !== undefined && !first.ok
      ? unknown(first.reason, `/proc/net/tcp: ${first.detail}`)
      : unknown("failed", "/proc/net/tcp");
  }
  const found = tables
    .flatMap((table) => (table.ok ? listening(table.text) : []))
    .filter((one) => one.port === port);
  const pids = await processIds(world);
  const owners = await ownersOf(world, pids, new Set(found.map(({ inode }) => inode)));
  const gateways = await gatewayProcesses(world, pids, new Set([...owners.values()]), salt);
  const sockets: Listener[] = [];
  for (const { address, inode } of found.slice(0, 50)) {
    const pid = owners.get(inode);
    sockets.push(await describe(world, { address, port }, pid, gateways));
  }
  // The one that listens on the port comes first.
  const serves = ({ pid }: GatewayProcess): number => (sockets.some((socket) => socket.pid === pid) ? 0 : 1);
  return known({ port, sockets, gateways: [...gateways].sort((a, b) => serves(a) - serves(b)) }, "/proc");
}

async function describe(
  world: World,
  socket: { readonly address: string; readonly port: number },
  pid: number | undefined,
  gateways: readonly GatewayProcess[],
): Promise<Listener> {
  if (pid === undefined) return { ...socket, owner: "unknown" };
  if (gateways.some((gateway) => gateway.pid === pid))
    return { ...socket, pid, owner: "gateway", program: "openclaw" };
  const cmdline = await world.readText(`/proc/${pid}/cmdline`, 65_536);
  const words = cmdline.ok ? cmdline.text.split("\0") : [];
  const program = safeText(words[0]?.split("/").at(-1) ?? "", 60);
  if (program === "docker-proxy") {
    const address = optionOf(words, "-container-ip");
    const port = Number(optionOf(words, "-container-port"));
    return {
      ...socket,
      pid,
      owner: "docker-proxy",
      program,
      ...(address !== undefined && scopeOf(address) !== "unknown" && port > 0 && port < 65536
        ? { published: { containerAddress: address, containerPort: port } }
        : {}),
    };
  }
  const owner = program === "ssh" || program === "sshd" ? "ssh" : program === "kubectl" ? "kubectl" : "other";
  return { ...socket, pid, owner, ...(program === "" ? {} : { program }) };
}

function optionOf(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at === -1 ? undefined : words[at + 1];
}

/** The listening sockets of a /proc/net/tcp or tcp6 table. */
export function listening(
  table: string,
): { readonly address: string; readonly port: number; readonly inode: string }[] {
  const out: { address: string; port: number; inode: string }[] = [];
  for (const line of table.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [hex, portHex] = (fields[1] ?? "").split(":");
    // 0A is LISTEN.
    if (fields[3] !== "0A" || hex === undefined || portHex === undefined) continue;
    const address = addressOf(hex);
    const inode = fields[9];
    if (address !== undefined && inode !== undefined)
      out.push({ address, port: Number.parseInt(portHex, 16), inode });
    if (out.length >= 10_000) break;
  }
  return out;
}

/** The kernel prints addresses as 32-bit words in host order; every machine OpenClaw runs on is little-endian. */
function addressOf(hex: string): string | undefined {
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/i.test(hex)) return undefined;
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8)
    for (let byte = 6; byte >= 0; byte -= 2)
      bytes.push(Number.parseInt(hex.slice(word + byte, word + byte + 2), 16));
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.every((byte) => byte === 0)) return "::";
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return "::1";
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return `::ffff:${bytes.slice(12).join(".")}`;
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  return groups.join(":");
}

async function processIds(world: World): Promise<readonly number[]> {
  const names = await world.list("/proc", 50_000);
  return names
    .filter((name) => /^\d{1,10}$/.test(name))
    .slice(0, MAX_PROCESSES)
    .map(Number);
}

async function ownersOf(
  world: World,
  pids: readonly number[],
  inodes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const owners = new Map<string, number>();
  if (inodes.size === 0) return owners;
  for (const pid of pids) {
    if (owners.size === inodes.size) break;
    for (const descriptor of await world.list(`/proc/${pid}/fd`, MAX_DESCRIPTORS)) {
      const target = await world.link(`/proc/${pid}/fd/${descriptor}`);
      const inode = target === undefined ? undefined : /^socket:\[(\d{1,20})\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode)) owners.set(inode, pid);
    }
  }
  return owners;
}
