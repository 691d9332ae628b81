import { known, type Unknown } from "../../core/fact.ts";
import { findContainer } from "../docker/finder.ts";
import { unopenedPlace } from "../no-access.ts";
import type { Finder, Place } from "../place.ts";
import { Surroundings } from "../surroundings.ts";
import { type SshHost, shownHost, writtenHost } from "./address.ts";

/** The gateway of the host that was named. */
export const findSshHost: Finder = async ({ target, around, said }) => {
  if (target.kind !== "ssh" || target.container !== undefined) return undefined;
  // Only here, as most looks are at this machine.
  const { openHost } = await import("./open.ts");
  const opened = await openHost(target.host, around);
  if (!opened.known) return unopenedHost(opened, target.host);
  const { deployment, ...place } = opened.value;
  // Whoever says that it is something else is asked no further; then signs are weighed.
  return said === undefined || (deployment.known && said === deployment.value.kind)
    ? { ...place, deployment }
    : place;
};

/** A container of that host: an engine's place, whose engine is asked over SSH and whose ports are at that host. */
export const findContainerThere: Finder = async (search) => {
  const { target, around } = search;
  if (target.kind !== "ssh" || target.container === undefined) return undefined;
  const { host, container } = target;
  const { DOCKER_CONTEXT: _context, CONTAINER_HOST: _podman, ...env } = around.world.env;
  const world = { ...around.world, env: { ...env, DOCKER_HOST: `ssh://${writtenHost(host)}` } };
  const there = new Surroundings({ ...around.options, world, configElsewhere: true });
  const place = await findContainer({ ...search, target: container, around: there });
  if (place?.deployment?.known !== true) return place;
  const { withPortsOf } = await import("./ports.ts");
  return withPortsOf(place, place.deployment, host, around);
};

/** A host that was meant and does not let us look. */
function unopenedHost(why: Unknown, host: SshHost): Place {
  return unopenedPlace(why, known({ kind: "vps", name: shownHost(host), exposure: "unknown" }, "--target"));
}
