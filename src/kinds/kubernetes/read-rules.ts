/** One rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What a diagnosis reads of one namespace, as in docs/kubernetes/read-role.yaml: nothing in a pod, no Secret. */
export const READ_RULES: readonly Rule[] = [
  { apiGroups: [""], resources: ["pods", "services", "events"], verbs: ["list"] },
  { apiGroups: [""], resources: ["pods/log", "configmaps"], verbs: ["get"] },
  { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: ["list"] },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"], verbs: ["list"] },
  { apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes"], verbs: ["list"] },
];
