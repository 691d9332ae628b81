import type { ReleaseRules } from "./rules.ts";

/** What changed with one release: the fields that differ from the release before. */
export interface Boundary {
  /** First release with it. */
  readonly from: string;
  /** First release without it again, where a release line did not carry it on. */
  readonly until?: string;
  readonly what: string;
  /** Measurement file, or `static:` the shipped code that was read on both sides. */
  readonly source: string;
  readonly set: Changes;
}

export type Changes = { readonly [Section in keyof ReleaseRules]?: Change<ReleaseRules[Section]> };
type Change<T> = T extends string ? T : { readonly [Field in keyof T]?: T[Field] };

const CLIENT_IDS = [
  "webchat-ui",
  "openclaw-control-ui",
  "webchat",
  "cli",
  "gateway-client",
  "openclaw-macos",
  "openclaw-ios",
  "openclaw-android",
  "node-host",
  "test",
  "fingerprint",
  "openclaw-probe",
];
const CLIENT_MODES = ["webchat", "cli", "ui", "backend", "node", "probe", "test"];
const SETUP_CODE_OLD = "unauthorized: bootstrap token invalid or expired (scan a fresh setup code)";
const SETUP_CODE =
  "unauthorized: setup code invalid, expired, revoked, or already used (create a new code; review `openclaw devices list`)";
/** Of the profile that a code is made with when nobody says another. */
const SETUP_CODE_SCOPES = ["operator.approvals", "operator.read", "operator.talk.secrets", "operator.write"];
/** What they are from 2026.4.5 on. */
const SETUP_CODES = {
  refusal: SETUP_CODE_OLD,
  roles: "node-and-operator",
  scopes: SETUP_CODE_SCOPES,
  approves: "nodes",
} as const;
const UI_HINT_OLD = "open a tokenized dashboard URL or paste token in Control UI settings";
const UI_HINT = "open the dashboard URL and paste the token in Control UI settings";

/** The oldest release of the line, 2026.1.29. Source: admissions.jsonl (2026.2.1) and static: shipped code of openclaw@2026.1.29. */
export const FIRST: ReleaseRules = {
  protocol: {
    version: 3,
    oldestForProbe: 3,
    previousForNodes: false,
    mismatchCode: false,
    uiBuildCheck: false,
  },
  clients: {
    ids: CLIENT_IDS,
    modes: CLIENT_MODES,
    unknownIs: "no-match-in-union",
    emptyText: "must NOT have fewer",
    unknownAuthFields: ["deviceToken", "bootstrapToken"],
    workerRefused: false,
    copilot: false,
    tuiIsOperatorUi: false,
  },
  local: {
    by: "client-address-and-host",
    hostNames: "three-literals",
    trailingDot: false,
    forwarding: "for-ip-host",
    proxied: "for-ip",
    clientAddress: "first-forwarded-or-socket",
    cliContainer: false,
    browserContainer: false,
    sharedSecretLoopback: false,
  },
  proxies: { cidr: false, realIpNeedsSwitch: false, attribution: false, tailscaleListener: false },
  origin: {
    checkedFor: "nobody",
    wildcard: false,
    sameHost: "always",
    loopback: "loopback-host",
    privateSameHost: false,
    strict: false,
    detailCode: false,
    seededFor: [],
    seededAt: "next-start",
    servedName: false,
  },
  auth: {
    modes: ["token", "password"],
    wrongTokenWithDevice: "token_mismatch",
    tailscaleFirst: true,
    loopbackProxy: "accepted",
    ownAddressProxyRefused: false,
    localPassword: false,
    trustedProxyIsShared: false,
    oneSecret: false,
    trimsSecrets: false,
    tokenForFewerScopes: "device_token_mismatch",
    setupCodes: { refusal: SETUP_CODE_OLD, roles: "any", scopes: [], approves: "nobody" },
    limit: { pages: "never", others: "when-configured", tokenOfDeviceCountsAsShared: false },
    hints: { ui: UI_HINT_OLD, uiMissing: UI_HINT_OLD, nodeHeader: false },
  },
  switches: {
    insecureAuth: "skips-pairing",
    disableDeviceAuth: "works",
    disableBeforeAuth: false,
    nodeCidrs: false,
    autoApproveLocal: false,
    proxyAutoApprove: "unknown",
  },
  deviceless: {
    allowedWith: "any-token",
    trustedProxyUi: false,
    localBackend: false,
    insecureText: "control ui requires HTTPS or localhost (secure context)",
  },
  proof: { skewMs: 600_000, nonce: "remote-only", signatures: ["v1", "v2"] },
  pairing: {
    says: "plain",
    sharedSecretSkips: false,
    trustedProxySkips: false,
    backendSkips: "never",
    backendSkipsInContainer: false,
    noAuthSkips: false,
    tailscaleSkips: false,
    skipCoversPaired: "all",
    silentFor: ["not-paired", "role-upgrade", "scope-upgrade"],
    silentWithOrigin: "everybody",
    silentMetadata: "never",
    silentNodeUpgrade: true,
    metadataPinned: false,
    versionRefresh: [],
    runtimeNames: false,
    nodeHostWords: false,
    nodeHostNames: false,
    revokedLosesRole: false,
    scopes: { admin: "itself", writeCovers: [], sessionsRead: "itself", prefixed: false },
    emptyScopesMeanAdmin: true,
  },
  startup: {
    unknownKeys: [
      "gateway.controlUi.allowedOrigins",
      "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback",
      "gateway.auth.trustedProxy",
      "gateway.allowRealIpFallback",
      "gateway.nodes.pairing",
    ],
    lanWithoutOrigins: "starts",
    trustedProxyWithToken: "starts",
    trustedProxyOnLoopback: "starts",
    customNeedsHost: false,
    twoSecretsNeedMode: false,
  },
  detailCodes: "none",
};

