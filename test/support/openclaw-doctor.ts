import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { OpenclawDoctorDocument } from "../../src/report/openclaw-doctor.ts";

export type Json = Readonly<Record<string, unknown>>;
const FIXTURES = new URL("../../fixtures/openclaw-doctor/", import.meta.url);
export const real = (name: string) =>
  JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8")) as Json & OpenclawDoctorDocument;
export const REAL = readdirSync(FIXTURES).filter((name) => name.startsWith("lint-"));
export const NEWEST = real("lint-2026.9.6.json");
export const FAILURE = real("failure-2026.9.6.json");

/** Every field that a finding may have there (shipped code of 2026.9.6), and its type. */
const FIELDS: Readonly<Record<string, string>> = {
  checkId: "string",
  severity: "string",
  message: "string",
  source: "string",
  errorCode: "string",
  path: "string",
  line: "number",
  column: "number",
  ocPath: "string",
  target: "string",
  requirement: "string",
  fixHint: "string",
};
export const RANK: Readonly<Record<string, number>> = { error: 0, warning: 1, info: 2 };

/** What holds of every such document, ours and theirs. */
export function assertShape(document: Json & OpenclawDoctorDocument): void {
  assert.equal(typeof document.ok, "boolean");
  for (const count of [document.checksRun, document.checksSkipped]) assert.ok(Number.isInteger(count));
  for (const finding of document.findings) {
    for (const needed of ["checkId", "severity", "message"]) assert.ok(needed in finding, needed);
    for (const [name, value] of Object.entries(finding)) assert.equal(typeof value, FIELDS[name], name);
    assert.ok(finding.severity in RANK, finding.severity);
  }
  const order = document.findings.map(({ severity }) => RANK[severity] ?? 9);
  assert.deepEqual(order, order.toSorted());
}
