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
  /** The shared secret, in the field that the gateway's auth mode reads. */
  readonly auth: ConnectionAuth;
  /** What stands in each credential field, where `auth` does not say it all; it then counts instead of `auth`. */
  readonly sends?: SentCredentials;
  readonly device: ConnectionDevice;
  /** Protocol range that the client offers; the gateway's own when absent. */
  readonly protocol?: { readonly min: number; readonly max: number };
  /** The peer address is one of the gateway's own addresses (a proxy or client on the same host). Unknown when absent. */
  readonly fromGatewayHost?: boolean;
  /** What the client says in `client.buildId` (checked from 2026.8.1); the gateway's own when absent. */
  readonly uiBuild?: string;
  /** Capabilities that the client declares (the browser copilot's are checked, from 2026.8.1). */
  readonly caps?: readonly string[];
  /**
   * Wrong secrets that this client sent within the last minute: one from the same address, or where the address is
   * loopback a page of the same origin. None when absent.
   */
  readonly earlierFailures?: number;
  /**
   * The gateway's own port, or the one that it opens for Tailscale alone (2026.8.1 on, with `tailscale.mode` serve or
   * funnel). When absent, a request that looks like Tailscale's is taken to have come to the latter.
   */
  readonly listener?: "ordinary" | "tailscale";
  /** Whose address Tailscale's daemon says the forwarded one is: the user's of the header (when absent), another's, nobody's. */
  readonly tailscaleUser?: "same" | "other" | "unknown";
}

export interface ConnectionClient {
  readonly id: string;
  readonly mode: string;
  /** As the client says them: `linux`, `MacIntel`, `iOS 18.1`; `iPhone`. Compared with `device.pinned`. */
  readonly platform?: string;
  readonly deviceFamily?: string;
}

export type ConnectionAuth = "valid" | "wrong" | "missing" | "password-instead-of-token";

/** Fields of `connect.auth`; a field that is absent or empty was not sent. */
export interface SentCredentials {
  readonly token?: Credential;
  readonly password?: Credential;
  readonly deviceToken?: Credential;
  readonly bootstrapToken?: Credential;
}

/**
 * What a credential is. `padded-gateway-token`: with blanks around it. `device-token`: the one in force for this
 * device in the role of its approval. `setup-code`: a bootstrap token that nobody used yet, for a node or an operator.
 */
export type Credential =
  | "gateway-token"
  | "padded-gateway-token"
  | "gateway-password"
  | "wrong"
  | "device-token"
  | "rotated-device-token"
  | "revoked-device-token"
  | "device-token-of-another-device"
  | "device-token-of-another-role"
  | "setup-code";

export interface ConnectionDevice {
  readonly state: "absent" | "unpaired" | "pending" | "paired";
  readonly approvedScopes?: readonly string[];
  readonly approvedRole?: string;
  /** Its token was revoked; the approval stands. */
  readonly tokenRevoked?: boolean;
  /** A scope upgrade of this device waits for approval. */
  readonly pendingUpgrade?: boolean;
  /** What the approval holds the client to, as it was said then; a value that was not said pins nothing. */
  readonly pinned?: { readonly platform?: string; readonly deviceFamily?: string };
  /** Says that a pinned value changed, where the values are not known. */
  readonly metadataChanged?: "platform" | "deviceFamily";
  /** Client clock minus gateway clock, milliseconds. */
  readonly clockSkewMs?: number;
  readonly nonce?: "wrong" | "missing" | "blank";
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
  /**
   * `first`: the running process found no `controlUi.allowedOrigins` in its config and wrote its own there (2026.3.1 on).
   * 2026.3.1 and 2026.3.2 take them up only at the `later` start. When absent, `first` where the config has none.
   */
  readonly start?: "first" | "later";
}

/** The gates in the order in which a client meets them (the order itself depends on the release). */
export type Gate =
  | "proxy-attribution"
  | "schema"
  | "protocol"
  | "role"
  | "origin"
  | "rate-limit"
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
