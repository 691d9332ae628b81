// Puts the rows of a conformance run into the fixture.
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { compareReleases } from "../../src/core/release.ts";
import { observed } from "./answer.ts";
import { FIXTURE, type FixtureRow } from "./fixture.ts";
import { RowFile } from "./rows.ts";
import { askedOf } from "./verdict.ts";

/** Oldest release first. @returns the number of rows */
export function writeFixture(folder: string): number {
  const releases = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => path.basename(name, ".jsonl"))
    .sort(compareReleases);
  const rows = releases.flatMap((release) => {
    const lines = new RowFile(folder, release).read();
    // The situation with the most cases; without it a release was hardly asked.
    if (!lines.some((line) => line.kind === "done" && line.situation === "lan")) return [];
    return askedOf(release, lines).map(({ row, input }): FixtureRow => {
      return { ...input, situation: row.situation, case: row.case, answer: observed(row.outcome) };
    });
  });
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  writeFileSync(FIXTURE, gzipSync(`${text}\n`, { level: 9 }));
  return rows.length;
}
