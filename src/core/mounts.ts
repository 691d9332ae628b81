import type { WorkloadMount } from "./workload.ts";

/** The mount that a path of a container is on: of those around it the innermost. */
export function mountOf(mounts: readonly WorkloadMount[], path: string): WorkloadMount | undefined {
  return mounts
    .filter(({ at }) => path === at || path.startsWith(`${at.replace(/\/$/, "")}/`))
    .sort((a, b) => b.at.length - a.at.length)[0];
}

/** Kinds of mounts whose content is gone with the container or its pod. */
const GOES_WITH_IT: ReadonlySet<string> = new Set(["tmpfs", "emptyDir"]);

/** What is at the path stays when the container is made anew. */
export function outlivesContainer(mounts: readonly WorkloadMount[], path: string): boolean {
  const mount = mountOf(mounts, path);
  return mount !== undefined && !GOES_WITH_IT.has(mount.kind);
}
