// One release from install to removal: every situation, and the configs that are only started.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Agent, startAgent } from "../real/rig/agent.ts";
import { type GatewaySection, startGateway } from "../real/rig/gateway.ts";
import type { Network } from "../real/rig/namespace.ts";
import { progress } from "../real/rig/processes.ts";
import {
  type InstalledRelease,
  installRelease,
  isAtLeast,
  isInstalled,
  removeRelease,
} from "../real/rig/releases.ts";
import type { Situation } from "./case.ts";
import { conformanceNetwork, PORT } from "./network.ts";
import { quickOf } from "./quick.ts";
import { isNoAnswer, type Line, type RowFile, type StartupRow } from "./rows.ts";
import { SITUATIONS } from "./situations.ts";
import { ask, digestOf, unknownKeysIn, withoutSecrets } from "./stage.ts";
import { STARTUPS, type Startup } from "./startups.ts";
import { standInTailnet } from "./tailnet.ts";

export interface Wanted {
  readonly situations: RegExp;
  readonly startups: "none" | "always" | "all" | RegExp;
  /** A part of the cases, in a fraction of the time. */
  readonly quick: boolean;
  /** Asks again what the file already has. */
  readonly again: boolean;
}

export interface Plan {
  readonly release: string;
  readonly file: RowFile;
  readonly situations: readonly Situation[];
  readonly startups: readonly Startup[];
  /** The cache had the release already, so it stays there. */
  readonly wasThere: boolean;
}

/** What is still to be asked of a release; undefined when nothing is. */
export function planFor(release: string, file: RowFile, wanted: Wanted): Plan | undefined {
  const begun = file.read();
  const situations = SITUATIONS.filter((situation) => isWanted(release, situation, begun, wanted)).flatMap(
    (situation) => (wanted.quick ? quickOf(situation) : [situation]),
  );
  const startups = STARTUPS.filter((startup) => isStartupWanted(startup, begun, wanted));
  if (situations.length + startups.length === 0) return undefined;
  return { release, file, situations, startups, wasThere: isInstalled(release) };
}

export async function driveRelease(plan: Plan, keep: boolean): Promise<void> {
  const { release, file, situations, startups, wasThere } = plan;
  const started = Date.now();
  const installed = await installRelease(release);
  const network = await conformanceNetwork();
  const client = startAgent(network.client);
  try {
    await driveAll(installed, network, client, situations, startups, file);
  } finally {
    await client.stop();
    await network.remove();
    if (!keep && !wasThere) await removeRelease(release);
  }
  progress(`${release}: driven in ${Math.round((Date.now() - started) / 1000)} s`);
}

async function driveAll(
  installed: InstalledRelease,
  network: Network,
  client: Agent,
  situations: readonly Situation[],
  startups: readonly Startup[],
  file: RowFile,
): Promise<void> {
  const { release } = installed;
  const unknownKeys = new Set<string>();
  for (const situation of situations) {
    const began = Date.now();
    const lines = await ask({ installed, network, client, unknownKeys }, situation);
    file.append(lines);
    const took = ((Date.now() - began) / 1000).toFixed(0);
    const skipped = lines.filter(({ kind }) => kind === "skipped").length;
    progress(
      `${release} ${situation.name}: ${summary(lines)}${skipped > 0 ? `, ${skipped} skipped` : ""}, ${took} s`,
    );
  }
  for (const startup of startups) {
    const row = await tryStart(installed, network, startup);
    if (row === undefined) progress(`${release} ${startup.name}: neither started nor ended`);
    else file.append([row]);
  }
}

function summary(lines: readonly Line[]): string {
  const refused = lines.find((line) => line.kind === "start" && line.refused !== undefined);
  return refused === undefined
    ? `${lines.filter(({ kind }) => kind === "row").length} rows`
    : "does not start";
}

function isWanted(release: string, situation: Situation, begun: readonly Line[], wanted: Wanted): boolean {
  const { name, from, until } = situation;
  if (!wanted.situations.test(name)) return false;
  if (from !== undefined && !isAtLeast(release, from)) return false;
  if (until !== undefined && isAtLeast(release, until)) return false;
  // Whoever asked everything has asked a part of it, too.
  const last = new Map<string, Line>();
  for (const line of begun)
    if (line.kind === "row" && line.situation === name) last.set(`${line.start} ${line.case}`, line);
  const isOpen = [...last.values()].some((line) => line.kind === "row" && isNoAnswer(line.outcome));
  const digests = [situation, ...(wanted.quick ? quickOf(situation) : [])].map(digestOf);
  return (
    wanted.again ||
    isOpen ||
    !begun.some((line) => line.kind === "done" && line.situation === name && digests.includes(line.digest))
  );
}

function isStartupWanted(startup: Startup, begun: readonly Line[], { startups, again }: Wanted): boolean {
  if (startups === "none" || (startups === "always" && !startup.always)) return false;
  if (startups instanceof RegExp && !startups.test(startup.name)) return false;
  return again || !begun.some((line) => line.kind === "startup" && line.name === startup.name);
}

/** A gateway that refuses ends by itself within this time. */
const START_MS = 60_000;

async function tryStart(
  installed: InstalledRelease,
  network: Network,
  startup: Startup,
): Promise<StartupRow | undefined> {
  const home = mkdtempSync(path.join(tmpdir(), "opd-conform-"));
  const section = JSON.parse(
    JSON.stringify({ port: PORT, mode: "local", ...startup.gateway }),
  ) as GatewaySection;
  const programs = `${path.dirname(installed.node)}:${process.env.PATH ?? "/usr/bin:/bin"}`;
  const bin = startup.tailscale ? standInTailnet(path.join(home, "bin")).bin : undefined;
  const row = { kind: "startup", name: startup.name, config: withoutSecrets(section) } as const;
  try {
    const gateway = await startGateway({
      release: installed.release,
      host: network.gateway,
      port: PORT,
      home,
      exact: true,
      config: { gateway: section },
      startMs: START_MS,
      ...(bin === undefined ? {} : { env: { PATH: `${bin}:${programs}` } }),
    });
    await gateway.stop();
    return { ...row, starts: true };
  } catch (error) {
    const said = String(error instanceof Error ? error.message : error).replaceAll(home, "~");
    // This machine was too slow: nothing about the release.
    if (said.includes("gave no answer")) return undefined;
    const unknown = unknownKeysIn(said);
    return {
      ...row,
      starts: false,
      said: unknown.length > 0 ? `unknown ${unknown.join(" ")}` : said.slice(-900),
    };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}
