import { setTimeout as delay } from "node:timers/promises";
import { type Fact, known, type Unknown, unknown } from "../../core/fact.ts";
import { quoted, type Saying, say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { type Document, listAt, nameOf, numberAt, objectAt, textAt } from "../../kinds/kubernetes/fields.ts";
import {
  type Candidate,
  failingInit,
  isReady,
  statusOf,
  workloadName,
} from "../../kinds/kubernetes/workloads.ts";
import type { KubeApi } from "./api.ts";
import { KubeError } from "./error.ts";
import { kubeFailure } from "./failure.ts";
import { podsNow } from "./follow.ts";

/** A container compiles for up to 95 s at its first start (2026.2.1), and an image may have to be pulled. */
const WHOLE_MS = 300_000;
const EVERY_MS = 1000;
/** Starts of a new pod's container after which it is not going to stay up. */
const STARTS = 2;

/** How long a rollout is watched, milliseconds. */
export interface RolloutLimits {
  readonly whole: number;
  readonly every: number;
}

/** `deploy`, `statefulset` and `daemonset` as the API has them. */
const RESOURCES: Readonly<Record<string, string>> = {
  deploy: "deployments",
  statefulset: "statefulsets",
  daemonset: "daemonsets",
};

export function resourceOf({ kind }: Pick<Candidate, "kind">): string | undefined {
  return RESOURCES[kind];
}

function pathOf({ namespace, kind, name }: Candidate): string {
  const resource = RESOURCES[kind] ?? "deployments";
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`;
}

/**
 * What `kubectl rollout restart` does, watched to its end. `failed`: the new pod does not become ready; what ran before may
 * still run beside it.
 */
export async function rolloutRestart(
  api: KubeApi,
  candidate: Candidate,
  signal: AbortSignal,
  limits: RolloutLimits = { whole: WHOLE_MS, every: EVERY_MS },
): Promise<Fact<Saying>> {
  const how = `kubectl -n ${candidate.namespace} rollout restart ${workloadName(candidate)}`;
  try {
    const before = new Set((await podsNow(api, candidate)).map(nameOf));
    const restartedAt = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
    const patched = await changeSpec(api, candidate, {
      template: { metadata: { annotations: restartedAt } },
    });
    const failure = await watched(api, candidate, patched, before, signal, limits);
    return failure ?? known(quoted(how), api.cluster.name);
  } catch (error) {
    return kubeFailure(error, how, api.cluster.secrets);
  }
}

/** What `kubectl scale` does; of a workload that gets pods it is watched until they are ready. */
export async function scaleTo(
  api: KubeApi,
  candidate: Candidate,
  replicas: 0 | 1,
  signal: AbortSignal,
  limits: RolloutLimits = { whole: WHOLE_MS, every: EVERY_MS },
): Promise<Fact<Saying>> {
  const how = `kubectl -n ${candidate.namespace} scale ${workloadName(candidate)} --replicas=${replicas}`;
  try {
    const changed = await changeSpec(api, candidate, { replicas });
    const failure =
      replicas === 0 ? undefined : await watched(api, candidate, changed, new Set(), signal, limits);
    return failure ?? known(quoted(how), api.cluster.name);
  } catch (error) {
    return kubeFailure(error, how, api.cluster.secrets);
  }
}

/** Whether no pod is wanted. */
export async function isScaledDown(api: KubeApi, candidate: Candidate): Promise<boolean> {
  const now = await stateNow(api, candidate);
  return numberAt(now, "spec", "replicas") === 0;
}

function changeSpec(api: KubeApi, candidate: Candidate, spec: Document): Promise<unknown> {
  return api.send(pathOf(candidate), {
    method: "PATCH",
    type: "application/strategic-merge-patch+json",
    body: { spec },
  });
}

/** Until what was changed is so; why it will not be. */
async function watched(
  api: KubeApi,
  candidate: Candidate,
  changed: unknown,
  before: ReadonlySet<string>,
  signal: AbortSignal,
  limits: RolloutLimits,
): Promise<Unknown | undefined> {
  const wanted = numberAt(changed, "metadata", "generation") ?? 0;
  const end = Date.now() + limits.whole;
  while (!signal.aborted) {
    const now = await stateNow(api, candidate);
    if (now !== undefined && isOver(now, wanted)) return undefined;
    const failure = await failureOf(api, candidate, before, now);
    if (failure !== undefined) return unknown("failed", failure);
    if (Date.now() >= end)
      return unknown("timeout", say("rollout-late", { seconds: Math.round(limits.whole / 1000) }));
    await delay(limits.every, undefined, { signal }).catch(() => undefined);
  }
  return unknown("failed", say("interrupted"));
}

/** One look that fails is looked at again. */
async function stateNow(api: KubeApi, candidate: Candidate): Promise<Document | undefined> {
  try {
    return objectAt({ it: await api.get(pathOf(candidate)) }, "it");
  } catch (error) {
    if (error instanceof KubeError && error.problem !== "forbidden" && error.problem !== "absent")
      return undefined;
    throw error;
  }
}

/** By the rules of `kubectl rollout status`. */
function isOver(now: Document, generation: number): boolean {
  if ((numberAt(now, "status", "observedGeneration") ?? 0) < generation) return false;
  if (Object.hasOwn(objectAt(now, "status"), "desiredNumberScheduled")) {
    const all = numberAt(now, "status", "desiredNumberScheduled") ?? 0;
    return (
      (numberAt(now, "status", "updatedNumberScheduled") ?? 0) >= all &&
      (numberAt(now, "status", "numberAvailable") ?? 0) >= all
    );
  }
  const wanted = numberAt(now, "spec", "replicas") ?? 1;
  const [all = 0, updated = 0, ready = 0] = ["replicas", "updatedReplicas", "readyReplicas"].map((name) =>
    numberAt(now, "status", name),
  );
  const [current, update] = [
    textAt(now, "status", "currentRevision"),
    textAt(now, "status", "updateRevision"),
  ];
  const isOld = current !== undefined && update !== undefined && current !== update;
  return updated >= wanted && all === updated && ready >= wanted && !isOld;
}

/** Why waiting is of no use. */
async function failureOf(
  api: KubeApi,
  candidate: Candidate,
  before: ReadonlySet<string>,
  now: Document | undefined,
): Promise<Saying | undefined> {
  const late = listAt(now, "status", "conditions").find(
    (condition) => condition.type === "Progressing" && condition.reason === "ProgressDeadlineExceeded",
  );
  if (late !== undefined) return say("rollout-deadline");
  const pods = await podsNow(api, candidate).catch(() => []);
  for (const pod of pods) {
    // A StatefulSet's pod has the name of the one before it.
    if ((before.has(nameOf(pod)) && candidate.kind !== "statefulset") || isReady(pod)) continue;
    const status = failingInit(pod) ?? statusOf(pod, candidate.container);
    const restarts = numberAt(status, "restartCount") ?? 0;
    const reason = textAt(status, "state", "waiting", "reason");
    if (reason !== undefined && FATAL.has(reason))
      return say("rollout-not-starting", { pod: safeText(nameOf(pod), 253), reason: safeText(reason, 100) });
    if (restarts >= STARTS) return say("rollout-loops", { pod: safeText(nameOf(pod), 253) });
  }
  return undefined;
}

const FATAL = new Set([
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "ErrImagePull",
  "ImagePullBackOff",
]);
