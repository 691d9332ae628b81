import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { reportOf } from "../../src/cli/case.ts";
import { offlineFacts } from "../../src/cli/offline.ts";
import { readConfig } from "../../src/config/read.ts";
import type { Facts } from "../../src/core/collect.ts";
import { said, unknown } from "../../src/core/fact.ts";
import type { DeploymentKind, Exposure, ProbeReading } from "../../src/core/facts.ts";
import type { Severity } from "../../src/core/finding.ts";
import type { Report } from "../../src/report/result.ts";

/** `situation.json` of a folder in fixtures/situations; beside it `*.log`, `*.jsonl` and `openclaw.json`, as far as there are. */
export interface Situation {
  /** What this is, one sentence. */
  readonly about: string;
  readonly release?: string;
  readonly deployment?: DeploymentKind;
  readonly exposure?: Exposure;
  readonly origin?: string;
  /** Environment of the gateway. */
  readonly env?: Readonly<Record<string, string>>;
  readonly probe?: ProbeReading;
  readonly expected: Expected;
}

export interface Expected {
  readonly verdict: Report["verdict"];
  /** All findings in order, `id` or `id (severity)` where it is no error. */
  readonly findings: readonly string[];
  /** Remedies of the first finding: id -> `admits`, the gate that then refuses, or `?` where the model was not asked. */
  readonly remedies?: Readonly<Record<string, string>>;
  /** Near miss: these must not be found at all. */
  readonly silent?: readonly string[];
}

const ROOT = resolve(fileURLToPath(new URL("../../fixtures/situations", import.meta.url)));

export function situations(): readonly string[] {
  return readdirSync(ROOT).sort();
}

export function readSituation(name: string): Situation {
  return JSON.parse(readFileSync(join(ROOT, name, "situation.json"), "utf8")) as Situation;
}

/** The report that the tool makes of a situation. */
export async function diagnoseSituation(name: string): Promise<Report> {
  return reportOf(await factsOfSituation(name));
}

/** What the checks get of a situation. */
export async function factsOfSituation(name: string): Promise<Facts> {
  const situation = readSituation(name);
  const dir = join(ROOT, name);
  const logs = readdirSync(dir).filter((file) => /\.(?:log|jsonl|txt)$/.test(file));
  const configPath = join(dir, "openclaw.json");
  const { release, deployment, exposure, origin, probe, env = {} } = situation;
  const config = existsSync(configPath)
    ? readConfig({
        text: readFileSync(configPath, "utf8"),
        path: "openclaw.json",
        stateDir: ".",
        env,
        salt: "fixture",
        ...(release === undefined ? {} : { release }),
      }).reading
    : undefined;
  return offlineFacts({
    signal: new AbortController().signal,
    name,
    ...(logs.length === 0
      ? {}
      : { sources: () => logs.map((file) => ({ name: file, chunks: [readFileSync(join(dir, file))] })) }),
    release:
      release === undefined
        ? unknown("not-asked", "nobody said", "--release X")
        : said({ version: release, confidence: "certain", from: "said" }, "--release"),
    ...(deployment === undefined ? {} : { deployment }),
    ...(exposure === undefined ? {} : { exposure }),
    ...(origin === undefined ? {} : { origin }),
    ...(config === undefined ? {} : { config }),
    ...(probe === undefined ? {} : { probe }),
  });
}

export function summary({ findings }: Report): string[] {
  const label = ({ id, severity }: { id: string; severity: Severity }) =>
    severity === "error" ? id : `${id} (${severity})`;
  return findings.map(label);
}

export function remedyVerdicts({ findings }: Report): Record<string, string> {
  const entries = (findings[0]?.remedies ?? []).map(({ id, after }) => [
    id,
    after === undefined ? "?" : after === "admitted" ? "admits" : after.refusedAt,
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
