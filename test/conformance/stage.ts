// One situation on one release: start the gateway, ask every case, read what its console says.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AdmissionConfig } from "../../src/core/connection.ts";
import type { Agent } from "../real/rig/agent.ts";
import { type Gateway, type GatewaySection, startGateway } from "../real/rig/gateway.ts";
import type { Network } from "../real/rig/namespace.ts";
import { progress } from "../real/rig/processes.ts";
import { type InstalledRelease, isAtLeast } from "../real/rig/releases.ts";
import type { Case, Situation } from "./case.ts";
import { type Driven, drive, newMark, Skipped, type Stage } from "./driver.ts";
import { PORT } from "./network.ts";
import { NOISE } from "./noise.ts";
import type { ConformanceOutcome, Line, Row, SkippedRow, StartName, StartRow } from "./rows.ts";
import { issueSetupCodes } from "./setup-codes.ts";
import { standInTailnet } from "./tailnet.ts";

/** First release with `gateway.auth.rateLimit`; a limit that nobody reaches keeps the cases apart. */
const RATE_LIMIT_FROM = "2026.2.17";
const AT_ONCE = 4;

export interface Surroundings {
  readonly installed: InstalledRelease;
  readonly network: Network;
  readonly client: Agent;
  /** Keys that this release was found not to know. */
  readonly unknownKeys: Set<string>;
}

export function digestOf(situation: Situation): string {
  const { cases, gateway } = situation;
  return createHash("sha256")
    .update(JSON.stringify([gateway, cases]))
    .digest("hex")
    .slice(0, 16);
}

