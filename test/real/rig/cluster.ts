// A cluster that somebody brought up (`KUBECONFIG`, cluster-admin), whose nodes have this machine's files and run the
// containers of the engine at `DOCKER_HOST`: gateways in its pods are this machine's, as they are in the rig's containers.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Docker from "dockerode";
import { programs } from "./contained.ts";
import { BIN } from "./doctor.ts";
import { IMAGE, importImage } from "./image.ts";
import { mustRun, progress, run, until } from "./processes.ts";
import { type InstalledRelease, installRelease } from "./releases.ts";

export type Manifest = Readonly<Record<string, unknown>>;

export interface Cluster {
  /** A namespace of the suite's own. */
  readonly namespace: string;
  readonly kubeconfig: string;
  /** Of this machine, gone with the suite. */
  readonly directory: string;
  apply(...manifests: readonly Manifest[]): Promise<void>;
  remove(...names: readonly string[]): Promise<void>;
  kubectl(...args: readonly string[]): Promise<string>;
  /** A kubeconfig of a service account with these rules alone. */
  accountWith(name: string, rules: readonly Manifest[]): Promise<string>;
  stop(): Promise<void>;
}

/** Why there is none, or undefined. */
export async function whyNoCluster(): Promise<string | undefined> {
  const { KUBECONFIG, DOCKER_HOST, PAIRING_DOCTOR_NO_CLUSTER: why } = process.env;
  if (why !== undefined) return why;
  if (KUBECONFIG === undefined) return "no cluster: KUBECONFIG names none";
  if (DOCKER_HOST === undefined)
    return "no cluster whose nodes are this machine: DOCKER_HOST names no engine of it";
  const ready = await run(["kubectl", "get", "nodes", "-o", "name"], { timeoutMs: 30_000 });
  return ready.code === 0 ? undefined : `no cluster: ${ready.stderr.slice(0, 200)}`;
}

