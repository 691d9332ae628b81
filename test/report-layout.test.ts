import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { displayWidth, hang, wrap } from "../src/report/layout.ts";

describe("display width", () => {
  test("CJK and full-width forms take two columns, combining marks none", () => {
    assert.equal(displayWidth("abc"), 3);
    assert.equal(displayWidth("网关"), 4);
    assert.equal(displayWidth("，（A）"), 7);
    assert.equal(displayWidth("e\u0301"), 1);
    assert.equal(displayWidth("✗ →"), 3);
    assert.equal(displayWidth("𠮷🦞"), 4);
  });
});

describe("wrapping", () => {
  test("code spans and long words stay whole", () => {
    assert.deepEqual(wrap("run `openclaw devices list` now", 12), ["run", "`openclaw devices list`", "now"]);
    assert.deepEqual(wrap("see http://127.0.0.1:18789/chat", 10), ["see", "http://127.0.0.1:18789/chat"]);
  });

  test("Chinese breaks between characters, and never before closing or after opening punctuation", () => {
    assert.deepEqual(wrap("网关看不到浏览器。", 8), ["网关看不", "到浏览", "器。"]);
    assert.deepEqual(wrap("在（网关）上", 5), ["在", "（网", "关）", "上"]);
    assert.deepEqual(wrap("这是来源。`openclaw`可以", 12), ["这是来源。", "`openclaw`可", "以"]);
    assert.deepEqual(wrap("运行 openclaw 后", 10), ["运行", "openclaw", "后"]);
  });

  test("a dot between two parts does not begin a line", () => {
    assert.deepEqual(wrap("one two · three", 7), ["one", "two ·", "three"]);
    assert.deepEqual(wrap("one two · three", 9), ["one two ·", "three"]);
    assert.deepEqual(wrap("网关 · 代理", 5), ["网", "关 ·", "代理"]);
  });

  test("no line is wider than asked when long words may be cut, and no letter is lost", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "bc", " ", "网", "。", "（", "`", "-"),
      maxLength: 300,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 60 }), (value, width) => {
        const lines = wrap(value, width, true);
        for (const line of lines) assert.ok(displayWidth(line) <= width, line);
        assert.equal(lines.join("").replaceAll(" ", ""), value.replaceAll(" ", ""));
      }),
    );
  });

  test("a hanging prefix aligns what follows", () => {
    assert.deepEqual(hang("1. ", "one two three four five", { indent: 2, width: 26 }), [
      "  1. one two three four",
      "     five",
    ]);
  });
});
