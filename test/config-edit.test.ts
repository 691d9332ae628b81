import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import JSON5 from "json5";
import { type ConfigChange, editConfig } from "../src/config/edit.ts";
import { takeBack } from "../src/config/take-back.ts";
import type { JsonValue } from "../src/core/finding.ts";

function edited(text: string, change: ConfigChange): string {
  const outcome = editConfig(text, change);
  assert.ok(outcome.ok, outcome.ok ? "" : outcome.why);
  return outcome.text;
}

const set = (key: string, value: JsonValue): ConfigChange => ({ set: { key, value } });
const unset = (key: string): ConfigChange => ({ unset: { key } });

describe("a key is set", () => {
  const cases: Record<string, [before: string, key: string, value: JsonValue, after: string]> = {
    "in place, and the comment stays": [
      "{\n  gateway: {\n    bind: 'lan', // for the tablet\n  },\n}\n",
      "gateway.bind",
      "loopback",
      "{\n  gateway: {\n    bind: 'loopback', // for the tablet\n  },\n}\n",
    ],
    "behind the last one, which gets a comma": [
      '{\n  "gateway": {\n    "port": 18789\n  }\n}\n',
      "gateway.bind",
      "lan",
      '{\n  "gateway": {\n    "port": 18789,\n    "bind": "lan"\n  }\n}\n',
    ],
    "behind the last one's comment": [
      "{\n\tgateway: {\n\t\tport: 1, // why\n\t},\n}",
      "gateway.bind",
      "lan",
      '{\n\tgateway: {\n\t\tport: 1, // why\n\t\tbind: "lan",\n\t},\n}',
    ],
    "behind a comment that has no comma before it": [
      "{ gateway: {\n  port: 1 // why\n} }",
      "gateway.bind",
      "lan",
      '{ gateway: {\n  port: 1, // why\n  bind: "lan"\n} }',
    ],
    "with the objects above it": [
      '{\n  "a": 1\n}\n',
      "gateway.controlUi.allowedOrigins",
      ["https://a.example"],
      '{\n  "a": 1,\n  "gateway": {\n    "controlUi": {\n      "allowedOrigins": ["https://a.example"]\n    }\n  }\n}\n',
    ],
    "on one line": ['{"a": {"b": 1}}', "a.c", true, '{"a": {"b": 1, "c": true}}'],
    "on one line with blanks": ["{ a: { b: 1 } }", "a.c", true, "{ a: { b: 1, c: true } }"],
    "in an empty object": ["{}", "a.b", 1, '{\n  "a": {\n    "b": 1\n  }\n}'],
    "in an empty file": ["", "a", 1, '{\n  "a": 1\n}\n'],
    "with Windows line ends and a byte-order mark": [
      '\ufeff{\r\n  "a": 1\r\n}\r\n',
      "b",
      2,
      '\ufeff{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n',
    ],
    "in a list, where the comments beside the others stay": [
      '{\n  a: [\n    // first\n    "x", // one\n    "y", // two\n  ],\n}\n',
      "a",
      ["x", "y", "z"],
      '{\n  a: [\n    // first\n    "x", // one\n    "y", // two\n    "z",\n  ],\n}\n',
    ],
    "in a list, where one goes and one comes": [
      '{\n  a: [\n    "x", // one\n    "y",\n    "z" // three\n  ]\n}\n',
      "a",
      ["w", "x", "z"],
      '{\n  a: [\n    "w",\n    "x", // one\n    "z" // three\n  ]\n}\n',
    ],
    "in a list on one line": [
      "{ a: [1, 2, /* three */ 3] }",
      "a",
      [1, 2.5, 3, 4],
      "{ a: [1, /* three */ 2.5, 3, 4] }",
    ],
    "in a list that was empty": ["{ a: [] }", "a", [1, 2], "{ a: [1, 2] }"],
    "in a list that becomes empty": ["{ a: [1, 2] }", "a", [], "{ a: [] }"],
    "in an object, member by member": [
      "{\n  a: {\n    x: 1, // one\n    y: 2,\n    z: { deep: [1, 2] /* kept */ },\n  },\n}\n",
      "a",
      { x: 1, z: { deep: [1] }, w: 4 },
      "{\n  a: {\n    x: 1, // one\n    z: { deep: [1] /* kept */ },\n    w: 4,\n  },\n}\n",
    ],
    "the last of two alike": ["{ a: 1, a: 2 }", "a", 3, "{ a: 1, a: 3 }"],
  };
  for (const [name, [before, key, value, after]] of Object.entries(cases)) {
    test(name, () => assert.equal(edited(before, set(key, value)), after));
  }
});

