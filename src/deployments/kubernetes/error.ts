import { inEnglish, type Saying } from "../../core/saying.ts";

/**
 * What went wrong between us and a cluster. `detail`: our own words, or those of the cluster or the system, unscrubbed and
 * unbounded; empty where there is no more to say.
 */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly problem: KubeProblem;
  readonly detail: string | Saying;
  /** HTTP status, where the API server answered. */
  readonly status?: number;

  constructor(problem: KubeProblem, detail: string | Saying = "", status?: number) {
    super(typeof detail === "string" ? detail : inEnglish(detail));
    this.detail = detail;
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
