import { type Fact, known } from "../../core/fact.ts";
import { type Document, listAt, nameOf, textMapAt } from "../../kinds/kubernetes/fields.ts";
import { leadingPod } from "../../kinds/kubernetes/pod.ts";
import { type Candidate, workloadsOf } from "../../kinds/kubernetes/workloads.ts";
import type { KubeApi } from "./api.ts";
import type { PodContainer } from "./exec.ts";
import { kubeFailure } from "./failure.ts";
import { NOT_RUNNING } from "./inside.ts";

/** The pods of a workload as they are now, the one to look at first. */
export async function podsNow(api: KubeApi, candidate: Candidate): Promise<readonly Document[]> {
  const { namespace, kind, name, controller } = candidate;
  const labels = textMapAt(controller, "spec", "selector", "matchLabels");
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const query = labelSelector === "" ? {} : { labelSelector };
  const pods = listAt(await api.get(path, { limit: 500, ...query }), "items");
  const own = workloadsOf({ namespace, pods, deployments: [], statefulSets: [] }).find(
    (one) => one.kind === kind && one.name === name,
  );
  const leading = own === undefined ? undefined : leadingPod({ ...candidate, pods: own.pods });
  if (own === undefined || leading === undefined) return [];
  return [leading, ...own.pods.filter((pod) => pod !== leading)];
}

/** The container that is to be talked to now; a rollout puts another pod in the place of one. */
export async function containerNow(api: KubeApi, candidate: Candidate): Promise<Fact<PodContainer>> {
  try {
    const [pod] = await podsNow(api, candidate);
    if (pod === undefined) return NOT_RUNNING;
    const { namespace, container } = candidate;
    return known({ namespace, pod: nameOf(pod), container }, "kubectl get pods");
  } catch (error) {
    return kubeFailure(error, "kubectl get pods", api.cluster.secrets);
  }
}
