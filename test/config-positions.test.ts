import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import JSON5 from "json5";
import { keyLines } from "../src/config/positions.ts";

test("keys in every dress, with comments, strings over lines and duplicates", () => {
  const text = [
    "/* a", // 1
    "comment */ {", // 2
    "  gateway: { // { not: this }", // 3
    "    'port': 1,", // 4
    '    "auth": {', // 5
    "      token: 'two \\", // 6
    "lines',", // 7
    "      mode: 'x' },", // 8
    "    list: [ {a: 1},", // 9
    "      {b: 2} ],", // 10
    "    port: 2,", // 11
    "  },", // 12
    "}",
  ].join("\n");
  assert.deepEqual(Object.fromEntries(keyLines(text)), {
    gateway: 3,
    "gateway.port": 11,
    "gateway.auth": 5,
    "gateway.auth.token": 6,
    "gateway.auth.mode": 8,
    "gateway.list": 9,
    "gateway.list.0.a": 9,
    "gateway.list.1.b": 10,
  });
});

test("a key that is written with escapes is the key that it means", () => {
  assert.deepEqual([...keyLines('{\n"p\\u006frt": 1 }')], [["port", 2]]);
});

test("\\r\\n and \\r end lines too", () => {
  assert.equal(keyLines("{\r\n a: 1,\r b: 2}").get("a"), 2);
  assert.equal(keyLines("{\r\n a: 1,\r b: 2}").get("b"), 3);
});

test("every key of any config is found on the line where it stands", () => {
  const key = fc.stringMatching(/^[a-z]{1,6}$/);
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(
      key,
      fc.oneof({ depthSize: "small" }, fc.string(), fc.integer(), fc.array(fc.integer()), tie("tree")),
      {
        minKeys: 1,
        maxKeys: 4,
      },
    ),
  }));
  fc.assert(
    fc.property(tree, fc.boolean(), (value, strict) => {
      const text = strict ? JSON.stringify(value, null, 2) : JSON5.stringify(value, null, 2);
      const lines = text.split("\n");
      const paths = pathsOf(value);
      const found = keyLines(text);
      assert.deepEqual([...found.keys()].sort(), paths.sort());
      for (const [path, line] of found)
        assert.ok(lines[line - 1]?.includes(path.split(".").at(-1) ?? "?"), path);
    }),
    { numRuns: 100 },
  );
});

test("any text ends, and a huge one soon", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => keyLines(text) instanceof Map),
  );
  assert.equal(keyLines("{".repeat(100_000)).size, 0);
  assert.equal(keyLines("{'".repeat(60_000)).size, 0);
  assert.ok(keyLines(`{${"a:1,".repeat(30_000)}}`).has("a"));
  assert.equal(keyLines(`{${"a:1,".repeat(200_000)}}`).size, 0, "longer than any config");
});

function pathsOf(value: unknown, parent = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const path = parent === "" ? key : `${parent}.${key}`;
    return [path, ...pathsOf(child, path)];
  });
}