describe("a key is removed", () => {
  const cases: Record<string, [before: string, key: string, after: string]> = {
    "with its line": ['{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n', "b", '{\n  "a": 1,\n  "c": 3\n}\n'],
    "the last one, with the comma before it": ['{\n  "a": 1,\n  "b": 2\n}\n', "b", '{\n  "a": 1\n}\n'],
    "and comments stay": [
      "{\n  // one\n  a: 1, // two\n  /* three */ b: 2,\n}",
      "a",
      "{\n  // one\n  // two\n  /* three */ b: 2,\n}",
    ],
    "the only one": ["{ a: { b: 1 } }", "a.b", "{ a: { } }"],
    "on one line": ["{ a: 1, b: 2, c: 3 }", "b", "{ a: 1, c: 3 }"],
    "the last on one line": ["{ a: 1, b: 2 }", "b", "{ a: 1 }"],
    "each of two alike": ["{ a: 1, b: 2, a: 3 }", "a", "{ b: 2 }"],
    "and what is not there is left": ["{ a: 1 }", "b.c", "{ a: 1 }"],
  };
  for (const [name, [before, key, after]] of Object.entries(cases)) {
    test(name, () => assert.equal(edited(before, unset(key)), after));
  }
});

describe("what cannot be edited", () => {
  for (const [name, text, change, why] of [
    ["no JSON5", "{ a: ", set("a", 1), "syntax"],
    ["a value on the way", "{ a: 1 }", set("a.b", 1), "not-an-object"],
    ["a value on the way to what is removed", "{ a: [] }", unset("a.b"), "not-an-object"],
    ["a list", "[]", set("a", 1), "not-an-object"],
    ["the prototype", "{}", set("__proto__.x", 1), "prototype"],
    ["endless nesting", "[".repeat(100_000), set("a", 1), "too-much"],
  ] as const) {
    test(name, () => assert.deepEqual(editConfig(text, change), { ok: false, why }));
  }
});

// ---- properties

const names = fc.constantFrom("a", "b", "gateway", "controlUi", "x-y", "port");
const scalars = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.string(),
  fc.constantFrom("it's", 'say "x"', "//", "/*", "}"),
);
const { value: values } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalars,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(names, tie("value"), { maxKeys: 4 }),
  ),
}));
const objects = fc.dictionary(names, values, { maxKeys: 4 });

/** A way of writing: what stands between tokens, quotes, trailing commas. */
const styles = fc.record({
  gaps: fc.array(
    fc.constantFrom("", " ", "\n", "\n  ", "\t", " // note\n", " /* a */ ", "\r\n", "/* b\n c */"),
    {
      minLength: 7,
      maxLength: 7,
    },
  ),
  quote: fc.constantFrom('"', "'"),
  bare: fc.boolean(),
  trailing: fc.boolean(),
});
type Style = typeof styles extends fc.Arbitrary<infer S> ? S : never;

