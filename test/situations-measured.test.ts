/** The lines that real gateways wrote of one connection each, and what came of it (fixtures/admissions/logs). */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { readConfig } from "../src/config/read.ts";
import type { AdmissionConfig } from "../src/core/connection.ts";
import type { DeploymentKind } from "../src/core/deployment-kind.ts";
import { said, unknown } from "../src/core/fact.ts";
import { compareReleases } from "../src/core/release.ts";
import { say } from "../src/core/saying.ts";
import { diagnosed } from "../src/doctor/pure/case.ts";
import { offlineFacts } from "../src/doctor/pure/offline.ts";

interface Row {
  readonly case: string;
  readonly release: string;
  readonly deployment?: DeploymentKind;
  readonly config: unknown;
  readonly log: readonly string[];
  /** The cause of the refusal by the answer that the client got; `none` when it was admitted or has no check. */
  readonly cause: string;
  /** 127.0.0.1 is a trusted proxy of a release that takes its own host for remote then; the log does not tell. */
  readonly trustedLoopback?: true;
}

const FILE = new URL("../fixtures/admissions/logs.jsonl.gz", import.meta.url);
const lines = gunzipSync(readFileSync(FILE)).toString("utf8").trimEnd().split("\n");
const rows = lines.map((line) => JSON.parse(line) as Row);

/** The errors that the doctor finds in a row's log. */
async function errorsOf(row: Row, told: boolean): Promise<string[]> {
  const { release, deployment, config, log } = row;
  const { reading } = readConfig({
    text: JSON.stringify(config),
    path: "openclaw.json",
    stateDir: ".",
    env: {},
    salt: "fixture",
    release,
  });
  const facts = await offlineFacts({
    signal: new AbortController().signal,
    name: row.case,
    sources: () => [{ name: "gateway.log", chunks: [new TextEncoder().encode(`${log.join("\n")}\n`)] }],
    release: told
      ? said({ version: release, confidence: "certain", from: "said" }, "--release")
      : unknown("not-asked", say("nobody-said"), "--release X"),
    ...(told ? { config: reading } : {}),
    ...(deployment === undefined ? {} : { deployment }),
  });
  // Without the report around it: its answers for every era would be asked for 1,900 times, and nobody looks at them here.
  return diagnosed(facts)
    .findings.filter(({ severity }) => severity === "error")
    .map(({ id }) => id);
}

const PLAIN = / remote=127\.0\.0\.1 fwd=n\/a .* host=(?:127\.0\.0\.1|localhost)/;

const POSING = /control ui requires/;

/** A plain loopback peer that is a trusted proxy, up to 2026.3.28; older rows of that era do not list it. */
function isTrapped({ release, config, log }: Row): boolean {
  const era = compareReleases(release, "2026.2.19") >= 0 && compareReleases(release, "2026.3.31") < 0;
  const trusted = JSON.stringify((config as AdmissionConfig).gateway?.trustedProxies ?? []);
  return era && trusted.includes("127.0.0.1") && log.some((line) => PLAIN.test(line));
}

/** The rig's page without a device, where a real one signs: no page of OpenClaw's, by the gateway's wording. */
function poses({ cause, log }: Row): boolean {
  return cause === "device-identity-required" && log.some((line) => POSING.test(line));
}

/** In trusted-proxy mode the gateway's own reason and the forwarded address tell who failed to name a user. */
function loginCause({ cause, config, log }: Row, told: boolean): string | undefined {
  if ((config as AdmissionConfig).gateway?.auth?.mode !== "trusted-proxy") return undefined;
  if (cause === "first-time-not-paired") return told ? "trusted-proxy-still-pairs" : undefined;
  if (cause !== "none") return undefined;
  const reason = log
    .map((line) => /=(trusted_proxy_\w+)/.exec(line)?.[1])
    .find((found) => found !== undefined);
  if (reason === undefined) return undefined;
  if (!log.some((line) => / fwd=\d/.test(line))) return "trusted-proxy-cli-unauthorized";
  if (reason === "trusted_proxy_untrusted_source") return "proxy-not-trusted";
  return reason === "trusted_proxy_loopback_source" ? "trusted-proxy-loopback-source" : undefined;
}

async function misses(told: boolean, among: readonly Row[]): Promise<string[]> {
  const found: string[] = [];
  for (const row of among) {
    const [first = "none"] = await errorsOf(row, told);
    // With the config at hand the entry that makes the host remote is the cause of the first pairing.
    const cause =
      loginCause(row, told) ??
      (told && row.cause === "first-time-not-paired" && isTrapped(row)
        ? "loopback-in-trusted-proxies"
        : poses(row)
          ? "third-party-client-no-device-identity"
          : row.cause);
    if (first !== cause) found.push(`${row.release} ${row.case}: ${first}, not ${cause}`);
  }
  return found;
}

test("the first error of a measured log is the cause, with release and config at hand", async () => {
  assert.ok(rows.length > 900);
  assert.deepEqual(await misses(true, rows), []);
});

test("the log alone tells it, too", async () => {
  assert.deepEqual(
    await misses(
      false,
      rows.filter(({ trustedLoopback }) => trustedLoopback !== true),
    ),
    [],
  );
});
