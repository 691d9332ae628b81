/**
 * What a release does, as data. One object per release, folded from `boundaries.ts`.
 * Every field names a rule that a reader can check against the measurements or the shipped code.
 */
export interface ReleaseRules {
  readonly protocol: ProtocolRules;
  readonly clients: ClientRules;
  readonly local: LocalRules;
  readonly proxies: ProxyRules;
  readonly origin: OriginRules;
  readonly auth: AuthRules;
  readonly switches: SwitchRules;
  readonly deviceless: DevicelessRules;
  readonly proof: ProofRules;
  readonly pairing: PairingRules;
  readonly startup: StartupRules;
  /** Error details carry a `code`: `no`, or yes with one code for all device proofs, or one for each. */
  readonly detailCodes: "none" | "one-for-device-proof" | "one-for-each";
}

export interface ProtocolRules {
  /** The only protocol that an ordinary client may speak. */
  readonly version: number;
  /** Oldest protocol of a client in mode `probe`. */
  readonly oldestForProbe: number;
  /** A node may still speak the protocol before. */
  readonly previousForNodes: boolean;
  /** A mismatch says `details.code`. */
  readonly mismatchCode: boolean;
  /** `client.buildId` of a Control UI that this gateway served must be the gateway's own. */
  readonly uiBuildCheck: boolean;
}

export interface ClientRules {
  readonly ids: readonly string[];
  readonly modes: readonly string[];
  /** How the schema words an id or mode that it does not know. */
  readonly unknownIs: "no-match-in-union" | "not-allowed-value";
  /** How it words a text that must not be empty. */
  readonly emptyText: "must NOT have fewer" | "must not have fewer";
  /** Fields of `connect.auth` that the schema does not know. */
  readonly unknownAuthFields: readonly ("deviceToken" | "bootstrapToken")[];
  /** Who says that it is a worker is refused before the schema is looked at. */
  readonly workerRefused: boolean;
  /** The browser copilot comes from its extension alone, with certain capabilities, and is paired for itself. */
  readonly copilot: boolean;
  /** `openclaw-tui` is held to the Control UI's device rules. */
  readonly tuiIsOperatorUi: boolean;
}

export interface LocalRules {
  /**
   * `client-address-and-host`: the client address behind trusted proxies is loopback and the Host header is local.
   * `socket-without-forwarding`: the socket is loopback and nothing was forwarded; the Host does not matter.
   */
  readonly by: "client-address-and-host" | "socket-without-forwarding";
  /** Host names that count as local besides `*.ts.net`. */
  readonly hostNames: "three-literals" | "any-loopback";
  /** A name with a dot at its end is the name. */
  readonly trailingDot: boolean;
  /** Forwarding headers that end locality. */
  readonly forwarding: HeaderSet;
  /** Headers that make a request proxied for the container rules. */
  readonly proxied: HeaderSet;
  /** Whose address a request through a trusted proxy has. */
  readonly clientAddress:
    | "first-forwarded-or-socket"
    | "first-forwarded"
    | "last-untrusted"
    | "last-untrusted-not-loopback";
  /** CLI at a loopback socket with a private Host name counts as local. */
  readonly cliContainer: boolean;
  /** Control UI from a private address with loopback Host and Origin counts as local. */
  readonly browserContainer: boolean;
  /** Any client with the shared secret at a loopback socket with a private Host name counts as local. */
  readonly sharedSecretLoopback: boolean;
}

export type HeaderSet =
  | "for-ip-host"
  | "for-ip-host-proto"
  | "for-ip"
  | "forwarded-for-ip-host-proto"
  /** `Forwarded` and `X-Real-IP` with a value, or any `X-Forwarded-*`. */
  | "any-forwarding"
  /** The same, with or without a value. */
  | "any-forwarding-name";

export interface ProxyRules {
  /** `trustedProxies` entries may be CIDR blocks. */
  readonly cidr: boolean;
  /** `gateway.allowRealIpFallback` decides whether X-Real-IP is read; before, it always was. */
  readonly realIpNeedsSwitch: boolean;
  /** Requests that look proxied but cannot be attributed are refused with HTTP 403. */
  readonly attribution: boolean;
  /** Tailscale's requests come to a listener of their own. */
  readonly tailscaleListener: boolean;
}

