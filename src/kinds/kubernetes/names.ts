import type { DeploymentNames } from "../../core/facts.ts";
import { safeName } from "../safe-names.ts";

export interface PodNames {
  readonly namespace: string;
  /** `deploy/openclaw`, `statefulset/openclaw`, `pod/openclaw-0`. */
  readonly workload: string;
  /** What programs are run in: `workload`, or one pod of it. */
  readonly runsIn: string;
  /** Absent: nobody named it, and kubectl takes the pod's default one. */
  readonly container?: string;
}

/**
 * The names of upstream's manifests (docs/install/kubernetes.md of 2026.9.6), where the real ones are not known. The
 * container's is none of them: other manifests have one of another name, and kubectl needs none where there is one.
 */
export function podNames(names: DeploymentNames): PodNames {
  const container = safeName(names.container);
  const workload = safeWorkload(names.workload) ?? "deploy/openclaw";
  const pod = names.pod === undefined ? undefined : safeWorkload(`pod/${names.pod}`);
  return {
    namespace: safeName(names.namespace) ?? "openclaw",
    workload,
    runsIn: pod ?? workload,
    ...(container === undefined ? {} : { container }),
  };
}

function safeWorkload(name: string | undefined): string | undefined {
  return name !== undefined && /^[a-z]{1,40}\/[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(name) ? name : undefined;
}

/** Names of `[pod/openclaw-0/gateway]`, which kubectl writes in front of lines. */
export function namesFromPrefixes(
  prefixes: readonly string[],
): Pick<DeploymentNames, "workload" | "container"> {
  for (const text of prefixes) {
    const pod = /^\[?(?:pod\/)?([a-z0-9][a-z0-9.-]{0,251})\/([a-z0-9][a-z0-9-]{0,61})\]?$/.exec(text);
    if (pod?.[1] !== undefined && pod[2] !== undefined && /(?:openclaw|gateway|claw)/.test(pod[1]))
      return { workload: workloadOf(pod[1]), container: pod[2] };
  }
  return {};
}

/**
 * The workload of a pod: `openclaw-0` is of a StatefulSet, `openclaw-866cf46ddf-fhq2t` of a Deployment, anything
 * else stays a pod. Hash parts have no vowels, so no ordinary word is taken for one.
 */
export function workloadOf(pod: string): string {
  const deployment = /^(.{1,200})-[0-9a-z]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/.exec(pod)?.[1];
  if (deployment !== undefined) return `deploy/${deployment}`;
  const stateful = /^(.{1,200})-\d{1,3}$/.exec(pod)?.[1];
  return stateful === undefined ? `pod/${pod}` : `statefulset/${stateful}`;
}
