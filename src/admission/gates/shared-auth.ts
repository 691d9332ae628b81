import { isLoopbackIp, parseIp } from "../../core/address.ts";
import { type Attempt, at, type GateRefusal, header, strings } from "../attempt.ts";
import { hasPassword, isSecret, isSecretMode, sentNothing } from "../credentials.ts";
import { isLocked } from "../limits.ts";
import { clientAddress, isLocalClient, isTrustedProxy } from "../locality.ts";
import { isTailscaleIngress, tailscaleClient } from "./entry.ts";

export type AuthMethod =
  | "token"
  | "password"
  | "none"
  | "trusted-proxy"
  | "tailscale"
  | "device-token"
  | "setup-code";

/** What the gateway makes of the credentials. */
export interface AuthVerdict {
  readonly ok: boolean;
  readonly method?: AuthMethod;
  /** `token_missing`, `trusted_proxy_user_missing` …; absent when ok. */
  readonly reason?: string;
  /** The shared token or password itself is right. */
  readonly secretOk: boolean;
  /** Shared authentication as the device gate means it: the secret, and from 2026.2.23 a trusted-proxy login. */
  readonly sharedOk: boolean;
  /** A token or password was sent at all. */
  readonly secretSent: boolean;
}

/** The shared secret, or what stands for it: Tailscale's or a proxy's word. Credentials of the device come later. */
export function authenticate(attempt: Attempt): AuthVerdict {
  const { rules, mode, sent } = attempt;
  const secretSent = sent.token !== undefined || sent.password !== undefined;
  const failed = secretSent && isSecretMode(mode) ? secretFailure(attempt, mode) : `${mode}_missing`;
  const secretOk = isSecretMode(mode) && failed === undefined;
  const no = { secretSent, secretOk: false, sharedOk: false };
  if (mode === "trusted-proxy") return { ...no, ...trustedProxy(attempt) };
  if (mode === "none" && rules.auth.modes.includes("none")) return { ...no, ok: true, method: "none" };
  if (isTailscaleUser(attempt)) {
    return { secretSent, ok: true, method: "tailscale", secretOk, sharedOk: secretOk };
  }
  if (!isSecretMode(mode)) return { ...no, ok: false, reason: "unauthorized" };
  // The right secret of a client that is locked out is known to be right, and not heard.
  if (secretSent && isLocked(attempt, "shared-secret"))
    return { secretSent, ok: false, reason: "rate_limited", secretOk, sharedOk: secretOk };
  if (failed !== undefined) return { ...no, ok: false, reason: failed };
  return { secretSent, ok: true, method: mode, secretOk: true, sharedOk: true };
}

function secretFailure({ rules, sent }: Attempt, mode: "token" | "password"): string | undefined {
  const other = mode === "token" ? sent.password : sent.token;
  const credential = sent[mode] ?? (rules.auth.oneSecret ? other : undefined);
  if (credential === undefined) return `${mode}_missing`;
  return isSecret(credential, mode, rules.auth.trimsSecrets) ? undefined : `${mode}_mismatch`;
}

/** Tailscale Serve vouches for a user; the gateway asks the local daemon whose address the forwarded one is. */
function isTailscaleUser(attempt: Attempt): boolean {
  const { gateway, connection, rules, mode, sent } = attempt;
  const serve = at(gateway, "tailscale", "mode") === "serve";
  const allowed = gateway.auth?.allowTailscale ?? (serve && mode !== "password");
  if (!allowed || isLocalClient(attempt)) return false;
  const secretSent = sent.token !== undefined || sent.password !== undefined;
  if (!rules.auth.tailscaleFirst && secretSent) return false;
  if (rules.proxies.attribution && !(serve && isTailscaleIngress(attempt))) return false;
  if (!isLoopbackIp(parseIp(connection.remoteAddress))) return false;
  const needed = ["tailscale-user-login", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];
  if (!needed.every((name) => header(connection, name).trim() !== "")) return false;
  // The daemon knows nobody at a loopback address.
  return (connection.tailscaleUser ?? "same") === "same" && tailscaleClient(connection) !== undefined;
}

type ProxyVerdict = Omit<AuthVerdict, "secretSent">;

/** auth.mode trusted-proxy: the identity comes from a header that a trusted proxy sets. */
function trustedProxy(attempt: Attempt): ProxyVerdict {
  const { rules, gateway, sent } = attempt;
  const refuse = (reason: string): ProxyVerdict => ({ ok: false, reason, secretOk: false, sharedOk: false });
  if (!rules.auth.modes.includes("trusted-proxy")) return refuse("unauthorized");
  const settings = gateway.auth?.trustedProxy;
  if (settings === undefined) return refuse("trusted_proxy_config_missing");
  if (attempt.trustedProxies.length === 0) return refuse("trusted_proxy_no_proxies_configured");
  const failure = proxyFailure(attempt, settings);
  if (failure === undefined) {
    return { ok: true, method: "trusted-proxy", secretOk: false, sharedOk: rules.auth.trustedProxyIsShared };
  }
  if (
    rules.auth.localPassword &&
    hasPassword(gateway) &&
    sent.password !== undefined &&
    isLocalClient(attempt)
  ) {
    if (sent.password !== "gateway-password") return refuse("password_mismatch");
    return { ok: true, method: "password", secretOk: true, sharedOk: true };
  }
  return refuse(failure);
}

