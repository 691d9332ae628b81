// Configs that some release refuses to start with, or takes for something else.

import { TOKEN } from "../real/rig/gateway.ts";
import { BRIDGE, LOOPBACK, OWN_LAN } from "./network.ts";
import { PASSWORD } from "./situations.ts";

export interface Startup {
  readonly name: string;
  /** Of any shape: what a gateway makes of it is the question. */
  readonly gateway: Readonly<Record<string, unknown>>;
  /** Tailscale's program is there. */
  readonly tailscale?: true;
  /** Asked of every release; the others only of some, and around a change. */
  readonly always?: true;
}

const BY_TOKEN = { mode: "token", token: TOKEN };
const ORIGINS = { allowedOrigins: ["https://claw.example.com"] };
const LAN = { bind: "lan", auth: BY_TOKEN, controlUi: ORIGINS };
const login = (
  more: Readonly<Record<string, unknown>> = {},
  settings: Readonly<Record<string, unknown>> = {},
) => ({
  mode: "trusted-proxy",
  trustedProxy: { userHeader: "x-forwarded-user", ...settings },
  ...more,
});
const LOGIN = { bind: "lan", trustedProxies: [BRIDGE], controlUi: ORIGINS };

export const STARTUPS: readonly Startup[] = [
  { name: "lan, mode none", gateway: { ...LAN, auth: { mode: "none" } }, always: true },
  { name: "lan, no origins", gateway: { bind: "lan", auth: BY_TOKEN }, always: true },
  {
    name: "lan, empty list of origins",
    gateway: { bind: "lan", auth: BY_TOKEN, controlUi: { allowedOrigins: [] } },
  },
  {
    name: "lan, no origins, page off",
    gateway: { bind: "lan", auth: BY_TOKEN, controlUi: { enabled: false } },
  },
  {
    name: "lan, no origins, Host fallback",
    gateway: { bind: "lan", auth: BY_TOKEN, controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } },
  },
  { name: "lan, no auth at all", gateway: { bind: "lan", controlUi: ORIGINS } },
  { name: "lan, mode password without one", gateway: { ...LAN, auth: { mode: "password" } } },
  {
    name: "lan, token and password, no mode",
    gateway: { ...LAN, auth: { token: TOKEN, password: PASSWORD } },
    always: true,
  },
  { name: "lan, unknown mode", gateway: { ...LAN, auth: { mode: "banana", token: TOKEN } } },
  { name: "loopback, no auth", gateway: { bind: "loopback" } },
  { name: "loopback, mode none", gateway: { bind: "loopback", auth: { mode: "none" } } },
  { name: "no bind", gateway: { auth: BY_TOKEN } },
  { name: "custom without host", gateway: { ...LAN, bind: "custom" }, always: true },
  { name: "custom, own address", gateway: { ...LAN, bind: "custom", customBindHost: OWN_LAN } },
  { name: "custom, another's address", gateway: { ...LAN, bind: "custom", customBindHost: "198.51.100.7" } },
  { name: "custom, every IPv6 address", gateway: { ...LAN, bind: "custom", customBindHost: "::" } },
  {
    name: "custom, loopback, no origins",
    gateway: { bind: "custom", customBindHost: LOOPBACK, auth: BY_TOKEN },
  },
  {
    name: "custom, every address, mode none",
    gateway: { ...LAN, bind: "custom", customBindHost: "0.0.0.0", auth: { mode: "none" } },
  },
  { name: "tailnet without Tailscale", gateway: { ...LAN, bind: "tailnet" } },
  { name: "auto, no origins", gateway: { bind: "auto", auth: BY_TOKEN } },
  { name: "bind 0.0.0.0", gateway: { ...LAN, bind: "0.0.0.0" } },
  { name: "bind banana", gateway: { ...LAN, bind: "banana" } },
  { name: "no gateway.mode", gateway: { mode: undefined, bind: "loopback", auth: BY_TOKEN } },
  { name: "gateway.mode remote", gateway: { mode: "remote", bind: "loopback", auth: BY_TOKEN } },
  { name: "serve on lan", gateway: { ...LAN, tailscale: { mode: "serve" } }, tailscale: true },
  {
    name: "serve, mode none",
    gateway: { bind: "loopback", auth: { mode: "none" }, tailscale: { mode: "serve" } },
    tailscale: true,
  },
  {
    name: "serve without Tailscale",
    gateway: { bind: "loopback", auth: BY_TOKEN, tailscale: { mode: "serve" } },
    always: true,
  },
  {
    name: "funnel, token",
    gateway: { bind: "loopback", auth: BY_TOKEN, tailscale: { mode: "funnel" } },
    tailscale: true,
  },
  {
    name: "funnel, password",
    gateway: {
      bind: "loopback",
      auth: { mode: "password", password: PASSWORD },
      tailscale: { mode: "funnel" },
    },
    tailscale: true,
  },
  { name: "login", gateway: { ...LOGIN, auth: login() } },
  { name: "login without settings", gateway: { ...LOGIN, auth: { mode: "trusted-proxy" } } },
  {
    name: "login without user header",
    gateway: { ...LOGIN, auth: { mode: "trusted-proxy", trustedProxy: {} } },
  },
  { name: "login without proxies", gateway: { bind: "lan", controlUi: ORIGINS, auth: login() } },
  { name: "login beside a token", gateway: { ...LOGIN, auth: login({ token: TOKEN }) }, always: true },
  { name: "login beside a password", gateway: { ...LOGIN, auth: login({ password: PASSWORD }) } },
  {
    name: "login on loopback",
    gateway: { bind: "loopback", trustedProxies: [BRIDGE], auth: login() },
    always: true,
  },
  {
    name: "login on loopback, loopback proxy",
    gateway: { bind: "loopback", trustedProxies: [LOOPBACK], auth: login() },
    always: true,
  },
  { name: "unknown key", gateway: { ...LAN, foo: 1 } },
  { name: "unknown key of the page", gateway: { ...LAN, controlUi: { ...ORIGINS, foo: true } } },
  { name: "trustedProxies as text", gateway: { ...LAN, trustedProxies: "10.0.0.1" } },
  {
    name: "basePath as URL",
    gateway: { ...LAN, controlUi: { ...ORIGINS, basePath: "https://x.example.com" } },
  },
  { name: "key allowedOrigins", gateway: LAN, always: true },
  { name: "key allowInsecureAuth", gateway: { ...LAN, controlUi: { ...ORIGINS, allowInsecureAuth: true } } },
  {
    name: "key dangerouslyDisableDeviceAuth",
    gateway: { ...LAN, controlUi: { ...ORIGINS, dangerouslyDisableDeviceAuth: true } },
  },
  {
    name: "key dangerouslyAllowHostHeaderOriginFallback",
    gateway: { ...LAN, controlUi: { ...ORIGINS, dangerouslyAllowHostHeaderOriginFallback: true } },
    always: true,
  },
  { name: "key allowRealIpFallback", gateway: { ...LAN, allowRealIpFallback: true }, always: true },
  {
    name: "key auth.rateLimit",
    gateway: { ...LAN, auth: { ...BY_TOKEN, rateLimit: { maxAttempts: 5 } } },
    always: true,
  },
  {
    name: "key nodes.pairing.autoApproveCidrs",
    gateway: { ...LAN, nodes: { pairing: { autoApproveCidrs: ["172.18.0.0/24"] } } },
    always: true,
  },
  {
    name: "key nodes.pairing.autoApproveLocal",
    gateway: { ...LAN, nodes: { pairing: { autoApproveLocal: false } } },
    always: true,
  },
  {
    name: "key trustedProxy.allowLoopback",
    gateway: { ...LOGIN, auth: login({}, { allowLoopback: true }) },
    always: true,
  },
  {
    name: "key trustedProxy.deviceAutoApprove",
    gateway: { ...LOGIN, auth: login({}, { deviceAutoApprove: { enabled: true } }) },
    always: true,
  },
];
