import assert from "node:assert/strict";
import { test } from "node:test";
import { exitCode, type Outcome, smokeExitCode } from "../src/cli/exit-code.ts";
import type { FailOn } from "../src/core/fail-on.ts";

type Row = readonly [
  Outcome["verdict"],
  readonly ("error" | "warning" | "info")[],
  FailOn | undefined,
  0 | 1 | 3,
];

// verdict, severities of the findings, --fail-on, exit code
const rows: readonly Row[] = [
  ["healthy", [], undefined, 0],
  ["healthy", ["info"], undefined, 0],
  ["healthy", ["info"], "info", 1],
  ["found", ["error"], undefined, 1],
  ["found", ["warning"], undefined, 0],
  ["found", ["warning", "info"], "warning", 1],
  ["found", ["info", "error"], "warning", 1],
  ["found", ["error"], "never", 0],
  ["undetermined", [], undefined, 3],
  ["undetermined", ["info"], undefined, 3],
  ["undetermined", ["error"], undefined, 3],
  ["undetermined", ["warning"], "warning", 3],
  ["undetermined", [], "never", 0],
];

for (const [verdict, severities, failOn, code] of rows) {
  test(`${verdict} [${severities}] --fail-on ${failOn ?? "(default)"} exits ${code}`, () => {
    assert.equal(exitCode({ verdict, findings: severities.map((severity) => ({ severity })) }, failOn), code);
  });
}

const WAITED = { waitedMs: 0, phases: [] };
for (const [outcome, passed, failOn, code] of [
  ["connected", true, "error", 0],
  ["connected", false, "error", 1],
  ["pairing-required", true, "error", 0],
  ["refused", false, "error", 1],
  ["failed", false, "warning", 1],
  ["not-ready", false, "error", 3],
  ["undetermined", false, "error", 3],
  ["not-ready", false, "never", 0],
  ["refused", false, "never", 0],
] as const)
  test(`smoke: ${outcome}, ${passed ? "as expected" : "not as expected"}, --fail-on ${failOn}: ${code}`, () => {
    assert.equal(smokeExitCode({ expected: "connected", outcome, passed, ...WAITED }, failOn), code);
  });
