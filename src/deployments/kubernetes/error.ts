/** What went wrong between us and a cluster; `detail` is as the cluster or the system said it, unscrubbed and unbounded. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly problem: KubeProblem;
  /** HTTP status, where the API server answered. */
  readonly status?: number;

  constructor(problem: KubeProblem, detail: string, status?: number) {
    super(detail);
    this.problem = problem;
    if (status !== undefined) this.status = status;
  }
}

export type KubeProblem =
  /** No kubeconfig, and no service account around us. */
  | "no-cluster"
  /** A kubeconfig that cannot be read, or is none. */
  | "kubeconfig"
  | "no-context"
  /** The credential plugin of the kubeconfig. */
  | "plugin"
  /** Nobody answers at the API server's address. */
  | "down"
  | "tls"
  /** 401. */
  | "unauthorized"
  /** 403. */
  | "forbidden"
  /** 404. */
  | "absent"
  /** 409. */
  | "conflict"
  | "too-long"
  | "late"
  | "failed";
