import type { Fact, Unknown } from "../../core/fact.ts";
import type { Deployment, ProbeReading } from "../../core/facts.ts";
import type { Secret } from "../../core/secret.ts";
import type { ChosenTarget } from "../target.ts";
import type { DeploymentAccess } from "../types.ts";
import type { World } from "../world.ts";

export interface PodOptions {
  /** This machine: where the kubeconfig is. */
  readonly world: World;
  readonly salt: string;
  readonly target: Extract<ChosenTarget, { readonly kind: "kubernetes" }>;
  /** `--config`: a file of this machine instead of the pod's. */
  readonly configPath?: string;
  readonly release?: string;
}

/** A gateway in a pod, looked at through its cluster's API. Nothing of it is changed. */
export interface PodGateway {
  readonly access: DeploymentAccess;
  readonly deployment: Deployment;
  /** Of its environment, and of the kubeconfig. */
  readonly secrets: readonly Secret[];
  /** Where the user's browser reaches it: the host of an Ingress, else the end of a port-forward. */
  url(port: number): string;
  /** Where we reach it: over the pods' network from inside the cluster, else through the API. */
  reach(port: number): Promise<Fact<string>>;
  /** Why what was met there says nothing of the gateway: the way through the API is what failed, or may be. */
  lost(reading: ProbeReading): Unknown | undefined;
  /** Ends the port-forwards that `reach` began. */
  close(): void;
}