export interface OriginRules {
  readonly checkedFor: "nobody" | "browser-clients" | "any-direct-origin-header" | "any-origin-header";
  readonly wildcard: boolean;
  /** Origin equal to Host: enough by itself, or only with `dangerouslyAllowHostHeaderOriginFallback`. */
  readonly sameHost: "always" | "with-switch";
  /** A loopback Origin is enough with a loopback Host, or only for a local client. */
  readonly loopback: "loopback-host" | "local-client";
  /** Origin equal to a private Host is enough. */
  readonly privateSameHost: boolean;
  /** An Origin with a path, a query or credentials is no Origin. */
  readonly strict: boolean;
  readonly detailCode: boolean;
  /** Binds for which the gateway allows its own loopback origins at start when none are configured. */
  readonly seededFor: readonly string[];
  /** The process that finds none allows its own, or only the next one that reads them. */
  readonly seededAt: "first-start" | "next-start";
  /** The name that Tailscale serves is allowed by itself. */
  readonly servedName: boolean;
}

export interface AuthRules {
  readonly modes: readonly string[];
  /** What a wrong token is called when the client also has a device. */
  readonly wrongTokenWithDevice: "token_mismatch" | "device_token_mismatch";
  /** Tailscale identity is looked at before the shared secret, or only without one. */
  readonly tailscaleFirst: boolean;
  /** trusted-proxy: refuse a loopback proxy always, or unless `allowLoopback`, or never. */
  readonly loopbackProxy: "accepted" | "refused" | "with-switch";
  /** trusted-proxy: refuse a proxy on one of the gateway's own addresses. */
  readonly ownAddressProxyRefused: boolean;
  /** trusted-proxy: a local client may use `gateway.auth.password`. */
  readonly localPassword: boolean;
  /** trusted-proxy counts as shared authentication of clients without a device. */
  readonly trustedProxyIsShared: boolean;
  /** Token and password are one secret: either field is taken for the one that the mode wants. */
  readonly oneSecret: boolean;
  /** Blanks around a secret are no part of it. */
  readonly trimsSecrets: boolean;
  /** What a device token is called that was given for fewer scopes than are asked for. */
  readonly tokenForFewerScopes: "device_token_mismatch" | "scope_mismatch";
  readonly setupCodes: SetupCodeRules;
  readonly limit: LimitRules;
  readonly hints: AuthHints;
}

export interface SetupCodeRules {
  readonly refusal: string;
  /** Roles that a device may ask for with one. */
  readonly roles: "any" | "node" | "node-and-operator";
  /** Scopes that a device may ask for as operator with one; whatever it likes where any role is good. */
  readonly scopes: readonly string[];
  /** Nodes without scopes that one lets in without a question: any, or the phone apps that it is made for. */
  readonly approves: "nobody" | "nodes" | "phone-apps";
}

/** The limit on wrong secrets. Source: BEHAVIOUR.md 7, static: shipped code of openclaw@2026.2.25, 2026.4.27, 2026.9.3. */
export interface LimitRules {
  readonly pages: "never" | "when-configured" | "always";
  readonly others: "when-configured" | "always";
  /** A wrong token of a device counts as a failed shared secret, too, so a right one is not heard either. */
  readonly tokenOfDeviceCountsAsShared: boolean;
}

export interface AuthHints {
  readonly ui: string;
  readonly uiMissing: string;
  readonly localCli?: { readonly token: string; readonly password: string };
  /** A node that lacks a required proxy header is told so. */
  readonly nodeHeader: boolean;
}

export interface SwitchRules {
  /** gateway.controlUi.allowInsecureAuth */
  readonly insecureAuth: "skips-pairing" | "nothing" | "local-without-device" | "stripped";
  /** gateway.controlUi.dangerouslyDisableDeviceAuth */
  readonly disableDeviceAuth: "works" | "ignored";
  /** dangerouslyDisableDeviceAuth lets the Control UI past the device gate before its secret was seen. */
  readonly disableBeforeAuth: boolean;
  /** gateway.nodes.pairing.autoApproveCidrs */
  readonly nodeCidrs: boolean;
  /** gateway.nodes.pairing.autoApproveLocal */
  readonly autoApproveLocal: boolean;
  /** gateway.auth.trustedProxy.deviceAutoApprove: known, and whom it lets in. */
  readonly proxyAutoApprove: "unknown" | "pages" | "pages-and-native";
}

