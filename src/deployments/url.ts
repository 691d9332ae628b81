import { known } from "../core/fact.ts";
import { say } from "../core/saying.ts";
import { parseGatewayUrl, reachOfAddress } from "../gateway/url.ts";
import { handedInOnly } from "./no-access.ts";
import type { Finder, Place } from "./place.ts";
import type { Surroundings } from "./surroundings.ts";
import { accessHere, accessOf, mayReadConfig } from "./this-machine.ts";
import type { DeploymentAccess } from "./types.ts";
import type { World } from "./world.ts";

/** The gateway at an address. Files of this machine count where the user names them, or one of our processes holds the port. */
export const findByUrl: Finder = async ({ target, around }) => {
  if (target.kind !== "url") return undefined;
  const { url } = target;
  const here = isHere(url, around.world);
  const port = portOfUrl(url);
  if (around.options.configPath !== undefined)
    return placeAt(url, accessOf(await accessHere(around, port)), around, here);
  const gateway = here ? await around.holder(port) : undefined;
  return gateway === undefined
    ? placeAt(url, onlyAddress(), around, here)
    : placeAt(url, accessOf(await around.gateway(gateway)), around, here);
};

/** `around`: the machine whose processes may be of that gateway; absent: none are. */
export function placeAt(
  url: string,
  access: DeploymentAccess,
  around: Surroundings | undefined,
  here: boolean,
): Place {
  return {
    ...access,
    source: "--target",
    address: url,
    here,
    ...(here && around !== undefined ? { published: () => around.compose() } : {}),
    url: () => url,
    reach: async () => known(url, "target"),
    mayReceive: async ({ uid }) =>
      around !== undefined && (await mayReadConfig(access, uid, portOfUrl(url), around)),
  };
}

/** A gateway of which only the address is known: all that is not on the wire has to be said or handed in. */
export function onlyAddress(): DeploymentAccess {
  return handedInOnly(say("only-address-known"));
}

/** A URL that does not lead to this machine: nothing here is evidence of it. */
function isHere(url: string, world: World): boolean {
  const { hostname } = parseGatewayUrl(url);
  if (hostname === "localhost" || reachOfAddress(hostname) === "loopback") return true;
  return world.interfaces().some(({ address }) => address === hostname);
}

/** The port of a ws:// or wss:// URL, the scheme's own when there is none in it. */
export function portOfUrl(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "wss:" ? 443 : 80) : Number(port);
}
