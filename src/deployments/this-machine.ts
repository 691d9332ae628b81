import { DEFAULT_PORT } from "../core/default-port.ts";
import { known, knownValue, type Unknown, unknown } from "../core/fact.ts";
import type { PortHolder } from "../core/facts.ts";
import { say } from "../core/saying.ts";
import { REACHED_BY_LOOPBACK } from "./listeners.ts";
import type { LocalAccess } from "./local.ts";
import { mayRead } from "./path-trust.ts";
import type { Finder, Place } from "./place.ts";
import { portHolder } from "./port-holder.ts";
import type { Surroundings } from "./surroundings.ts";

/** The gateway of this machine, whether it runs or not. */
export const findHere: Finder = async ({ around }) => {
  const access = await accessHere(around);
  const url = (port: number | undefined) => `ws://127.0.0.1:${port ?? around.port()}`;
  const here: Place = {
    ...accessOf(access),
    source: "this machine",
    here: true,
    published: () => around.compose(),
    url,
    reach: async (port) => ((await isAlone(around, access)) ? ALONE : known(url(port), "target")),
    stranger: async () => strangerAt(await portOf(access, around), around),
    mayReceive: async ({ uid }) => mayReadConfig(access, uid, await portOf(access, around), around),
  };
  return here;
};

/** The readings of a gateway's files as a place has them. */
export function accessOf(access: LocalAccess) {
  return {
    names: access.names,
    ...(access.service === undefined ? {} : { service: access.service }),
    config: () => access.config(),
    logs: () => access.logs(),
    devices: () => access.devices(),
    release: () => access.release(),
    changer: access.changer.bind(access),
  };
}

/** The config that OpenClaw's own CLI would read here names the gateway; without one, a lone running gateway does. */
export async function accessHere(around: Surroundings, unconfigured = around.port()): Promise<LocalAccess> {
  const own = await around.gateway(undefined);
  const config = await own.config();
  const port = config.known ? (config.value.reading.effective.gateway?.port ?? DEFAULT_PORT) : unconfigured;
  const gateway = (await around.holder(port)) ?? (config.known ? undefined : await around.lone());
  return around.gateway(gateway, around.options, config.known ? await own.owner() : undefined);
}

async function portOf(access: LocalAccess, around: Surroundings): Promise<number> {
  const config = knownValue(await access.config());
  return config?.reading.effective.gateway?.port ?? around.port();
}

/** Who may read the configuration may have what is in it. */
export async function mayReadConfig(
  access: Pick<LocalAccess, "config">,
  uid: number,
  port: number,
  around: Surroundings,
): Promise<boolean> {
  const config = knownValue(await access.config());
  if (config === undefined) return false;
  if (await mayRead(around.world, config.reading.path, uid)) return true;
  // A gateway without a file of its own has its secrets from its environment, or its service's.
  return !config.reading.exists && (await around.holder(port))?.uid === uid;
}

/** What a stranger says is nobody's word but its own, so it is not asked. */
export async function strangerAt(port: number, around: Surroundings): Promise<PortHolder | undefined> {
  const sockets = knownValue(await around.listeners(port))?.sockets ?? [];
  const at = sockets.filter(({ address }) => REACHED_BY_LOOPBACK.has(address));
  const [first] = at.filter(({ owner }) => owner === "stranger");
  if (first?.user === undefined || first.uid === undefined) return undefined;
  // A container that shares the gateway's network does not see its process, and its uids are the container's.
  const { container, hostNetwork } = await around.host();
  if (first.pid === undefined && container !== "none" && hostNetwork !== true) return undefined;
  if (at.some(({ owner, address }) => owner !== "stranger" && address === "127.0.0.1")) return undefined;
  return portHolder(first, first.user);
}

/** A container with the doctor and nothing else: no gateway, none of its files, nobody on the port. */
export async function isAlone(around: Surroundings, access: Pick<LocalAccess, "config">): Promise<boolean> {
  if (around.options.configPath !== undefined) return false;
  const host = await around.host();
  if (host.openclaw !== false || host.hostNetwork === true) return false;
  if ((await access.config()).known) return false;
  const listeners = knownValue(await around.listeners(around.port()));
  return listeners === undefined || (listeners.sockets.length === 0 && listeners.gateways.length === 0);
}

export const ALONE: Unknown = unknown(
  "not-asked",
  say("doctor-alone"),
  "-v /var/run/docker.sock:/var/run/docker.sock, --network container:NAME, or --target ws://HOST:PORT",
);
