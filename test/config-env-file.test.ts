import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addToEnvFile, setInEnvFile, valueInEnvFile } from "../src/config/env-file.ts";

test("every line of the name gets the value, and nothing else changes", () => {
  const text = "# A=1\r\n export A='old # x'\r\nB=A\n\nA = \"z\"\nAA=3";
  assert.equal(setInEnvFile(text, "A", "new-1"), "# A=1\r\n export A=new-1\r\nB=A\n\nA=new-1\nAA=3");
  assert.equal(setInEnvFile(text, "C", "new-1"), undefined);
});

test("a value that would need quoting is not written", () => {
  for (const value of ["", "a b", "a#b", "a'b", "$(x)", "a\nB=1", "ü"])
    assert.equal(setInEnvFile("A=1\n", "A", value), undefined, value);
});

test("what was written is what is read, whatever the file holds", () => {
  const line = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom("A=1", "export A=2", "A=", "B=1", "#A=1", ""),
  );
  const value = fc.string({ unit: fc.constantFrom(..."abcXYZ019_./+=:@-"), minLength: 1, maxLength: 48 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), value, (lines, given) => {
      const text = [...lines, "A=x"].join("\n");
      const next = setInEnvFile(text, "A", given);
      assert.ok(next !== undefined);
      assert.equal(valueInEnvFile(next, "A"), given);
      assert.equal(setInEnvFile(next, "A", given), next);
      assert.equal(next.split("\n").length, text.split("\n").length);
    }),
  );
});

test("a name that no line has gets a line of its own, after everything that is there", () => {
  assert.equal(addToEnvFile("", "A", "1"), "A=1\n");
  assert.equal(addToEnvFile("B=2", "A", "1"), "B=2\nA=1\n");
  assert.equal(addToEnvFile("# A=0\r\n", "A", "1"), "# A=0\r\nA=1\r\n");
  assert.equal(addToEnvFile("A=2\nB=3", "A", "1"), "A=1\nB=3");
  assert.equal(addToEnvFile("", "A", "a b"), undefined);
});
