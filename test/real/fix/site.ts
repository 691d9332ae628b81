// The ways on which a browser is refused, around one gateway of a release, and a doctor that mends it.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import { type Agent, startAgent } from "../rig/agent.ts";
import { type OpenPage, openPage } from "../rig/browser.ts";
import { openclawOnPath, runDoctor } from "../rig/doctor.ts";
import { type Gateway, type GatewayConfig, startGateway, TOKEN } from "../rig/gateway.ts";
import { ADDRESSES, createNetwork, type Network } from "../rig/namespace.ts";
import { progress } from "../rig/processes.ts";
import { isAtLeast } from "../rig/releases.ts";
import { FAR_AWAY, PORT, PROXY } from "../rig/site.ts";

/** A way that a real browser goes without TLS. `from`: whose machine it runs on. */
export interface Way {
  readonly name: string;
  readonly from: "gateway" | "client";
  /** Origin of the page. */
  readonly page: string;
  /** What its user says of it, where only the log would. */
  readonly named?: readonly string[];
}

export const WAYS = {
  /** Docker's: loopback names at the browser, the bridge's address at the gateway. */
  published: { name: "published port", from: "client", page: `http://127.0.0.1:${PORT}` },
  proxied: {
    name: "proxy that forwards headers",
    from: "gateway",
    page: `http://127.0.0.1:${PROXY.forwarded}`,
    named: ["--origin", `http://127.0.0.1:${PROXY.forwarded}`, "--proxy", "127.0.0.1"],
  },
  // Chromium takes names below localhost for loopback and for a secure context; the gateway knows localhost only.
  ownHost: {
    name: "page of another origin",
    from: "gateway",
    page: `http://claw.localhost:${PROXY.plainOwnHost}`,
    named: ["--origin", `http://claw.localhost:${PROXY.plainOwnHost}`],
  },
  loopback: { name: "loopback", from: "gateway", page: `http://127.0.0.1:${PORT}` },
  lan: {
    name: "plain HTTP in the home network",
    from: "client",
    page: `http://${ADDRESSES.gatewayOnLan}:${PORT}`,
  },
} as const satisfies Readonly<Record<string, Way>>;

/** What `fix --json` prints, as far as the suite reads it. */
export interface FixDocument {
  readonly outcome: string;
  readonly finding?: { readonly id: string };
  readonly remedies: readonly { readonly id: string; readonly risk: string; readonly after?: unknown }[];
  readonly requests: readonly { readonly requestId: string; readonly deviceId: string }[];
  /** Of which a person says which is the page's. `age`: seconds. */
  readonly candidates?: readonly { readonly requestId: string; readonly age?: number }[];
  readonly alternatives: readonly { readonly remedies: readonly string[]; readonly whyNot: string }[];
  readonly how: readonly string[];
  readonly byHand: readonly PrintedAction[];
  readonly see: readonly { readonly message: string }[];
  readonly gate?: string;
  readonly detail?: string;
  /** What a fix that helped leaves to be mended. */
  readonly remains?: readonly unknown[];
}

export interface PrintedAction {
  readonly kind: "command" | "human";
  readonly command?: string;
  readonly message?: string;
  readonly args?: Readonly<Record<string, string>>;
}

interface Diagnosis {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly severity: string }[];
}

export interface FixRun {
  readonly exitCode: number | null;
  readonly document: FixDocument;
}

export interface FixSite {
  readonly gateway: Gateway;
  readonly network: Network;
  readonly client: Agent;
  /** The page's URL with a token in it, as this release reads it; the right one unless given. */
  link(way: Pick<Way, "page">, token?: string): string;
  /** Opens the page of a way as a browser profile that is new. */
  open(way: Way, token?: string): Promise<OpenPage>;
  /** `fix` with these words, as its user runs it on the gateway's machine. Throws when it prints no document. */
  fix(args: readonly string[]): Promise<FixRun>;
  /** A diagnosis with these words after a fix: nothing is red, whoever might come next. Gives what it found. */
  isGreen(args: readonly string[]): Promise<string>;
  /** The whole command line of that run. */
  fixCommand(args: readonly string[]): { readonly args: readonly string[]; readonly home: string };
  /** What was refused until now is over: each case is a story of its own. */
  forgetLogs(): void;
  /** Opens what `ssh -L LOCAL:127.0.0.1:REMOTE` opens: loopback of the browser's machine is the gateway's. */
  tunnel(local: number, remote: number): Promise<() => Promise<void>>;
  configBytes(): string;
}

export const LAN: GatewayConfig = { gateway: { bind: "lan" } };

export const AGREED = ["--yes", "--allow-risk", "grants-access"] as const;

