import { DEFAULT_PORT } from "../../core/default-port.ts";
import { type Known, known, knownValue, type Unknown } from "../../core/fact.ts";
import type { Target } from "../../core/facts.ts";
import type { ComposeSigns } from "../../kinds/docker/services.ts";
import { isInContainer } from "../listeners.ts";
import { noAccess } from "../no-access.ts";
import type { Finder, Place, Search } from "../place.ts";
import type { Surroundings } from "../surroundings.ts";
import { ALONE, isAlone } from "../this-machine.ts";
import type { Wanted } from "./choose-container.ts";
import { type ContainedGateway, openContainer } from "./open-container.ts";

/** The container that was named, or that holds the gateway of this machine's port; its engine may not tell. */
export const findContainer: Finder = async (search) => {
  const { target, around, said } = search;
  if (target.kind === "docker") {
    const opened = await open({ by: target.by, name: target.name }, around);
    return opened.known ? placeOf(opened, "--target", search) : unopenedPlace(opened, target.name, around);
  }
  if (around.options.configPath !== undefined) return undefined;
  if (said !== undefined && said !== "docker") return undefined;
  const found = await searched(around);
  if (found === undefined) return undefined;
  if (found.known) return placeOf(found, "this machine", search);
  const listeners = knownValue(await around.listeners(around.port()));
  return found.reason === "not-asked" && listeners?.sockets.length === 0
    ? unopenedPlace(found, "", around)
    : closedPlace(found, around);
};

function open(wanted: Wanted, { options }: Surroundings) {
  const { world, salt, configPath, release } = options;
  return openContainer({
    world,
    salt,
    wanted,
    ...(configPath === undefined ? {} : { configPath }),
    ...(release === undefined ? {} : { release }),
  });
}

/**
 * Looks for the gateway among the engine's containers where this machine's files and processes do not settle
 * it: something of an engine holds the port, or there is neither a config nor a gateway of our own.
 */
async function searched(around: Surroundings): Promise<Known<ContainedGateway> | Unknown | undefined> {
  const host = await around.host();
  const own = await (await around.gateway(undefined, {})).config();
  const config = knownValue(own)?.reading;
  const port = config?.effective.gateway?.port ?? around.port();
  const listeners = knownValue(await around.listeners(port));
  const published = listeners?.sockets.some(({ owner }) => owner === "docker-proxy") === true;
  const gateways = listeners?.gateways ?? [];
  // A gateway at another port is not the one that our config is of.
  const settled =
    config === undefined
      ? gateways.some(({ container }) => container === undefined)
      : (await around.holder(port)) !== undefined;
  if (settled && !published) return undefined;
  const engine = host.engines.some(({ kind }) => kind !== "kubernetes") || around.world.env.DOCKER_HOST;
  if (!published && !engine) return undefined;
  const found = await open({ by: "search", port }, around);
  const ports = found.known ? (found.value.deployment.workload?.ports ?? []) : [];
  const serves = !found.known || ports.some((one) => one.port === port);
  if (published && (config === undefined || serves)) return found;
  // What else runs in containers says nothing of a config of our own.
  if (!found.known)
    return config === undefined && (gateways.length > 0 || found.reason === "not-asked") ? found : undefined;
  // Our own config is the container's when it is mounted there; else it is of a gateway that is not running.
  const mounts = found.value.deployment.workload?.mounts ?? [];
  const mounted = mounts.some(({ source }) => config?.path.startsWith(`${source}/`));
  return config === undefined || mounted ? found : undefined;
}

function placeOf(opened: Known<ContainedGateway>, source: string, { around, said }: Search): Place {
  const { access, deployment, here, secrets, url, reach, lost } = opened.value;
  const { workload } = deployment;
  return {
    ...access,
    source,
    here,
    secrets,
    // Whoever says that it is something else is asked no further; then signs are weighed.
    ...(said === undefined || said === deployment.kind
      ? { deployment: known(deployment, opened.source) }
      : {}),
    published: async () => publishedSigns(opened.value),
    url: (port) => url(port ?? DEFAULT_PORT),
    reach: async (port) => reach(port ?? DEFAULT_PORT),
    lost: (reading) =>
      workload?.state === "running" && NOBODY.has(reading.reach.state) ? lost() : undefined,
    mayReceive: async ({ inode }) =>
      workload?.engine.kind === "docker" && (await isInContainer(around.world, inode, workload.engine.id)),
  };
}

/** How it looks when nobody is there. */
const NOBODY: ReadonlySet<string> = new Set(["refused", "timeout", "dns"]);

/** What a Compose file would say of the published ports. */
function publishedSigns({ deployment }: ContainedGateway): ComposeSigns | undefined {
  const { workload } = deployment;
  if (workload === undefined) return undefined;
  const publishedOn = [...new Set(workload.ports.map(({ address }) => address))];
  return { file: workload.name, service: workload.name, publishedOn };
}

/** A container that was meant and could not be opened, or one of several that could be: nothing is known of it. */
function unopenedPlace(why: Unknown, name: string, around: Surroundings): Place {
  const target: Target = { kind: "docker", name, exposure: "unknown" };
  return {
    ...closedPlace(why, around),
    deployment: why,
    unopened: known(target, "the engine's containers"),
    reach: async () => why,
  };
}

/** The gateway of this machine's port is in a container whose engine does not tell: what is on the wire is left. */
function closedPlace(why: Unknown, around: Surroundings): Place {
  const access = noAccess(why);
  const url = (port: number | undefined) => `ws://127.0.0.1:${port ?? around.port()}`;
  return {
    ...access,
    source: "this machine",
    here: true,
    published: () => around.compose(),
    url,
    reach: async (port) => ((await isAlone(around, access)) ? ALONE : known(url(port), "target")),
    mayReceive: async () => false,
  };
}