function write(value: JsonValue, style: Style): string {
  let at = 0;
  const gap = () => style.gaps[at++ % style.gaps.length] ?? "";
  const string = (text: string) =>
    style.quote === '"'
      ? JSON.stringify(text)
      : `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  const key = (name: string) => (style.bare && /^\w+$/.test(name) ? name : string(name));
  const list = (items: readonly string[]) =>
    items.join(`${gap()},${gap()}`) + (style.trailing && items.length > 0 ? `${gap()},` : "");
  const text = (node: JsonValue): string => {
    if (typeof node === "string") return string(node);
    if (Array.isArray(node)) return `[${gap()}${list(node.map(text))}${gap()}]`;
    if (typeof node !== "object" || node === null) return JSON.stringify(node);
    const members = Object.entries(node).map(([name, item]) => `${key(name)}${gap()}:${gap()}${text(item)}`);
    return `{${gap()}${list(members)}${gap()}}`;
  };
  return `${gap()}${text(value)}${gap()}`;
}

const comments = (text: string) =>
  [
    ...text
      .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')
      .matchAll(/\/\/ note|\/\* a \*\/|\/\* b\r?\n c \*\//g),
  ].length;

function withKey(node: unknown, [head, ...rest]: readonly string[], value: JsonValue | undefined): JsonValue {
  if (head === undefined) return value ?? null;
  const object = node as Record<string, JsonValue>;
  if (rest.length === 0) {
    const { [head]: _old, ...others } = object;
    return value === undefined ? others : { ...object, [head]: value };
  }
  if (value === undefined && !Object.hasOwn(object, head)) return object;
  return { ...object, [head]: withKey(object[head] ?? {}, rest, value) };
}

/** An object, or nothing, at every part of the way. */
function passable(root: unknown, path: readonly string[]): boolean {
  let node = root;
  for (const name of path.slice(0, -1)) {
    if (typeof node !== "object" || node === null || Array.isArray(node)) return false;
    if (!Object.hasOwn(node, name)) return true;
    node = (node as Record<string, unknown>)[name];
  }
  return typeof node === "object" && node !== null && !Array.isArray(node);
}

const paths = fc.array(names, { minLength: 1, maxLength: 3 });

describe("for every text", () => {
  test("the value is the one with the key set, and no comment outside the old value is lost", () => {
    fc.assert(
      fc.property(objects, styles, paths, scalars, (root, style, path, value) => {
        fc.pre(passable(root, path));
        const text = write(root, style);
        const after = edited(text, set(path.join("."), value));
        assert.deepEqual(JSON5.parse(after), withKey(JSON5.parse(text), path, value));
      }),
      { numRuns: 500 },
    );
  });

  test("the value is the one without the key", () => {
    fc.assert(
      fc.property(objects, styles, paths, (root, style, path) => {
        fc.pre(passable(root, path));
        const text = write(root, style);
        const after = edited(text, unset(path.join(".")));
        assert.deepEqual(JSON5.parse(after), withKey(JSON5.parse(text), path, undefined));
      }),
      { numRuns: 500 },
    );
  });

  test("a scalar that is changed leaves every other byte", () => {
    fc.assert(
      fc.property(objects, styles, names, scalars, scalars, (root, style, name, old, value) => {
        const text = write({ ...root, [name]: old }, style);
        const after = edited(text, set(name, value));
        assert.equal(comments(after), comments(text));
        assert.equal(
          JSON5.stringify(JSON5.parse(edited(after, set(name, old)))),
          JSON5.stringify(JSON5.parse(text)),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("a list becomes exactly the list that is set, and comments outside of what goes stay", () => {
    const items = fc.array(fc.oneof(scalars, fc.array(scalars, { maxLength: 2 })), { maxLength: 8 });
    fc.assert(
      fc.property(objects, styles, names, items, items, (root, style, name, old, value) => {
        const text = write({ ...root, [name]: old }, style);
        const after = edited(text, set(name, value));
        assert.deepEqual(JSON5.parse(after), withKey(JSON5.parse(text), [name], value));
        const back = edited(after, set(name, old));
        assert.deepEqual(JSON5.parse(back), JSON5.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test("comments stay when a key is added or removed", () => {
    fc.assert(
      fc.property(objects, styles, (root, style) => {
        const text = write(root, style);
        const added = edited(text, set("new.key", [1, "x"]));
        assert.equal(comments(added), comments(text));
        assert.equal(comments(edited(added, unset("new"))), comments(text));
      }),
      { numRuns: 300 },
    );
  });

  test("our keys are taken back, and what others wrote meanwhile stays", () => {
    fc.assert(
      fc.property(
        objects,
        styles,
        paths,
        scalars,
        names,
        scalars,
        (root, style, path, value, other, theirs) => {
          fc.pre(passable(root, path) && other !== path[0]);
          const before = write(root, style);
          const ours = edited(before, set(path.join("."), value));
          const now = edited(ours, set(other, theirs));
          const outcome = takeBack(now, before, [{ key: path.join("."), to: [value] }]);
          assert.ok(outcome.ok);
          assert.deepEqual(JSON5.parse(outcome.text), withKey(JSON5.parse(before), [other], theirs));
        },
      ),
      { numRuns: 300 },
    );
  });
});
