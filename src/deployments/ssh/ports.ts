import { isLoopbackHost } from "../../core/address.ts";
import { type Known, known } from "../../core/fact.ts";
import type { Deployment } from "../../core/facts.ts";
import { deploymentOf } from "../../kinds/index.ts";
import type { Place } from "../place.ts";
import type { Surroundings } from "../surroundings.ts";
import { type SshHost, shownHost, writtenHost } from "./address.ts";
import { connectionTo, holdConnection } from "./connections.ts";
import { openTunnel, type Tunnel } from "./tunnel.ts";

/** A container's place, with the ports that are published for its host alone at the end of a tunnel. */
export function withPortsOf(
  place: Place,
  { value, source }: Known<Deployment>,
  host: SshHost,
  here: Surroundings,
): Place {
  const names = {
    ...value.names,
    sshHost: shownHost(host),
    ...(host.port === undefined ? {} : { sshPort: host.port }),
  };
  const tunnels = new Map<number, Promise<Tunnel>>();
  let letGo: (() => void) | undefined;
  return {
    ...place,
    names,
    deployment: known({ ...value, ...deploymentOf({ ...value, names }) }, source),
    reach: async (port) => {
      const direct = await place.reach(port);
      const published = value.workload?.ports.find(({ address }) => isLoopbackHost(address));
      if (direct.known || published === undefined) return direct;
      const name = `ssh:${writtenHost(host)}`;
      const to = { address: published.address, port: published.port };
      letGo ??= holdConnection(host, here.world.env);
      const tunnel =
        tunnels.get(to.port) ?? openTunnel(() => connectionTo(host, here.world.env), here.world, to, name);
      tunnels.set(to.port, tunnel);
      return known(`ws://127.0.0.1:${(await tunnel).port}`, name);
    },
    close: () => {
      place.close?.();
      for (const tunnel of tunnels.values()) tunnel.then((one) => one.close()).catch(() => undefined);
      letGo?.();
    },
  };
}
