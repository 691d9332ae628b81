import { ipMatches, parseIp } from "../../src/core/address.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Refusal } from "../../src/core/facts.ts";
import type { Remedy, Step } from "../../src/core/finding.ts";
import { isEngineAddress, peerNetwork, podNetwork } from "../../src/core/networks.ts";
import { atLeast } from "../../src/core/release.ts";
import { bareAddress, isLoopback, isPrivate } from "./addresses.ts";
import { args, type GateFacts, releaseOf, remoteOf } from "./explain-refusals.ts";
import { alongside, human, tried } from "./remedies.ts";
import { type LoggedFacts, settingOf } from "./trusted-proxy.ts";
import { neighbourAt, podNetworksOf, workloadOf } from "./workload.ts";

/**
 * Only an exact address: never a bridge gateway, which every neighbour and every published-port client has. Of a pod its
 * network.
 */
export function trustProxy(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const remote = remoteOf(refusal, facts);
  const pods = remote === undefined ? undefined : trustPods(remote, refusal, facts);
  if (pods !== undefined) return [pods];
  const config = knownValue(facts.wanted.config);
  const present = config?.effective.gateway?.trustedProxies ?? [];
  const workload = workloadOf(facts.wanted.deployment);
  if (
    remote === undefined ||
    isEngineAddress(remote, workload) ||
    !(isLoopback(remote) || isPrivate(remote))
  ) {
    const beside = besideGateway(refusal, facts);
    if (beside !== undefined) return [beside];
    // From 2026.8.1 a refused proxy opens no WebSocket, so that no [ws] line has its address.
    const [first = releaseOf(facts)] = knownValue(facts.wanted.release)?.range ?? [];
    const unseen = refusal.gate === "proxy-attribution" || atLeast(first, "2026.8.1") === true;
    return [
      {
        id: "set-trusted-proxies",
        risk: "restart",
        steps: [
          human(unseen ? "find-refused-proxy" : "find-proxy-address"),
          ...(knownValue(facts.wanted.deployment)?.traits.clustered === true
            ? [alongside("trust-pod-network")]
            : []),
          alongside("overwrite-forwarded-for"),
        ],
      },
    ];
  }
  const address = bareAddress(remote);
  const remedy: Remedy = {
    id: "set-trusted-proxies",
    risk: "restart",
    args: { remote: address },
    steps: [
      { do: "config.set", key: "gateway.trustedProxies", value: [...new Set([...present, address])] },
      alongside("overwrite-forwarded-for"),
    ],
  };
  return [tried(remedy, refusal, facts)];
}

/**
 * No line names the proxy of a gateway that is in no container and no pod: one on the same host comes from loopback, by
 * IPv4 or IPv6 as the proxy's own file has it. Tailscale Serve is one of these.
 */
function besideGateway(refusal: Refusal, facts: GateFacts): Remedy | undefined {
  const deployment = knownValue(facts.wanted.deployment);
  const isWarning = refusal.from === "log" && Object.keys(refusal.connection).length === 0;
  if ((refusal.gate !== "proxy-attribution" && !isWarning) || remoteOf(refusal, facts) !== undefined)
    return undefined;
  const { contained = false, clustered = false } = deployment?.traits ?? {};
  if (contained || clustered) return undefined;
  // Where nothing tells of a host, as in the one line of an error, nothing tells that the proxy is on it; Serve always is.
  const isPlaced = deployment !== undefined && deployment.evidence.length > 0;
  if (!isPlaced && settingOf(facts as LoggedFacts, "gateway.tailscale.mode") === undefined) return undefined;
  const present = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  const value = [...new Set([...present, "127.0.0.1", "::1"])];
  if (value.length === present.length) return undefined;
  const remedy: Remedy = {
    id: "set-trusted-proxies",
    risk: "restart",
    args: { remote: "127.0.0.1, ::1" },
    steps: [
      alongside(isWarning ? "proxy-beside-gateway" : "proxy-on-same-host"),
      { do: "config.set", key: "gateway.trustedProxies", value },
      alongside("overwrite-forwarded-for"),
    ],
  }; // As its request would be then; the client is anybody's (RFC 5737).
  const { connection } = refusal;
  const headers = { "x-forwarded-for": "203.0.113.1", ...connection.headers };
  return tried(
    remedy,
    { ...refusal, connection: { ...connection, remoteAddress: "127.0.0.1", headers } },
    facts,
  );
}

/**
 * Trusts a proxy that is a pod: another one has its place, and another address, after each roll-out, so its network is
 * trusted and never the one address alone. `undefined`: the peer is no pod.
 */
function trustPods(remote: string, refusal: Refusal, facts: GateFacts): Remedy | undefined {
  const deployment = knownValue(facts.wanted.deployment);
  if (deployment?.traits.clustered !== true || isLoopback(remote)) return undefined;
  const address = bareAddress(remote);
  const workload = workloadOf(facts.wanted.deployment);
  const range = podNetwork(address, podNetworksOf(workload));
  const isPod = neighbourAt(workload, address) !== undefined || peerNetwork(address) === "pod";
  if (range === undefined && !isPod) return undefined;
  const present = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  const set = (entry: string): Step => ({
    do: "config.set",
    key: "gateway.trustedProxies",
    value: [...new Set([...present.filter((one) => !isWithin(one, entry)), entry])],
  });
  // A block of addresses trusts nobody before (shipped code).
  const takesRanges = atLeast(releaseOf(facts), "2026.2.17") !== false;
  const remedy: Remedy = {
    id: "set-trusted-proxies",
    risk: "restart",
    args: args({ remote: range !== undefined && takesRanges ? range : address }),
    steps: !takesRanges
      ? [set(address), alongside("pod-address-changes", { remote: address })]
      : range === undefined
        ? [human("find-pod-network", { remote: address })]
        : [set(range), alongside("pod-network-of-nodes", { range })],
  };
  const judged = tried(remedy, refusal, facts);
  return {
    ...judged,
    steps: [...judged.steps, ...namesClients(range, refusal), alongside("overwrite-forwarded-for")],
  };
}

function isWithin(entry: string, range: string): boolean {
  const ip = parseIp(entry);
  return ip !== undefined && ipMatches(ip, range, true);
}

/** A chain of trusted addresses alone names no client; what the proxy wrote is in the lines of older releases. */
function namesClients(range: string | undefined, { connection }: Refusal): readonly Step[] {
  if (range === undefined) return [];
  const client = parseIp(connection.headers?.["x-forwarded-for"]?.split(",")[0]?.trim() ?? "");
  return client !== undefined && !ipMatches(client, range, true) ? [] : [alongside("keep-client-address")];
}
