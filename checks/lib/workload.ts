import { type Fact, knownValue } from "../../src/core/fact.ts";
import type { Deployment, Evidence } from "../../src/core/facts.ts";
import { ownWords, type Saying, say } from "../../src/core/saying.ts";
import { safeText } from "../../src/core/text.ts";
import type { ConfigMapSource, FileOwner, Workload } from "../../src/core/workload.ts";

/** What an engine said of the gateway's container or pod, as several checks read it. */

export function workloadOf(deployment: Fact<Deployment>): Workload | undefined {
  return knownValue(deployment)?.workload;
}

/** `said`: in the tool's own words, or as the engine says it. */
export function inspected({ shownBy }: Pick<Workload, "shownBy">, said: string | Saying): Evidence {
  return {
    fact: "deployment",
    source: shownBy.state,
    ...(typeof said === "string" ? { quote: safeText(said, 300) } : ownWords(said)),
    origin: { of: "workload" },
  };
}

/** How it is published, as `docker ps` shows it. */
export function publishedAs(workload: Workload): Saying {
  const ports = portsOf(workload);
  return ports === "" ? say("publishes-none") : say("publishes", { ports });
}

/** `127.0.0.1:18789 -> 18789`; empty for none. */
export function portsOf({ ports }: Workload): string {
  return ports.map(({ address, port, to }) => `${address}:${port} -> ${to}`).join(", ");
}

/** The ports of the host at which a port of the container is published. */
export function hostPorts({ ports }: Workload, inside: number): readonly number[] {
  return [...new Set(ports.filter(({ to }) => to === inside).map(({ port }) => port))];
}

/** Published ports lead elsewhere than to the gateway's, or there are none. */
export function missesPort(workload: Workload | undefined, inside: number): boolean {
  return (
    workload !== undefined &&
    workload.state === "running" &&
    workload.network === "own" &&
    hostPorts(workload, inside).length === 0
  );
}

/**
 * Whether a user may write there by owner and mode, as far as those tell: access lists are not seen. Images give a
 * user the group of its own number, and root's to who was named by a bare number, so either counts as its own.
 */
export function mayWrite(
  uid: number,
  { uid: owner, gid, mode }: FileOwner,
  kind: "directory" | "file",
): boolean {
  if (uid === 0) return true;
  const needed = kind === "directory" ? 0o3 : 0o2;
  const shift = owner === uid ? 6 : gid === uid || gid === 0 ? 3 : 0;
  return ((mode >> shift) & needed) === needed;
}

/** The container that has this address, which is nobody's on the host. */
export function neighbourAt(workload: Workload | undefined, address: string | undefined): string | undefined {
  return address === undefined
    ? undefined
    : workload?.neighbours?.find((one) => one.address === address)?.name;
}

/** The ConfigMap that the config comes from, where its cluster was asked. */
export function configMapOf(workload: Workload | undefined): ConfigMapSource | undefined {
  return workload !== undefined && "configMap" in workload.engine ? workload.engine.configMap : undefined;
}

/** What is changed there reaches the gateway with its next start, and nothing in the pod is to be written. */
export function isMadeOfConfigMap(source: ConfigMapSource | undefined): source is ConfigMapSource {
  return source !== undefined && (source.taken === "mounted" || source.taken === "each-start");
}

/** The Services of a cluster that lead to the gateway's port. */
export function servicesOf(
  workload: Workload | undefined,
): readonly { readonly name: string; readonly port: number }[] {
  return workload !== undefined && "services" in workload.engine ? workload.engine.services : [];
}

/** Ranges that the gateway's pod has routes to. */
export function podNetworksOf(workload: Workload | undefined): readonly string[] {
  return workload !== undefined && "networks" in workload.engine ? (workload.engine.networks ?? []) : [];
}

/** It is a pod: what it is made of stands in a manifest. */
export function isPod({ engine }: Workload): boolean {
  return "services" in engine;
}

/** Somebody beyond the cluster is sent to one of its Services. */
export function isOpenedOutwards({ engine }: Workload): boolean {
  return (
    "services" in engine &&
    (engine.routes.length > 0 || engine.services.some(({ type }) => type !== "ClusterIP"))
  );
}