export async function ask(around: Surroundings, situation: Situation): Promise<Line[]> {
  const { release } = around.installed;
  const home = mkdtempSync(path.join(tmpdir(), "opd-conform-"));
  try {
    const started = await start(around, situation, home);
    if ("refused" in started) return [started.refused, done(situation)];
    const { gateway, section, tailscalePort } = started;
    try {
      const lines: Line[] = await askAll(around, situation, {
        gateway,
        section,
        start: "first",
        tailscalePort,
      });
      if (situation.twice) {
        await gateway.restart(undefined);
        lines.push(...(await askAll(around, situation, { gateway, section, start: "later", tailscalePort })));
      }
      return [...lines, done(situation)];
    } finally {
      await gateway.stop();
    }
  } catch (error) {
    progress(`${release} ${situation.name}: ${String(error).slice(0, 400)}`);
    throw error;
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

function done(situation: Situation): Line {
  return { kind: "done", situation: situation.name, digest: digestOf(situation) };
}

interface Started {
  readonly gateway: Gateway;
  readonly section: GatewaySection;
  readonly tailscalePort: number | undefined;
}

async function start(
  around: Surroundings,
  situation: Situation,
  home: string,
): Promise<Started | { readonly refused: StartRow }> {
  const { installed, network, unknownKeys } = around;
  const { release } = installed;
  const tailnet = situation.tailscale ? standInTailnet(path.join(home, "bin")) : undefined;
  const programs = `${path.dirname(installed.node)}:${process.env.PATH ?? "/usr/bin:/bin"}`;
  for (;;) {
    const section = sectionFor(release, situation, unknownKeys);
    try {
      const gateway = await startGateway({
        release,
        host: network.gateway,
        port: PORT,
        home,
        exact: true,
        config: { gateway: section },
        startMs: 240_000,
        ...(tailnet === undefined ? {} : { env: { PATH: `${tailnet.bin}:${programs}` } }),
      });
      const served = tailnet?.servedPort();
      return { gateway, section, tailscalePort: served === PORT ? undefined : served };
    } catch (error) {
      const said = String(error instanceof Error ? error.message : error);
      // This machine was too slow: nothing about the release.
      if (said.includes("gave no answer")) throw error;
      const unknown = unknownKeysIn(said).filter((key) => !unknownKeys.has(key));
      if (unknown.length === 0) {
        const config = withoutSecrets(section);
        const refused = said.replaceAll(home, "~").slice(-1500);
        return { refused: { kind: "start", situation: situation.name, start: "first", config, refused } };
      }
      for (const key of unknown) unknownKeys.add(key);
    }
  }
}

/** Keys that a refusal to start names: `gateway.controlUi: Unrecognized key: "allowedOrigins"`. */
export function unknownKeysIn(said: string): string[] {
  return [...said.matchAll(/([a-z][\w.]*): Unrecognized keys?:? ((?:"[^"]+"(?:, )?)+)/gi)].flatMap(
    ([, parent = "", keys = ""]) =>
      [...keys.matchAll(/"([^"]+)"/g)].map(([, key = ""]) => `${parent}.${key}`),
  );
}

function sectionFor(release: string, situation: Situation, unknownKeys: ReadonlySet<string>): GatewaySection {
  const section: Record<string, unknown> = structuredClone({
    port: PORT,
    mode: "local",
    ...situation.gateway,
  });
  const auth = section.auth as Record<string, unknown> | undefined;
  const counts = auth?.mode !== "none" && !situation.limited && isAtLeast(release, RATE_LIMIT_FROM);
  if (auth !== undefined && counts) auth.rateLimit = { maxAttempts: 100_000 };
  for (const key of unknownKeys) remove({ gateway: section }, key.split("."));
  return section as GatewaySection;
}

function remove(from: Record<string, unknown>, [key = "", ...rest]: readonly string[]): void {
  if (rest.length === 0) {
    delete from[key];
    return;
  }
  const next = from[key];
  if (typeof next === "object" && next !== null) remove(next as Record<string, unknown>, rest);
}

function has(from: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (typeof from !== "object" || from === null || !Object.hasOwn(from, key)) return false;
  return has((from as Readonly<Record<string, unknown>>)[key], rest);
}

export function withoutSecrets(section: GatewaySection): AdmissionConfig {
  const gateway = structuredClone(section) as Record<string, unknown>;
  const auth = gateway.auth as Record<string, unknown> | undefined;
  for (const key of ["token", "password"]) if (auth?.[key] !== undefined) auth[key] = true;
  return { gateway };
}

interface Running extends Started {
  readonly start: StartName;
}

async function askAll(around: Surroundings, situation: Situation, running: Running): Promise<Line[]> {
  const { gateway, section, start } = running;
  const codes = situation.cases.filter(({ connection }) => connection.sends?.bootstrapToken === "setup-code");
  const stage: Stage = {
    gateway,
    section,
    client: around.client,
    tailscalePort: running.tailscalePort,
    setupCodes: codes.length === 0 ? [] : await issueSetupCodes(gateway, codes.length),
    failures: new Map(),
  };
  const from = consoleOf(gateway).length;
  const driven: { readonly case: Case; readonly result: Driven | Skipped }[] = [];
  // Setup codes expire after ten minutes.
  const waiting = situation.inOrder
    ? [...situation.cases]
    : [...codes, ...situation.cases.filter((one) => !codes.includes(one))];
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      try {
        driven.push({ case: one, result: await drive(stage, one) });
      } catch (error) {
        if (!(error instanceof Skipped)) throw error;
        driven.push({ case: one, result: error });
      }
    }
  };
  const workers = Array.from({ length: situation.inOrder ? 1 : AT_ONCE }, work);
  const noise = situation.noise ? await makeNoise(stage, workers) : [];
  await Promise.all(workers);
  // The last lines of the log.
  await new Promise((resolve) => setTimeout(resolve, 400));
  const bytes = consoleOf(gateway);
  const lines = linesByConnection(bytes.toString("utf8"));
  const leftOut = [...around.unknownKeys].filter((key) =>
    has({ gateway: situation.gateway }, key.split(".")),
  );
  const head: StartRow = {
    kind: "start",
    situation: situation.name,
    start,
    config: withoutSecrets(start === "first" ? section : sectionOf(gateway)),
    ...(leftOut.length === 0 ? {} : { leftOut }),
    console: shapes(bytes.subarray(start === "first" ? 0 : from).toString("utf8"), gateway.home),
    ...(situation.noise ? { file: shapes(fileLogOf(gateway), gateway.home) } : {}),
  };
  const order = new Map(situation.cases.map(({ name }, at) => [name, at]));
  driven.sort((a, b) => (order.get(a.case.name) ?? 0) - (order.get(b.case.name) ?? 0));
  return [
    head,
    ...noise.map(
      ({ name, mark, outcome }): Line => ({
        kind: "noise",
        name,
        outcome: outcomeOf({ mark, outcome, logFrom: 0 }, ""),
        log: lines(mark),
      }),
    ),
    ...driven.map(({ case: { name }, result }): Row | SkippedRow => {
      const common = { situation: situation.name, start, case: name };
      if (result instanceof Skipped) return { kind: "skipped", ...common, why: result.message };
      const after = bytes.subarray(result.logFrom).toString("utf8");
      return {
        kind: "row",
        ...common,
        ...(result.met === undefined ? {} : { met: result.met }),
        outcome: outcomeOf(result, after),
        log: result.outcome.admitted ? [] : lines(result.mark),
      };
    }),
  ];
}

/** The section as the gateway itself has left it: from some release on it writes into its config. */
function sectionOf(gateway: Gateway): GatewaySection {
  return (JSON.parse(readFileSync(gateway.configPath, "utf8")) as { gateway: GatewaySection }).gateway;
}

/** Beside the work, as their time limits are long. */
async function makeNoise(stage: Stage, work: readonly Promise<void>[]) {
  const made = NOISE.map(async ({ name, from, attempt, headers }) => {
    const mark = newMark();
    const agent = from === "gateway" ? stage.gateway.agent : stage.client;
    const outcome = await agent.connect({ ...attempt, headers: { ...headers, "User-Agent": mark } });
    return { name, mark, outcome };
  });
  await Promise.all(work);
  return Promise.all(made);
}

function fileLogOf(gateway: Gateway): string {
  try {
    return readFileSync(gateway.fileLog, "utf8");
  } catch {
    return "";
  }
}

function consoleOf(gateway: Gateway): Buffer {
  try {
    return readFileSync(gateway.consoleLog);
  } catch {
    return Buffer.alloc(0);
  }
}

function outcomeOf({ outcome, deviceId }: Driven, after: string): ConformanceOutcome {
  const {
    requestId: _,
    deviceToken: __,
    results: ___,
    serverVersion: ____,
    deviceId: _____,
    ...told
  } = outcome;
  const auto = deviceId !== undefined && isAutoApproved(after, deviceId);
  return { ...told, ...(auto ? { autoApproved: true } : {}) };
}

/** `device pairing auto-approved device=<id>`; behind a login only the first letters of the id. */
function isAutoApproved(text: string, deviceId: string): boolean {
  for (const [, id = ""] of text.matchAll(/auto-approved[^\n]*?device=([0-9a-f]{12,64})/g))
    if (deviceId.startsWith(id)) return true;
  return false;
}

const CONNECTION = /\bconn=([0-9a-f-]{8,40})/;

/** The lines of one connection, found by the user agent that its refusal names. */
function linesByConnection(text: string): (mark: string) => string[] {
  const byConnection = new Map<string, string[]>();
  const byMark = new Map<string, string>();
  for (const line of text.split("\n")) {
    const connection = CONNECTION.exec(line)?.[1];
    if (connection === undefined) continue;
    const own = byConnection.get(connection) ?? [];
    if (own.length < 6) own.push(line.slice(0, 700));
    byConnection.set(connection, own);
    const mark = /\brig\/[0-9a-f-]{13}/.exec(line)?.[0];
    if (mark !== undefined) byMark.set(mark, connection);
  }
  return (mark) => byConnection.get(byMark.get(mark) ?? "") ?? [];
}

/** One line of each shape: what differs from connection to connection does not make a line another. */
function shapes(text: string, home: string): string[] {
  const seen = new Map<string, string>();
  for (const raw of text.split("\n")) {
    const line = raw.replaceAll(home, "~").slice(0, 1500);
    if (!/\b(?:ws|gateway|reload|security|device|pair|auth|tailscale|origin|proxy)/i.test(line)) continue;
    const shape = line
      .replace(/^\S+ /, "")
      .replace(/[0-9a-f]{8}-[0-9a-f-]{4,27}|\b[0-9a-f]{12,64}\b|\d+(?:\.\d+)*/gi, "#")
      .replace(/\b(client|origin|host|ua|fwd|device|peer|remote|user)=(?:"[^"]*"|\S+)/g, "$1=#");
    if (!seen.has(shape) && seen.size < 400) seen.set(shape, line);
  }
  return [...seen.values()];
}
