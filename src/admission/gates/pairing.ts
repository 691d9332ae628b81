import { ipMatches, isLoopbackIp, parseIp } from "../../core/address.ts";
import type { Connection } from "../../core/connection.ts";
import { type Attempt, at, type GateRefusal, strings } from "../attempt.ts";
import { hasHeaders, isTrustedProxy, type Locality, pairingLocality } from "../locality.ts";
import { isMetadataChanged } from "../metadata.ts";
import type { PairingReason } from "../rules.ts";
import { scopesAllow } from "../scopes.ts";
import { hasDevice, isInsecureAuthAllowed, isProxyLogin, isTrustedBackend } from "./device.ts";
import { isCopilot } from "./entry.ts";
import { type AuthVerdict, reportedAddress } from "./shared-auth.ts";

export type PairingVerdict =
  | { readonly ok: true; readonly autoApproved: boolean }
  | { readonly ok: false; readonly refusal: GateRefusal };

const PASS: PairingVerdict = { ok: true, autoApproved: false };

/** It has no code. */
const COPILOT_REFUSAL: GateRefusal = {
  gate: "pairing",
  reason: "copilot-identity",
  closeReason: "browser copilot requires a dedicated paired device identity",
};

/** Whether the device is paired with what it asks for, or gets paired on the spot. */
export function pairing(attempt: Attempt, auth: AuthVerdict): PairingVerdict {
  if (isCopilot(attempt) && !hasDevice(attempt)) return { ok: false, refusal: COPILOT_REFUSAL };
  if (!hasDevice(attempt)) return PASS;
  const paired = attempt.connection.device.state === "paired";
  if (isSpared(attempt, auth, paired)) return PASS;
  let autoApproved = false;
  for (const reason of paired ? upgrades(attempt) : ["not-paired" as const]) {
    const approval = approvalOf(attempt, auth, reason);
    if (approval === "no") return { ok: false, refusal: refusal(attempt, reason) };
    autoApproved ||= approval === "silent";
  }
  return { ok: true, autoApproved };
}

function isSpared(attempt: Attempt, auth: AuthVerdict, paired: boolean): boolean {
  const { rules } = attempt;
  const { pairing: rule } = rules;
  if (rules.switches.insecureAuth === "skips-pairing" && isInsecureAuthAllowed(attempt)) {
    if (auth.secretOk || rules.deviceless.allowedWith === "any-token") return auth.secretSent;
  }
  const browser = attempt.isControlUi || attempt.isWebchat;
  if (rule.sharedSecretSkips && attempt.isOperator && auth.sharedOk && !browser) return true;
  const covers = rule.skipCoversPaired;
  const uiOperator = attempt.isControlUi && attempt.isOperator;
  const owned =
    isTrustedBackend(attempt, auth) || (rule.noAuthSkips && uiOperator && attempt.mode === "none");
  if (owned) return !paired || covers !== "none";
  const vouched =
    (rule.trustedProxySkips && isProxyLogin(attempt, auth)) ||
    (rule.tailscaleSkips && uiOperator && auth.method === "tailscale");
  return vouched && (!paired || covers === "all");
}

/** What a paired device asks for beyond its approval, in the order of the checks. */
function upgrades(attempt: Attempt): readonly PairingReason[] {
  const { rules, connection } = attempt;
  const { device } = connection;
  const found: PairingReason[] = [];
  if (isMetadataChanged(attempt)) found.push("metadata-upgrade");
  const lostRole = device.tokenRevoked === true && rules.pairing.revokedLosesRole;
  if (lostRole || approvedRole(attempt) !== connection.role) found.push("role-upgrade");
  const asked = askedScopes(attempt);
  const approved = device.approvedScopes ?? asked;
  if (asked.length > 0 && !scopesAllow(rules.pairing.scopes, connection.role, asked, approved)) {
    found.push("scope-upgrade");
  }
  return found;
}

/** The role that the approval names, or that its scopes belong to. */
function approvedRole({ connection }: Attempt): string {
  const { approvedRole: named, approvedScopes = [] } = connection.device;
  if (named !== undefined) return named;
  const scope = approvedScopes[0];
  return scope === undefined ? connection.role : scope.slice(0, Math.max(0, scope.indexOf(".")));
}

function askedScopes({ rules, connection, isOperator }: Attempt): readonly string[] {
  if (connection.scopes.length > 0 || !rules.pairing.emptyScopesMeanAdmin || !isOperator)
    return connection.scopes;
  return ["operator.admin"];
}

type Approval = "silent" | "no";

function approvalOf(attempt: Attempt, auth: AuthVerdict, reason: PairingReason): Approval {
  if (isProxyAutoApproved(attempt, auth, reason)) return "silent";
  const locality = pairingLocality(attempt, auth.secretOk);
  const local =
    isLocalApproval(attempt, auth, locality, reason) ||
    isTrustedNetworkNode(attempt, reason) ||
    isSetUp(attempt, auth, reason);
  if (!local) return "no";
  if (!areGrantable(attempt)) return "no";
  // A request that waits is not overtaken by a local connection of the same device; it expires after five minutes.
  const { device } = attempt.connection;
  return device.state === "pending" || device.pendingUpgrade === true ? "no" : "silent";
}

/** Where a scope has to begin with the role, an approval of another one is refused, a silent one, too. */
function areGrantable({ rules, connection }: Attempt): boolean {
  const { role, scopes } = connection;
  return !rules.pairing.scopes.prefixed || scopes.every((scope) => scope.startsWith(`${role}.`));
}

