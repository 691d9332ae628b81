/** How a gateway can be deployed. What is known of each stands in src/kinds, one table entry a kind. */
export const DEPLOYMENT_KINDS = ["local", "docker", "kubernetes", "vps"] as const;

export type DeploymentKind = (typeof DEPLOYMENT_KINDS)[number];

/** What a deployment is like, for whoever asks for more than its name. Derived from its kind and names. */
export interface DeploymentTraits {
  /** In a container or pod: paths, users and 127.0.0.1 are not those of the machine. */
  readonly contained: boolean;
  /** On the machine itself, as far as anything shows: what else runs there reaches it at 127.0.0.1. */
  readonly besideHost: boolean;
  /** A published port puts an engine's address in the place of the sender's, at the end of a tunnel too. */
  readonly translates: boolean;
  /** A cluster's Services and Ingress lead to it. */
  readonly clustered: boolean;
  /** Nobody sits at its machine: people sign in to it. */
  readonly unattended?: true;
  /** What the step `ssh.tunnel` opens there. A port-forward ends at the gateway's own port, a tunnel at its host's. */
  readonly tunnel: "ssh-tunnel" | "port-forward";
}
