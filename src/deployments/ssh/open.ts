import { scopeOf } from "../../core/address.ts";
import { type Fact, type Known, known, knownValue } from "../../core/fact.ts";
import type { Deployment, DeploymentNames, Evidence } from "../../core/facts.ts";
import { safeText } from "../../core/text.ts";
import { deploymentOf } from "../../kinds/index.ts";
import { isSharedHost, readAccounts } from "../accounts.ts";
import { type Listeners, REACHED_BY_LOOPBACK } from "../listeners.ts";
import { localAccess } from "../local.ts";
import { closedPort } from "../loopback-door.ts";
import { userName } from "../path-trust.ts";
import type { Place } from "../place.ts";
import type { GatewayProcess } from "../processes.ts";
import { Surroundings } from "../surroundings.ts";
import { accessHere, strangerAt } from "../this-machine.ts";
import type { ChangerOptions } from "../types.ts";
import type { World } from "../world.ts";
import { type SshHost, shownHost, writtenHost } from "./address.ts";
import type { SshConnection } from "./connection.ts";
import { connectionTo, holdConnection } from "./connections.ts";
import { sshFailure } from "./problem.ts";
import { type SshSettings, settingsOf } from "./settings.ts";
import { openTunnel, type Tunnel } from "./tunnel.ts";
import { openSshWorld } from "./world.ts";

/** A place on a host behind SSH, of which more is known than signs tell. */
export type HostPlace = Omit<Place, "deployment"> & { readonly deployment: Known<Deployment> };

/** Signs in, and opens the gateway of that host for reading. `here`: this machine. */
export async function openHost(host: SshHost, here: Surroundings): Promise<Fact<HostPlace>> {
  const name = `ssh:${writtenHost(host)}`;
  const { env } = here.world;
  const letGo = holdConnection(host, env);
  try {
    const [connection, settings] = await Promise.all([connectionTo(host, env), settingsOf(host, env)]);
    const world = await openSshWorld(connection, name);
    return known(await placeOn({ host, name, connection, settings, world, here, letGo }), name);
  } catch (error) {
    letGo();
    return sshFailure(error, name);
  }
}

interface OpenHost {
  readonly host: SshHost;
  readonly name: string;
  readonly connection: SshConnection;
  readonly settings: SshSettings;
  /** The host. */
  readonly world: World;
  readonly here: Surroundings;
  /** The connection is not needed any more. */
  readonly letGo: () => void;
}

async function placeOn(open: OpenHost): Promise<HostPlace> {
  const { host, name, world, here } = open;
  const { salt, release, configPath } = here.options;
  const there = new Surroundings({
    world,
    salt,
    ...(release === undefined ? {} : { release }),
    configElsewhere: false,
  });
  const access = await accessHere(there);
  // A config that was handed in is a file of this machine.
  const named =
    configPath === undefined
      ? undefined
      : localAccess({ world: here.world, salt, configPath, ...(release === undefined ? {} : { release }) });
  const config = () => (named ?? access).config();
  const port =
    knownValue(await config())?.reading.effective.gateway?.port ??
    knownValue(await access.config())?.reading.effective.gateway?.port ??
    there.port();
  const listeners = knownValue(await there.listeners(port));
  const gateway = await there.holder(port);
  const names: DeploymentNames = {
    ...access.names,
    ...(await programName(world, gateway)),
    sshHost: shownHost(host),
    ...(host.port === undefined ? {} : { sshPort: host.port }),
    ...(await userThere(world, await access.owner())),
  };
  const way = wayTo(open.settings, listeners, port);
  let tunnel: Promise<Tunnel> | undefined;
  let opened: Tunnel | undefined;
  const reach = async (): Promise<Fact<string>> => {
    if (way.by === "direct") return known(way.url, name);
    tunnel ??= openTunnel(() => connectionTo(host, here.world.env), here.world, way.to, name);
    opened = await tunnel;
    return known(`ws://127.0.0.1:${opened.port}`, name);
  };
  return {
    names,
    config,
    logs: () => access.logs(),
    devices: () => access.devices(),
    release: () => access.release(),
    place: async () => name,
    // What was handed in is a copy.
    ...(named === undefined
      ? {
          changer: async (change: ChangerOptions) => {
            const { sshChanger } = await import("./changer.ts");
            return sshChanger({
              ...change,
              access,
              world,
              connect: () => connectionTo(host, here.world.env),
              name,
              salt,
              names,
              gateway,
              reach: () => reach(),
              machine: there,
            });
          },
        }
      : {}),
    source: "--target",
    here: false,
    machine: there,
    deployment: known(
      deploymentOf({
        kind: "vps",
        confidence: "certain",
        evidence: evidenceOf(name, listeners, await isSharedHost(world)),
        alternatives: [],
        names,
        ...(access.service === undefined ? {} : { service: access.service }),
      }),
      name,
    ),
    url: (asked) => (way.by === "tunnel" ? `ws://127.0.0.1:${asked ?? port}` : way.url),
    // That is known without a connection: nobody is there.
    reach: async () =>
      listeners?.sockets.length === 0 ? known(`ws://127.0.0.1:${await closedPort()}`, name) : reach(),
    lost: ({ reach }) => (reach.state === "open" ? undefined : opened?.lost()),
    stranger: () => strangerAt(port, there),
    close: () => {
      tunnel?.then((one) => one.close()).catch(() => undefined);
      open.letGo();
    },
    // The end of a tunnel is our own process; a direct way ends at no process of this machine.
    mayReceive: async () => false,
  };
}

