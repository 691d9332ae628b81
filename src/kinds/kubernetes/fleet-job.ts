import { stringify } from "yaml";
import { READ_RULES } from "./read-rules.ts";

/** On the pods of a fleet, with its name as the value. */
export const FLEET_LABEL = "pairing-doctor/fleet";
/** Where a pod has the list; what the list names by a relative path is beside it. */
const FOLDER = "/fleet";
const LIST = "list.txt";
/** Where a list's `token-file=tokens/KEY` is. */
const TOKENS = "tokens";

export interface FleetJob {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  /** The list, whole. */
  readonly list: string;
  readonly shares: number;
  /** Looks at one time in each pod. */
  readonly concurrency: number;
  /** One Job for each share, for Kubernetes before 1.24, where a pod is not told its index. */
  readonly jobPerShare: boolean;
  /** Secret whose keys are the token files that the list names. */
  readonly tokensFrom?: string;
  /** Namespaces whose workloads the list names: there a Role that only reads, for the pods' service account. */
  readonly reads: readonly string[];
}

type Manifest = Readonly<Record<string, unknown>>;

/**
 * YAML of all that a fleet's look needs in a cluster: each pod looks at its share of the list and writes one JSON line for
 * each gateway to its log. A verdict is no failure of a pod (`--fail-on never`), so only a share that was not done is taken again.
 */
export function fleetManifest(job: FleetJob): string {
  const { name, namespace, reads } = job;
  const account = { kind: "ServiceAccount", name, namespace };
  const documents: Manifest[] = [
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadataOf(job, name), data: { [LIST]: job.list } },
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: metadataOf(job, name),
      automountServiceAccountToken: false,
    },
    ...[...new Set(reads)].sort().flatMap((read): Manifest[] => {
      const metadata = { ...metadataOf(job, `${name}-read`), namespace: read };
      const apiVersion = "rbac.authorization.k8s.io/v1";
      const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: `${name}-read` };
      return [
        { apiVersion, kind: "Role", metadata, rules: READ_RULES },
        { apiVersion, kind: "RoleBinding", metadata, roleRef, subjects: [account] },
      ];
    }),
    ...jobsOf(job),
  ];
  return (
    documents
      // A name that YAML 1.1 reads as a boolean or a number (`no`, `0b1`) has to be in quotes: kubectl reads 1.1.
      .map((one) => `---\n${stringify(one, { aliasDuplicateObjects: false, lineWidth: 0, version: "1.1" })}`)
      .join("")
  );
}

function metadataOf({ name: fleet, namespace }: FleetJob, name: string): Manifest {
  return { name, namespace, labels: labelsOf(fleet) };
}

function labelsOf(fleet: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": "pairing-doctor", [FLEET_LABEL]: fleet };
}

function jobsOf(job: FleetJob): readonly Manifest[] {
  const { name, shares } = job;
  // A pod that dies is replaced; more often than that it is no accident.
  const tries = 3;
  if (!job.jobPerShare) {
    const indexed = { completionMode: "Indexed", completions: shares, parallelism: shares };
    return [jobOf(job, name, String(shares), { ...indexed, backoffLimit: tries * shares })];
  }
  return Array.from({ length: shares }, (_, index) =>
    jobOf(job, `${name}-${index}`, `${index}/${shares}`, { backoffLimit: tries }),
  );
}

function jobOf(job: FleetJob, name: string, share: string, how: Manifest): Manifest {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: metadataOf(job, name),
    spec: {
      ...how,
      activeDeadlineSeconds: 3600,
      template: { metadata: { labels: labelsOf(job.name) }, spec: podOf(job, share) },
    },
  };
}

function podOf({ name, image, concurrency, tokensFrom, reads }: FleetJob, share: string): Manifest {
  const tokens = tokensFrom === undefined ? [] : [tokensFrom];
  return {
    restartPolicy: "Never",
    serviceAccountName: name,
    automountServiceAccountToken: reads.length > 0,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
    containers: [
      {
        name: "doctor",
        image,
        args: [
          "fleet",
          `${FOLDER}/${LIST}`,
          `--share=${share}`,
          `--concurrency=${concurrency}`,
          "--json",
          "--quiet",
          "--fail-on=never",
        ],
        resources: { requests: { cpu: "100m", memory: "192Mi" }, limits: { memory: "1Gi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "list", mountPath: `${FOLDER}/${LIST}`, subPath: LIST, readOnly: true },
          ...tokens.map(() => ({ name: TOKENS, mountPath: `${FOLDER}/${TOKENS}`, readOnly: true })),
        ],
      },
    ],
    volumes: [
      { name: "list", configMap: { name } },
      ...tokens.map((secretName) => ({ name: TOKENS, secret: { secretName, defaultMode: 0o440 } })),
    ],
  };
}
