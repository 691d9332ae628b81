// What the release's own commands, its files and its environment say on the gateway's machine.
import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PATHS } from "../cases.ts";
import { newDevice } from "../rig/client.ts";
import { configFor, TOKEN } from "../rig/gateway.ts";
import { ADDRESSES } from "../rig/namespace.ts";
import { PORT } from "../rig/site.ts";
import {
  admitted,
  approve,
  type Cause,
  forgetLogs,
  localPage,
  page,
  refused,
  type Setup,
  transcript,
  withHome,
} from "./cause.ts";

/** What a command of the release prints, kept as the log. */
const command = (args: readonly string[], meant: RegExp): Setup => ({
  provoke: async (site) => ({ logs: [transcript(site, await site.gateway.cli(args), meant)] }),
});

/** An unprivileged user: root may do everything, whatever the modes say. */
const SOMEBODY = 1000;

const OLD_TOKEN = { OPENCLAW_GATEWAY_TOKEN: "rig-old-token-77aa01" };

const REQUEST = "28884227-be88-41c0-a662-d7b81c936948";

const staleRequest = (release: string): Cause => ({
  id: "stale-request-id",
  release,
  how: "an approval of a request that is gone",
  quote: /unknown requestId|No pending device request/,
  sick: command(["devices", "approve", REQUEST], /unknown requestId|No pending device request/),
  well: {
    provoke: async (site) => {
      const browser = page(site, "published port", newDevice());
      const attempt = { ...browser, url: PATHS["lan address"].url };
      const met = await refused(site.client.connect(attempt), /pairing required/);
      await approve(site, met);
      const listed = await site.gateway.cli(["devices", "list"]);
      return { logs: [transcript(site, listed, /Paired/)] };
    },
  },
});