export interface DevicelessRules {
  /** What a client other than the Control UI needs to come without a device. */
  readonly allowedWith: "any-token" | "shared-auth" | "operator-shared-auth";
  /** A Control UI behind a trusted-proxy login. */
  readonly trustedProxyUi: boolean;
  /** A local `gateway-client` in mode `backend` of an operator. */
  readonly localBackend: boolean;
  readonly insecureText: string;
}

export interface ProofRules {
  readonly skewMs: number;
  /** A nonce is needed of remote clients only, or by the schema of everybody. */
  readonly nonce: "remote-only" | "schema";
  readonly signatures: readonly ("v1" | "v2" | "v3")[];
}

export interface PairingRules {
  /** The close reason says why, and the request id. */
  readonly says: "plain" | "why";
  /** Operators with the shared secret, other than browser clients, are not asked to pair (2026.2.22 to 2026.2.24). */
  readonly sharedSecretSkips: boolean;
  /** trusted-proxy logins of the Control UI are not asked to pair. */
  readonly trustedProxySkips: boolean;
  /** Local `gateway-client` in mode `backend`: which credentials spare it pairing. */
  readonly backendSkips: "never" | "shared-secret" | "shared-secret-or-none";
  /** The same for the locality `shared_secret_loopback_local`. */
  readonly backendSkipsInContainer: boolean;
  /** auth.mode none spares the Control UI pairing. */
  readonly noAuthSkips: boolean;
  /** A Tailscale identity spares a Control UI with a device pairing. */
  readonly tailscaleSkips: boolean;
  /** Whether what spares pairing also spares a paired device the upgrade checks. */
  readonly skipCoversPaired: "all" | "none" | "backend-and-no-auth";
  /** Reasons that a local client gets approved for without a question. */
  readonly silentFor: readonly PairingReason[];
  /** An Origin header ends silent approval: for other clients than browser clients, or for all. */
  readonly silentWithOrigin: "everybody" | "browser-clients" | "nobody";
  readonly silentMetadata: "never" | "container" | "container-and-native";
  /** A paired device that asks as another role than operator is never approved silently. */
  readonly silentNodeUpgrade: boolean;
  readonly metadataPinned: boolean;
  /** Version refreshes of these apps do not count as a changed platform. */
  readonly versionRefresh: readonly string[];
  /** `darwin` and `macos`, `win32` and `windows` are the same where the rest fits. */
  readonly runtimeNames: boolean;
  /** Of a node host: `darwin` and `macos`, `win32` and `windows` are the same system. */
  readonly nodeHostWords: boolean;
  /** A node host's older words for its system are put into the newer before they are compared. */
  readonly nodeHostNames: boolean;
  /** A device whose token was revoked is asked for its role anew. */
  readonly revokedLosesRole: boolean;
  readonly scopes: ScopeRules;
  /** An operator that asks for no scope is taken to ask for `operator.admin`. */
  readonly emptyScopesMeanAdmin: boolean;
}

/** Which approved scope covers which other, for an operator. */
export interface ScopeRules {
  readonly admin: "itself" | "read" | "all";
  readonly writeCovers: readonly string[];
  /** A session may be read by whoever may read, or write to a session. */
  readonly sessionsRead: "itself" | "read-or-sessions-write";
  /** A scope that does not begin with the role and a dot is never covered, not even by itself. */
  readonly prefixed: boolean;
}

export type PairingReason = "not-paired" | "role-upgrade" | "scope-upgrade" | "metadata-upgrade";

export interface StartupRules {
  readonly unknownKeys: readonly string[];
  /** Non-loopback bind without allowedOrigins: starts, refuses, or allows its own loopback origins. */
  readonly lanWithoutOrigins: "starts" | "refuses" | "seeds";
  /** trusted-proxy together with a shared token. */
  readonly trustedProxyWithToken: "starts" | "refuses";
  /** trusted-proxy on a loopback bind. */
  readonly trustedProxyOnLoopback: "starts" | "refuses" | "needs-loopback-proxy";
  /** bind custom without an address. */
  readonly customNeedsHost: boolean;
  /** A token and a password, and no mode that says which counts. */
  readonly twoSecretsNeedMode: boolean;
}
