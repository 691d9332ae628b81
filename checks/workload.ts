import type { Fact } from "../src/core/fact.ts";
import { knownValue } from "../src/core/fact.ts";
import type { ContainerReading, Deployment, Evidence, FileOwner } from "../src/core/facts.ts";
import { safeText } from "../src/core/text.ts";

/** What an engine said of the gateway's container, as several checks read it. */

export function containerOf(deployment: Fact<Deployment>): ContainerReading | undefined {
  return knownValue(deployment)?.container;
}

export function inspected({ name }: Pick<ContainerReading, "name">, quote: string): Evidence {
  return { fact: "deployment", source: `docker inspect ${name}`, quote: safeText(quote, 300) };
}

/** It has a network of its own, so that a port has to be published to be reached from the host. */
export function hasOwnNetwork({ networkMode }: ContainerReading): boolean {
  return !/^(?:host|none|container:.*)$/.test(networkMode);
}

/** How it is published, as `docker ps` shows it. */
export function publishedAs({ ports }: ContainerReading): string {
  if (ports.length === 0) return "no published port";
  return `publishes ${ports.map(({ address, port, to }) => `${address}:${port} -> ${to}`).join(", ")}`;
}

/** The ports of the host at which a port of the container is published. */
export function hostPorts({ ports }: ContainerReading, inside: number): readonly number[] {
  return [...new Set(ports.filter(({ to }) => to === inside).map(({ port }) => port))];
}

/** Published ports lead elsewhere than to the gateway's, or there are none. */
export function missesPort(container: ContainerReading | undefined, inside: number): boolean {
  return (
    container !== undefined &&
    container.state === "running" &&
    hasOwnNetwork(container) &&
    hostPorts(container, inside).length === 0
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
export function neighbourAt(
  container: ContainerReading | undefined,
  address: string | undefined,
): string | undefined {
  return address === undefined
    ? undefined
    : container?.neighbours?.find((one) => one.address === address)?.name;
}
