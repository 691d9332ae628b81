// A device that waits, for each of the reasons to make it wait.
import { PATHS } from "../cases.ts";
import { newDevice } from "../rig/client.ts";
import { TOKEN } from "../rig/gateway.ts";
import { ADDRESSES } from "../rig/namespace.ts";
import { PORT } from "../rig/site.ts";
import { stateOf } from "../rig/state.ts";
import {
  admitted,
  approve,
  type Cause,
  forgetLogs,
  lanPage,
  localPage,
  NODE_HOST,
  OWN_BROWSER,
  page,
  refused,
  remoteCli,
  transcript,
  withHome,
} from "./cause.ts";

const READ = { scopes: ["operator.read"] };

export const pairingCauses: readonly Cause[] = [
  {
    id: "docker-nat-not-local",
    release: "2026.3.13",
    how: "a browser through a published port",
    quote: /pairing.required/,
    sick: {
      provoke: async (site) => {
        await refused(site.client.connect(page(site, "published port")), /pairing required/);
        return { origin: PATHS["published port"].page, args: ["--deployment", "docker"] };
      },
    },
    well: localPage,
  },
  {
    id: "first-time-not-paired",
    release: "2026.9.6",
    how: "a browser of the home network",
    quote: /device is not approved yet/,
    sick: {
      provoke: async (site) => {
        await refused(site.client.connect(page(site, "lan address")), /not approved yet/);
        return { origin: lanPage };
      },
    },
    well: localPage,
  },
  {
    id: "loopback-in-trusted-proxies",
    release: "2026.3.13",
    how: "127.0.0.1 in trustedProxies, and a browser on the gateway's own machine",
    quote: /pairing.required/,
    sick: {
      config: { gateway: { bind: "lan", trustedProxies: ["127.0.0.1"] } },
      provoke: async (site) => {
        await refused(site.gateway.agent.connect(page(site, "loopback")), /pairing required/);
        return { origin: PATHS.loopback.page };
      },
    },
    well: localPage,
  },
  {
    id: "role-upgrade-pending",
    release: "2026.3.13",
    how: "an approved operator that comes as a node",
    quote: /role-upgrade/,
    core: true,
    sick: {
      provoke: async (site) => {
        const attempt = remoteCli(site, newDevice(), READ);
        await approve(site, await refused(site.client.connect(attempt), /not-paired|pairing/));
        await admitted(site.client.connect(attempt));
        forgetLogs(site);
        const asNode = { ...attempt, client: NODE_HOST, role: "node", scopes: [] };
        await refused(site.client.connect(asNode), /role-upgrade/);
        return {};
      },
    },
    well: {
      provoke: async (site) => {
        const asNode = { ...remoteCli(site, newDevice()), client: NODE_HOST, role: "node", scopes: [] };
        await approve(site, await refused(site.client.connect(asNode), /pairing/));
        forgetLogs(site);
        await admitted(site.client.connect(asNode));
        return {};
      },
    },
  },
  {
    id: "scope-upgrade-pending",
    release: "2026.3.13",
    how: "a reader that asks to administrate",
    quote: /scope-upgrade/,
    sick: {
      provoke: async (site) => {
        const attempt = remoteCli(site, newDevice(), READ);
        await approve(site, await refused(site.client.connect(attempt), /pairing/));
        forgetLogs(site);
        await refused(
          site.client.connect({ ...attempt, scopes: ["operator.read", "operator.admin"] }),
          /scope-upgrade/,
        );
        return {};
      },
    },
    well: {
      provoke: async (site) => {
        const attempt = remoteCli(site, newDevice(), { scopes: ["operator.admin", "operator.read"] });
        await approve(site, await refused(site.client.connect(attempt), /pairing/));
        forgetLogs(site);
        await admitted(site.client.connect({ ...attempt, ...READ }));
        return {};
      },
    },
  },
  {
    id: "metadata-upgrade-pending",
    release: "2026.3.13",
    how: "an approved device that says another platform",
    quote: /metadata-upgrade/,
    core: true,
    sick: {
      provoke: async (site) => {
        const attempt = page(site, "loopback");
        await admitted(site.gateway.agent.connect(attempt));
        const client = {
          ...attempt.client,
          id: "openclaw-control-ui",
          mode: "webchat",
          platform: "MacIntel",
        };
        await refused(site.gateway.agent.connect({ ...attempt, client }), /metadata-upgrade/);
        return { origin: PATHS.loopback.page };
      },
    },
    well: {
      provoke: async (site) => {
        const attempt = page(site, "loopback", OWN_BROWSER);
        await admitted(site.gateway.agent.connect(attempt));
        await admitted(site.gateway.agent.connect(attempt));
        return { origin: PATHS.loopback.page };
      },
    },
  },
  {
    id: "mobile-or-node-pairing",
    release: "2026.3.13",
    how: "an app that leaves before it sends anything",
    quote: /okhttp/,
    confidence: "likely",
    sick: {
      provoke: async (site) => {
        await site.client.connect({
          url: PATHS["lan address"].url,
          headers: { "User-Agent": "okhttp/4.12.0" },
          leavesWith: "bye",
        });
        return {};
      },
    },
    well: {
      provoke: async (site) => {
        const app = {
          ...remoteCli(site, newDevice()),
          client: { ...NODE_HOST, id: "openclaw-android" },
          headers: { "User-Agent": "okhttp/4.12.0" },
          role: "node",
          scopes: [],
        };
        await approve(site, await refused(site.client.connect(app), /pairing/));
        forgetLogs(site);
        await admitted(site.client.connect(app));
        return {};
      },
    },
  },
  {
    id: "client-identity-not-persisted",
    release: "2026.3.13",
    how: "a CLI that was approved twice and has lost its home each time",
    quote: /pairing-required/,
    confidence: "likely",
    sick: {
      provoke: async (site) => {
        const args = ["devices", "list", "--url", `ws://${ADDRESSES.gatewayOnLan}:${PORT}`, "--token", TOKEN];
        for (let start = 0; start < 3; start++)
          await withHome(site, async (home) => {
            const env = { HOME: home, OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: "1" };
            const before = (await stateOf(site.gateway)).pending;
            const said = await site.gateway.cli(args, { env, host: site.network.client });
            const { pending } = await stateOf(site.gateway);
            const requestId = pending.find((entry) => !before.includes(entry))?.split(" ")[1] ?? "";
            if (start < 2) await approve(site, { admitted: false, requestId });
            return transcript(site, said, /pairing required/);
          });
        return {};
      },
    },
    well: {
      provoke: async (site) => {
        const attempt = remoteCli(site, newDevice(), READ);
        await approve(site, await refused(site.client.connect(attempt), /pairing required/));
        forgetLogs(site);
        for (let start = 0; start < 3; start++) await admitted(site.client.connect(attempt));
        // The list of this gateway holds the devices of all cases before.
        return { offline: true, logs: [site.gateway.fileLog] };
      },
      // What a log of a CLI tells of the page is not enough for a verdict.
      exit: 3,
    },
  },
  {
    id: "client-side-4008",
    release: "2026.2.1",
    how: "a page that closes by itself, and only the console's log of it",
    quote: /code=4008 reason=connect failed/,
    confidence: "likely",
    sick: {
      provoke: async (site) => {
        const attempt = { ...page(site, "published port"), closesWith: 4008 };
        await refused(site.client.connect(attempt), /pairing required/);
        return { offline: true, logs: [site.gateway.consoleLog] };
      },
    },
    well: {
      // The JSON log of the same has the cause.
      provoke: async (site) => {
        const attempt = { ...page(site, "published port"), closesWith: 4008 };
        await refused(site.client.connect(attempt), /pairing required/);
        return { offline: true, logs: [site.gateway.fileLog] };
      },
      exit: 1,
    },
  },
];
