import type { Check } from "../src/core/check.ts";
import allowedOriginsRequiredStartup from "./allowed-origins-required-startup.ts";
import approverLacksScope from "./approver-lacks-scope.ts";
import authRateLimited from "./auth-rate-limited.ts";
import bindLoopbackInContainer from "./bind-loopback-in-container.ts";
import certificateNotTrusted from "./certificate-not-trusted.ts";
import cliContainerWrongNetns from "./cli-container-wrong-netns.ts";
import cliInContainerLanIp from "./cli-in-container-lan-ip.ts";
import clientIdentityNotPersisted from "./client-identity-not-persisted.ts";
import clientSide4008 from "./client-side-4008.ts";
import clockSkew from "./clock-skew.ts";
import deviceAuthHandshakeInvalid from "./device-auth-handshake-invalid.ts";
import deviceIdentityRequired from "./device-identity-required.ts";
import deviceTokenMismatch from "./device-token-mismatch.ts";
import dockerNatNotLocal from "./docker-nat-not-local.ts";
import edgeBlocksUpgrade from "./edge-blocks-upgrade.ts";
import envTokenOverridesConfig from "./env-token-overrides-config.ts";
import firstTimeNotPaired from "./first-time-not-paired.ts";
import flagRetiredOrNoop from "./flag-retired-or-noop.ts";
import gatewayDownOrStarting from "./gateway-down-or-starting.ts";
import gatewayPasswordMissingOrMismatch from "./gateway-password-missing-or-mismatch.ts";
import gatewayStarting1013 from "./gateway-starting-1013.ts";
import gatewayTokenMismatch from "./gateway-token-mismatch.ts";
import gatewayTokenMissing from "./gateway-token-missing.ts";
import handshakeTimeout1000 from "./handshake-timeout-1000.ts";
import insecureFlagsSet from "./insecure-flags-set.ts";
import internalCallLanIp from "./internal-call-lan-ip.ts";
import internalLoopbackRegression from "./internal-loopback-regression.ts";
import kubernetesExposure from "./kubernetes-exposure.ts";
import localAutoapproveRegression from "./local-autoapprove-regression.ts";
import loopbackInTrustedProxies from "./loopback-in-trusted-proxies.ts";
import metadataUpgradePending from "./metadata-upgrade-pending.ts";
import mobileOrNodePairing from "./mobile-or-node-pairing.ts";
import multipleGateways from "./multiple-gateways.ts";
import originFallbackRisky from "./origin-fallback-risky.ts";
import originNotAllowed from "./origin-not-allowed.ts";
import outOfScope from "./out-of-scope.ts";
import pairingStoreTampered from "./pairing-store-tampered.ts";
import plaintextWsBlocked from "./plaintext-ws-blocked.ts";
import probeScopeLimited from "./probe-scope-limited.ts";
import protocolOrBuildSkew from "./protocol-or-build-skew.ts";
import proxyAttributionRequired from "./proxy-attribution-required.ts";
import proxyNotTrusted from "./proxy-not-trusted.ts";
import retiredIdentityFiles from "./retired-identity-files.ts";
import roleUpgradePending from "./role-upgrade-pending.ts";
import scopeUpgradePending from "./scope-upgrade-pending.ts";
import secureContextRequired from "./secure-context-required.ts";
import serviceEndsAtLogout from "./service-ends-at-logout.ts";
import serviceOfOtherUser from "./service-of-other-user.ts";
import serviceSettingsOutdated from "./service-settings-outdated.ts";
import staleRequestId from "./stale-request-id.ts";
import statePermissions from "./state-permissions.ts";
import tailscaleServePairing from "./tailscale-serve-pairing.ts";
import thirdPartyClientNoDeviceIdentity from "./third-party-client-no-device-identity.ts";
import trustedProxyCliUnauthorized from "./trusted-proxy-cli-unauthorized.ts";
import trustedProxyLoopbackSource from "./trusted-proxy-loopback-source.ts";
import trustedProxyStillPairs from "./trusted-proxy-still-pairs.ts";
import trustedProxyTokenConflict from "./trusted-proxy-token-conflict.ts";
import wrongPortOrConfigPath from "./wrong-port-or-config-path.ts";

/** All checks in reading order: the gateway's own files, the way of a connection from the socket to the pairing, then what lies beside it. */
export const checks: readonly Check[] = [
  statePermissions,
  pairingStoreTampered,
  retiredIdentityFiles,
  serviceOfOtherUser,
  wrongPortOrConfigPath,
  cliContainerWrongNetns,
  certificateNotTrusted,
  edgeBlocksUpgrade,
  allowedOriginsRequiredStartup,
  trustedProxyTokenConflict,
  bindLoopbackInContainer,
  kubernetesExposure,
  gatewayDownOrStarting,
  gatewayStarting1013,
  plaintextWsBlocked,
  handshakeTimeout1000,
  proxyAttributionRequired,
  trustedProxyLoopbackSource,
  trustedProxyCliUnauthorized,
  protocolOrBuildSkew,
  originNotAllowed,
  secureContextRequired,
  thirdPartyClientNoDeviceIdentity,
  deviceIdentityRequired,
  deviceAuthHandshakeInvalid,
  clockSkew,
  authRateLimited,
  gatewayTokenMissing,
  envTokenOverridesConfig,
  deviceTokenMismatch,
  gatewayTokenMismatch,
  gatewayPasswordMissingOrMismatch,
  approverLacksScope,
  staleRequestId,
  clientIdentityNotPersisted,
  loopbackInTrustedProxies,
  dockerNatNotLocal,
  cliInContainerLanIp,
  internalCallLanIp,
  trustedProxyStillPairs,
  tailscaleServePairing,
  localAutoapproveRegression,
  firstTimeNotPaired,
  mobileOrNodePairing,
  internalLoopbackRegression,
  scopeUpgradePending,
  roleUpgradePending,
  metadataUpgradePending,
  proxyNotTrusted,
  flagRetiredOrNoop,
  insecureFlagsSet,
  originFallbackRisky,
  multipleGateways,
  serviceSettingsOutdated,
  serviceEndsAtLogout,
  clientSide4008,
  probeScopeLimited,
  outOfScope,
];
