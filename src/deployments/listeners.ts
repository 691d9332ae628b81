import { parseIp, sameIp, scopeOf } from "../core/address.ts";
import { type Fact, known, unknown } from "../core/fact.ts";
import { quoted, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { userName } from "./path-trust.ts";
import { type Contained, type GatewayProcess, gatewayProcesses, uidOf } from "./processes.ts";
import { type ProxyProcess, proxyProcesses } from "./proxy-configs.ts";
import { isVouched } from "./vouched-process.ts";
import type { World } from "./world.ts";

/** Who listens on the gateway's port, and which gateways run on this machine. */
export interface Listeners {
  readonly port: number;
  readonly sockets: readonly Listener[];
  /** Those that may be believed: of root, of the configuration's owner or ours, and those in containers. */
  readonly gateways: readonly GatewayProcess[];
  /** Reverse proxies and tunnels that run here as programs of the system, by name. */
  readonly proxies: readonly string[];
}

export interface Listener {
  /** `0.0.0.0`, `127.0.0.1`, `::` … */
  readonly address: string;
  readonly port: number;
  /** Absent: the owner is another user's and we may not look, or it is in the kernel. */
  readonly pid?: number;
  /** Whose socket it is; known for those of other users too. */
  readonly uid?: number;
  /** What its program is. `stranger`: of another user, so that its name and words are not believed. */
  readonly owner: "gateway" | "docker-proxy" | "ssh" | "kubectl" | "other" | "stranger" | "unknown";
  /** Name of a stranger. */
  readonly user?: string;
  /** Name of the program, bounded; never its arguments. */
  readonly program?: string;
  /** Where docker-proxy sends connections to. */
  readonly published?: { readonly containerAddress: string; readonly containerPort: number };
}

const MAX_PROCESSES = 5000;
/** Descriptors of one process that are looked at before those of the next, and of all together. */
const FIRST_DESCRIPTORS = 1024;
export const MOST_DESCRIPTORS = 262_144;
/** Bytes of a table of sockets, 150 for each: of a hundred thousand. */
export const MAX_TABLE = 16_000_000;

/**
 * Linux: /proc/net/tcp and tcp6, and the owner of each socket as far as permissions allow. Elsewhere the fact is
 * unknown, and says so; also where there are more sockets than are looked at, and none of them is at the port.
 * `configOwner`: uid of the owner of the configuration that is looked at, where one is known. `findProxies`: for whoever
 * asks for the machine's proxies elsewhere, too, so that its processes are gone through once.
 */
export async function readListeners(
  world: World,
  port: number,
  salt: string,
  configOwner?: number,
  findProxies?: () => Promise<readonly ProxyProcess[]>,
): Promise<Fact<Listeners>> {
  if (world.platform !== "linux")
    return unknown("not-asked", say("no-proc", { platform: safeText(world.platform, 20) }));
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => world.readText(path, MAX_TABLE)),
  );
  if (!tables.some((table) => table.ok)) {
    const first = tables[0];
    return first !== undefined && !first.ok
      ? unknown(first.reason, say("unread", { path: "/proc/net/tcp", why: first.detail }))
      : unknown("failed", quoted("/proc/net/tcp"));
  }
  const found = tables.flatMap((table) => (table.ok ? listening(table.text, port) : [])).sort(nearestFirst);
  if (found.length === 0 && tables.some((table) => table.ok && table.truncated))
    return unknown("failed", say("too-many-sockets", { megabytes: MAX_TABLE / 1_000_000 }));
  const pids = await processIds(world);
  const owners = await ownersOf(world, pids, new Set(found.map(({ inode }) => inode)));
  const gateways: GatewayProcess[] = [];
  const own = new Set([0, world.uid, configOwner]);
  for (const one of await gatewayProcesses(world, pids, new Set([...owners.values()]), salt))
    if (
      one.container === undefined ? await isVouched(world, one, configOwner) : isEngines(one.container, own)
    )
      gateways.push(one);
  // Uids of a container are other people's on this machine.
  const friends = new Set([...own, ...gateways.map(({ uid, container }) => (container ? undefined : uid))]);
  const sockets: Listener[] = [];
  for (const { address, uid, inode } of found.slice(0, 50)) {
    const pid = owners.get(inode);
    const gateway = gateways.find((one) => one.pid === pid);
    const user = gateway === undefined ? await usersOf(world, uid, pid, friends) : undefined;
    const socket = { address, port, uid };
    sockets.push(
      gateway !== undefined
        ? { ...socket, pid: gateway.pid, owner: "gateway", program: "openclaw" }
        : user === undefined
          ? await describe(world, socket, pid)
          : await stranger(world, { ...socket, user }, pid),
    );
  }
  // The one that listens on the port comes first.
  const serves = ({ pid }: GatewayProcess): number => (sockets.some((socket) => socket.pid === pid) ? 0 : 1);
  const sorted = [...gateways].sort((a, b) => serves(a) - serves(b));
  const proxies = (await (findProxies?.() ?? proxyProcesses(world, pids))).map(({ name }) => name).sort();
  return known({ port, sockets, gateways: sorted, proxies }, "/proc");
}

