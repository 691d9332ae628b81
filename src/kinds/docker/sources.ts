import type { WorkloadSources } from "../../core/workload.ts";

/** Docker's own lines that show what its API told. Podman's command answers to the same. */
export function dockerSources(name: string): WorkloadSources {
  return {
    state: `docker inspect ${name}`,
    logs: `docker logs ${name}`,
    lastLines: `docker logs --tail 5 ${name}`,
    neighbours: "docker ps",
    others: "docker ps --all",
    clock: "docker info",
  };
}
