import type { DeploymentKind } from "../core/deployment-kind.ts";
import { unknown } from "../core/fact.ts";
import type { DeploymentNames } from "../core/facts.ts";
import type { DeploymentAccess } from "./types.ts";

/** A gateway of which only the address is known: all that is not on the wire has to be said or handed in. */
export function urlAccess(): DeploymentAccess {
  const because = "only the address of this gateway is known";
  const say = { message: "only-address-known" };
  return {
    kind: "url",
    names: {},
    config: async () => unknown("not-asked", because, "--config PATH", say),
    logs: async () => unknown("not-asked", because, "--log FILE", say),
    devices: async () => unknown("not-asked", because, "openclaw devices list --json", say),
    release: async () => unknown("not-asked", because, "--release VERSION", say),
  };
}

/** Where a deployment's own reading is not there: what to hand in instead, by its own tools. */
export function handedIn(kind: Exclude<DeploymentKind, "local">, names: DeploymentNames): DeploymentAccess {
  const because = `reading from ${PLACE[kind]} is not done here`;
  const say = { message: `not-read-from-${kind}` };
  return {
    kind,
    names,
    config: async () => unknown("not-asked", because, "--config PATH", say),
    logs: async () => unknown("not-asked", because, "--log FILE", say),
    devices: async () => unknown("not-asked", because, "openclaw devices list --json", say),
    release: async () => unknown("not-asked", because, "--release VERSION", say),
  };
}

const PLACE: Readonly<Record<Exclude<DeploymentKind, "local">, string>> = {
  docker: "a container",
  kubernetes: "a cluster",
  vps: "another host",
};