/** A user may make control groups of any name below their own slice: such a container is that user's word. */
function isEngines({ slice }: Contained, own: ReadonlySet<number | undefined>): boolean {
  return slice === undefined || own.has(slice);
}

type Socket = Pick<Listener, "address" | "port"> & { readonly uid: number };

/**
 * The user that is no friend, of the one whose socket it is and the one whose process has it: whoever opened it may
 * have become somebody else, or handed it on.
 */
async function usersOf(
  world: World,
  uid: number,
  pid: number | undefined,
  friends: ReadonlySet<number | undefined>,
): Promise<string | undefined> {
  if (!friends.has(uid)) return userName(world, uid);
  if (pid === undefined) return undefined;
  const status = await world.readText(`/proc/${pid}/status`, 16_384);
  const own = status.ok ? uidOf(status.text) : undefined;
  if (own !== undefined && friends.has(own)) return undefined;
  return own === undefined ? "several" : userName(world, own);
}

/** Named by the file that it runs, which is not its own word, where that may be looked at. */
async function stranger(
  world: World,
  socket: Socket & { readonly user: string },
  pid: number | undefined,
): Promise<Listener> {
  const exe = pid === undefined ? undefined : await world.link(`/proc/${pid}/exe`);
  const program = exe === undefined ? "" : safeText(exe.split("/").at(-1) ?? "", 60);
  return {
    ...socket,
    ...(pid === undefined ? {} : { pid }),
    owner: "stranger",
    ...(program === "" ? {} : { program }),
  };
}

async function describe(world: World, socket: Socket, pid: number | undefined): Promise<Listener> {
  if (pid === undefined) return { ...socket, owner: "unknown" };
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

/** Addresses of listening sockets that a connection to 127.0.0.1 can end at. */
export const REACHED_BY_LOOPBACK: ReadonlySet<string> = new Set([
  "127.0.0.1",
  "0.0.0.0",
  "::",
  "::ffff:127.0.0.1",
]);

/** Anybody can listen on the port at any number of other addresses of this machine. */
function nearestFirst(a: { readonly address: string }, b: { readonly address: string }): number {
  return Number(REACHED_BY_LOOPBACK.has(b.address)) - Number(REACHED_BY_LOOPBACK.has(a.address));
}

/** The listening sockets of a /proc/net/tcp or tcp6 table; only those of `wanted`, where that is given. */
export function listening(
  table: string,
  wanted?: number,
): { readonly address: string; readonly port: number; readonly uid: number; readonly inode: string }[] {
  return [...rowsOf(table)]
    .filter(({ state, local }) => state === LISTEN && (wanted === undefined || local.port === wanted))
    .slice(0, 10_000)
    .map(({ local: { address, port }, uid, inode }) => ({ address, port, uid, inode }));
}

/** States as the kernel prints them. */
const LISTEN = "0A";
/** Asked for, and not taken yet: nobody has said anything over it. */
const ASKED: ReadonlySet<string> = new Set(["02", "03", "0C"]);

interface Row {
  readonly state: string;
  readonly local: End;
  readonly remote: End;
  readonly uid: number;
  readonly inode: string;
}

/** One end of a connection. */
export interface End {
  readonly address: string;
  readonly port: number;
}

function* rowsOf(table: string): Iterable<Row> {
  for (const line of table.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [local, remote, state, uid, inode] = [
      endOf(fields[1]),
      endOf(fields[2]),
      fields[3] ?? "",
      fields[7] ?? "",
      fields[9],
    ];
    if (local !== undefined && remote !== undefined && inode !== undefined && /^\d{1,10}$/.test(uid))
      yield { local, remote, state, uid: Number(uid), inode };
  }
}

function endOf(field = ""): End | undefined {
  const [hex = "", port = ""] = field.split(":");
  const address = addressOf(hex);
  return address === undefined ? undefined : { address, port: Number.parseInt(port, 16) };
}

/** The process at the other end of a connection: its user, and its socket's number in the kernel. */
export interface Peer {
  readonly uid: number;
  readonly inode: string;
}

/**
 * Whose process has the other end of a connection of ours, as the kernel tells it: nobody can pretend that. `nobody`:
 * none of this machine's network has it, so it is elsewhere or behind a translation of addresses that root made.
 * Unknown: the platform or the kernel does not tell, or not all of it.
 *
 * An end that has shut down its own direction (`FIN_WAIT`) still reads what we send, so every state counts; whoever
 * makes the kernel hold its end of the stream back (`SO_MAX_PACING_RATE`) can be in that state for as long as it likes.
 */
export async function peerOf(
  world: World,
  { local, remote }: { readonly local: End; readonly remote: End },
): Promise<Fact<Peer | "nobody">> {
  if (world.platform !== "linux") return unknown("not-asked", quoted("/proc"));
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => world.readText(path, MAX_TABLE)),
  );
  let isOurs = false;
  let isLetGo = false;
  for (const table of tables) {
    if (!table.ok) continue;
    for (const row of rowsOf(table.text)) {
      if (row.state === LISTEN || ASKED.has(row.state)) continue;
      isOurs ||= row.inode !== "0" && sameEnd(row.local, local) && sameEnd(row.remote, remote);
      if (!sameEnd(row.local, remote) || !sameEnd(row.remote, local)) continue;
      if (row.inode !== "0") return known({ uid: row.uid, inode: row.inode }, "/proc/net/tcp");
      isLetGo = true;
    }
  }
  // Nobody holds that end any more: whose it was is not told.
  if (isLetGo) return unknown("denied", quoted("/proc/net/tcp"));
  // That it is in no table says something of tables that are whole, and have our own end.
  const isWhole = tables.every((table) => (table.ok ? !table.truncated : table.reason === "absent"));
  return isWhole && isOurs ? known("nobody", "/proc/net/tcp") : unknown("denied", quoted("/proc/net/tcp"));
}

