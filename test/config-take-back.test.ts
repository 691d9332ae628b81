/** What a fix made goes back; what somebody else made of the same key since stays. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import JSON5 from "json5";
import { isAsMade, type MadeKey, takeBack } from "../src/config/take-back.ts";
import type { JsonValue } from "../src/core/finding.ts";

type Case = readonly [
  before: string,
  made: readonly MadeKey[],
  now: string,
  after: string,
  left?: readonly string[],
];

const made = (key: string, ...to: readonly (JsonValue | undefined)[]): MadeKey => ({ key, to });

const cases: Readonly<Record<string, Case>> = {
  "an origin that the user added stays": [
    '{ o: ["a"] }',
    [made("o", ["a", "ours"])],
    '{ o: ["a", "ours", "theirs"] }',
    '{ o: ["a", "theirs"] }',
  ],
  "also where there was no list before": [
    "{}",
    [made("o", ["ours"])],
    '{ o: ["ours", "theirs"] }',
    '{ o: ["theirs"] }',
  ],
  "where nothing of theirs is left, the list goes, and what led to it": [
    "{ a: 1 }",
    [made("g.c.o", ["ours"])],
    '{ a: 2, g: { c: { o: ["ours"] } } }',
    "{ a: 2 }",
  ],
  "an entry that the fix took out comes back beside theirs, in its place": [
    '{ o: ["x", "y", "z"] }',
    [made("o", ["x", "z"])],
    '{ o: ["x", "z", "theirs"] }',
    '{ o: ["x", "y", "z", "theirs"] }',
  ],
  "one that they took out themselves stays out": [
    '{ o: ["x"] }',
    [made("o", ["x", "ours"])],
    '{ o: ["ours"] }',
    "{ o: [] }",
  ],
  "one that they put there, too, stays once": [
    '{ o: ["x"] }',
    [made("o", ["x", "y"])],
    '{ o: ["x", "y", "y"] }',
    '{ o: ["x", "y"] }',
  ],
  "comments in the list stay": [
    '{\n  o: [\n    "x", // why\n  ],\n}\n',
    [made("o", ["x", "ours"])],
    '{\n  o: [\n    "x", // why\n    "ours",\n    "theirs", // mine\n  ],\n}\n',
    '{\n  o: [\n    "x", // why\n    "theirs", // mine\n  ],\n}\n',
  ],
  "a member of an object that they added stays": [
    "{ o: { a: 1 } }",
    [made("o", { a: 2, b: 3 })],
    "{ o: { a: 2, b: 3, theirs: 4 } }",
    "{ o: { a: 1, theirs: 4 } }",
  ],
  "one that they changed, too": [
    "{ o: { a: 1 } }",
    [made("o", { a: 2, b: 3 })],
    "{ o: { a: 2, b: 9 } }",
    "{ o: { a: 1, b: 9 } }",
  ],
  "a value goes back": [
    "{ b: 'lan' }",
    [made("b", "loopback")],
    "{ b: 'loopback', x: 1 }",
    "{ b: 'lan', x: 1 }",
  ],
  "a value that they changed since stays, and is told": [
    "{ b: 'lan' }",
    [made("b", "loopback"), made("c", 1)],
    "{ b: 'tailnet', c: 1 }",
    "{ b: 'tailnet' }",
    ["b"],
  ],
  "a list that they made something else stays": [
    "{}",
    [made("o", ["ours"])],
    "{ o: 'theirs' }",
    "{ o: 'theirs' }",
    ["o"],
  ],
  "the first of two values of a fix that was killed in between": [
    "{ b: 1 }",
    [made("b", 2, 3)],
    "{ b: 2, x: 1 }",
    "{ b: 1, x: 1 }",
  ],
  "a key that the fix removed comes back": ["{ b: 1 }", [made("b", undefined)], "{ x: 1 }", "{ x: 1, b: 1 }"],
  "and not where they set it anew": ["{ b: 1 }", [made("b", undefined)], "{ b: 2 }", "{ b: 2 }", ["b"]],
  "a value that only its hash tells": [
    "{}",
    [{ key: "t", to: [], isOurs: (value) => value === "made" }],
    "{ t: 'made', x: 1 }",
    "{ x: 1 }",
  ],
  "a secret that they set since is theirs": [
    "{}",
    [{ key: "t", to: [], isOurs: (value) => value === "made" }],
    "{ t: 'theirs' }",
    "{ t: 'theirs' }",
    ["t"],
  ],
};

for (const [name, [before, keys, now, after, left = []]] of Object.entries(cases))
  test(name, () => {
    const outcome = takeBack(now, before, keys);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.deepEqual(outcome.left, left);
    if (after.includes("\n")) assert.equal(outcome.text, after);
    assert.deepEqual(JSON5.parse(outcome.text), JSON5.parse(after), outcome.text);
  });

test("a key is as it was made when it has what was there, or any value of ours, and nothing else", () => {
  const keys = [made("a", 2, 3), made("b", undefined)];
  for (const [now, is] of [
    ["{ a: 1, b: 1 }", true],
    ["{ a: 2, b: 1 }", true],
    ["{ a: 3 }", true],
    ["{ a: 4 }", false],
    ["{ a: 3, b: 2 }", false],
    ["{ }", false],
  ] as const)
    assert.equal(isAsMade(now, "{ a: 1, b: 1 }", keys), is, now);
});

describe("for every list", () => {
  const list = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 4 });
  const others = fc.uniqueArray(fc.constantFrom("p", "q", "r"), { maxLength: 3 });

  test("what others added is there afterwards, and nothing that only the fix added is", () => {
    fc.assert(
      fc.property(list, list, others, fc.nat(4), (before, ours, theirs, at) => {
        const now = [...ours.slice(0, at), ...theirs, ...ours.slice(at)];
        const outcome = takeBack(JSON.stringify({ o: now }), JSON.stringify({ o: before }), [
          made("o", ours),
        ]);
        assert.ok(outcome.ok);
        const { o: after } = JSON5.parse(outcome.text) as { o: string[] };
        assert.deepEqual([...after].sort(), [...before, ...theirs].sort());
        assert.deepEqual(
          after.filter((item) => new Set<string>(theirs).has(item)),
          theirs,
          "in their order",
        );
      }),
      { numRuns: 500 },
    );
  });
});
