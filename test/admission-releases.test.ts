/** Version strings as OpenClaw means them, and the releases as data. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  BOUNDARIES,
  KNOWN_RELEASES,
  MEASURED_RELEASES,
  nearestPublished,
  rulesFor,
} from "../src/admission/releases.ts";
import { compareReleases, isRelease, ReleaseError } from "../src/core/release.ts";

test("betas come before, corrections after their release", () => {
  const inOrder = [
    "2026.1.29",
    "2026.2.2",
    "2026.2.2-3",
    "2026.2.3",
    "2026.2.19",
    "2026.2.19-2",
    "2026.2.21",
    "2026.2.23-beta.1",
    "2026.2.23",
    "2026.7.1-beta.6",
    "2026.7.1",
    "2026.7.1-1",
    "2026.7.1-2",
    "2026.7.2-beta.1",
    "2026.7.33",
    "2026.10.1",
    "2027.1.1",
  ];
  assert.deepEqual(inOrder.toReversed().sort(compareReleases), inOrder);
});

test("the published releases are in order, and each once", () => {
  assert.deepEqual([...KNOWN_RELEASES].sort(compareReleases), KNOWN_RELEASES);
  assert.equal(new Set(KNOWN_RELEASES).size, KNOWN_RELEASES.length);
  assert.equal(KNOWN_RELEASES.at(0), "2026.1.29");
  assert.equal(KNOWN_RELEASES.at(-1), "2026.9.6");
});

test("every boundary lies at a published release, in order, with a source", () => {
  for (const { from, until, source, what } of BOUNDARIES) {
    assert.ok(KNOWN_RELEASES.includes(from), from);
    if (until !== undefined) assert.ok(compareReleases(from, until) < 0, `${from} … ${until}`);
    assert.match(
      source,
      /BEHAVIOUR|admissions\.jsonl|vocabulary|conformance: \d|static: (?:shipped code|package\.json) of openclaw@/,
      what,
    );
  }
  const starts = BOUNDARIES.map(({ from }) => from);
  assert.deepEqual([...starts].sort(compareReleases), starts);
});

test("what is no release is refused with an error of its own", () => {
  for (const text of [
    "",
    "latest",
    "2026.3",
    "2026.3.13-rc.1",
    "1.2.3.4",
    "2026.3.13 ; rm",
    "x".repeat(10_000),
  ]) {
    assert.equal(isRelease(text), false, text.slice(0, 20));
    assert.throws(() => rulesFor(text), ReleaseError);
  }
  assert.throws(() => rulesFor("\u001b[31mred"), { message: /^not an OpenClaw release: "\\u001b\[31mred"/ });
});

test("measured releases are assumed nothing, others name their nearest neighbour", () => {
  for (const release of MEASURED_RELEASES) assert.equal(rulesFor(release).assumed, undefined);
  const neighbours = ["2026.2.19-2", "2026.4.10", "2026.6.2", "2026.12.1"].map(
    (release) => rulesFor(release).assumed,
  );
  assert.deepEqual(neighbours, [
    "no measurement of 2026.2.19-2; nearest measured release 2026.2.19",
    "no measurement of 2026.4.10; nearest measured release 2026.4.7",
    "no measurement of 2026.6.2; nearest measured release 2026.5.28",
    "no measurement of 2026.12.1; nearest measured release 2026.9.6",
  ]);
  assert.equal(nearestPublished("2026.6.2"), "2026.6.1");
});

test("a correction keeps the rules of its release", () => {
  for (const [correction, release] of [
    ["2026.2.19-2", "2026.2.19"],
    ["2026.2.22-1", "2026.2.22"],
    ["2026.7.1-2", "2026.7.1"],
  ] as const) {
    assert.deepEqual(rulesFor(correction).rules, rulesFor(release).rules);
  }
});

test("comparing is a total order", () => {
  const release = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.nat(40), fc.option(fc.tuple(fc.boolean(), fc.nat(9))))
    .map(([month, patch, tail]) => {
      const plain = `2026.${month}.${patch}`;
      if (tail === null) return plain;
      return tail[0] ? `${plain}-beta.${tail[1]}` : `${plain}-${tail[1]}`;
    });
  fc.assert(
    fc.property(release, release, release, (a, b, c) => {
      assert.equal(Math.sign(compareReleases(a, b)), -Math.sign(compareReleases(b, a)) + 0);
      if (compareReleases(a, b) <= 0 && compareReleases(b, c) <= 0) assert.ok(compareReleases(a, c) <= 0);
    }),
  );
});
