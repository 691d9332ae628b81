import { DEFAULT_PORT } from "../../core/default-port.ts";
import { known, type Unknown } from "../../core/fact.ts";
import type { Target } from "../../core/facts.ts";
import { unopenedPlace } from "../no-access.ts";
import type { Finder, Place } from "../place.ts";
import type { ChosenTarget } from "../target.ts";

/** The workload that was named, in the cluster that kubectl would ask. */
export const findPod: Finder = async (search) => {
  const { target, around, said } = search;
  if (target.kind !== "kubernetes") return undefined;
  const { world, salt, configPath, release } = around.options;
  // Its API and what asks it are large, so only here.
  const { openPod } = await import("./open.ts");
  const opened = await openPod({
    world,
    salt,
    target,
    ...(configPath === undefined ? {} : { configPath }),
    ...(release === undefined ? {} : { release }),
  });
  if (!opened.known) return unopenedWorkload(opened, target);
  const { access, deployment, secrets, url, reach, lost, close } = opened.value;
  return {
    ...access,
    source: "--target",
    here: false,
    secrets,
    // Whoever says that it is something else is asked no further; then signs are weighed.
    ...(said === undefined || said === deployment.kind
      ? { deployment: known(deployment, opened.source) }
      : {}),
    url: (port) => url(port ?? DEFAULT_PORT),
    reach: (port) => reach(port ?? DEFAULT_PORT),
    lost,
    close,
    // The way goes through us, or over the pods' network to the pod itself.
    mayReceive: async () => false,
  } satisfies Place;
};

/** A workload that was meant and could not be opened, or one of several that could be. */
function unopenedWorkload(
  why: Unknown,
  { namespace, workload }: Extract<ChosenTarget, { kind: "kubernetes" }>,
): Place {
  const name = [namespace, workload?.name].filter((part) => part !== undefined).join("/");
  const target: Target = { kind: "kubernetes", name: name === "" ? "kubernetes" : name, exposure: "unknown" };
  return unopenedPlace(why, known(target, "the cluster's workloads"));
}