function isLocalApproval(
  attempt: Attempt,
  auth: AuthVerdict,
  locality: Locality,
  reason: PairingReason,
): boolean {
  const { rules, gateway, connection } = attempt;
  const rule = rules.pairing;
  if (locality === "remote") return false;
  const browser = attempt.isControlUi || attempt.isWebchat;
  if (attempt.hasOrigin && rule.silentWithOrigin !== "everybody") {
    if (rule.silentWithOrigin === "nobody" || !browser) return false;
  }
  const paired = connection.device.state === "paired";
  if (paired && !attempt.isOperator && !rule.silentNodeUpgrade) return false;
  if (reason === "metadata-upgrade") return isMetadataApproval(attempt, locality);
  const switchedOff = at(gateway, "nodes", "pairing", "autoApproveLocal") === false;
  if (rules.switches.autoApproveLocal && switchedOff) return false;
  if (!rule.silentFor.includes(reason)) return false;
  if (reason === "scope-upgrade" && rules.switches.autoApproveLocal) {
    return auth.method === "none" || auth.method === "token" || auth.method === "password";
  }
  return true;
}

/** A setup code lets a node in that asks for nothing more; from 2026.8.x on only a phone's. */
function isSetUp(attempt: Attempt, auth: AuthVerdict, reason: PairingReason): boolean {
  const { connection, rules } = attempt;
  if (auth.method !== "setup-code" || reason !== "not-paired" || !attempt.isNode) return false;
  if (connection.scopes.length > 0) return false;
  const { approves } = rules.auth.setupCodes;
  return approves === "nodes" || (approves === "phone-apps" && isPhone(connection.client));
}

/** By what it says of its platform and its family. */
function isPhone({ id, platform = "", deviceFamily = "" }: Connection["client"]): boolean {
  const [system, family] = [platform, deviceFamily].map((text) => text.trim().toLowerCase());
  if (id === "openclaw-android") return /^android(?:\s|$)/.test(system ?? "") && family === "android";
  const isApple = /^(?:ios|ipados)(?:\s|$)/.test(system ?? "") && /^(?:iphone|ipad|ios)$/.test(family ?? "");
  return id === "openclaw-ios" && isApple;
}

const NATIVE_APPS = ["openclaw-macos", "openclaw-linux", "openclaw-ios", "openclaw-android"];

function isMetadataApproval(attempt: Attempt, locality: Locality): boolean {
  const { silentMetadata } = attempt.rules.pairing;
  if (silentMetadata === "never") return false;
  const container = locality === "cli-container" || locality === "shared-secret-loopback";
  if (silentMetadata === "container") return container;
  if (attempt.hasOrigin || attempt.isControlUi || attempt.isWebchat) return false;
  return container || (locality === "direct-local" && isNativeApp(attempt));
}

function isNativeApp({ connection }: Attempt): boolean {
  return connection.client.mode === "ui" && NATIVE_APPS.includes(connection.client.id);
}

/** gateway.nodes.pairing.autoApproveCidrs: a fresh node without scopes from a trusted network. */
function isTrustedNetworkNode(attempt: Attempt, reason: PairingReason): boolean {
  const { rules, gateway, connection } = attempt;
  if (!rules.switches.nodeCidrs || reason !== "not-paired" || !attempt.isNode) return false;
  if (connection.scopes.length > 0 || attempt.hasOrigin || attempt.isControlUi || attempt.isWebchat)
    return false;
  const cidrs = strings(at(gateway, "nodes", "pairing", "autoApproveCidrs"));
  const address = reportedAddress(attempt);
  if (address === undefined || cidrs.length === 0) return false;
  const proxied = hasHeaders(attempt, rules.local.proxied);
  const trusted = isTrustedProxy(attempt, connection.remoteAddress);
  if (proxied && (!trusted || isLoopbackIp(parseIp(connection.remoteAddress)))) return false;
  return cidrs.some((entry) => ipMatches(address, entry, true));
}

/** gateway.auth.trustedProxy.deviceAutoApprove (from 2026.8.1): browser operators behind a login. */
function isProxyAutoApproved(attempt: Attempt, auth: AuthVerdict, reason: PairingReason): boolean {
  const { rules, gateway } = attempt;
  const { proxyAutoApprove } = rules.switches;
  if (proxyAutoApprove === "unknown" || auth.method !== "trusted-proxy" || !attempt.isOperator) return false;
  if (reason !== "not-paired" && reason !== "scope-upgrade") return false;
  const isNative = proxyAutoApprove === "pages-and-native" && isNativeApp(attempt);
  if (!attempt.isBrowserUi && !attempt.isWebchat && !isNative) return false;
  // With no scope in common the connection goes on without scopes, but it goes on.
  return at(gateway, "auth", "trustedProxy", "deviceAutoApprove", "enabled") === true;
}

const WHY: Readonly<Record<PairingReason, string>> = {
  "not-paired": "device is not approved yet",
  "role-upgrade": "device is asking for a higher role than currently approved",
  "scope-upgrade": "device is asking for more scopes than currently approved",
  "metadata-upgrade": "device identity changed and must be re-approved",
};

function refusal({ rules }: Attempt, reason: PairingReason): GateRefusal {
  return {
    gate: "pairing",
    reason,
    closeReason: rules.pairing.says === "why" ? `pairing required: ${WHY[reason]}` : "pairing required",
    ...(rules.detailCodes === "none" ? {} : { detailCode: "PAIRING_REQUIRED" }),
  };
}
