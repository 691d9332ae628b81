import { locateConfig } from "../config/locate.ts";
import { distrusted } from "./path-trust.ts";
import type { GatewayProcess } from "./processes.ts";
import type { World } from "./world.ts";

/**
 * Whether a process may be taken for the gateway that it says it is: command line and environment are what its owner
 * writes there, and on a shared machine anybody may listen on the port. It is believed when it is the user's whose
 * configuration is looked at (`configOwner`), root's or ours, and when nobody else may write the program that it runs.
 * Where no configuration is known yet, one that its environment names counts if it is the same user's.
 */
export async function isVouched(
  world: World,
  gateway: GatewayProcess,
  configOwner: number | undefined,
): Promise<boolean> {
  const { uid } = gateway;
  if (world.platform === "win32") return true;
  if (uid === undefined) return false;
  const owner = configOwner ?? (uid === 0 || uid === world.uid ? uid : await ownerNamed(world, gateway));
  if (uid !== 0 && uid !== world.uid && uid !== owner) return false;
  const trusted = new Set([uid, ...(world.uid === undefined ? [] : [world.uid])]);
  for (const path of programsOf(gateway)) {
    const found = await distrusted(world, path, trusted);
    // What is not there any more, or not to be seen from here, is not run from here either.
    if (found !== undefined && found.because !== "unseen") return false;
  }
  return true;
}

/** Node after an upgrade is `…/node (deleted)`. */
function programsOf({ node, installDir }: GatewayProcess): readonly string[] {
  return [node?.replace(/ \(deleted\)$/, ""), installDir].filter((path) => path !== undefined);
}

/** The owner of the first configuration that its environment leads to. */
async function ownerNamed(
  world: World,
  { env, home, flags, cwd }: GatewayProcess,
): Promise<number | undefined> {
  if (env === undefined || home === undefined) return undefined;
  const { candidates } = locateConfig({
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.reveal()])),
    homedir: home,
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    platform: world.platform,
    ...(cwd === undefined ? {} : { cwd }),
  });
  for (const { configPath } of candidates) {
    const info = await world.info(configPath);
    if (info !== undefined) return info.uid;
  }
  // A gateway without a configuration keeps its devices in the directory where one would be.
  const [first] = candidates;
  return first === undefined ? undefined : (await world.info(first.stateDir))?.uid;
}
