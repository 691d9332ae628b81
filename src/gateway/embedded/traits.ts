import { compareReleases } from "../../core/release.ts";

/** What differs between releases on the wire and in the log. Sources: measured frames, logs and HTTP bodies. */
export interface Traits {
  readonly release: string;
  readonly protocol: 3 | 4;
  /** `server.version` of hello-ok: `dev` up to 2026.2.26. */
  readonly helloVersion: string;
  readonly helloHost: boolean;
  readonly helloAuthMode: boolean;
  /** hello-ok has `auth` for a client without a device too (measured from 2026.5.28). */
  readonly helloAuthAlways: boolean;
  /** `details.code` on refusals: 2026.2.22. */
  readonly codes: boolean;
  /** `canRetryWithDeviceToken`, `recommendedNextStep` on auth refusals (seen on 2026.3.13). */
  readonly authAdvice: boolean;
  /** `pairing required: <why> (requestId: …)`: 2026.4.20. */
  readonly longPairing: boolean;
  /** The page is told to wait for its approval (seen on 2026.9.6, not on 2026.8.2). */
  readonly pairingWait: boolean;
  /** The range is echoed in a protocol mismatch (seen on 2026.5.28); `minimumProbeProtocol` is its last field. */
  readonly minimumProbeProtocol: number | undefined;
  /** `device.nonce` is required by the schema: 2026.2.22. */
  readonly nonceInSchema: boolean;
  /** Milliseconds that a signature may be off: 10 minutes up to 2026.2.21, 2 from 2026.2.22. */
  readonly skewMs: number;
  readonly knowsBuildId: boolean;
  readonly buildId: string;
  readonly challengeCapabilities: boolean;
  /** Who keeps the scopes that it asks for without a device. */
  readonly scopesWithoutDevice: "all" | "none" | "local-backend" | "local-backend-and-cli";
  /** `allowInsecureAuth` lets a page in without a look at its device: up to 2026.2.19. */
  readonly insecureAuthSkipsDevice: boolean;
  /** An approved admin also gets read and write spelt out (seen on 2026.4.5 to 2026.7.35). */
  readonly impliedScopes: boolean;
  readonly removesDevices: boolean;
  readonly healthz: boolean;
  readonly configDocument: "page" | "plain" | "versioned" | "locked";
  readonly page: "script" | "terminal" | "attributes" | "build-id";
  readonly localTime: boolean;
  readonly longHex: boolean;
  readonly logPeer: boolean;
  readonly logPhase: boolean;
  readonly logMeta: boolean;
  /** `guidance=` on the unauthorized line, and advice to generate a token for a page (seen on 2026.8.1). */
  readonly logGuidance: boolean;
  readonly logMessageField: boolean;
  readonly proxyWarning: boolean;
  readonly startupLine: "listening" | "http server listening";
}

/** `release` need not be one that exists: it takes the traits of its place in the order. */
export function traitsOf(release: string): Traits {
  const from = (first: string) => compareReleases(release, first) >= 0;
  return {
    release,
    protocol: from("2026.5.12") ? 4 : 3,
    helloVersion: from("2026.3.1") ? release : "dev",
    helloHost: !from("2026.3.1"),
    helloAuthMode: from("2026.3.1"),
    helloAuthAlways: from("2026.5.12"),
    codes: from("2026.2.22"),
    authAdvice: from("2026.3.1"),
    longPairing: from("2026.4.20"),
    pairingWait: from("2026.8.3"),
    minimumProbeProtocol: from("2026.8.1") ? 3 : from("2026.5.12") ? 4 : undefined,
    nonceInSchema: from("2026.2.22"),
    skewMs: (from("2026.2.22") ? 2 : 10) * 60_000,
    knowsBuildId: from("2026.8.1"),
    buildId: `${release}-release-embedded`,
    challengeCapabilities: from("2026.8.3"),
    scopesWithoutDevice: !from("2026.3.1")
      ? "all"
      : !from("2026.5.12")
        ? "none"
        : from("2026.7.1")
          ? "local-backend-and-cli"
          : "local-backend",
    insecureAuthSkipsDevice: !from("2026.2.21"),
    impliedScopes: from("2026.4.2") && !from("2026.8.1"),
    removesDevices: from("2026.2.21"),
    healthz: from("2026.3.1"),
    configDocument: !from("2026.2.17")
      ? "page"
      : from("2026.4.20")
        ? "locked"
        : from("2026.3.1") && release !== "2026.4.5"
          ? "versioned"
          : "plain",
    page: from("2026.8.3")
      ? "build-id"
      : from("2026.8.1")
        ? "attributes"
        : from("2026.7.1")
          ? "terminal"
          : "script",
    localTime: from("2026.3.1"),
    longHex: !from("2026.3.1"),
    logPeer: from("2026.4.10"),
    logPhase: from("2026.7.1"),
    logMeta: from("2026.8.3"),
    logGuidance: from("2026.8.1"),
    logMessageField: from("2026.5.12"),
    proxyWarning: !from("2026.8.1"),
    startupLine: from("2026.5.12") ? "http server listening" : "listening",
  };
}
