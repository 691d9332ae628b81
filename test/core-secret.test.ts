import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { createScrubber, safeQuote } from "../src/core/scrub.ts";
import { Secret } from "../src/core/secret.ts";
import { safeText, stripAnsi } from "../src/core/text.ts";

test("no way of printing a secret shows it", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), fc.string({ minLength: 1 }), (value, salt) => {
      fc.pre(!"<secret 0123456789abcdef>".includes(value));
      const secret = new Secret(value, salt);
      const printed = [
        String(secret),
        JSON.stringify({ secret }),
        inspect(secret),
        inspect({ deep: [secret] }),
        `${secret}`,
      ];
      for (const text of printed) assert.ok(!text.includes(value));
      assert.equal(secret.reveal(), value);
    }),
  );
});

test("equal secrets have equal fingerprints, others and other runs have others", () => {
  const [a, b, c] = [
    new Secret("token-1", "salt"),
    new Secret("token-1", "salt"),
    new Secret("token-2", "salt"),
  ];
  assert.equal(a.fingerprint, b.fingerprint);
  assert.ok(a.equals(b));
  assert.notEqual(a.fingerprint, c.fingerprint);
  assert.notEqual(a.fingerprint, new Secret("token-1", "pepper").fingerprint);
});

test("hostile text becomes one printable line", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["plain", "plain"],
    ["a\u001b[31mred\u001b[0m", "ared"],
    ["\u001b]0;title\u0007text", "text"],
    ["\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["one\r\ntwo\tthree", "one two three"],
    ["rtl\u202eevil", "rtlevil"],
    ["bell\u0007 null\u0000", "bell null"],
    ["\u009b31mC1", "C1"],
    ["zero\u200bwidth", "zerowidth"],
  ];
  for (const [text, safe] of cases) assert.equal(safeText(text), safe);
});

test("safeText: no control characters, bounded, never a lone surrogate", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.integer({ min: 2, max: 80 }),
      (text, max) => {
        const safe = safeText(text, max);
        assert.ok(safe.length <= max);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them
        assert.doesNotMatch(safe, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        assert.ok(safe.isWellFormed());
      },
    ),
  );
});

test("an unterminated escape does not swallow a long text", () => {
  assert.ok(stripAnsi(`\u001b]0;${"x".repeat(5000)}`).length > 2000);
});

test("no escape sequence takes the beginning of a value's name with it", () => {
  const scrub = createScrubber();
  const finals = Array.from({ length: 0x7f - 0x40 }, (_, at) => String.fromCharCode(0x40 + at));
  const before = [
    ...["\u001b[", "\u009b", "\u001b[1 ", "\u009b38;5;1", "\u001b[?25", "\u001b", "\u001b(", "\u001b(B"],
    ...["\u001b]0;", "\u001bP", "\u001b[31m", "\u001b[2K"],
  ];
  const names = [
    "token=",
    "PASSWORD: ",
    "apiKey=",
    "secret=",
    "Authorization: Bearer ",
    "Bearer ",
    "cookie: ",
  ];
  for (const start of before)
    for (const name of names)
      for (const text of [
        `${start}${name}zebra77zebra x`,
        `${start}${name}\u0007zebra77zebra x`,
        ...finals.slice(0, 3).map((final) => `${start}${final}${name}zebra77zebra`),
      ])
        assert.doesNotMatch(safeQuote(stripAnsi(text), scrub), /zebra77/, JSON.stringify(text));
  // What stays of a sequence is text, and no other name of it is lost.
  for (const final of finals)
    assert.match(stripAnsi(`\u001b[${final}assword=x`), final === "p" ? /password/ : /assword/);
});
