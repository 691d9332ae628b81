/** The model against every connection of the conformance run (`npm run conformance`). */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { BOUNDARIES, FINAL_RELEASES } from "../src/admission/releases.ts";
import { compareReleases } from "../src/core/release.ts";
import { readFixture } from "./conformance/fixture.ts";
import { conformanceTable, judge } from "./conformance/table.ts";

const judged = judge(readFixture());
const releases = [...new Set(judged.map(({ row }) => row.release))];

describe("what real gateways did", () => {
  for (const release of releases) {
    test(`conformance ${release}: every connection`, () => {
      const own = judged.filter(({ row }) => row.release === release);
      const misses = own.filter(({ agrees }) => !agrees);
      console.log(`conformance ${release} ${own.length - misses.length}/${own.length}`);
      const told = misses.map(
        ({ row, foretold }) =>
          `${row.situation} ${row.case}\n    observed ${row.answer}\n    foretold ${foretold}`,
      );
      assert.equal(misses.length, 0, `${misses.length} differ:\n${told.slice(0, 12).join("\n")}`);
    });
  }
});

test("the fixture has many releases, each asked by every way, oldest first", () => {
  assert.ok(releases.length >= 10);
  assert.deepEqual([...releases].sort(compareReleases), releases);
  for (const release of releases) {
    assert.ok(FINAL_RELEASES.includes(release), release);
    assert.ok(judged.filter(({ row }) => row.release === release).length >= 500, release);
  }
});

/** docs/conformance.md: everything between its marks comes from here. */
const PAGE = new URL("../docs/conformance.md", import.meta.url);

function boundaryTable(): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const lines = BOUNDARIES.map(({ from, until, what, source }) => {
    const before = FINAL_RELEASES.filter((release) => compareReleases(release, from) < 0).at(-1) ?? "–";
    return `| ${before} | ${from}${until === undefined ? "" : ` (to before ${until})`} | ${cell(what)} | ${cell(source)} |`;
  });
  return [
    "| last without | first with | what changes | how it is known |",
    "|---|---|---|---|",
    ...lines,
  ].join("\n");
}

const GENERATED = { boundaries: boundaryTable, conformance: () => conformanceTable(judged) };

test("docs/conformance.md shows the boundaries and the rows as they are (UPDATE_README=1 rewrites it)", () => {
  const before = readFileSync(PAGE, "utf8");
  let after = before;
  for (const [name, make] of Object.entries(GENERATED)) {
    const part = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
    assert.match(after, part, name);
    after = after.replace(part, (_, open: string, close: string) => `${open}${make()}\n${close}`);
  }
  if (process.env.UPDATE_README === "1") writeFileSync(PAGE, after);
  else assert.equal(before, after);
});
