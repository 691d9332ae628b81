import { DEFAULT_PORT } from "../core/default-port.ts";
import { type Known, type Unknown, unknown } from "../core/fact.ts";
import type { Target } from "../core/facts.ts";
import type { Saying } from "../core/saying.ts";
import type { Place } from "./place.ts";
import type { DeploymentAccess } from "./types.ts";

/** A gateway of which nothing can be read, all for the same reason. */
export function noAccess(why: Unknown): DeploymentAccess {
  const unread = async (): Promise<Unknown> => why;
  return { names: {}, config: unread, logs: unread, devices: unread, release: unread };
}

/** A gateway of which nothing is read here: each thing can be handed in. */
export function handedInOnly(because: Saying): DeploymentAccess {
  return {
    names: {},
    config: async () => unknown("not-asked", because, "--config PATH"),
    logs: async () => unknown("not-asked", because, "--log FILE"),
    devices: async () => unknown("not-asked", because, "openclaw devices list --json"),
    release: async () => unknown("not-asked", because, "--release VERSION"),
  };
}

/** A gateway elsewhere that was meant and could not be opened: nothing is known of it but what `target` says. */
export function unopenedPlace(why: Unknown, target: Known<Target>): Place {
  return {
    ...noAccess(why),
    source: "--target",
    here: false,
    deployment: why,
    unopened: target,
    url: (port) => `ws://127.0.0.1:${port ?? DEFAULT_PORT}`,
    reach: async () => why,
    mayReceive: async () => false,
  };
}