/** A site for the tests of the enclosing `describe`. */
export function useFixSite(release: string, config: GatewayConfig = LAN): FixSite {
  let network: Network | undefined;
  let gateway: Gateway | undefined;
  let client: Agent | undefined;
  let docker: Agent | undefined;
  const part = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error(`the site of openclaw ${release} is not up`);
    return value;
  };
  const publish = async () => {
    docker = startAgent(part(network).client);
    const to = { toHost: ADDRESSES.gatewayOnBridge, toPort: PORT, from: ADDRESSES.bridge };
    await docker.forward({ listenPort: PORT, ...to });
  };
  before(async () => {
    network = await createNetwork();
    gateway = await startGateway({ release, config, host: network.gateway });
    client = startAgent(network.client);
    const to = { toHost: "127.0.0.1", toPort: PORT };
    await gateway.agent.proxy({ listenPort: PROXY.forwarded, ...to, keepHost: true, forwardedFor: FAR_AWAY });
    await gateway.agent.proxy({ listenPort: PROXY.plainOwnHost, ...to, keepHost: false });
    await publish();
    // Up to 2026.4.15 the release's own command line pairs itself on its first call.
    await gateway.cli(["devices", "list", "--json"]);
  });
  after(async () => {
    await docker?.stop();
    await client?.stop();
    await gateway?.stop();
    await network?.remove();
  });
  // 2026.2.1 and before read the query only, 2026.3.13 the fragment only.
  const link: FixSite["link"] = ({ page }, token = TOKEN) =>
    `${page}/${isAtLeast(release, "2026.2.6") ? "#" : "?"}token=${token}`;
  const shared = SHARES_ITS_LOG.has(release) ? sharedLog() : undefined;
  const fixCommand = (args: readonly string[]) => {
    const { configPath, home, consoleLog } = part(gateway);
    const log = shared === undefined ? [] : ["--log", consoleLog, "--log", shared.since(home)];
    // The machine that the suite runs on may be a container itself.
    const config = args.includes("--config") ? [] : ["--config", configPath];
    const place = ["--deployment", "local", ...config];
    return { args: ["fix", "--json", ...place, ...log, ...args], home };
  };
  return {
    get gateway() {
      return part(gateway);
    },
    get network() {
      return part(network);
    },
    get client() {
      return part(client);
    },
    link,
    open: (way, token) => {
      const machine = way.from === "gateway" ? part(network).gateway : part(network).client;
      return openPage(machine, link(way, token));
    },
    fixCommand,
    async fix(args) {
      const running = part(gateway);
      const command = fixCommand(args);
      const { exitCode, stdout, stderr } = await runDoctor({
        ...command,
        host: running.host,
        path: [openclawOnPath(running)],
        timeoutMs: 300_000,
      });
      try {
        return { exitCode, document: JSON.parse(stdout) as FixDocument };
      } catch {
        throw new Error(
          `fix ${args.join(" ")}: exit ${exitCode}\n${stdout.slice(0, 1000)}\n${stderr.slice(0, 2000)}`,
        );
      }
    },
    async isGreen(words) {
      const running = part(gateway);
      const { args, home } = fixCommand(words);
      const run = () =>
        runDoctor({
          args: ["diagnose", ...args.slice(1)],
          home,
          host: running.host,
          path: [openclawOnPath(running)],
          timeoutMs: 300_000,
        });
      let { exitCode, stdout } = await run();
      // A gateway on a busy machine that did not answer in time was not looked at.
      for (let again = 0; again < 2 && exitCode === 3; again += 1) ({ exitCode, stdout } = await run());
      const report = JSON.parse(stdout) as Diagnosis;
      const red = report.findings.filter(({ severity }) => severity === "error").map(({ id }) => id);
      assert.deepEqual([exitCode, red], [0, []], stdout);
      return [report.verdict, ...report.findings.map(({ id, severity }) => `${id} ${severity}`)].join(" · ");
    },
    forgetLogs() {
      shared?.forget();
      for (const file of [part(gateway).consoleLog, part(gateway).fileLog]) {
        try {
          truncateSync(file);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        }
      }
    },
    async tunnel(local, remote) {
      await docker?.stop();
      const far = startAgent(part(network).gateway);
      const near = startAgent(part(network).client);
      const listenPort = 20_000 + (randomBytes(2).readUInt16BE() % 20_000);
      await far.forward({
        listenHost: ADDRESSES.gatewayOnLan,
        listenPort,
        toHost: "127.0.0.1",
        toPort: remote,
      });
      await near.forward({ listenPort: local, toHost: ADDRESSES.gatewayOnLan, toPort: listenPort });
      return async () => {
        await near.stop();
        await far.stop();
        await publish();
      };
    },
    configBytes: () => readFileSync(part(gateway).configPath, "latin1"),
  };
}

/** They write their log where every gateway of the machine writes it, whatever their config says. */
const SHARES_ITS_LOG: ReadonlySet<string> = new Set(["2026.4.7", "2026.4.15"]);

/** That log, which may be somebody else's too: nothing of it is taken away, what came since is copied. */
function sharedLog() {
  const today = () => `/tmp/openclaw/openclaw-${new Date().toLocaleDateString("sv")}.log`;
  const bytes = () => (existsSync(today()) ? readFileSync(today()) : Buffer.alloc(0));
  let from = bytes().length;
  return {
    forget: () => {
      from = bytes().length;
    },
    /** A file below the home with the lines since then. */
    since: (home: string): string => {
      const copy = path.join(home, "gateway-since.jsonl");
      writeFileSync(copy, bytes().subarray(from));
      return copy;
    },
  };
}

let artifacts: string | undefined;

/** Where pictures go: `PAIRING_DOCTOR_ARTIFACTS`, or a temporary folder that is named once. */
function artifactsDir(): string {
  if (artifacts === undefined) {
    const wanted = process.env.PAIRING_DOCTOR_ARTIFACTS;
    artifacts = wanted ?? mkdtempSync(path.join(tmpdir(), "opd-rig-artifacts-"));
    mkdirSync(artifacts, { recursive: true });
    progress(`screenshots in ${artifacts}`);
  }
  return artifacts;
}

export async function shoot({ page }: OpenPage, ...name: readonly string[]): Promise<void> {
  const file = `${name.join(" ").replaceAll(/[^A-Za-z0-9.]+/g, "-")}.png`;
  await page.screenshot({ path: path.join(artifactsDir(), file), timeout: 20_000 });
}