type Way =
  /** The browser has to be at the end of a tunnel, as we are. */
  | { readonly by: "tunnel"; readonly to: { readonly address: string; readonly port: number } }
  | { readonly by: "direct"; readonly url: string };

/**
 * How the gateway is reached from where the user sits. What listens on all addresses is reached at the host's own, unless
 * that is behind another host; all else as the host itself reaches it, through a tunnel.
 */
function wayTo({ hostname, isBehind }: SshSettings, listeners: Listeners | undefined, port: number): Way {
  const addresses = (listeners?.sockets ?? []).map(({ address }) => address);
  const isOpen = addresses.some((one) => one === "0.0.0.0" || one === "::" || one === hostname);
  if (isOpen && !isBehind && scopeOf(hostname) !== "loopback") {
    const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
    return { by: "direct", url: `ws://${shown}:${port}` };
  }
  const only = addresses[0];
  const isLoopback = only === undefined || addresses.some((one) => REACHED_BY_LOOPBACK.has(one));
  return { by: "tunnel", to: { address: isLoopback ? "127.0.0.1" : only, port } };
}

/** As whom OpenClaw's own command has to run, so that files stay their owner's. */
async function userThere(
  world: World,
  owner: number | undefined,
): Promise<Pick<DeploymentNames, "sshHome" | "runAs">> {
  if (owner === undefined || owner === world.uid) return { sshHome: world.homedir };
  const home = (await readAccounts(world)).users.get(owner)?.home;
  return { runAs: await userName(world, owner), ...(home === undefined ? {} : { sshHome: home }) };
}

/** How OpenClaw's own command is called by somebody who signs in: in full where the PATH there does not have it. */
async function programName(
  world: World,
  gateway: GatewayProcess | undefined,
): Promise<Pick<DeploymentNames, "cli">> {
  for (const directory of (world.env.PATH ?? "").split(":").slice(0, 50))
    if (directory.startsWith("/") && (await world.exists(`${directory}/openclaw`))) return {};
  const { node, installDir } = gateway ?? {};
  return node === undefined || installDir === undefined
    ? {}
    : { cli: `${node.replace(/ \(deleted\)$/, "")} ${installDir}/openclaw.mjs` };
}

function evidenceOf(
  name: string,
  listeners: Listeners | undefined,
  isShared: boolean | undefined,
): readonly Evidence[] {
  const sockets = (listeners?.sockets ?? [])
    .slice(0, 5)
    .map(({ address, port, program }) => `${program ?? "somebody"} listens on ${address}:${port}`);
  const proxies = listeners?.proxies ?? [];
  const parts = [
    ...sockets,
    ...(proxies.length === 0 ? [] : [`proxies there: ${proxies.join(", ")}`]),
    ...(isShared === true ? ["several people have accounts there"] : []),
  ];
  return [
    { fact: "deployment", source: "--target", quote: safeText(name, 200) },
    ...(parts.length === 0
      ? []
      : [{ fact: "deployment" as const, source: name, quote: safeText(parts.join("; "), 300) }]),
  ];
}