function proxyFailure(attempt: Attempt, settings: Readonly<Record<string, unknown>>): string | undefined {
  const { rules, connection } = attempt;
  const { remoteAddress } = connection;
  if (!isTrustedProxy(attempt, remoteAddress)) return "trusted_proxy_untrusted_source";
  const loopback = isLoopbackIp(parseIp(remoteAddress));
  const { loopbackProxy } = rules.auth;
  const switchedOn = loopbackProxy === "with-switch" && settings.allowLoopback === true;
  if (loopback && loopbackProxy !== "accepted" && !switchedOn) return "trusted_proxy_loopback_source";
  if (!loopback && rules.auth.ownAddressProxyRefused && connection.fromGatewayHost === true) {
    return "trusted_proxy_local_interface_source";
  }
  for (const name of strings(settings.requiredHeaders)) {
    if (header(connection, name.toLowerCase()).trim() === "") return `trusted_proxy_missing_header_${name}`;
  }
  const userHeader = settings.userHeader;
  const user = typeof userHeader === "string" ? header(connection, userHeader.toLowerCase()).trim() : "";
  if (user === "") return "trusted_proxy_user_missing";
  const users = strings(settings.allowUsers);
  return users.length > 0 && !users.includes(user) ? "trusted_proxy_user_not_allowed" : undefined;
}

/** The refusal that a client gets for failed authentication, worded for its kind. */
export function unauthorized(attempt: Attempt, verdict: AuthVerdict): GateRefusal {
  const reason = verdict.reason ?? "unauthorized";
  const code = attempt.rules.detailCodes === "none" ? undefined : detailCode(attempt, reason);
  return {
    gate: reason === "rate_limited" ? "rate-limit" : "shared-auth",
    reason,
    closeReason: message(attempt, reason),
    ...(code === undefined ? {} : { detailCode: code }),
  };
}

const DETAIL_CODES: Readonly<Record<string, string>> = {
  token_missing: "AUTH_TOKEN_MISSING",
  token_mismatch: "AUTH_TOKEN_MISMATCH",
  token_missing_config: "AUTH_TOKEN_NOT_CONFIGURED",
  password_missing: "AUTH_PASSWORD_MISSING",
  password_mismatch: "AUTH_PASSWORD_MISMATCH",
  password_missing_config: "AUTH_PASSWORD_NOT_CONFIGURED",
  device_token_mismatch: "AUTH_DEVICE_TOKEN_MISMATCH",
  scope_mismatch: "AUTH_SCOPE_MISMATCH",
  bootstrap_token_invalid: "AUTH_BOOTSTRAP_TOKEN_INVALID",
  rate_limited: "AUTH_RATE_LIMITED",
};

function detailCode({ rules }: Attempt, reason: string): string {
  if (rules.auth.hints.nodeHeader && reason.startsWith("trusted_proxy_missing_header_")) {
    return "AUTH_IDENTITY_HEADER_REQUIRED";
  }
  return DETAIL_CODES[reason] ?? "AUTH_UNAUTHORIZED";
}

function message(attempt: Attempt, reason: string): string {
  const { rules, connection } = attempt;
  const { hints } = rules.auth;
  if (
    hints.nodeHeader &&
    connection.client.mode === "node" &&
    reason.startsWith("trusted_proxy_missing_header_")
  ) {
    return "gateway rejected this node: trusted-proxy identity-header authentication is required and no usable machine credential was accepted; run `openclaw doctor` on the Gateway";
  }
  switch (reason) {
    case "token_missing":
      return `unauthorized: gateway token missing (${tokenHint(attempt, hints.uiMissing)})`;
    case "token_mismatch":
      return `unauthorized: gateway token mismatch (${tokenHint(attempt, hints.ui)})`;
    case "password_missing":
      return `unauthorized: gateway password missing (${passwordHint(attempt)})`;
    case "password_mismatch":
      return `unauthorized: gateway password mismatch (${passwordHint(attempt)})`;
    case "device_token_mismatch":
      return "unauthorized: device token mismatch (rotate/reissue device token)";
    case "scope_mismatch":
      return "unauthorized: device token scope mismatch (re-pair or approve scope upgrade)";
    case "bootstrap_token_invalid":
      return rules.auth.setupCodes.refusal;
    case "rate_limited":
      return "unauthorized: too many failed authentication attempts (retry later)";
  }
  if (!sentNothing(attempt.sent) || !isSecretMode(attempt.mode)) return "unauthorized";
  const hint = attempt.mode === "token" ? tokenHint(attempt, hints.ui) : passwordHint(attempt);
  return `unauthorized: gateway ${attempt.mode} missing (${hint})`;
}

function tokenHint(attempt: Attempt, ui: string): string {
  const { localCli } = attempt.rules.auth.hints;
  if (attempt.connection.client.mode === "cli") {
    if (localCli !== undefined && isLocalClient(attempt)) return localCli.token;
    return "set gateway.remote.token to match gateway.auth.token";
  }
  return attempt.isControlUi || attempt.isWebchat ? ui : "provide gateway auth token";
}

function passwordHint(attempt: Attempt): string {
  const { localCli } = attempt.rules.auth.hints;
  if (attempt.connection.client.mode === "cli") {
    if (localCli !== undefined && isLocalClient(attempt)) return localCli.password;
    return "set gateway.remote.password to match gateway.auth.password";
  }
  return attempt.isControlUi || attempt.isWebchat
    ? "enter the password in Control UI settings"
    : "provide gateway auth password";
}

/** The address that the gateway reports for the client, for rules on trusted networks. */
export function reportedAddress(attempt: Attempt): ReturnType<typeof clientAddress> {
  const address = clientAddress(attempt);
  return isLocalClient(attempt) || isLoopbackIp(address) ? undefined : address;
}
