import { ipMatches, parseIp } from "../core/address.ts";
import type { AdmissionConfig } from "../core/connection.ts";
import { createScrubber, safeQuote } from "../core/scrub.ts";
import { at, strings } from "./attempt.ts";
import { type ReleaseRules, rulesFor } from "./releases.ts";

export type StartupId =
  | "unknown-key"
  | "unknown-mode"
  | "open-to-network"
  | "custom-without-host"
  | "secret-ambiguous"
  | "serve-needs-loopback"
  | "funnel-needs-password"
  | "origins-required"
  | "user-header-required"
  | "proxies-required"
  | "login-beside-token"
  | "login-needs-loopback-proxy";
/** Somebody may have put the token where the mode belongs. */
const scrub = createScrubber();

/** Why a gateway of a release does not start with a config. */
export interface StartupProblem {
  /** Key of the words for it (`Catalogue.startup`), filled with `args`. */
  readonly id: StartupId;
  readonly args?: Readonly<Record<string, string>>;
  /** The same in English. */
  readonly why: string;
  readonly key?: string;
}

/** `unknown-key`: `config set` refuses it. `retired`: accepted and ignored. `no-effect`: does not help to get in. */
export type KeyStatus = "works" | "no-effect" | "unknown-key" | "retired";

/**
 * The reason for which this release refuses to start with this config, as far as the config alone tells;
 * secrets may also come from the environment, so their absence is no reason.
 * @throws {ReleaseError}
 */
