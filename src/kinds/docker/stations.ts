import type { UsualPeers } from "../../admission/assess.ts";
import { hostName } from "../../admission/hosts.ts";
import { isLoopbackHost, scopeOf } from "../../core/address.ts";
import { DOCKER_BRIDGE, isContainerAddress, isEngineAddress } from "../../core/networks.ts";
import type { Workload } from "../../core/workload.ts";
import type { Arrival, Station } from "../kind.ts";

/** A published port goes through the bridge. With the machine's own network nothing rewrites the sender. */
export function dockerPeers(workload: Workload | undefined): UsualPeers {
  if (workload?.network === "host") return { proxy: "127.0.0.1", localhost: "127.0.0.1", isDirect: false };
  const bridge = workload?.publishedPeer ?? DOCKER_BRIDGE;
  return { proxy: bridge, localhost: bridge, lan: bridge, isDirect: false };
}

export function dockerStations({ remote, host, workload }: Arrival): readonly Station[] {
  if (scopeOf(remote) === "loopback") return [];
  const published: Station = { hop: "docker-proxy", ...(host === undefined ? {} : { address: host }) };
  if (isLoopbackHost(host ?? "") || isEngineAddress(remote, workload))
    return [published, { hop: "bridge", address: remote, note: "rewrites-source" }];
  // A container next door dials the gateway itself, and so does whoever dials its own address.
  const isNeighbour = workload?.neighbours?.some(({ address }) => address === remote) === true;
  if (isNeighbour || isContainerAddress(remote) || hostName(host) === remote)
    return [{ hop: "bridge", address: remote }];
  // From another machine a published port keeps the sender.
  return workload?.network === "host" ? [] : [published];
}
