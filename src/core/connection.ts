/** One WebSocket connection as the gateway meets it. The shape of `what-if` input. */
export interface Connection {
  /** The TCP peer that the gateway sees, not the address that the user typed. */
  readonly remoteAddress: string;
  /** Upgrade request headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly client: ConnectionClient;
  /** `operator` or `node`; anything else is refused by the role gate. */
  readonly role: string;
  readonly scopes: readonly string[];
  readonly auth: ConnectionAuth;
  readonly device: ConnectionDevice;
  /** Protocol range that the client offers; the gateway's own when absent. */
  readonly protocol?: { readonly min: number; readonly max: number };
  /** The peer address is one of the gateway's own addresses (a proxy or client on the same host). Unknown when absent. */
  readonly fromGatewayHost?: boolean;
  /** What the client says in `client.buildId` (checked from 2026.8.1); the gateway's own when absent. */
  readonly uiBuild?: string;
}

export interface ConnectionClient {
  readonly id: string;
  readonly mode: string;
}

export type ConnectionAuth = "valid" | "wrong" | "missing" | "password-instead-of-token";

export interface ConnectionDevice {
  readonly state: "absent" | "unpaired" | "pending" | "paired";
  readonly approvedScopes?: readonly string[];
  readonly approvedRole?: string;
  /** A scope upgrade of this device waits for approval. */
  readonly pendingUpgrade?: boolean;
  readonly metadataChanged?: "platform" | "deviceFamily";
  /** Client clock minus gateway clock, milliseconds. */
  readonly clockSkewMs?: number;
  readonly nonce?: "wrong" | "missing";
  readonly signature?: "v1" | "v2" | "v3" | "invalid";
  readonly id?: "not-derived-from-key";
}

/** The part of openclaw.json that admission depends on, plus whatever else was read. Secrets are never in it. */
export interface AdmissionConfig {
  readonly gateway?: {
    readonly port?: number;
    readonly mode?: string;
    readonly bind?: string;
    readonly auth?: {
      readonly mode?: string;
      readonly allowTailscale?: boolean;
      readonly trustedProxy?: Readonly<Record<string, unknown>>;
      /** Present (whatever its value) when a token is set. */
      readonly token?: unknown;
      readonly password?: unknown;
    };
    readonly trustedProxies?: readonly string[];
    readonly tailscale?: { readonly mode?: string };
    readonly controlUi?: Readonly<Record<string, unknown>> & {
      readonly allowInsecureAuth?: boolean;
      readonly dangerouslyDisableDeviceAuth?: boolean;
      readonly dangerouslyAllowHostHeaderOriginFallback?: boolean;
      readonly allowedOrigins?: readonly string[];
      readonly basePath?: string;
    };
  } & Readonly<Record<string, unknown>>;
}

export interface AdmissionInput {
  readonly release: string;
  readonly config: AdmissionConfig;
  readonly connection: Connection;
}

/** The gates in the order in which a client meets them (the order itself depends on the release). */
export type Gate =
  | "proxy-attribution"
  | "schema"
  | "protocol"
  | "role"
  | "origin"
  | "shared-auth"
  | "device-identity"
  | "device-signature"
  | "pairing";

export interface Admission {
  readonly outcome: "admitted" | "refused";
  /** The gate that refuses; absent when admitted. */
  readonly gate?: Gate;
  /** The gateway's own reason code where it has one: `not-paired`, `token_missing`, `origin-mismatch` … */
  readonly reason?: string;
  /** 101, or the status that the upgrade is refused with. */
  readonly httpStatus: number;
  readonly closeCode?: number;
  /** Without request ids. */
  readonly closeReason?: string;
  readonly detailCode?: string;
  /** A device that was not paired got paired silently by this connection. */
  readonly autoApproved: boolean;
  /** Why the answer is not backed by a measurement of this very release. */
  readonly assumed?: string;
}
