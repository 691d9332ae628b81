// Tokens, signatures and clocks.
import { PATHS, pageAttempt } from "../cases.ts";
import { CLI, newDevice, type Outcome } from "../rig/client.ts";
import { TOKEN } from "../rig/gateway.ts";
import { ADDRESSES } from "../rig/namespace.ts";
import { PORT, type Site } from "../rig/site.ts";
import { admitted, type Cause, localPage, OWN_BROWSER, page, refused, remoteCli } from "./cause.ts";

const here = PATHS.loopback;

/** More wrong tokens than a minute allows (ten), all from one address. 2026.3.13 counts only those of browsers. */
async function guess(site: Site): Promise<void> {
  const attempt = {
    ...pageAttempt(site.gateway, here, "wrong"),
    url: `ws://${ADDRESSES.gatewayOnLan}:${PORT}`,
    localAddress: ADDRESSES.public,
  };
  let last: Outcome | undefined;
  for (let turn = 0; turn < 14; turn++) {
    const outcome = await site.client.connect(attempt);
    if (/too many failed/.test(outcome.message ?? "")) return;
    last = outcome;
  }
  throw new Error(`the gateway set no limit: ${JSON.stringify(last)}`);
}

const tokenMissing = (release: string): Cause => ({
  id: "gateway-token-missing",
  release,
  how: "a page that was given no token",
  quote: /gateway token missing/,
  sick: {
    provoke: async (site) => {
      const attempt = pageAttempt(site.gateway, here, "missing");
      await refused(site.gateway.agent.connect(attempt), /unauthorized/);
      return { origin: here.page };
    },
  },
  well: localPage,
});

const rateLimit = (release: string): Cause => ({
  id: "auth-rate-limited",
  release,
  how: "a client that keeps on trying a wrong token",
  quote: /rate_limited|too many failed/,
  sick: {
    provoke: async (site) => {
      await guess(site);
      return {};
    },
  },
  well: localPage,
});

export const credentialCauses: readonly Cause[] = [
  { ...tokenMissing("2026.3.13"), core: true },
  tokenMissing("2026.9.6"),
  {
    id: "gateway-token-mismatch",
    release: "2026.3.13",
    how: "a page with an old token",
    quote: /gateway token mismatch/,
    sick: {
      provoke: async (site) => {
        const attempt = pageAttempt(site.gateway, here, "wrong");
        await refused(site.gateway.agent.connect(attempt), /unauthorized/);
        return { origin: here.page };
      },
    },
    well: localPage,
  },
  {
    id: "device-token-mismatch",
    release: "2026.3.13",
    how: "a paired device with a device token that the gateway does not have",
    quote: /device token mismatch/,
    sick: {
      provoke: async (site) => {
        const device = newDevice();
        const paired = { ...remoteCli(site, device), url: site.gateway.url };
        await admitted(site.gateway.agent.connect(paired));
        await refused(
          site.gateway.agent.connect({ ...paired, auth: { deviceToken: "rig-old-device-token" } }),
          /device.token.mismatch/i,
        );
        return {};
      },
    },
    well: {
      provoke: async (site) => {
        const paired = { ...remoteCli(site, newDevice()), url: site.gateway.url };
        await admitted(site.gateway.agent.connect(paired));
        await admitted(site.gateway.agent.connect(paired));
        return {};
      },
    },
  },
  rateLimit("2026.3.13"),
  rateLimit("2026.9.6"),
  {
    id: "clock-skew",
    release: "2026.3.13",
    how: "a browser whose clock is five minutes ahead",
    quote: /device-signature-stale|signature expired/,
    core: true,
    sick: {
      provoke: async (site) => {
        const attempt = { ...page(site, "loopback"), clockAheadMs: 300_000 };
        await refused(site.gateway.agent.connect(attempt), /expired|stale/i);
        return { origin: here.page };
      },
    },
    well: {
      provoke: async (site) => {
        await admitted(
          site.gateway.agent.connect({ ...page(site, "loopback", OWN_BROWSER), clockAheadMs: 30_000 }),
        );
        return { origin: here.page };
      },
    },
  },
  {
    id: "device-auth-handshake-invalid",
    release: "2026.3.13",
    how: "a client that signs other words",
    quote: /device-signature|signature invalid/,
    sick: {
      provoke: async (site) => {
        const attempt = { ...remoteCli(site, newDevice()), url: site.gateway.url, badSignature: true };
        await refused(site.gateway.agent.connect(attempt), /signature/i);
        return {};
      },
    },
    well: {
      provoke: async (site) => {
        const client = { url: site.gateway.url, client: CLI, auth: { token: TOKEN } };
        await admitted(site.gateway.agent.connect({ ...client, device: newDevice() }));
        return {};
      },
    },
  },
];
