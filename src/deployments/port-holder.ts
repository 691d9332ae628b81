import type { PortHolder } from "../core/facts.ts";
import { type Listener, type Listeners, REACHED_BY_LOOPBACK } from "./listeners.ts";
import { userName } from "./path-trust.ts";
import type { World } from "./world.ts";

/**
 * Whose program has the port of this machine at which something that is no gateway answers. `undefined` where nothing
 * tells, and for what stands in front of a gateway: a proxy, an engine's port, a tunnel.
 */
export async function holderOf(
  world: World,
  listeners: Listeners | undefined,
): Promise<PortHolder | undefined> {
  const at = (listeners?.sockets ?? []).filter(({ address }) => REACHED_BY_LOOPBACK.has(address));
  const first = at.find(({ owner, pid }) => pid !== undefined && (owner === "other" || owner === "stranger"));
  const { program = "", uid } = first ?? {};
  if (first === undefined || uid === undefined || listeners?.proxies.includes(program) === true)
    return undefined;
  return portHolder(first, first.user ?? (await userName(world, uid)));
}

/** The words for a listening socket. */
export function portHolder({ port, program, pid }: Listener, user: string): PortHolder {
  return {
    port,
    user,
    ...(program === undefined ? {} : { program }),
    ...(pid === undefined ? {} : { pid }),
  };
}
