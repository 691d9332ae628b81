import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isObject, parseBoundedJson } from "../src/core/json.ts";
import { cleaner } from "../src/gateway/clean-text.ts";

const secret = "s3cr3t-tok/en+1234567890";

describe("cleaner", () => {
  it("removes what was sent, plain, URL-encoded and in base64", () => {
    const clean = cleaner([secret]);
    for (const form of [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("base64url"),
    ])
      assert.equal(clean(`you sent ${form}!`), "you sent <secret>!");
  });

  it("removes every other disguise of it, and short ones as they are", () => {
    const clean = cleaner([secret, "abc"]);
    const bytes = [...Buffer.from(secret)];
    for (const form of [
      secret.toUpperCase(),
      Buffer.from(secret).toString("hex"),
      Buffer.from(`operator:${secret}`).toString("base64"),
      bytes.map((byte) => `%${byte.toString(16)}`).join(""),
      bytes.map((byte) => `\\u00${byte.toString(16)}`).join(""),
      bytes.map((byte) => `&#${byte};`).join(""),
      bytes.join(","),
      [...secret].join(" "),
    ])
      assert.match(clean(`you sent ${form}!`), /^you sent \w{0,12}<(?:secret|redacted)>[=\w]{0,3}!$/, form);
    assert.equal(clean("it is abc"), "it is <secret>");
  });

  it("is not fooled by control and zero-width characters in between", () => {
    const clean = cleaner([secret]);
    const hidden = [...secret].join("\u200b");
    assert.equal(clean(`\u001b[31m${hidden}\u001b[0m`), "<secret>");
  });

  it("removes a secret that the bound cut in two", () => {
    const clean = cleaner([secret]);
    for (let at = 3960; at < 4010; at++) {
      const shown = clean(`${"x".repeat(at)}${secret}`, 8000);
      assert.ok(!shown.includes(secret.slice(0, 6)), `cut at ${at}`);
    }
  });

  it("lets no secret through, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 60 }).filter((text) => /^[\w+/=.-]{8,}$/.test(text)),
        fc.string(),
        fc.string(),
        fc.integer({ min: 1, max: 500 }),
        (token, before, after, max) => {
          fc.pre(!"<secret>".includes(token));
          const shown = cleaner([token])(`${before}${token}${after}`, max);
          assert.ok(!shown.includes(token));
          assert.ok(shown.length <= max);
        },
      ),
    );
  });

  it("also applies the scrubber it is given", () => {
    assert.equal(cleaner([], (text) => text.replace("alice", "<user>"))("hello alice"), "hello <user>");
  });
});

describe("parseBoundedJson", () => {
  it("parses what JSON.parse parses", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        assert.deepEqual(parseBoundedJson(text, 40), JSON.parse(text));
      }),
    );
  });

  it("refuses deep nesting without parsing it, and brackets in strings do not count", () => {
    assert.equal(parseBoundedJson(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), undefined);
    assert.equal(parseBoundedJson('{"a":'.repeat(30)), undefined);
    assert.ok(isObject(parseBoundedJson(`{"a":"${"[{".repeat(50)}"}`)));
    assert.ok(isObject(parseBoundedJson('{"a":"\\"[[[[[[[[[[[[[[[[[[[[[[[[[[["}')));
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseBoundedJson(text)));
  });
});
