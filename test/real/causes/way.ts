// The way to the gateway: addresses, proxies, protocol, and who is at its end.
import { PATHS } from "../cases.ts";
import { type Attempt, CLI, newDevice } from "../rig/client.ts";
import { type GatewayConfig, TOKEN } from "../rig/gateway.ts";
import { ADDRESSES } from "../rig/namespace.ts";
import { until } from "../rig/processes.ts";
import { PORT, PROXY, type Site } from "../rig/site.ts";
import {
  admitted,
  type Cause,
  lanPage,
  localPage,
  NODE_HOST,
  page,
  refused,
  remoteCli,
  transcript,
} from "./cause.ts";

/** Port of a proxy that refuses upgrades. */
const EDGE = 8084;

/** The proxy of the rig as the one that knows the users. */
const behindLogin = (more: object): GatewayConfig => ({
  gateway: {
    bind: "lan",
    auth: { mode: "trusted-proxy", trustedProxy: { userHeader: "x-forwarded-user", ...more } },
    trustedProxies: ["127.0.0.1"],
    controlUi: { allowedOrigins: [PATHS["proxy, forwarded headers"].page] },
  },
});

/** A page behind that proxy, after the login. */
function signedOn(site: Site): Attempt {
  const { auth: _, ...attempt } = page(site, "proxy, forwarded headers");
  return { ...attempt, headers: { ...attempt.headers, "X-Forwarded-User": "someone@example.test" } };
}

