// What a provoked cause consists of, and what its set-ups are made from.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PATHS, type PathName, pageAttempt } from "../cases.ts";
import { type Attempt, CLI, type ClientSettings, newDevice, type Outcome } from "../rig/client.ts";
import { configFor, type GatewayConfig, TOKEN } from "../rig/gateway.ts";
import { ADDRESSES, type Namespace } from "../rig/namespace.ts";
import type { CommandResult } from "../rig/processes.ts";
import { isAtLeast } from "../rig/releases.ts";
import { PORT, type Site } from "../rig/site.ts";

/** What the user has and hands to the doctor, beside the config path. */
export interface Handed {
  /** The page that was refused. */
  readonly origin?: string;
  /** Logs and transcripts; the gateway's JSON log unless given. */
  readonly logs?: readonly string[];
  readonly args?: readonly string[];
  /** Only the logs, on another machine: `triage`. */
  readonly offline?: boolean;
  /** The gateway's machine unless given. */
  readonly host?: Namespace;
}

/** How one of the two set-ups differs from a gateway on `lan` with its token. */
export interface Setup {
  readonly config?: GatewayConfig;
  /** Environment that the gateway is started with. */
  readonly env?: NodeJS.ProcessEnv;
  /** Makes it happen, and asserts that it did. */
  readonly provoke: (site: Site) => Promise<Handed>;
  /** What the doctor exits with: 1 for the sick set-up and 0 for the other unless given. */
  readonly exit?: number;
}

export interface Cause {
  readonly id: string;
  readonly release: string;
  readonly how: string;
  readonly sick: Setup;
  /** A sibling that is healthy, or the same one mended. */
  readonly well: Setup;
  /** In the evidence, as the gateway or its CLI wrote it; absent where nothing was written. */
  readonly quote?: RegExp;
  readonly severity?: "warning" | "info";
  /** Where the evidence is thin. */
  readonly confidence?: "likely" | "possible";
  /** Among the few of the short run. */
  readonly core?: boolean;
}

export const LAN: GatewayConfig = { gateway: { bind: "lan" } };

export const lanPage: string = PATHS["lan address"].page;

/** The connect of a page that is new to the gateway, with the right token. */
export function page(site: Site, name: PathName, device = newDevice()): Attempt {
  return pageAttempt(site.gateway, PATHS[name], "right", device);
}

/** The user's own browser: one that is new at every visit is a cause of its own. */
export const OWN_BROWSER = "the user's own browser";

/** Healthy in every release: that browser on the gateway's own machine with the right token. */
export const localPage: Setup = {
  provoke: async (site) => {
    await admitted(site.gateway.agent.connect(page(site, "loopback", OWN_BROWSER)));
    return { origin: PATHS.loopback.page };
  },
};

/** A CLI on the other machine of the home network. */
export function remoteCli(site: Site, device: string, more: Partial<Attempt> = {}): Attempt {
  return {
    url: `ws://${ADDRESSES.gatewayOnLan}:${PORT}`,
    client: CLI,
    auth: { token: TOKEN },
    device,
    signature: isAtLeast(site.gateway.release, "2026.3.1") ? "v3" : "v2",
    ...more,
  };
}

export const NODE_HOST: ClientSettings = { id: "node-host", mode: "node", version: "rig", platform: "linux" };

/** Connects; the gateway's refusal has to be the one that is meant. */
export async function refused(attempt: Promise<Outcome>, meant: RegExp): Promise<Outcome> {
  const outcome = await attempt;
  const words = JSON.stringify(outcome);
  if (outcome.admitted || !meant.test(words)) throw new Error(`met ${words}, not ${meant}`);
  return outcome;
}

export async function admitted(attempt: Promise<Outcome>): Promise<Outcome> {
  const outcome = await attempt;
  if (!outcome.admitted) throw new Error(`met ${JSON.stringify(outcome)}, not admitted`);
  return outcome;
}

/** Approves what a refusal asked for, as its user would. */
export async function approve({ gateway }: Site, { requestId }: Outcome): Promise<void> {
  const done = await gateway.cli(["devices", "approve", requestId ?? "(none)"]);
  if (done.code !== 0) throw new Error(`devices approve: ${done.stdout}${done.stderr}`);
}

/** A command's output in a file, as a user keeps it. What was said has to be what is meant. */
export function transcript({ gateway }: Site, result: CommandResult, meant?: RegExp): string {
  const said = result.stdout + result.stderr;
  if (result.timedOut || (meant && !meant.test(said)))
    throw new Error(`${result.timedOut ? "timed out" : `not ${meant}`}:\n${said.slice(-3000)}`);
  const file = path.join(gateway.home, "transcript.txt");
  writeFileSync(file, said);
  return file;
}

/** A user keeps the log of when it happened. */
export function forgetLogs({ gateway }: Site): void {
  for (const file of [gateway.consoleLog, gateway.fileLog]) truncateSync(file);
}

/** A home of its own with the site's config. */
export async function withHome(
  site: Site,
  use: (home: string, stateDir: string) => Promise<string>,
): Promise<string> {
  const home = mkdtempSync(path.join(tmpdir(), "opd-rig-other-"));
  const stateDir = path.join(home, ".openclaw");
  mkdirSync(stateDir);
  chmodSync(home, 0o755);
  const config = configFor(site.gateway.release, PORT, path.join(home, "gateway.jsonl"), {
    gateway: { bind: "lan" },
  });
  writeFileSync(path.join(stateDir, "openclaw.json"), JSON.stringify(config));
  try {
    return await use(home, stateDir);
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}
