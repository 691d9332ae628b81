import { type Fact, known, knownValue } from "../../core/fact.ts";
import { type Document, listAt, textAt } from "../../kinds/kubernetes/fields.ts";
import { gatewaysOf, type NamespaceObjects } from "../../kinds/kubernetes/workloads.ts";
import { gatewayOf, RIGHTS, SURROUNDINGS } from "./access.ts";
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
    const readers = readersOf(api, rights);
    const named = target.namespace;
    // What will be wanted of the one workload is asked for beside the search for it.
    if (named !== undefined) aheadOf(readers(named));
    const namespaces = await namespacesOf(api, rights, named, readers);
    if (!namespaces.known) return namespaces;
    const choice = chooseWorkload(namespaces.value, target.workload);
    if (!choice.known) return choice;
    const { candidate } = choice.value;
    const reader = readers(candidate.namespace);
    return known(await gatewayOf({ ...choice.value, api, reader, options }), name);
  } catch (error) {
    return kubeFailure(error, name, secrets);
  }
}

type Readers = (namespace: string) => NamespaceReader;

/** One for each namespace, so that what the search has listed is not listed again. */
function readersOf(api: KubeApi, rights: Rights): Readers {
  const made = new Map<string, NamespaceReader>();
  return (namespace) => {
    const reader = made.get(namespace) ?? new NamespaceReader(api, rights, namespace);
    made.set(namespace, reader);
    return reader;
  };
}

/** Begins what a look at any workload of the namespace asks; its answers are taken where they are wanted. */
function aheadOf(reader: NamespaceReader): void {
  const asked: Promise<unknown>[] = [
    ...SURROUNDINGS.map(([resource, group]) => reader.list(resource, group)),
    ...RIGHTS.map(([verbs, resource]) => reader.may(verbs, resource)),
  ];
  // A failure is met again by whoever asks for the same.
  for (const one of asked) one.catch(() => undefined);
}

/** The namespace that is meant; else those of all pods that may be listed in which a gateway seems to run. */
export async function namespacesOf(
  api: KubeApi,
  rights: Rights,
  namespace: string | undefined,
  readers = readersOf(api, rights),
): Promise<Fact<readonly NamespaceObjects[]>> {
  if (namespace === undefined) {
    const everywhere = await allNamespaces(api, rights);
    if (everywhere !== undefined) {
      const read = await Promise.all(everywhere.map((one) => objectsOf(readers(one))));
      return known(
        read.flatMap((one) => (one.known ? one.value : [])),
        "kubectl get pods --all-namespaces",
      );
    }
  }
  const objects = await objectsOf(readers(namespace ?? api.cluster.namespace));
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
