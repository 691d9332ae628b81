import type { WorkloadSources } from "../../core/workload.ts";

/** kubectl's own lines that show what the API told. Names are those of objects, which are safe in a shell. */
export function kubernetesSources(namespace: string, pod: string, container: string): WorkloadSources {
  const kubectl = `kubectl -n ${namespace}`;
  return {
    state: `${kubectl} get pod ${pod} -o yaml`,
    logs: `${kubectl} logs ${pod} -c ${container}`,
    lastLines: `${kubectl} logs ${pod} -c ${container} --previous --tail=5`,
    neighbours: `${kubectl} get pods -o wide`,
    others: `${kubectl} get pods`,
    clock: "kubectl get --raw /version -v 8",
  };
}