export async function useCluster(): Promise<Cluster> {
  const directory = mkdtempSync(path.join(tmpdir(), "opd-rig-cluster-"));
  chmodSync(directory, 0o755);
  await importImage(new Docker(), directory);
  const namespace = `opd-${process.pid}`;
  const kubectl = (...args: readonly string[]): Promise<string> =>
    mustRun(["kubectl", "-n", namespace, ...args], { timeoutMs: 180_000 });
  await mustRun(["kubectl", "create", "namespace", namespace]);
  const apply: Cluster["apply"] = async (...items) => {
    const file = path.join(directory, "manifest.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await kubectl("apply", "-f", file);
  };
  return {
    namespace,
    directory,
    kubeconfig: process.env.KUBECONFIG ?? "",
    apply,
    kubectl,
    remove: async (...names) => {
      await kubectl("delete", "--grace-period=1", "--ignore-not-found", ...names);
    },
    accountWith: async (name, rules) => {
      const metadata = { name, namespace };
      await apply(
        { apiVersion: "v1", kind: "ServiceAccount", metadata },
        { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules },
        {
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "RoleBinding",
          metadata,
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
          subjects: [{ kind: "ServiceAccount", name, namespace }],
        },
        // Clusters older than 1.24 make one by themselves; this asks for one in all.
        {
          apiVersion: "v1",
          kind: "Secret",
          type: "kubernetes.io/service-account-token",
          metadata: { ...metadata, annotations: { "kubernetes.io/service-account.name": name } },
        },
      );
      let token = "";
      await until(
        async () => {
          const data = await kubectl("get", "secret", name, "-o", "jsonpath={.data.token}");
          token = Buffer.from(data, "base64").toString("utf8");
          return token !== "";
        },
        30_000,
        500,
      );
      const view = (of: string) =>
        kubectl("config", "view", "--raw", "-o", `jsonpath={.clusters[0].cluster.${of}}`);
      const cluster = {
        server: await view("server"),
        "certificate-authority-data": await view("certificate-authority-data"),
      };
      const file = path.join(directory, `${name}.kubeconfig`);
      const document = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "rig", cluster }],
        users: [{ name, user: { token } }],
        contexts: [{ name: "rig", context: { cluster: "rig", user: name, namespace } }],
        "current-context": "rig",
      };
      writeFileSync(file, JSON.stringify(document), { mode: 0o600 });
      return file;
    },
    stop: async () => {
      // Pods that still end write into their folders.
      await run(["kubectl", "-n", namespace, "delete", "deploy,pods,jobs", "--all", "--grace-period=1"], {
        timeoutMs: 120_000,
      });
      await run(["kubectl", "delete", "namespace", namespace, "--wait=false"], { timeoutMs: 60_000 });
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export interface PodParts {
  readonly installed: InstalledRelease;
  /** Of a pod: this machine's programs, the release, and a state directory of this machine. */
  readonly spec: { readonly containers: Manifest[]; readonly volumes: Manifest[]; [key: string]: unknown };
  readonly stateDir: string;
}

/** The pod of a gateway of this release; `args` are of its command, `volumes` beside its own. */
export async function podParts(
  cluster: Cluster,
  release: string,
  {
    args = [],
    env = [],
    owner = 1000,
  }: { readonly args?: readonly string[]; readonly env?: readonly Manifest[]; readonly owner?: number } = {},
): Promise<PodParts> {
  const installed = await installRelease(release);
  const stateDir = mkdtempSync(path.join(cluster.directory, "state-"));
  chownSync(stateDir, owner, owner);
  chmodSync(stateDir, 0o755);
  mkdirSync(cluster.directory, { recursive: true });
  const { volumes, volumeMounts } = mountsOf(programs(installed));
  progress(`pod of ${release}`);
  return {
    installed,
    stateDir,
    spec: {
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          name: "gateway",
          image: IMAGE,
          imagePullPolicy: "Never",
          command: ["node", "openclaw.mjs", "gateway", "--port", "18789", ...args],
          env: [{ name: "HOME", value: "/home/node" }, ...env],
          ports: [{ name: "ws", containerPort: 18_789 }],
          // Of a pod that asks for nothing the kernel thinks last: beside other work it does not start in minutes.
          resources: { requests: { cpu: "250m" } },
          securityContext: { runAsUser: 1000, runAsGroup: 1000 },
          volumeMounts: [...volumeMounts, { name: "state", mountPath: "/home/node/.openclaw" }],
        },
      ],
      volumes: [...volumes, { name: "state", hostPath: { path: stateDir } }],
    },
  };
}

function mountsOf(mounts: readonly string[]): {
  readonly volumes: Manifest[];
  readonly volumeMounts: Manifest[];
} {
  const parts = mounts.map((mount) => mount.split(":"));
  return {
    volumes: parts.map(([source], at) => ({ name: `m${at}`, hostPath: { path: source } })),
    volumeMounts: parts.map(([, at, mode], index) => ({
      name: `m${index}`,
      mountPath: at,
      readOnly: mode === "ro",
    })),
  };
}

/** The pod of a manifest that is handed out, with the doctor of this checkout in the place of its image. */
export async function withDoctor(pod: Manifest): Promise<Manifest> {
  const installed = await installRelease("2026.2.1");
  const { volumes, volumeMounts } = mountsOf([...programs(installed), `${path.dirname(BIN)}:/doctor:ro`]);
  const [container = {}] = pod.containers as Manifest[];
  const own = {
    image: IMAGE,
    imagePullPolicy: "Never",
    command: ["node", `/doctor/${path.basename(BIN)}`],
    volumeMounts: [...((container.volumeMounts as Manifest[] | undefined) ?? []), ...volumeMounts],
  };
  return {
    ...pod,
    containers: [{ ...container, ...own }],
    volumes: [...((pod.volumes as Manifest[] | undefined) ?? []), ...volumes],
  };
}

export function deployment(name: string, spec: Manifest, more: Manifest = {}): Manifest {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
      ...more,
    },
  };
}

export function service(name: string): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: "ws", port: 18_789, targetPort: "ws" }] },
  };
}
