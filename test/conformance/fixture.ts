// The rows of all releases as one fixture, so that `npm test` asks the model every one of them again.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { AdmissionInput } from "../../src/core/connection.ts";

/** One question to a real gateway, and its answer in the words of `observed`. */
export interface FixtureRow extends AdmissionInput {
  readonly situation: string;
  readonly case: string;
  readonly answer: string;
}

export const FIXTURE = new URL("../../fixtures/admissions/conformance-rows.jsonl.gz", import.meta.url);

export function readFixture(): readonly FixtureRow[] {
  const lines = gunzipSync(readFileSync(FIXTURE)).toString("utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as FixtureRow);
}