export const hostCauses: readonly Cause[] = [
  {
    id: "allowed-origins-required-startup",
    release: "2026.2.26",
    how: "bind lan without allowedOrigins",
    quote: /non-loopback Control UI requires/,
    sick: {
      provoke: async (site) => {
        await site.gateway.halt();
        const { gateway } = configFor(site.gateway.release, PORT, site.gateway.fileLog, {
          gateway: { bind: "lan" },
        });
        const { controlUi: _, ...rest } = gateway;
        const config = { gateway: rest, logging: { file: site.gateway.fileLog } };
        writeFileSync(site.gateway.configPath, `${JSON.stringify(config, null, 2)}\n`);
        const ended = await site.gateway.cli(["gateway", "run"], { timeoutMs: 60_000 });
        return { logs: [transcript(site, ended, /requires gateway\.controlUi\.allowedOrigins/)] };
      },
    },
    well: localPage,
  },
  { ...staleRequest("2026.3.13"), core: true },
  staleRequest("2026.9.6"),
  {
    id: "multiple-gateways",
    release: "2026.3.13",
    how: "a second gateway on the same port",
    quote: /already running|already in use|already listening/,
    severity: "warning",
    sick: {
      ...command(["gateway", "run"], /already running|already in use|already listening/),
      exit: 0,
    },
    well: localPage,
  },
  {
    id: "plaintext-ws-blocked",
    release: "2026.3.13",
    how: "a CLI on another machine with --url ws://",
    quote: /plaintext ws:\/\//,
    sick: {
      provoke: async (site) => {
        const url = `ws://${ADDRESSES.gatewayOnLan}:${PORT}`;
        const host = site.network.client;
        const said = await site.gateway.cli(["devices", "list", "--url", url, "--token", TOKEN], { host });
        return { logs: [transcript(site, said, /SECURITY ERROR/)] };
      },
    },
    well: {
      provoke: async (site) => {
        const said = await site.gateway.cli(["devices", "list"]);
        return { logs: [transcript(site, said)] };
      },
    },
  },
  {
    id: "state-permissions",
    release: "2026.3.13",
    how: "an identity that root left behind in the state directory of the user",
    quote: /EACCES: permission denied/,
    sick: {
      provoke: async (site) => ({
        logs: [
          await withHome(site, async (home, stateDir) => {
            const identity = path.join(stateDir, "identity");
            mkdirSync(identity, { mode: 0o700 });
            for (const mine of [home, stateDir, path.join(stateDir, "openclaw.json")])
              chownSync(mine, SOMEBODY, SOMEBODY);
            const said = await site.gateway.cli(["devices", "list"], {
              uid: SOMEBODY,
              env: { HOME: home, TMPDIR: tmpdir(), NODE_COMPILE_CACHE: "" },
            });
            return transcript(site, said, /EACCES/);
          }),
        ],
      }),
    },
    well: localPage,
  },
  {
    id: "retired-identity-files",
    release: "2026.9.6",
    how: "a gateway that cannot take over a broken identity file of an older release",
    quote: /legacy device identity/,
    sick: {
      provoke: async (site) => ({
        logs: [
          await withHome(site, async (home, stateDir) => {
            const identity = path.join(stateDir, "identity");
            mkdirSync(identity);
            const old = { version: 1, deviceId: "0".repeat(64), publicKeyPem: "x", privateKeyPem: "x" };
            writeFileSync(path.join(identity, "device.json"), JSON.stringify(old));
            const said = await site.gateway.cli(["gateway", "run", "--port", "18999"], {
              env: { HOME: home },
              timeoutMs: 40_000,
            });
            return transcript(site, said, /Failed reading legacy device identity/);
          }),
        ],
      }),
    },
    well: localPage,
  },
  {
    id: "flag-retired-or-noop",
    release: "2026.3.13",
    how: "allowInsecureAuth where it does nothing",
    quote: /allowInsecureAuth/,
    severity: "warning",
    sick: {
      config: { gateway: { bind: "lan", controlUi: { allowInsecureAuth: true } } },
      provoke: localPage.provoke,
      exit: 0,
    },
    well: localPage,
  },
  {
    id: "flag-retired-or-noop",
    release: "2026.9.6",
    how: "config set of a key that is gone",
    quote: /allowInsecureAuth|Unrecognized key/,
    severity: "warning",
    sick: {
      ...command(["config", "set", "gateway.controlUi.allowInsecureAuth", "true"], /Unrecognized key/),
      exit: 0,
    },
    well: command(["config", "get", "gateway.bind"], /lan/),
  },
  {
    id: "env-token-overrides-config",
    release: "2026.3.13",
    how: "an old token in the environment of gateway and CLI",
    quote: /token.mismatch/,
    confidence: "likely",
    sick: {
      env: OLD_TOKEN,
      provoke: async (site) => {
        const said = await site.gateway.cli(["devices", "list"], { env: OLD_TOKEN });
        return { logs: [transcript(site, said, /token mismatch/), site.gateway.fileLog] };
      },
    },
    well: {
      provoke: async (site) => {
        const said = await site.gateway.cli(["devices", "list"]);
        return { logs: [transcript(site, said, /Paired|No device/), site.gateway.fileLog] };
      },
    },
  },
  {
    id: "wrong-port-or-config-path",
    release: "2026.3.13",
    how: "a CLI with another home, whose config names another port",
    quote: /ECONNREFUSED|1006/,
    confidence: "likely",
    sick: {
      provoke: async (site) => ({
        logs: [
          await withHome(site, async (home, stateDir) => {
            const config = path.join(stateDir, "openclaw.json");
            const port = PORT + 1;
            writeFileSync(config, readFileSync(config, "utf8").replace(`"port":${PORT}`, `"port":${port}`));
            const said = await site.gateway.cli(["devices", "list"], { env: { HOME: home } });
            return transcript(site, said, /ECONNREFUSED|1006/);
          }),
          site.gateway.fileLog,
        ],
      }),
    },
    well: {
      provoke: async (site) => {
        const said = await site.gateway.cli(["devices", "list"]);
        return { logs: [transcript(site, said, /Paired|No device/), site.gateway.fileLog] };
      },
    },
  },
  {
    id: "pairing-store-tampered",
    release: "2026.5.28",
    how: "paired.json that an editor cut short",
    sick: {
      provoke: async (site) => {
        const device = newDevice();
        await admitted(site.gateway.agent.connect(page(site, "loopback", device)));
        const file = path.join(site.gateway.stateDir, "devices", "paired.json");
        writeFileSync(file, readFileSync(file, "utf8").slice(0, -20));
        const outcome = await site.gateway.agent.connect(page(site, "loopback", device));
        if (outcome.admitted) throw new Error("admitted all the same");
        return { origin: PATHS.loopback.page };
      },
    },
    well: {
      provoke: async (site) => {
        writeFileSync(path.join(site.gateway.stateDir, "devices", "paired.json"), "{}");
        await admitted(site.gateway.agent.connect(page(site, "loopback")));
        return { origin: PATHS.loopback.page };
      },
    },
  },
  {
    id: "insecure-flags-set",
    release: "2026.3.13",
    how: "dangerouslyDisableDeviceAuth, and a page without a device that is let in",
    quote: /dangerouslyDisableDeviceAuth/,
    severity: "warning",
    sick: {
      config: { gateway: { bind: "lan", controlUi: { dangerouslyDisableDeviceAuth: true } } },
      provoke: async (site) => {
        const { device: _, ...attempt } = page(site, "loopback");
        await admitted(site.gateway.agent.connect(attempt));
        return { origin: PATHS.loopback.page };
      },
      exit: 0,
    },
    well: localPage,
  },
  {
    id: "origin-fallback-risky",
    release: "2026.3.13",
    how: "dangerouslyAllowHostHeaderOriginFallback, and a page that it lets in",
    quote: /Host-header/,
    severity: "warning",
    sick: {
      config: { gateway: { bind: "lan", controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } } },
      provoke: async (site) => {
        const attempt = page(site, "proxy, no headers");
        await approve(site, await refused(site.gateway.agent.connect(attempt), /pairing required/));
        forgetLogs(site);
        await admitted(site.gateway.agent.connect(attempt));
        return {};
      },
      exit: 0,
    },
    well: localPage,
  },
];