/** 2026.7.2-beta.1 … beta.7 come from the line that became 2026.8.1; 2026.7.33 … 7.35 from the line of 2026.7.1. */
const BETA_LINE_OF_8_1 = { from: "2026.7.2-beta.1", until: "2026.7.33" } as const;

/** All boundaries, oldest first. */
export const BOUNDARIES: readonly Boundary[] = [
  {
    from: "2026.2.2",
    what: "Origin check of browser clients and gateway.controlUi.allowedOrigins; a client without a device needs a valid secret",
    source:
      "BEHAVIOUR.md 3; admissions.jsonl (2026.2.1, 2026.2.19); static: shipped code of openclaw@2026.2.2",
    set: {
      origin: { checkedFor: "browser-clients" },
      deviceless: { allowedWith: "shared-auth" },
      startup: {
        unknownKeys: [
          "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback",
          "gateway.auth.trustedProxy",
          "gateway.allowRealIpFallback",
          "gateway.nodes.pairing",
        ],
      },
    },
  },
  {
    from: "2026.2.6-3",
    what: "token hint of the Control UI no longer speaks of a tokenized URL",
    source: "static: shipped code of openclaw@2026.2.3 and 2026.2.6-3; vocabulary.json",
    set: { auth: { hints: { ui: UI_HINT, uiMissing: UI_HINT, nodeHeader: false } } },
  },
  {
    from: "2026.2.12",
    what: "no scopes asked for means no scopes, not operator.admin",
    source: "static: shipped code of openclaw@2026.2.9 and 2026.2.12",
    set: { pairing: { emptyScopesMeanAdmin: false } },
  },
  {
    from: "2026.2.17",
    what: "auth.mode trusted-proxy, CIDR blocks in trustedProxies, a wrong token of a device is called a device token mismatch",
    source: "BEHAVIOUR.md 3; static: shipped code of openclaw@2026.2.12 and 2026.2.17",
    set: {
      proxies: { cidr: true },
      auth: { modes: ["token", "password", "trusted-proxy"], wrongTokenWithDevice: "device_token_mismatch" },
      startup: {
        unknownKeys: [
          "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback",
          "gateway.allowRealIpFallback",
          "gateway.nodes.pairing",
        ],
        trustedProxyOnLoopback: "refuses",
      },
    },
  },
  {
    from: "2026.2.19",
    what: "a trusted proxy that forwards no address hides its own, so a header-less loopback client is remote; upgrades of paired devices are asked about; auth.mode none; bind custom needs customBindHost",
    source:
      "BEHAVIOUR.md 3 (trap of trustedProxies); static: shipped code of openclaw@2026.2.17 and 2026.2.19",
    set: {
      local: { clientAddress: "first-forwarded" },
      auth: { modes: ["token", "password", "trusted-proxy", "none"] },
      pairing: { silentFor: ["not-paired"] },
      startup: { customNeedsHost: true },
    },
  },
  {
    from: "2026.2.21",
    what: "allowInsecureAuth has no effect; the client address is the last untrusted hop; X-Real-IP only with allowRealIpFallback; write and admin include read",
    source: "admissions.jsonl (2026.2.19, 2026.2.21); static: shipped code of both",
    set: {
      local: { clientAddress: "last-untrusted" },
      proxies: { realIpNeedsSwitch: true },
      switches: { insecureAuth: "nothing" },
      deviceless: {
        insecureText: "control ui requires device identity (use HTTPS or localhost secure context)",
      },
      pairing: {
        scopes: { admin: "read", writeCovers: ["operator.read"], sessionsRead: "itself", prefixed: false },
      },
      startup: {
        unknownKeys: ["gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback", "gateway.nodes.pairing"],
        trustedProxyOnLoopback: "needs-loopback-proxy",
      },
    },
  },
  {
    from: "2026.2.22",
    what: "details.code; nonce mandatory, v1 gone, skew 2 minutes; allowInsecureAuth admits a local Control UI without device; operators with the secret skip pairing; any loopback name is local",
    source: "BEHAVIOUR.md 3; vocabulary.json; static: shipped code of openclaw@2026.2.21 and 2026.2.22",
    set: {
      detailCodes: "one-for-device-proof",
      local: { hostNames: "any-loopback" },
      auth: { wrongTokenWithDevice: "token_mismatch" },
      switches: { insecureAuth: "local-without-device" },
      deviceless: { allowedWith: "operator-shared-auth" },
      proof: { skewMs: 120_000, nonce: "schema", signatures: ["v2"] },
      pairing: {
        sharedSecretSkips: true,
        silentFor: ["not-paired", "scope-upgrade"],
        scopes: { admin: "all", writeCovers: ["operator.read"], sessionsRead: "itself", prefixed: false },
      },
    },
  },
  {
    from: "2026.2.23-beta.1",
    what: "Origin equal to Host needs a switch; a non-loopback bind without allowedOrigins refuses to start; trusted-proxy counts as shared authentication",
    source: "BEHAVIOUR.md 3; static: shipped code of openclaw@2026.2.22-1 and 2026.2.23-beta.1",
    set: {
      origin: { sameHost: "with-switch" },
      auth: { trustedProxyIsShared: true },
      startup: { lanWithoutOrigins: "refuses", unknownKeys: ["gateway.nodes.pairing"] },
    },
  },
  {
    from: "2026.2.24",
    what: "a Control UI behind a trusted-proxy login needs neither device nor pairing",
    source: "static: shipped code of openclaw@2026.2.23 and 2026.2.24",
    set: { deviceless: { trustedProxyUi: true }, pairing: { trustedProxySkips: true } },
  },
  {
    from: "2026.2.25",
    what: "any client with an Origin is checked, and only browser clients with an Origin are approved silently; the shared secret no longer skips pairing",
    source: "BEHAVIOUR.md 1; static: shipped code of openclaw@2026.2.24 and 2026.2.25",
    set: {
      clients: { unknownAuthFields: ["bootstrapToken"] },
      origin: { checkedFor: "any-direct-origin-header" },
      auth: {
        trimsSecrets: true,
        limit: { pages: "always", others: "when-configured", tokenOfDeviceCountsAsShared: false },
      },
      pairing: { sharedSecretSkips: false, silentWithOrigin: "browser-clients" },
    },
  },
  {
    from: "2026.2.26",
    what: "signature v3, pinned platform and device family",
    source: "BEHAVIOUR.md 3; static: shipped code of openclaw@2026.2.25 and 2026.2.26",
    set: { proof: { signatures: ["v2", "v3"] }, pairing: { metadataPinned: true } },
  },
  {
    from: "2026.3.1",
    what: "`*` in allowedOrigins; the gateway allows its own loopback origins when a non-loopback bind has none; one code per device proof failure",
    source: "BEHAVIOUR.md 3; static: shipped code of openclaw@2026.2.26 and 2026.3.1",
    set: {
      detailCodes: "one-for-each",
      origin: { wildcard: true, seededFor: ["lan", "tailnet", "custom"] },
      startup: { lanWithoutOrigins: "seeds" },
    },
  },
  {
    from: "2026.3.2",
    what: "a loopback Origin is enough only for a local client; local backend clients with the secret skip pairing",
    source: "static: shipped code of openclaw@2026.3.1 and 2026.3.2",
    set: { origin: { loopback: "local-client" }, pairing: { backendSkips: "shared-secret" } },
  },
  {
    from: "2026.3.7",
    what: "the origins that a gateway allows itself count from the first start on; a token and a password need a mode",
    source: "conformance: 2026.3.2, 2026.3.7; static: shipped code of both",
    set: { origin: { seededAt: "first-start" }, startup: { twoSecretsNeedMode: true } },
  },
  {
    from: "2026.3.11",
    what: "any Origin header is checked, behind a proxy too",
    source: "static: shipped code of openclaw@2026.3.8 and 2026.3.11",
    set: { origin: { checkedFor: "any-origin-header" } },
  },
  {
    from: "2026.3.13",
    what: "setup codes; origin refusals carry a code; dangerouslyDisableDeviceAuth passes the device gate before the secret is looked at",
    source: "admissions.jsonl (2026.3.13); static: shipped code of openclaw@2026.3.11 and 2026.3.13",
    set: {
      clients: { unknownAuthFields: [] },
      origin: { detailCode: true },
      switches: { disableBeforeAuth: true },
    },
  },
  {
    from: "2026.3.22",
    what: "auth.mode none spares the Control UI pairing; loopback hops in X-Forwarded-For are passed over; a setup code is for nodes",
    source: "vocabulary.json; static: shipped code of openclaw@2026.3.13 and 2026.3.22",
    set: {
      local: { clientAddress: "last-untrusted-not-loopback" },
      auth: { setupCodes: { refusal: SETUP_CODE_OLD, roles: "node", scopes: [], approves: "nobody" } },
      pairing: { noAuthSkips: true },
    },
  },
  {
    from: "2026.3.28",
    what: "scope upgrades are always asked about; local backend clients pair like others; openclaw-tui is an operator UI",
    source: "static: shipped code of openclaw@2026.3.24 and 2026.3.28",
    set: {
      clients: { ids: [...CLIENT_IDS, "openclaw-tui"], tuiIsOperatorUi: true },
      pairing: { backendSkips: "never", silentFor: ["not-paired"] },
    },
  },
  {
    from: "2026.3.31",
    what: "local is a loopback socket with nothing forwarded, whatever the Host; a trusted proxy on loopback is refused as identity source, and so is trusted-proxy beside a token; a setup code lets a node in without a question, and is good for operators; a right token is not heard from a client that is locked out; a revoked device loses its role",
    source: "BEHAVIOUR.md 3; static: shipped code of openclaw@2026.3.28 and 2026.3.31",
    set: {
      local: { by: "socket-without-forwarding", forwarding: "forwarded-for-ip-host-proto" },
      auth: {
        loopbackProxy: "refused",
        setupCodes: {
          refusal: SETUP_CODE_OLD,
          roles: "node-and-operator",
          scopes: SETUP_CODE_SCOPES.filter((scope) => scope !== "operator.approvals"),
          approves: "nodes",
        },
        limit: { pages: "always", others: "when-configured", tokenOfDeviceCountsAsShared: true },
      },
      pairing: { revokedLosesRole: true },
      startup: { trustedProxyWithToken: "refuses", trustedProxyOnLoopback: "starts" },
    },
  },
  {
    from: "2026.4.2",
    what: "a local role upgrade is approved silently; `localhost.` is localhost",
    source: "conformance: 2026.3.13, 2026.4.5; static: shipped code of openclaw@2026.4.1 and 2026.4.2",
    set: { local: { trailingDot: true }, pairing: { silentFor: ["not-paired", "role-upgrade"] } },
  },
  {
    from: "2026.4.5",
    what: "a CLI at a loopback socket with a private Host name is local; local backend clients skip pairing again; what skips pairing no longer covers upgrades; Tailscale identity only without a secret; a scope has to begin with the role",
    source:
      "BEHAVIOUR.md 3; admissions.jsonl (2026.4.5); static: shipped code of openclaw@2026.4.2 and 2026.4.5",
    set: {
      local: { cliContainer: true },
      auth: {
        tailscaleFirst: false,
        setupCodes: SETUP_CODES,
      },
      pairing: {
        backendSkips: "shared-secret",
        skipCoversPaired: "none",
        scopes: {
          admin: "all",
          writeCovers: ["operator.read"],
          sessionsRead: "itself",
          prefixed: true,
        },
      },
    },
  },
  {
    from: "2026.4.7",
    what: "a Control UI through a published port (private source, loopback Host and Origin) is local; bind auto gets its own origins too",
    source: "admissions.jsonl (2026.4.5, 2026.4.7); static: shipped code of both",
    set: {
      local: { browserContainer: true },
      origin: { seededFor: ["lan", "tailnet", "custom", "auto"] },
    },
  },
  {
    from: "2026.4.20",
    what: "the close reason says why pairing is required, with the request id; any client with the secret at a loopback socket with a private Host is local",
    source: "BEHAVIOUR.md 3, 4; static: shipped code of openclaw@2026.4.15 and 2026.4.20",
    set: { pairing: { says: "why" }, local: { sharedSecretLoopback: true } },
  },
  {
    from: "2026.4.22",
    what: "Forwarded, X-Forwarded-Proto and X-Forwarded-Host end the container localities too; container clients may change their platform; an unknown client id is worded otherwise",
    source: "static: shipped code of openclaw@2026.4.21 and 2026.4.22",
    set: {
      clients: { unknownIs: "not-allowed-value" },
      local: { proxied: "forwarded-for-ip-host-proto" },
      pairing: { silentMetadata: "container" },
    },
  },
  {
    from: "2026.4.24",
    what: "gateway.nodes.pairing.autoApproveCidrs",
    source: "static: shipped code of openclaw@2026.4.23 and 2026.4.24",
    set: { switches: { nodeCidrs: true }, startup: { unknownKeys: [] } },
  },
  {
    from: "2026.4.25",
    what: "a Tailscale identity spares the Control UI pairing; local native apps may change their platform",
    source: "static: shipped code of openclaw@2026.4.24 and 2026.4.25",
    set: { pairing: { tailscaleSkips: true, silentMetadata: "container-and-native" } },
  },
  {
    from: "2026.4.27",
    what: "trusted-proxy: allowLoopback, and a password for local clients",
    source: "static: shipped code of openclaw@2026.4.26 and 2026.4.27",
    set: {
      auth: {
        loopbackProxy: "with-switch",
        localPassword: true,
      },
    },
  },
  {
    from: "2026.4.29",
    what: "local backend clients skip pairing in containers too",
    source: "static: shipped code of openclaw@2026.4.27 and 2026.4.29",
    set: { pairing: { backendSkipsInContainer: true } },
  },
  {
    from: "2026.5.12",
    what: "protocol 4; local backend clients need no device and no secret where there is none",
    source: "BEHAVIOUR.md 3; static: shipped code of openclaw@2026.5.7 and 2026.5.12",
    set: {
      protocol: { version: 4, oldestForProbe: 4 },
      deviceless: { localBackend: true },
      pairing: { backendSkips: "shared-secret-or-none" },
    },
  },
  {
    from: "2026.5.12",
    until: "2026.5.14-beta.1",
    what: "this release alone has no password for local clients beside trusted-proxy",
    source: "static: shipped code of openclaw@2026.5.7, 2026.5.12 and 2026.5.14-beta.1",
    set: { auth: { localPassword: false } },
  },
  {
    from: "2026.5.14-beta.1",
    what: "a trusted-proxy login no longer spares a Control UI with a device pairing; proxies on the gateway's own addresses are refused; paired nodes are asked about upgrades",
    source: "static: shipped code of openclaw@2026.5.12 and 2026.5.14-beta.1",
    set: {
      auth: { ownAddressProxyRefused: true },
      pairing: { trustedProxySkips: false, silentNodeUpgrade: false },
    },
  },
  {
    from: "2026.5.14-beta.1",
    until: "2026.5.22",
    what: "no client with an Origin is approved silently, so even the Control UI on loopback has to be approved",
    source: "static: shipped code of openclaw@2026.5.12, 2026.5.18, 2026.5.20 and 2026.5.22",
    set: { pairing: { silentWithOrigin: "nobody" } },
  },
  {
    from: "2026.5.16-beta.1",
    what: "Origin equal to a private Host is enough; any X-Forwarded-* header ends locality; a protocol mismatch has a code",
    source:
      "BEHAVIOUR.md 3; static: shipped code of openclaw@2026.5.14-beta.1, 2026.5.16-beta.7 and 2026.5.18",
    set: {
      protocol: { mismatchCode: true },
      local: { forwarding: "any-forwarding", proxied: "any-forwarding" },
      origin: { privateSameHost: true },
    },
  },
  {
    from: "2026.5.18",
    what: "a node host that says `macos` for `darwin`, or `windows` for `win32`, is the same",
    source: "static: shipped code of openclaw@2026.5.12 and 2026.5.18",
    set: { pairing: { nodeHostWords: true } },
  },
  {
    from: "2026.5.18",
    until: "2026.5.19",
    what: "this release alone asks about nodes with a setup code",
    source: "static: shipped code of openclaw@2026.5.12, 2026.5.18 and 2026.5.19",
    set: { auth: { setupCodes: { ...SETUP_CODES, approves: "nobody" } } },
  },
  {
    from: "2026.5.19",
    what: "a new system version of the mobile apps is no platform change",
    source: "static: shipped code of openclaw@2026.5.18 and 2026.5.19",
    set: { pairing: { versionRefresh: ["openclaw-ios", "openclaw-android"] } },
  },
  {
    from: "2026.5.26",
    what: "an empty word in the connect request is worded otherwise",
    source: "conformance: 2026.5.12, 2026.7.1; static: package.json of openclaw@2026.5.22 and 2026.5.26",
    set: { clients: { emptyText: "must not have fewer" } },
  },
  {
    from: "2026.6.9",
    what: "a setup code lets only the phone apps in without a question",
    source: "conformance: 2026.5.12, 2026.7.1; static: shipped code of openclaw@2026.6.8 and 2026.6.9",
    set: { auth: { setupCodes: { ...SETUP_CODES, approves: "phone-apps" } } },
  },
  {
    from: "2026.6.35",
    until: "2026.7.1-beta.1",
    what: "an Origin with a path, query or credentials is no Origin",
    source: "static: shipped code of openclaw@2026.6.33, 2026.6.35 and 2026.7.1",
    set: { origin: { strict: true } },
  },
  {
    from: "2026.7.1-beta.1",
    what: "probes and nodes may still speak protocol 3",
    source: "static: shipped code of openclaw@2026.6.35 and 2026.7.1",
    set: { protocol: { oldestForProbe: 3, previousForNodes: true } },
  },
  {
    ...BETA_LINE_OF_8_1,
    what: "the betas on the way to 2026.8.1: device switches gone, new clients, autoApproveLocal, deviceAutoApprove",
    source: "static: shipped code of openclaw@2026.7.2-beta.7",
    set: {
      clients: {
        ids: [
          ...CLIENT_IDS,
          "openclaw-tui",
          "openclaw-browser-copilot",
          "openclaw-linux",
          "openclaw-watchos",
          "openclaw-worker",
        ],
        modes: [...CLIENT_MODES, "worker"],
      },
      origin: { strict: true },
      switches: {
        insecureAuth: "stripped",
        disableDeviceAuth: "ignored",
        autoApproveLocal: true,
        proxyAutoApprove: "pages",
      },
      pairing: { versionRefresh: ["openclaw-ios", "openclaw-android", "openclaw-macos"] },
    },
  },
  {
    from: "2026.7.33",
    what: "an Origin with a path, query or credentials is no Origin",
    source: "static: shipped code of openclaw@2026.7.1-2 and 2026.7.33",
    set: { origin: { strict: true } },
  },
  {
    from: "2026.8.1-beta.1",
    what: "allowInsecureAuth is removed from the file, dangerouslyDisableDeviceAuth is ignored; new clients, autoApproveLocal, deviceAutoApprove",
    source:
      "BEHAVIOUR.md 2, 3; admissions.jsonl (2026.7.35, 2026.8.1); static: shipped code of openclaw@2026.8.1-beta.1",
    set: {
      clients: {
        ids: [
          ...CLIENT_IDS,
          "openclaw-tui",
          "openclaw-browser-copilot",
          "openclaw-linux",
          "openclaw-watchos",
          "openclaw-worker",
        ],
        modes: [...CLIENT_MODES, "worker"],
      },
      switches: {
        insecureAuth: "stripped",
        disableDeviceAuth: "ignored",
        autoApproveLocal: true,
        proxyAutoApprove: "pages",
      },
      pairing: { versionRefresh: ["openclaw-ios", "openclaw-android", "openclaw-macos"] },
    },
  },
  {
    from: "2026.8.1-beta.3",
    what: "HTTP 403 for proxied requests that cannot be attributed; UI build check; local scope upgrades approved silently; new hints",
    source:
      "BEHAVIOUR.md 3; admissions.jsonl (2026.7.35, 2026.8.1); static: shipped code of openclaw@2026.8.1-beta.1 and 2026.8.1-beta.3",
    set: {
      protocol: { uiBuildCheck: true },
      clients: { workerRefused: true, copilot: true },
      local: { forwarding: "any-forwarding-name", proxied: "any-forwarding-name" },
      proxies: { attribution: true, tailscaleListener: true },
      origin: { servedName: true },
      auth: {
        tokenForFewerScopes: "scope_mismatch",
        limit: { pages: "always", others: "always", tokenOfDeviceCountsAsShared: true },
        hints: {
          ui: UI_HINT,
          uiMissing: "paste in Control UI settings or openclaw doctor --generate-gateway-token; restart",
          localCli: {
            token: "use this gateway's gateway.auth.token or pair the device",
            password: "use this gateway's gateway.auth.password",
          },
          nodeHeader: true,
        },
      },
      pairing: {
        silentFor: ["not-paired", "role-upgrade", "scope-upgrade"],
        skipCoversPaired: "backend-and-no-auth",
        nodeHostNames: true,
        scopes: {
          admin: "all",
          writeCovers: ["operator.read", "operator.talk"],
          sessionsRead: "itself",
          prefixed: true,
        },
      },
    },
  },
  {
    from: "2026.9.1",
    what: "a setup code that is not good is worded otherwise",
    source: "conformance: 2026.8.1; static: shipped code of openclaw@2026.8.2 and 2026.9.1",
    set: {
      auth: {
        setupCodes: { ...SETUP_CODES, refusal: SETUP_CODE, approves: "phone-apps" },
      },
    },
  },
  {
    from: "2026.9.2",
    what: "a new system version of the watch app is no platform change; nor is another word for the same system; deviceAutoApprove lets native apps in, too",
    source: "static: shipped code of openclaw@2026.9.1 and 2026.9.2",
    set: {
      switches: { proxyAutoApprove: "pages-and-native" },
      pairing: {
        versionRefresh: ["openclaw-ios", "openclaw-android", "openclaw-macos", "openclaw-watchos"],
        runtimeNames: true,
      },
    },
  },
  {
    from: "2026.9.3",
    what: "a secret sent as password is taken for the token where the mode is token, and the other way round",
    source: "admissions.jsonl (2026.9.6); static: shipped code of openclaw@2026.9.2 and 2026.9.3",
    set: { auth: { oneSecret: true } },
  },
  {
    from: "2026.9.6",
    what: "scopes for sessions: write includes both, read and sessions.write include sessions.read",
    source: "conformance: 2026.9.3, 2026.9.6; static: shipped code of openclaw@2026.9.5 and 2026.9.6",
    set: {
      pairing: {
        scopes: {
          admin: "all",
          writeCovers: [
            "operator.read",
            "operator.talk",
            "operator.sessions.read",
            "operator.sessions.write",
          ],
          sessionsRead: "read-or-sessions-write",
          prefixed: true,
        },
      },
    },
  },
];
