// The gateways that are asked: one config each, and the connections that it decides.
import { TOKEN } from "../real/rig/gateway.ts";
import type { Situation } from "./case.ts";
import { clientCases } from "./cases/clients.ts";
import { credentialCases, limitCases, proofCases } from "./cases/credentials.ts";
import { metadataCases, nodePairingCases, scopeCases, waitingCases } from "./cases/devices.ts";
import { hostCases } from "./cases/hosts.ts";
import {
  autoApproveCases,
  insecureCases,
  loginCases,
  loginPasswordCases,
  loopbackCases,
  noModeCases,
  passwordCases,
  switchCases,
} from "./cases/modes.ts";
import { ALLOWED_ORIGINS, originCases, seededCases } from "./cases/origins.ts";
import { blockCases, headerCases, trustedCases } from "./cases/proxies.ts";
import { serveCases, servedOriginCases } from "./cases/tailscale.ts";
import { BRIDGE, LAN_HOST, LOOPBACK, NEIGHBOUR, OWN_LAN } from "./network.ts";

export const PASSWORD = "rig-password-7d1e";

const SITE = "https://claw.example.com";
const BOX = "https://box.tail1.ts.net";
const BY_TOKEN = { mode: "token", token: TOKEN };
const login = (settings: Readonly<Record<string, unknown>> = {}) => ({
  mode: "trusted-proxy",
  trustedProxy: { userHeader: "X-Forwarded-User", ...settings },
});

