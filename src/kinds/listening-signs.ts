/** Who listens on the gateway's port, and which gateways run on this machine, as far as it tells the kind. */
export interface ListeningSigns {
  readonly sockets: readonly ListeningSocket[];
  readonly gateways: readonly RunningGateway[];
}

export interface ListeningSocket {
  /** `0.0.0.0`, `127.0.0.1`, `::` … */
  readonly address: string;
  readonly port: number;
  readonly pid?: number;
  /** What its program is. `stranger`: of another user, so that its name is not believed. */
  readonly owner: "gateway" | "docker-proxy" | "ssh" | "kubectl" | "other" | "stranger" | "unknown";
  /** Name of the program. */
  readonly program?: string;
  /** Where docker-proxy sends connections to. */
  readonly published?: { readonly containerAddress: string; readonly containerPort: number };
}

export interface RunningGateway {
  readonly pid: number;
  /** The container it runs in, when it is not ours. */
  readonly container?: { readonly kind: "docker" | "podman" | "kubernetes"; readonly id: string };
}
