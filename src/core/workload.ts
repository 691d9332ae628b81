/**
 * The container or pod that the gateway runs in, as whatever runs it describes it. Every text is bounded and safe to
 * print. What only one engine has stands below `engine`.
 */
export interface Workload<E extends WorkloadEngine = WorkloadEngine> {
  readonly name: string;
  readonly image: string;
  /** `running`, `exited`, `restarting`, `created`, `paused`, `dead`. */
  readonly state: string;
  /** Of the last end. */
  readonly exitCode?: number;
  /** How often it has been started again. */
  readonly restarts: number;
  readonly health?: string;
  /** What the last health check wrote. */
  readonly healthOutput?: string;
  /** The kernel ended it for want of memory. */
  readonly oomKilled?: boolean;
  /** What the engine says of a start that failed. */
  readonly error?: string;
  /** The last lines of one that has ended, or that starts again and again; at most 5. */
  readonly lastLines?: readonly string[];
  /**
   * `own`: a port has to be published to be reached from outside. `shared`: that of another container. `cluster`: an
   * address of the pods' network, to which Services lead.
   */
  readonly network: "own" | "shared" | "host" | "none" | "cluster";
  readonly addresses: readonly string[];
  /** What the gateway sees as the peer of whoever comes through a published port: the bridge's own address. */
  readonly publishedPeer?: string;
  /** TCP ports; `address` is the host's, `0.0.0.0` for all of them. */
  readonly ports: readonly { readonly address: string; readonly port: number; readonly to: number }[];
  /** TCP ports that are declared; one that is not among `ports` is reached from its own networks alone. */
  readonly exposed?: readonly number[];
  /** Running workloads on its networks, at most 50. */
  readonly neighbours?: readonly { readonly name: string; readonly address: string }[];
  /** `name:address` that its hosts file has besides. */
  readonly extraHosts?: readonly string[];
  readonly mounts: readonly WorkloadMount[];
  /** As it was told; empty for the image's root. */
  readonly user: string;
  /** The uid that the gateway runs as, where that is known. */
  readonly uid?: number;
  /** Uids inside are others on the host: rootless, or mapped. */
  readonly mapsUsers?: boolean;
  /** Directories of the host are shared into the engine's virtual machine, where their owner and mode say little. */
  readonly sharesFiles?: boolean;
  /** Its own file system can only be read. */
  readonly readOnlyRoot?: boolean;
  readonly stateDir?: StateDirectory;
  /** What writes openclaw.json anew at each start. */
  readonly rewrites?: ConfigRewrite;
  /** Others of the engine that seem to run a gateway, at most 10. */
  readonly others: readonly {
    readonly name: string;
    readonly state: string;
    /** It has the volume or directory of this one's state directory mounted, too. */
    readonly sharesState?: boolean;
  }[];
  /** The engine's clock minus ours, milliseconds, and how far off that may be. */
  readonly clock?: { readonly aheadMs: number; readonly withinMs: number };
  readonly shownBy: WorkloadSources;
  readonly engine: E;
}

/** Where a reader finds the same: the lines that show it. Each is the source of some evidence. */
export interface WorkloadSources {
  readonly state: string;
  readonly logs: string;
  readonly lastLines: string;
  readonly neighbours: string;
  readonly others: string;
  readonly clock: string;
}

/** What only this engine has. */
export type WorkloadEngine = DockerEngine | KubernetesEngine;

export interface DockerEngine {
  readonly kind: "docker";
  /** The first 12 digits. */
  readonly id: string;
  /** Compose project. */
  readonly project?: string;
  /** `bridge`, `host`, `none`, `container:…`, or the name of a network. */
  readonly networkMode: string;
}

export interface KubernetesEngine {
  readonly kind: "kubernetes";
  readonly namespace: string;
  readonly pod: string;
  /** The container that runs the gateway. */
  readonly container: string;
  /** `deploy/openclaw`, `statefulset/openclaw`; absent for a bare pod. */
  readonly controller?: string;
  readonly node?: string;
  /** Why the container or its pod is not running: `CrashLoopBackOff`, `ImagePullBackOff`, `Unschedulable`. */
  readonly reason?: string;
  /** As it is wanted, and how many of them are ready. */
  readonly replicas?: { readonly wanted: number; readonly ready: number };
  /** What leads to the gateway's port, at most 20 of each. */
  readonly services: readonly {
    readonly name: string;
    readonly type: string;
    readonly port: number;
    readonly to: number;
    readonly nodePort?: number;
  }[];
  readonly routes: readonly {
    /** `Ingress`, `HTTPRoute`. */
    readonly kind: string;
    readonly name: string;
    readonly host: string;
    readonly tls: boolean;
  }[];
  /** Ranges that the gateway's pod has routes to besides the default one, as it shows them from inside; at most 20. */
  readonly networks?: readonly string[];
  /** Names of the NetworkPolicies that select the pod. */
  readonly policies: readonly string[];
  /** The object that openclaw.json comes from. */
  readonly configMap?: ConfigMapSource;
  /** Other containers of the pod. */
  readonly sidecars: readonly { readonly name: string; readonly image: string }[];
  /** The last warnings about the pod, newest last, at most 5. */
  readonly warnings: readonly string[];
  /** What was not allowed to be asked, with the rule of a Role that allows it. */
  readonly denied: readonly { readonly verb: string; readonly resource: string; readonly rule: string }[];
}

export interface ConfigMapSource {
  readonly name: string;
  readonly key: string;
  /**
   * `mounted`: it is the file. `each-start`: an init container copies it over the file; `merged`: into it. `once`: where
   * there is none yet.
   */
  readonly taken: "mounted" | "each-start" | "merged" | "once";
  /** What writes the object again whenever it is changed: a release of Helm, Argo CD, Flux, an operator. */
  readonly owner?: { readonly by: "helm" | "argocd" | "flux" | "operator"; readonly name: string };
}

/** Where the state directory is, and who may write there. */
export interface StateDirectory {
  readonly path: string;
  /** `layer`: the container's own, which goes with it. `tmpfs`: which goes with each stop. `pod`: which goes with the pod. */
  readonly on: "mount" | "layer" | "tmpfs" | "pod";
  /** The mount's place in the container. */
  readonly mount?: string;
  readonly readOnly: boolean;
  readonly owner?: FileOwner;
  /** Of openclaw.json. */
  readonly configOwner?: FileOwner;
  /** Its mount is for reading; it is mounted as a file by itself, which nothing can replace. */
  readonly configReadOnly?: boolean;
  readonly configAlone?: boolean;
}

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface ConfigRewrite {
  /** `command`: the container's own command does it. */
  readonly by: "command" | "unraid" | "coolify" | "truenas" | "cn-im";
  /** The keys; absent for all of the file. */
  readonly keys?: readonly string[];
  /** The words that show it. */
  readonly quote: string;
}

export interface WorkloadMount {
  /** `bind`, `volume`, `tmpfs`; of a pod also `emptyDir`, `configMap`, `secret`, `projected`. */
  readonly kind: string;
  /** Path on the host, or a volume's name. */
  readonly source: string;
  readonly at: string;
  readonly readOnly: boolean;
  /** Of the mount that holds the state directory. */
  readonly owner?: FileOwner;
}
