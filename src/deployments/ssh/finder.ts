import { DEFAULT_PORT } from "../../core/default-port.ts";
import { known, type Unknown } from "../../core/fact.ts";
import type { Target } from "../../core/facts.ts";
import type { Finder, Place } from "../place.ts";
import { type SshHost, shownHost } from "./address.ts";

/** The gateway of the host that was named. */
export const findSshHost: Finder = async ({ target, around, said }) => {
  if (target.kind !== "ssh" || target.container !== undefined) return undefined;
  // Only here, as most looks are at this machine.
  const { openHost } = await import("./open.ts");
  const opened = await openHost(target.host, around);
  if (!opened.known) return unopenedPlace(opened, target.host);
  const { deployment, ...place } = opened.value;
  // Whoever says that it is something else is asked no further; then signs are weighed.
  return said === undefined || (deployment.known && said === deployment.value.kind)
    ? { ...place, deployment }
    : place;
};

/** A host that was meant and does not let us look: nothing is known of it. */
export function unopenedPlace(why: Unknown, host: SshHost): Place {
  const target: Target = { kind: "vps", name: shownHost(host), exposure: "unknown" };
  const unread = async (): Promise<Unknown> => why;
  return {
    names: {},
    config: unread,
    logs: unread,
    devices: unread,
    release: unread,
    source: "--target",
    here: false,
    deployment: why,
    unopened: known(target, "--target"),
    url: (port) => `ws://127.0.0.1:${port ?? DEFAULT_PORT}`,
    reach: unread,
    mayReceive: async () => false,
  };
}