/**
 * Whether a socket is of a process in a container, by the kernel's own groups. `id`: the first 12 digits. A user may
 * make groups of any name below their own slice, so that what is there proves nothing.
 */
export async function isInContainer(world: World, inode: string, id: string): Promise<boolean> {
  const pid = (await ownersOf(world, await processIds(world), new Set([inode]))).get(inode);
  const cgroup = pid === undefined ? undefined : await world.readText(`/proc/${pid}/cgroup`, 65_536);
  if (cgroup?.ok !== true || !/^[0-9a-f]{12}$/.test(id)) return false;
  const lines = cgroup.text.split("\n").filter((line) => line.includes(id));
  return lines.length > 0 && lines.every((line) => !/\/user(?:\.slice|@)/.test(line));
}

function sameEnd(a: End, b: End): boolean {
  if (a.port !== b.port) return false;
  const [one, other] = [parseIp(a.address), parseIp(b.address)];
  return one !== undefined && other !== undefined && sameIp(one, other);
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

/** All of this machine's that run a program, at most 5,000. */
export async function processIds(world: World): Promise<readonly number[]> {
  const pids: number[] = [];
  for (const name of await world.list("/proc", 50_000)) {
    if (pids.length >= MAX_PROCESSES) break;
    if (/^\d{1,10}$/.test(name) && world.isKernels?.(Number(name)) !== true) pids.push(Number(name));
  }
  return pids;
}

/**
 * Which process has each socket. At most {@link MOST_DESCRIPTORS} are looked at: first some of every process, then the
 * rest of those that have more, so that nobody's many keep another one's few out.
 */
async function ownersOf(
  world: World,
  pids: readonly number[],
  inodes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const owners = new Map<string, number>();
  let left = MOST_DESCRIPTORS;
  /** Those that have more than that many. */
  const lookAt = async (some: readonly number[], most: number): Promise<readonly number[]> => {
    const more: number[] = [];
    for (const pid of some) {
      if (owners.size === inodes.size || left <= 0) break;
      const targets = await descriptorsOf(world, `/proc/${pid}/fd`, Math.min(most, left));
      left -= targets.length;
      if (targets.length >= most) more.push(pid);
      for (const target of targets) {
        const inode = /^socket:\[(\d{1,20})\]$/.exec(target)?.[1];
        if (inode !== undefined && inodes.has(inode)) owners.set(inode, pid);
      }
    }
    return more;
  };
  if (inodes.size > 0) await lookAt(await lookAt(pids, FIRST_DESCRIPTORS), MOST_DESCRIPTORS);
  return owners;
}

/** What a process has open, as far as we may see it, at most `max`. */
async function descriptorsOf(world: World, directory: string, max: number): Promise<readonly string[]> {
  if (world.links !== undefined) return world.links(directory, max);
  const targets: string[] = [];
  for (const name of await world.list(directory, max)) {
    const target = await world.link(`${directory}/${name}`);
    if (target !== undefined) targets.push(target);
  }
  return targets;
}