export const wayCauses: readonly Cause[] = [
  {
    id: "origin-not-allowed",
    release: "2026.3.13",
    how: "a page of another site",
    quote: /origin not allowed|origin-mismatch/,
    core: true,
    sick: {
      provoke: async (site) => {
        const attempt = page(site, "page of another site");
        await refused(site.gateway.agent.connect(attempt), /origin not allowed/);
        return { origin: PATHS["page of another site"].page };
      },
    },
    well: localPage,
  },
  {
    id: "secure-context-required",
    release: "2026.5.28",
    how: "a page over plain HTTP in the home network",
    quote: /device identity|secure context/,
    sick: {
      provoke: async (site) => {
        await refused(site.client.connect(page(site, "lan address")), /device identity/i);
        return { origin: lanPage };
      },
    },
    well: localPage,
  },
  {
    id: "device-identity-required",
    release: "2026.5.28",
    how: "a node that makes no device identity",
    quote: /device.identity.required|device-required/i,
    sick: {
      provoke: async (site) => {
        const { device: _, ...attempt } = remoteCli(site, newDevice());
        const asNode = { ...attempt, client: NODE_HOST, role: "node", scopes: [] };
        await refused(site.client.connect(asNode), /device identity required/i);
        return {};
      },
    },
    well: localPage,
  },
  {
    id: "proxy-attribution-required",
    release: "2026.9.6",
    how: "a proxy that adds forwarded headers and is not trusted",
    sick: {
      provoke: async (site) => {
        await refused(
          site.gateway.agent.connect(page(site, "proxy, forwarded headers")),
          /proxy_attribution_required/,
        );
        return { origin: PATHS["proxy, forwarded headers"].page };
      },
    },
    well: localPage,
  },
  {
    id: "protocol-or-build-skew",
    release: "2026.3.13",
    how: "a client of the future's protocol",
    quote: /protocol.mismatch/,
    sick: {
      provoke: async (site) => {
        const attempt = {
          ...remoteCli(site, newDevice()),
          url: site.gateway.url,
          protocol: [4, 4],
        } as const;
        await refused(site.gateway.agent.connect(attempt), /protocol mismatch/);
        return {};
      },
    },
    well: {
      provoke: async (site) => {
        await admitted(
          site.gateway.agent.connect({ ...remoteCli(site, newDevice()), url: site.gateway.url }),
        );
        return {};
      },
    },
  },
  {
    id: "protocol-or-build-skew",
    release: "2026.9.6",
    how: "a page that was opened before the upgrade",
    quote: /build rejected|Control UI updated|protocol.mismatch/,
    sick: {
      provoke: async (site) => {
        const attempt = page(site, "loopback");
        const client = {
          id: "openclaw-control-ui",
          mode: "webchat",
          version: "2026.8.2",
          platform: "Linux x86_64",
          buildId: "2026.8.2-release-0123456",
        };
        await refused(site.gateway.agent.connect({ ...attempt, client }), /protocol mismatch/);
        return { origin: PATHS.loopback.page };
      },
    },
    well: localPage,
  },
  {
    id: "handshake-timeout-1000",
    release: "2026.3.13",
    how: "a client that hangs after the upgrade",
    quote: /handshake timeout|code=1000/,
    sick: {
      provoke: async (site) => {
        await site.gateway.agent.connect({
          url: site.gateway.url,
          client: CLI,
          silent: true,
          timeoutMs: 40_000,
        });
        if (!(await until(() => /handshake timeout/.test(site.gateway.readConsole()), 5000)))
          throw new Error("the gateway told of no timeout");
        return {};
      },
    },
    well: {
      provoke: async (site) => {
        await admitted(
          site.gateway.agent.connect({ url: site.gateway.url, client: CLI, auth: { token: TOKEN } }),
        );
        return {};
      },
    },
  },
  {
    id: "bind-loopback-in-container",
    release: "2026.3.13",
    how: "bind loopback in a network of its own, asked from outside",
    sick: {
      config: { gateway: { bind: "loopback" } },
      provoke: async (site) => {
        await refused(site.client.connect(page(site, "lan address")), /ECONNREFUSED/);
        const target = `ws://${ADDRESSES.gatewayOnBridge}:${PORT}`;
        return {
          host: site.network.client,
          args: ["--target", target, "--deployment", "docker"],
        };
      },
    },
    well: {
      provoke: async (site) => {
        await admitted(site.gateway.agent.connect(page(site, "loopback")));
        const target = `ws://${ADDRESSES.gatewayOnBridge}:${PORT}`;
        return {
          host: site.network.client,
          args: ["--target", target, "--deployment", "docker"],
        };
      },
      // The probe's own page is that of the bridge's address.
      exit: 1,
    },
  },
  {
    id: "third-party-client-no-device-identity",
    release: "2026.3.13",
    how: "a dashboard that poses as the Control UI and does not sign",
    quote: /device identity|device-identity/,
    sick: {
      provoke: async (site) => {
        const { device: _, ...attempt } = page(site, "loopback");
        const headers = { ...attempt.headers, "User-Agent": "node" };
        await refused(site.gateway.agent.connect({ ...attempt, headers }), /device identity/);
        return { origin: PATHS.loopback.page };
      },
    },
    well: localPage,
  },
  {
    id: "edge-blocks-upgrade",
    release: "2026.3.13",
    how: "a proxy that passes pages and no upgrades",
    sick: {
      provoke: async (site) => {
        const { gateway } = site;
        await gateway.agent.proxy({
          listenPort: EDGE,
          toHost: "127.0.0.1",
          toPort: PORT,
          keepHost: true,
          refuseUpgradeWith: 426,
        });
        const url = `ws://127.0.0.1:${EDGE}`;
        const outcome = await gateway.agent.connect({ ...page(site, "loopback"), url });
        if (outcome.httpStatus !== 426) throw new Error(JSON.stringify(outcome));
        return { args: ["--target", url] };
      },
    },
    well: {
      provoke: async () => ({ args: ["--target", `ws://127.0.0.1:${PROXY.plainOwnHost}`] }),
    },
  },
  {
    id: "trusted-proxy-loopback-source",
    release: "2026.9.6",
    how: "an authenticating proxy on the gateway's own machine",
    quote: /trusted_proxy_loopback_source/,
    sick: {
      config: behindLogin({}),
      provoke: async (site) => {
        await refused(site.gateway.agent.connect(signedOn(site)), /unauthorized|loopback/);
        return { origin: PATHS["proxy, forwarded headers"].page };
      },
    },
    well: localPage,
  },
  {
    id: "trusted-proxy-cli-unauthorized",
    release: "2026.9.6",
    how: "the CLI beside an authenticating proxy",
    quote: /unauthorized/,
    sick: {
      config: behindLogin({ allowLoopback: true }),
      provoke: async (site) => {
        const said = await site.gateway.cli(["devices", "list"]);
        return { logs: [transcript(site, said, /unauthorized/), site.gateway.fileLog] };
      },
    },
    well: localPage,
  },
  {
    id: "trusted-proxy-still-pairs",
    release: "2026.9.6",
    how: "a browser that an authenticating proxy vouches for",
    quote: /pairing required/,
    sick: {
      config: behindLogin({ allowLoopback: true }),
      provoke: async (site) => {
        await refused(site.gateway.agent.connect(signedOn(site)), /pairing required/);
        return { origin: PATHS["proxy, forwarded headers"].page };
      },
    },
    well: localPage,
  },
  {
    id: "gateway-down-or-starting",
    release: "2026.9.6",
    how: "a gateway that was stopped",
    confidence: "likely",
    sick: {
      provoke: async (site) => {
        await site.gateway.halt();
        return {};
      },
      // Nobody can look at what it does once it is up: the verdict stays open.
      exit: 3,
    },
    well: localPage,
  },
];
