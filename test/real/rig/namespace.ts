// Two network namespaces joined by a veth pair: one holds the gateway, the other the people who reach it from
// elsewhere, with any source address. Nothing of it touches the machine's own network.
import { existsSync } from "node:fs";
import { isAlive, mustRun, progress, retry, run } from "./processes.ts";

const PREFIX = "opd-rig-";
const addressInNetwork = /^(?:\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}|[0-9a-f:]{2,39}\/\d{1,3})$/;

export interface Namespace {
  readonly name: string;
  /** The same command, run in this namespace (nsenter replaces itself, so the process id is the command's). */
  inside(argv: readonly string[]): string[];
}

export interface Network {
  readonly gateway: Namespace;
  readonly client: Namespace;
  remove(): Promise<void>;
}

/** The machine's own network, in the same clothes. */
export const ownNamespace: Namespace = { name: "", inside: (argv) => [...argv] };

/** Docker's bridge with the gateway in a container, and a home network: what most tickets come from. */
export const ADDRESSES = {
  gatewayOnBridge: "172.18.0.2",
  bridge: "172.18.0.1",
  gatewayOnLan: "192.168.50.10",
  clientOnLan: "192.168.50.20",
  dockerDesktop: "192.168.65.1",
  public: "203.0.113.50",
} as const;

let count = 0;

/** Why namespaces cannot be made here, or undefined when they can. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  if (process.platform !== "linux") return "network namespaces need Linux";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const missing = await whyNoIproute();
  if (missing !== undefined) return missing;
  const trial = `${PREFIX}${process.pid}-trial`;
  const made = await run(["ip", "netns", "add", trial]);
  await run(["ip", "netns", "delete", trial]);
  return made.code === 0 ? undefined : `ip netns add: ${made.stderr.trim().slice(0, 200)}`;
}

/** Why there is no `ip` here, or undefined when there is. */
export async function whyNoIproute(): Promise<string | undefined> {
  if ((await run(["ip", "-V"])).code === 0) return undefined;
  progress("installing iproute2");
  try {
    await retry("apt-get install iproute2", 3, async () => {
      await mustRun(["apt-get", "update", "-qq"], { timeoutMs: 300_000 });
      await mustRun(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "iproute2"], {
        timeoutMs: 300_000,
      });
    });
  } catch (error) {
    return `no \`ip\` command: ${String(error)}`;
  }
  return undefined;
}

/** A network with loopback and nothing else. */
export async function loneNamespace(): Promise<Namespace & { remove(): Promise<void> }> {
  await removeLeftovers();
  const name = `${PREFIX}${process.pid}-${++count}-l`;
  await mustRun(["ip", "netns", "add", name]);
  await mustRun(["ip", "-n", name, "link", "set", "lo", "up"]);
  return {
    ...namespaceNamed(name),
    remove: async () => {
      await run(["ip", "netns", "delete", name]);
    },
  };
}

/** Addresses beside the ordinary ones; a client address of another network than the gateway's has the full prefix length. */
export interface MoreAddresses {
  readonly gateway: readonly string[];
  readonly client: readonly string[];
}

/** Makes the pair. Throws when this machine does not allow it. */
export async function createNetwork(more: MoreAddresses = { gateway: [], client: [] }): Promise<Network> {
  await removeLeftovers();
  const id = `${PREFIX}${process.pid}-${++count}`;
  const gateway = `${id}-g`;
  const client = `${id}-c`;
  const ip = (...args: string[]) => mustRun(["ip", ...args]);
  const remove = async () => {
    await run(["ip", "netns", "delete", gateway]);
    await run(["ip", "netns", "delete", client]);
  };
  try {
    await ip("netns", "add", gateway);
    await ip("netns", "add", client);
    await ip(
      "link",
      "add",
      "eth0",
      "netns",
      gateway,
      "type",
      "veth",
      "peer",
      "name",
      "eth0",
      "netns",
      client,
    );
    for (const namespace of [gateway, client]) await ip("-n", namespace, "link", "set", "lo", "up");
    await addAddresses(gateway, [
      `${ADDRESSES.gatewayOnBridge}/16`,
      `${ADDRESSES.gatewayOnLan}/24`,
      ...more.gateway,
    ]);
    const clients = [
      `${ADDRESSES.bridge}/16`,
      `${ADDRESSES.clientOnLan}/24`,
      `${ADDRESSES.dockerDesktop}/32`,
      `${ADDRESSES.public}/32`,
      ...more.client,
    ];
    await addAddresses(client, clients);
    for (const namespace of [gateway, client]) await ip("-n", namespace, "link", "set", "eth0", "up");
    for (const far of clients.filter((address) => /\/(?:32|128)$/.test(address)))
      await ip("-n", gateway, "route", "add", far, "dev", "eth0");
  } catch (error) {
    await remove();
    throw error;
  }
  return { gateway: namespaceNamed(gateway), client: namespaceNamed(client), remove };
}

async function addAddresses(namespace: string, addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    if (!addressInNetwork.test(address)) throw new Error(`not an address with a prefix length: ${address}`);
    // An IPv6 address would wait for duplicates to answer first.
    const now = address.includes(":") ? ["nodad"] : [];
    await mustRun(["ip", "-n", namespace, "address", "add", address, "dev", "eth0", ...now]);
  }
}

function namespaceNamed(name: string): Namespace {
  // `ip netns exec` would mount another /sys, which hides the cgroups that the doctor looks at.
  const file = [`/run/netns/${name}`, `/var/run/netns/${name}`].find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`namespace ${name} has no file`);
  return { name, inside: (argv) => ["nsenter", `--net=${file}`, "--", ...argv] };
}

/** Namespaces of runs that crashed: they carry our prefix and a process id that is gone. */
async function removeLeftovers(): Promise<void> {
  const listed = await run(["ip", "netns", "list"]);
  for (const line of listed.stdout.split("\n")) {
    const name = line.split(" ")[0] ?? "";
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await run(["ip", "netns", "delete", name]);
  }
}