export const SITUATIONS: readonly Situation[] = [
  {
    name: "lan",
    gateway: { bind: "lan", auth: BY_TOKEN, controlUi: { allowedOrigins: ALLOWED_ORIGINS } },
    cases: [
      ...hostCases(),
      ...originCases(),
      ...headerCases(),
      ...clientCases(),
      ...scopeCases(),
      ...waitingCases(),
      ...metadataCases(),
      ...credentialCases(),
      ...proofCases(),
    ],
    noise: true,
  },
  { name: "fresh", gateway: { bind: "lan", auth: BY_TOKEN }, cases: seededCases(), twice: true },
  {
    name: "limited",
    detail: true,
    gateway: { bind: "lan", auth: BY_TOKEN, controlUi: { allowedOrigins: [`http://${LAN_HOST}`] } },
    cases: limitCases(),
    inOrder: true,
    limited: true,
  },
  {
    name: "limit of four",
    detail: true,
    from: "2026.2.17",
    gateway: {
      bind: "lan",
      auth: { ...BY_TOKEN, rateLimit: { maxAttempts: 4 } },
      controlUi: { allowedOrigins: [`http://${LAN_HOST}`] },
    },
    cases: limitCases(4),
    inOrder: true,
    limited: true,
  },
  {
    name: "proxies",
    gateway: {
      bind: "lan",
      auth: BY_TOKEN,
      trustedProxies: [BRIDGE, LOOPBACK, "::1"],
      allowRealIpFallback: true,
      controlUi: { allowedOrigins: [SITE, `http://${LAN_HOST}`] },
    },
    cases: trustedCases(),
  },
  {
    name: "proxy block",
    detail: true,
    gateway: {
      bind: "lan",
      auth: BY_TOKEN,
      trustedProxies: ["172.18.0.0/24", "10.9.9.9"],
      controlUi: { allowedOrigins: [SITE, `http://${LAN_HOST}`] },
    },
    cases: blockCases(),
  },
  {
    name: "insecure",
    gateway: {
      bind: "lan",
      auth: BY_TOKEN,
      controlUi: { allowInsecureAuth: true, allowedOrigins: [SITE, `http://${LAN_HOST}`] },
    },
    cases: insecureCases(),
  },
  {
    name: "switches",
    gateway: {
      bind: "lan",
      auth: BY_TOKEN,
      controlUi: { dangerouslyAllowHostHeaderOriginFallback: true, dangerouslyDisableDeviceAuth: true },
    },
    cases: switchCases(),
  },
  {
    name: "password",
    gateway: {
      bind: "lan",
      auth: { mode: "password", password: PASSWORD, allowTailscale: true },
      controlUi: { allowedOrigins: ["*"], basePath: "/claw", allowInsecureAuth: true },
    },
    cases: passwordCases(),
  },
  {
    name: "login",
    from: "2026.2.17",
    gateway: {
      bind: "lan",
      trustedProxies: [BRIDGE, LOOPBACK, OWN_LAN],
      auth: login({ requiredHeaders: ["x-forwarded-proto"], allowUsers: ["alice@example.com"] }),
      controlUi: { allowedOrigins: [SITE] },
    },
    cases: loginCases(),
  },
  {
    name: "login with password",
    detail: true,
    from: "2026.2.17",
    gateway: {
      bind: "lan",
      trustedProxies: [BRIDGE, LOOPBACK],
      auth: { ...login({ allowLoopback: true }), password: PASSWORD },
      controlUi: { allowedOrigins: [SITE] },
    },
    cases: loginPasswordCases(),
  },
  {
    name: "login, any new device",
    from: "2026.2.17",
    gateway: {
      bind: "lan",
      trustedProxies: [BRIDGE, LOOPBACK],
      auth: login({ allowLoopback: true, deviceAutoApprove: { enabled: true } }),
      controlUi: { allowedOrigins: [SITE, "capacitor://localhost"] },
    },
    cases: autoApproveCases("auto", [BRIDGE, LOOPBACK]),
  },
  {
    name: "login, new devices may read",
    detail: true,
    from: "2026.8.1",
    gateway: {
      bind: "lan",
      trustedProxies: [BRIDGE],
      auth: login({ deviceAutoApprove: { enabled: true, scopes: ["operator.read"] } }),
      controlUi: { allowedOrigins: [SITE] },
    },
    cases: autoApproveCases("auto-read", [BRIDGE]),
  },
  {
    name: "nodes by address",
    from: "2026.4.24",
    gateway: {
      bind: "lan",
      auth: BY_TOKEN,
      nodes: { pairing: { autoApproveCidrs: ["172.18.0.0/24", "203.0.113.7/32"] } },
      trustedProxies: [NEIGHBOUR, LOOPBACK],
      controlUi: { allowedOrigins: [`http://${LAN_HOST}`] },
    },
    cases: nodePairingCases("cidrs"),
  },
  {
    name: "nothing local",
    detail: true,
    from: "2026.8.1",
    gateway: {
      bind: "lan",
      auth: BY_TOKEN,
      nodes: { pairing: { autoApproveLocal: false, autoApproveCidrs: ["172.18.0.0/24"] } },
      trustedProxies: [NEIGHBOUR],
      controlUi: { allowedOrigins: [`http://${LAN_HOST}`] },
    },
    cases: nodePairingCases("not-local"),
  },
  // A bind is said: without one the gateway looks at its surroundings.
  { name: "loopback", gateway: { bind: "loopback", auth: BY_TOKEN }, cases: loopbackCases("own", false) },
  {
    name: "no authentication",
    from: "2026.2.19",
    gateway: { bind: "loopback", auth: { mode: "none" } },
    cases: loopbackCases("open", true),
  },
  {
    name: "no mode, no page",
    detail: true,
    gateway: {
      bind: "lan",
      auth: { token: TOKEN, password: PASSWORD },
      controlUi: { enabled: false, allowedOrigins: [`http://${LAN_HOST}`] },
    },
    cases: noModeCases(),
  },
  {
    name: "serve",
    gateway: {
      bind: "loopback",
      auth: BY_TOKEN,
      tailscale: { mode: "serve" },
      controlUi: { allowedOrigins: [BOX, SITE] },
    },
    cases: serveCases(),
    tailscale: true,
  },
  {
    name: "serve without origins",
    detail: true,
    gateway: { bind: "loopback", auth: BY_TOKEN, tailscale: { mode: "serve" } },
    cases: servedOriginCases(),
    tailscale: true,
  },
];
