// `openclaw doctor --lint --only core/doctor/device-pairing --json` of a real 2026.7.1 with three devices, read as evidence.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { JsonReport } from "../src/report/json.ts";
import { fixture, here } from "./support/cli.ts";

const REAL = fixture("openclaw-doctor/device-pairing-2026.7.1.json");
const FIRST = "0f5a3c1e-1111-4222-8333-444455556666";
const UPGRADE = "1f5a3c1e-1111-4222-8333-444455556666";

interface Doctor {
  readonly findings: readonly { readonly requirement: string }[];
}

/** The report of a document with those of the real findings that are of these kinds. */
async function read(...kinds: readonly string[]): Promise<{ code: number | null; report: JsonReport }> {
  const whole = JSON.parse(readFileSync(REAL, "utf8")) as Doctor;
  const findings = whole.findings.filter(({ requirement }) => kinds.includes(requirement));
  assert.equal(findings.length, kinds.length);
  const input = JSON.stringify({ ...whole, findings });
  const { code, stdout } = await here(["triage", "-", "--json", "--release", "2026.7.1"], { input });
  const report = JSON.parse(stdout) as JsonReport;
  assert.deepEqual(
    report.inputs?.map(({ as }) => as),
    ["doctor"],
  );
  return { code, report };
}

test("a browser's request that waits is a refusal at pairing, with the request's id in its line", async () => {
  const { code, report } = await read("first-time");
  assert.equal(code, 1);
  assert.equal(report.verdict, "found");
  assert.ok(report.findings[0]?.evidence.some(({ quote }) => quote.includes(FIRST)));
  assert.ok(report.findings[0]?.remedies.some(({ id }) => id === "approve-device"));
  assert.equal(report.gateway.admission?.outcome, "refused");
});

test("a scope upgrade that waits is one", async () => {
  const { report } = await read("scope-upgrade");
  assert.equal(report.findings[0]?.id, "scope-upgrade-pending");
  assert.ok(report.findings[0]?.evidence.some(({ quote }) => quote.includes(UPGRADE)));
});

test("advice on a device that is paired is no refusal: the verdict stays open", async () => {
  const { code, report } = await read("missing-active-role-token");
  assert.deepEqual([code, report.findings], [3, []]);
});

test("nothing found by it is no health: it looked at devices alone", async () => {
  const { code, report } = await read();
  assert.deepEqual([code, report.verdict], [3, "undetermined"]);
});
