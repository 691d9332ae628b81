import type { Signs } from "../kind.ts";
import { namesFromPrefixes } from "./names.ts";

export const kubernetesSigns: Signs = {
  host: ({ container }) =>
    container === "kubernetes"
      ? [{ weight: 8, source: "cgroup and mounts", quote: "this runs inside a pod" }]
      : [],
  engine: ({ kind }) => (kind === "kubernetes" ? 0.5 : undefined),
  socket: ({ owner }) =>
    owner === "kubectl" ? { weight: 8, quote: "kubectl port-forward listens there" } : undefined,
  runs: ({ kind }) => kind === "kubernetes",
  gateway: ({ container }, settles) =>
    container?.kind === "kubernetes"
      ? { weight: settles ? 10 : 6, quote: "a gateway runs in a pod here" }
      : undefined,
  prefixes: (prefixes) => {
    const { workload } = namesFromPrefixes(prefixes);
    return workload === undefined ? undefined : { weight: 8, quote: workload };
  },
  peer: ({ network }) => (network === "pod" ? 6 : undefined),
  config: ({ problems }) => {
    const injected = problems.find(({ injectedBy }) => injectedBy === "kubernetes");
    return injected === undefined
      ? undefined
      : { weight: 6, source: injected.key, quote: "set by Kubernetes for a Service of that name" };
  },
  named: ({ workload, namespace }) => workload ?? namespace,
};
