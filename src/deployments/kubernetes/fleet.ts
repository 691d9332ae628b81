import { type Fact, known, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { nameOf } from "../../kinds/kubernetes/fields.ts";
import { FLEET_LABEL } from "../../kinds/kubernetes/fleet-job.ts";
import { type Candidate, gatewaysOf } from "../../kinds/kubernetes/workloads.ts";
import type { ChosenTarget } from "../target.ts";
import type { World } from "../world.ts";
import { openCluster } from "./api.ts";
import { KubeError } from "./error.ts";
import { kubeFailure } from "./failure.ts";
import { namespacesOf } from "./open.ts";
import { NamespaceReader } from "./read.ts";
import { rightsOn } from "./rights.ts";

export interface Selection {
  readonly context?: string;
  /** All that may be listed when absent, else the context's. */
  readonly namespace?: string;
  /** Of labels, as kubectl takes it; all gateways when absent. */
  readonly selector?: string;
}

export interface Selected {
  /** As `--target` takes it. */
  readonly written: string;
  readonly target: ChosenTarget;
}

/** Every gateway of one namespace, or of all of them. */
export async function gatewaysOfCluster(
  world: World,
  { context, namespace, selector }: Selection,
): Promise<Fact<readonly Selected[]>> {
  let name = "kubeconfig";
  let secrets: readonly string[] = [];
  try {
    const api = await openCluster(world, context);
    ({ name, secrets } = api.cluster);
    const rights = rightsOn(api);
    const spaces = await namespacesOf(api, rights, namespace);
    if (!spaces.known) return spaces;
    const selected: Selected[] = [];
    for (const space of spaces.value) {
      const reader = new NamespaceReader(api, rights, space.namespace);
      const labelled = selector === undefined ? undefined : await labelledIn(reader, selector);
      if (labelled?.known === false) return labelled;
      for (const candidate of gatewaysOf(space))
        if (labelled === undefined || isOneOf(candidate, labelled.value))
          selected.push(targetOf(candidate, context));
    }
    return selected.length === 0
      ? unknown("absent", say("kube-no-gateway"), "--target k8s:NAMESPACE/WORKLOAD")
      : known(selected, name);
  } catch (error) {
    return kubeFailure(error, name, secrets);
  }
}

function targetOf({ namespace, kind, name }: Candidate, context: string | undefined): Selected {
  return {
    written: `k8s:${context === undefined ? "" : `${context}/`}${namespace}/${kind}/${name}`,
    target: {
      kind: "kubernetes",
      namespace,
      workload: { kind, name },
      ...(context === undefined ? {} : { context }),
    },
  };
}

/** What has the labels: pods, or a workload that has no pod now. The API server itself reads the selector. */
async function labelledIn(
  reader: NamespaceReader,
  labelSelector: string,
): Promise<Fact<ReadonlySet<string>>> {
  const [pods, deployments, sets] = await Promise.all([
    reader.list("pods", "", { labelSelector }),
    reader.list("deployments", "apps", { labelSelector }),
    reader.list("statefulsets", "apps", { labelSelector }),
  ]);
  if (!pods.known) return pods;
  const names = (kind: string, fact: typeof pods | typeof deployments): readonly string[] =>
    fact.known ? fact.value.map((one) => `${kind}/${nameOf(one)}`) : [];
  return known(
    new Set([...names("pod", pods), ...names("deploy", deployments), ...names("statefulset", sets)]),
    pods.source,
  );
}

function isOneOf({ kind, name, pods }: Candidate, labelled: ReadonlySet<string>): boolean {
  return labelled.has(`${kind}/${name}`) || pods.some((pod) => labelled.has(`pod/${nameOf(pod)}`));
}

/** Of one pod; a share of a large list has a few megabytes. */
const LOG = { bytes: 64 * 1024 * 1024, ms: 60_000 };

export interface PodLog {
  readonly pod: string;
  chunks(): AsyncIterable<Uint8Array>;
}

/** The logs of a fleet's pods, also of those that ended; a pod that was deleted has none any more. */
export async function fleetLogs(
  world: World,
  {
    context,
    namespace,
    name,
  }: { readonly context?: string; readonly namespace: string; readonly name: string },
): Promise<Fact<readonly PodLog[]>> {
  let cluster = "kubeconfig";
  let secrets: readonly string[] = [];
  try {
    const api = await openCluster(world, context);
    ({ name: cluster, secrets } = api.cluster);
    const reader = new NamespaceReader(api, rightsOn(api), namespace);
    const [pods, denied] = await Promise.all([
      reader.list("pods", "", { labelSelector: `${FLEET_LABEL}=${name}` }),
      reader.may(["get"], "pods/log"),
    ]);
    if (!pods.known) return pods;
    if (denied !== undefined) return denied;
    if (pods.value.length === 0)
      return unknown("absent", say("fleet-no-pods", { name: safeText(name, 100) }));
    const part = encodeURIComponent;
    return known(
      pods.value.map((one) => ({
        pod: nameOf(one),
        async *chunks() {
          try {
            yield* api.stream(`/api/v1/namespaces/${part(namespace)}/pods/${part(nameOf(one))}/log`, {}, LOG);
          } catch (error) {
            // A pod that has not begun has no log; what one wrote before its connection broke counts.
            if (!(error instanceof KubeError)) throw error;
          }
        },
      })),
      cluster,
    );
  } catch (error) {
    return kubeFailure(error, cluster, secrets);
  }
}