export function startupProblem(release: string, config: AdmissionConfig): StartupProblem | undefined {
  const { rules } = rulesFor(release);
  for (const key of rules.startup.unknownKeys) {
    if (at(config, ...key.split(".")) !== undefined)
      return { id: "unknown-key", args: { key }, key, why: `unknown key ${key}` };
  }
  return modeProblem(rules, config) ?? bindProblem(rules, config) ?? proxyProblem(rules, config);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function modeProblem(rules: ReleaseRules, { gateway }: AdmissionConfig): StartupProblem | undefined {
  const mode: unknown = gateway?.auth?.mode;
  const isUnset = mode === undefined || mode === null || (typeof mode === "string" && mode.trim() === "");
  if (isUnset && rules.startup.twoSecretsNeedMode) {
    if (isSet(gateway?.auth?.token) && isSet(gateway?.auth?.password))
      return {
        id: "secret-ambiguous",
        key: "gateway.auth.mode",
        why: "a token and a password are set, and gateway.auth.mode does not say which counts",
      };
  }
  if (mode === undefined || (typeof mode === "string" && rules.auth.modes.includes(mode))) return undefined;
  const name = safeQuote(String(mode), scrub, 40);
  return {
    id: "unknown-mode",
    args: { mode: name },
    key: "gateway.auth.mode",
    why: `this release knows no auth mode "${name}"`,
  };
}

function isNetworkBind(bind: string | undefined): boolean {
  return bind === "lan" || bind === "tailnet" || bind === "custom";
}

function bindProblem(rules: ReleaseRules, config: AdmissionConfig): StartupProblem | undefined {
  const { bind, auth, controlUi, tailscale } = config.gateway ?? {};
  const network = isNetworkBind(bind);
  if (network && auth?.mode === "none") {
    return {
      id: "open-to-network",
      args: { bind: String(bind) },
      key: "gateway.auth.mode",
      why: `refuses to bind to ${bind} without authentication`,
    };
  }
  const host: unknown = config.gateway?.customBindHost;
  const hasHost = typeof host === "string" && host.trim() !== "";
  if (bind === "custom" && !hasHost && rules.startup.customNeedsHost) {
    return {
      id: "custom-without-host",
      key: "gateway.customBindHost",
      why: "bind custom needs gateway.customBindHost",
    };
  }
  const exposed = tailscale?.mode === "serve" || tailscale?.mode === "funnel";
  if (exposed && (bind === "lan" || bind === "custom")) {
    return {
      id: "serve-needs-loopback",
      key: "gateway.bind",
      why: "Tailscale serve and funnel need bind loopback",
    };
  }
  if (tailscale?.mode === "funnel" && auth?.mode !== undefined && auth.mode !== "password") {
    return {
      id: "funnel-needs-password",
      key: "gateway.auth.mode",
      why: "Tailscale funnel needs auth mode password",
    };
  }
  const origins = strings(controlUi?.allowedOrigins).filter((entry) => entry.trim() !== "");
  const fallback = controlUi?.dangerouslyAllowHostHeaderOriginFallback === true;
  const needsOrigins =
    rules.startup.lanWithoutOrigins === "refuses" && network && controlUi?.enabled !== false;
  if (needsOrigins && origins.length === 0 && !fallback) {
    return {
      id: "origins-required",
      key: "gateway.controlUi.allowedOrigins",
      why: "a Control UI on a non-loopback bind needs gateway.controlUi.allowedOrigins",
    };
  }
  return undefined;
}

function proxyProblem(rules: ReleaseRules, { gateway }: AdmissionConfig): StartupProblem | undefined {
  if (gateway?.auth?.mode !== "trusted-proxy") return undefined;
  const { trustedProxy, token } = gateway.auth;
  const userHeader = trustedProxy?.userHeader;
  if (typeof userHeader !== "string" || userHeader.trim() === "") {
    return {
      id: "user-header-required",
      key: "gateway.auth.trustedProxy.userHeader",
      why: "auth mode trusted-proxy needs a userHeader",
    };
  }
  const proxies = strings(gateway.trustedProxies);
  if (proxies.length === 0) {
    return {
      id: "proxies-required",
      key: "gateway.trustedProxies",
      why: "auth mode trusted-proxy needs gateway.trustedProxies",
    };
  }
  if (isSet(token) && rules.startup.trustedProxyWithToken === "refuses") {
    return {
      id: "login-beside-token",
      key: "gateway.auth.token",
      why: "auth mode trusted-proxy and a shared token exclude each other",
    };
  }
  if ((gateway.bind ?? "loopback") !== "loopback") return undefined;
  const { trustedProxyOnLoopback } = rules.startup;
  const local = ["127.0.0.1", "::1"].some((text) => {
    const ip = parseIp(text);
    return ip !== undefined && proxies.some((entry) => ipMatches(ip, entry, rules.proxies.cidr));
  });
  if (trustedProxyOnLoopback === "refuses" || (trustedProxyOnLoopback === "needs-loopback-proxy" && !local)) {
    return {
      id: "login-needs-loopback-proxy",
      key: "gateway.bind",
      why: "auth mode trusted-proxy on bind loopback needs a loopback proxy",
    };
  }
  return undefined;
}

/**
 * What a well-known key does in a release. Keys that the model knows nothing of are taken to work.
 * @throws {ReleaseError}
 */
export function keyStatus(release: string, key: string): KeyStatus {
  const { rules } = rulesFor(release);
  const { switches, auth, startup } = rules;
  if (startup.unknownKeys.some((known) => key === known || key.startsWith(`${known}.`))) return "unknown-key";
  switch (key) {
    case "gateway.controlUi.allowInsecureAuth":
      if (switches.insecureAuth === "stripped") return "unknown-key";
      return switches.insecureAuth === "skips-pairing" ? "works" : "no-effect";
    case "gateway.controlUi.dangerouslyDisableDeviceAuth":
      return switches.disableDeviceAuth === "works" ? "works" : "retired";
    case "gateway.nodes.pairing.autoApproveLocal":
      return switches.autoApproveLocal ? "works" : "unknown-key";
    case "gateway.nodes.pairing.autoApproveCidrs":
      return switches.nodeCidrs ? "works" : "unknown-key";
    case "gateway.auth.trustedProxy.allowLoopback":
      return auth.loopbackProxy === "with-switch" ? "works" : "unknown-key";
    case "gateway.auth.trustedProxy.deviceAutoApprove":
    case "gateway.auth.trustedProxy.deviceAutoApprove.enabled":
    case "gateway.auth.trustedProxy.deviceAutoApprove.scopes":
      return switches.proxyAutoApprove === "unknown" ? "unknown-key" : "works";
    default:
      return "works";
  }
}
