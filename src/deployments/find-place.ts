import { findContainer } from "./docker/finder.ts";
import { findPod } from "./kubernetes/finder.ts";
import type { Finder, Place, Search } from "./place.ts";
import { findContainerThere, findSshHost } from "./ssh/finder.ts";
import { Surroundings, type SurroundingsOptions } from "./surroundings.ts";
import type { ChosenTarget, TargetKind } from "./target.ts";
import { findHere } from "./this-machine.ts";
import { findByUrl } from "./url.ts";

interface Way {
  /** Who looks, in this order: the first that finds the gateway has it. */
  readonly finders: readonly Finder[];
  /** Whether its config is the one that OpenClaw would read on this machine, or the user names on it. */
  readonly config: "here" | "named" | "elsewhere";
  /** Every reading is of another machine, after somebody signed in there. */
  readonly isFar?: true;
}

const WAYS: Readonly<Record<TargetKind, Way>> = {
  found: { finders: [findContainer, findHere], config: "here" },
  local: { finders: [findHere], config: "here" },
  url: { finders: [findByUrl], config: "named" },
  docker: { finders: [findContainer], config: "elsewhere" },
  kubernetes: { finders: [findPod], config: "elsewhere" },
  ssh: { finders: [findContainerThere, findSshHost], config: "elsewhere", isFar: true },
};

/** This machine, for one look at the target. */
export function lookAround(
  target: ChosenTarget,
  options: Omit<SurroundingsOptions, "configElsewhere">,
): Surroundings {
  const { config } = WAYS[target.kind];
  const configElsewhere = config === "elsewhere" || (config === "named" && options.configPath === undefined);
  return new Surroundings({ ...options, configElsewhere });
}

/** For all that is read of a gateway's files, milliseconds: generous, for network file systems and slow lines. */
export function patienceWith({ kind }: ChosenTarget): number {
  return WAYS[kind].isFar === true ? 60_000 : 15_000;
}

/** @throws {Error} no finder has a place for the target, which is a fault of this program. */
export async function findPlace(search: Search): Promise<Place> {
  for (const find of WAYS[search.target.kind].finders) {
    const place = await find(search);
    if (place !== undefined) return place;
  }
  throw new Error(`nobody finds a target of the kind ${search.target.kind}`);
}
