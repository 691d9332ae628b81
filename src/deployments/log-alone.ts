import { DEFAULT_PORT } from "../core/default-port.ts";
import { unknown } from "../core/fact.ts";
import { say } from "../core/saying.ts";
import { handedInOnly } from "./no-access.ts";
import type { Place } from "./place.ts";

/**
 * A gateway of which there is a log and no word where it runs: whatever gateway this machine shows may be another one,
 * so neither its files nor its names count.
 */
export function logAlone(): Place {
  const because = say("only-log-known");
  return {
    ...handedInOnly(because),
    source: "--log",
    here: false,
    unseen: unknown("not-asked", because, "--target TARGET"),
    url: (port) => `ws://127.0.0.1:${port ?? DEFAULT_PORT}`,
    reach: async () => unknown("not-asked", because, "--target TARGET"),
    mayReceive: async () => false,
  };
}
