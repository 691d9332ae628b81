// The one door to the terminal: what cannot be printed and what must not be told stays behind it.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Out } from "../src/cli/out.ts";
import { colorStyle } from "../src/report/terminal.ts";

function out() {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) };
  const door = new Out({ stdout: stream, stderr: stream });
  return { door, written: () => written.join("") };
}

/** Draws nothing, turns the line around, or tags it; line breaks are the page's own. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;

const INVISIBLE = [
  0x61c, 0x180b, 0x180e, 0xad, 0x34f, 0x115f, 0x17b4, 0x200b, 0x200e, 0x200f, 0x202a, 0x202e, 0x2060, 0x2066,
  0x2069, 0x206f, 0x2028, 0x2029, 0x2800, 0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xfffb, 0xfffe,
  0x1d173, 0xe0001, 0xe0020, 0xe007f, 0xe0100, 0xe01ef, 0x0, 0x7, 0x8, 0xd, 0x7f, 0x9d, 0x85,
];

test("what draws nothing, turns the line around or tags it never gets through", () => {
  for (const code of INVISIBLE) {
    const character = String.fromCodePoint(code);
    const { door, written } = out();
    door.print(`a${character}b\n`);
    door.say(`a${character}b\n`);
    door.put(door.json({ [`k${character}`]: `a${character}b` }));
    assert.match(written(), /^(?:a ?b\n){2}\{"k ?":"a ?b"\}$/, code.toString(16));
  }
});

test("whatever is written, only lines of printable text come out, and our own colours", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      const { door, written } = out();
      const style = colorStyle(true);
      door.print(`${style.good("x")}${text}\n`);
      assert.ok(written().startsWith("\u001b[32mx\u001b[39m"));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
      const plain = written().replace(/\u001b\[\d{1,3}(?:;\d{1,3}){0,4}m/g, "");
      assert.doesNotMatch(plain, UNSAFE);
      assert.ok(plain.isWellFormed());
      assert.ok(JSON.parse(door.json([text])));
      assert.doesNotMatch(door.json([text]), UNSAFE);
    }),
  );
});

test("the cursor, the title and the clipboard are nobody's", () => {
  const { door, written } = out();
  door.print("a\u001b[2J\u009b2Jb\u001b]0;title\u0007c\u001b]52;c;aGk=\u001b\\d\u001b[?25le\rf\n");
  assert.equal(written(), "abcde f\n");
});

test("marks are not piled up over other lines", () => {
  const { door, written } = out();
  door.print(`a${"\u0301".repeat(100)}b\n`);
  assert.equal(written(), `a${"\u0301".repeat(4)}b\n`);
});

test("a secret that was met is in nothing that is written afterwards, wrapped or in JSON", () => {
  const secret = "correct-horse-battery";
  const { door, written } = out();
  door.print(`${secret}\n`);
  assert.equal(written(), `${secret}\n`);
  door.learn([secret, undefined]);
  assert.deepEqual(door.known, [secret]);
  door.print(`${secret} correct-\n   horse-battery end\n`);
  door.say(`it is ${secret}\n`);
  const json = door.json({ [secret]: [`x ${secret}`, 1, null, { deep: secret }], port: 18789 }, 2);
  const rest = written().slice(secret.length + 1) + json;
  assert.doesNotMatch(rest, /correct|horse|battery/);
  assert.match(rest, /^<redacted> <redacted>-?\n {3}<redacted> end\nit is <redacted>\n/);
  assert.deepEqual(JSON.parse(json), {
    "<redacted>": ["x <redacted>", 1, null, { deep: "<redacted>" }],
    port: 18789,
  });
});

test("JSON stays JSON, also where a secret is a number that stands in it", () => {
  const { door } = out();
  door.learn(["123456789012", 'a","b']);
  assert.deepEqual(JSON.parse(door.json({ port: 123456789012, list: ["a", "b"], text: "123456789012" })), {
    port: 123456789012,
    list: ["a", "b"],
    text: "<redacted>",
  });
});

test("a password that is a plain word takes nothing out of our own sentences and names", () => {
  const { door } = out();
  const own = {
    verdict: "undetermined",
    findings: [{ severity: "warning", message: "The gateway is healthy." }],
  };
  door.learn(["undetermined", "findings", "severity", "warning", "healthy", "gateway", "message", "123456"]);
  assert.deepEqual(JSON.parse(door.json(own)), own);
  assert.equal(door.page("Nothing keeps it out: healthy\n"), "Nothing keeps it out: healthy\n");
});
