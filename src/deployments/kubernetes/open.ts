import { type Fact, known, knownValue } from "../../core/fact.ts";
import { type Document, listAt, textAt } from "../../kinds/kubernetes/fields.ts";
import { gatewaysOf, type NamespaceObjects } from "../../kinds/kubernetes/workloads.ts";
import { gatewayOf } from "./access.ts";
import { type KubeApi, openCluster } from "./api.ts";
import { chooseWorkload } from "./choose.ts";
import { KubeError } from "./error.ts";
import { kubeFailure } from "./failure.ts";
import type { PodGateway, PodOptions } from "./pod-gateway.ts";
import { NamespaceReader } from "./read.ts";
import { type Rights, rightsOn } from "./rights.ts";

const MAX_NAMESPACES = 10;

/** Finds the workload in its cluster, and opens it for reading. */
export async function openPod(options: PodOptions): Promise<Fact<PodGateway>> {
  const { world, target } = options;
  let name = "kubeconfig";
  let secrets: readonly string[] = [];
  try {
    const api = await openCluster(world, target.context);
    name = api.cluster.name;
    secrets = api.cluster.secrets;
    const rights = rightsOn(api);
    const namespaces = await namespacesOf(api, rights, target.namespace);
    if (!namespaces.known) return namespaces;
    const choice = chooseWorkload(namespaces.value, target.workload);
    if (!choice.known) return choice;
    const { candidate } = choice.value;
    const reader = new NamespaceReader(api, rights, candidate.namespace);
    return known(await gatewayOf({ ...choice.value, api, reader, options }), name);
  } catch (error) {
    return kubeFailure(error, name, secrets);
  }
}

/** The namespace that is meant; else those of all pods that may be listed in which a gateway seems to run. */
export async function namespacesOf(
  api: KubeApi,
  rights: Rights,
  namespace: string | undefined,
): Promise<Fact<readonly NamespaceObjects[]>> {
  if (namespace === undefined) {
    const everywhere = await allNamespaces(api, rights);
    if (everywhere !== undefined) {
      const read = await Promise.all(
        everywhere.map((one) => objectsOf(new NamespaceReader(api, rights, one))),
      );
      return known(
        read.flatMap((one) => (one.known ? one.value : [])),
        "kubectl get pods --all-namespaces",
      );
    }
  }
  const objects = await objectsOf(new NamespaceReader(api, rights, namespace ?? api.cluster.namespace));
  return objects.known ? known([objects.value], objects.source) : objects;
}

/** `undefined`: they may not be listed. */
async function allNamespaces(api: KubeApi, rights: Rights): Promise<readonly string[] | undefined> {
  const denied = await rights.denied({ verb: "list", resource: "pods", group: "", namespace: "" });
  if (denied !== undefined) return undefined;
  try {
    const found = new Map<string, Document[]>();
    for (const pod of listAt(await api.get("/api/v1/pods", { limit: 500 }), "items")) {
      const namespace = textAt(pod, "metadata", "namespace") ?? "";
      found.set(namespace, [...(found.get(namespace) ?? []), pod]);
    }
    return [...found]
      .filter(([namespace, pods]) => gatewaysOf({ ...NO_CONTROLLERS, namespace, pods }).length > 0)
      .map(([namespace]) => namespace)
      .slice(0, MAX_NAMESPACES);
  } catch (error) {
    if (error instanceof KubeError && error.problem === "forbidden") return undefined;
    throw error;
  }
}

const NO_CONTROLLERS = { deployments: [], statefulSets: [] };

/** What runs in a namespace. Without pods nothing is known; without their controllers, less. */
async function objectsOf(reader: NamespaceReader): Promise<Fact<NamespaceObjects>> {
  const [pods, deployments, statefulSets] = await Promise.all([
    reader.list("pods"),
    reader.list("deployments", "apps"),
    reader.list("statefulsets", "apps"),
  ]);
  if (!pods.known) return pods;
  const { namespace } = reader;
  return known(
    {
      namespace,
      pods: pods.value,
      deployments: knownValue(deployments) ?? [],
      statefulSets: knownValue(statefulSets) ?? [],
    },
    pods.source,
  );
}
