import type { ContainerInspectInfo } from "dockerode";
import { type Fact, known, type Unknown, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { Workload } from "../../core/workload.ts";
import { containerId, containerOf } from "../host.ts";
import type { World } from "../world.ts";
import type { Engine } from "./engine.ts";

/** Where the doctor stands, as seen from the gateway's container. */
export type Standpoint =
  /** The engine's machine itself, or a container that has its network. `unsure`: nothing says otherwise. */
  | { readonly at: "host"; readonly unsure?: true }
  /** The network of the gateway's container: its loopback is ours. */
  | { readonly at: "inside" }
  /** A container on one of the gateway's networks, with the gateway's address there. */
  | { readonly at: "network"; readonly address: string }
  /** A container on other networks, with the address at which the engine's machine is reached from it. */
  | { readonly at: "apart"; readonly host?: string }
  /** Another machine. */
  | { readonly at: "elsewhere"; readonly host: string };

type Networks = ContainerInspectInfo["NetworkSettings"]["Networks"];

/** A container may have another one's network, which may have another one's. */
const MAX_STEPS = 3;

/** Only looks: at the files of this machine, and at what the engine says of the container around us. */
export async function standpointOf(
  engine: Engine,
  gateway: ContainerInspectInfo,
  world: World,
): Promise<Standpoint> {
  const contained = world.platform === "linux" && (await containerOf(world)) !== "none";
  const id = contained ? await containerId(world) : undefined;
  const own = id === undefined ? undefined : await ownContainer(engine, gateway, id);
  if (own === "inside" || own === "host") return { at: own };
  // A filter in front of the socket has a host name of its own; that we are known there tells that it is here.
  if ((own === undefined || own === "unknown") && engine.host !== undefined)
    return { at: "elsewhere", host: engine.host };
  // An engine that does not know the container around us is one that runs in it.
  if (!contained || own === "unknown") return { at: "host" };
  const theirs = gateway.NetworkSettings?.Networks ?? {};
  if (own === undefined) return byAddresses(theirs, world);
  const shared = Object.values(theirs).find(
    ({ NetworkID: id, IPAddress: address }) =>
      isText(id) && isText(address) && Object.values(own).some(({ NetworkID }) => NetworkID === id),
  );
  if (shared !== undefined) return { at: "network", address: safeText(shared.IPAddress, 60) };
  const bridge = Object.values(own).find(({ Gateway }) => isText(Gateway))?.Gateway;
  return { at: "apart", ...(bridge === undefined ? {} : { host: safeText(bridge, 60) }) };
}

/** The networks of the container around us, unless it has the machine's own or the gateway's. */
async function ownContainer(
  engine: Engine,
  gateway: ContainerInspectInfo,
  own: string,
): Promise<Networks | "inside" | "host" | "unknown"> {
  let id: string | undefined = own;
  for (let step = 0; id !== undefined && step < MAX_STEPS; step += 1) {
    if (gateway.Id.startsWith(id)) return "inside";
    let info: ContainerInspectInfo;
    try {
      info = await engine.api.getContainer(id).inspect();
    } catch {
      return "unknown";
    }
    const mode = info.HostConfig?.NetworkMode ?? "";
    if (mode === "host") return "host";
    id = /^container:([0-9a-f]{12,64})$/.exec(mode)?.[1];
    if (id === undefined) return info.NetworkSettings?.Networks ?? {};
  }
  return "unknown";
}

/** Where the engine does not tell of us: by the addresses that we have. */
function byAddresses(theirs: Networks, world: World): Standpoint {
  const own = world.interfaces().filter(({ internal }) => !internal);
  const has = (address: unknown): boolean => own.some((one) => one.address === address);
  for (const { IPAddress: address, Gateway: bridge, IPPrefixLen: bits } of Object.values(theirs)) {
    if (has(bridge)) return { at: "host" };
    if (has(address)) return { at: "inside" };
    if (own.some((one) => isSameNet(one.address, address, bits)))
      return { at: "network", address: safeText(address, 60) };
  }
  return { at: "host", unsure: true };
}

/** IPv4 only; engines give every container such an address. */
function isSameNet(one: string, other: unknown, bits: unknown): boolean {
  const [a, b] = [numberOf(one), typeof other === "string" ? numberOf(other) : undefined];
  if (a === undefined || b === undefined || typeof bits !== "number" || bits < 8 || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(a / size) === Math.floor(b / size);
}

function numberOf(address: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return undefined;
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The browser's address of the gateway: on the engine's machine the published port. */
export function browserUrl(reading: Workload, standpoint: Standpoint, port: number): string {
  const { addresses, network } = reading;
  const elsewhere = standpoint.at === "elsewhere" ? standpoint.host : undefined;
  const host = elsewhere ?? "127.0.0.1";
  const published = publishedOf(reading, port);
  if (published !== undefined)
    return wsUrl(isEverywhere(published.address) ? host : published.address, published.port);
  // Without a published port the container's own address, which a Linux host reaches.
  const own = network === "host" || elsewhere !== undefined ? undefined : addresses[0];
  return wsUrl(own ?? host, port);
}

/** The address at which we can reach it from where we are, or that we cannot. */
export function probeUrl(reading: Workload, standpoint: Standpoint, port: number): Fact<string> {
  const source = "the engine's networks";
  const published = publishedOf(reading, port);
  switch (standpoint.at) {
    case "host":
      return known(browserUrl(reading, standpoint, port), source);
    case "inside":
      return known(wsUrl("127.0.0.1", port), source);
    case "network":
      return known(wsUrl(standpoint.address, port), source);
    case "apart": {
      const { host } = standpoint;
      const open = published !== undefined && (isEverywhere(published.address) || published.address === host);
      return open && host !== undefined ? known(wsUrl(host, published.port), source) : outOfReach(reading);
    }
    case "elsewhere": {
      const { host } = standpoint;
      // With the machine's own network it listens where its config says; the name of that machine is all we have.
      if (published === undefined)
        return reading.network === "host" ? known(wsUrl(host, port), source) : outOfReach(reading, host);
      if (isEverywhere(published.address)) return known(wsUrl(host, published.port), source);
      return isLoopback(published.address)
        ? outOfReach(reading, host)
        : known(wsUrl(published.address, published.port), source);
    }
  }
}

/** `host`: of an engine that is elsewhere; else the doctor is in a container. */
export function outOfReach(reading: Workload, host?: string): Unknown {
  const name = reading.name;
  const ports = reading.ports.map(({ address, port }) => `${address}:${port}`).join(", ");
  const args = { name, ...(ports === "" ? {} : { ports }) };
  if (host !== undefined)
    return unknown(
      "not-asked",
      say("published-there-only", { ...args, host: safeText(host, 100) }),
      "--target ws://127.0.0.1:PORT behind a tunnel (ssh -N -L), or the doctor on that machine",
    );
  return unknown("not-asked", say("out-of-reach", args), `--network container:${name}, or --network host`);
}

function publishedOf({ ports }: Workload, port: number): Workload["ports"][number] | undefined {
  return ports.find(({ to }) => to === port) ?? (ports.length === 1 ? ports[0] : undefined);
}

function isEverywhere(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

function isLoopback(address: string): boolean {
  return address === "::1" || address === "localhost" || address.startsWith("127.");
}

function wsUrl(host: string, port: number): string {
  return `ws://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
