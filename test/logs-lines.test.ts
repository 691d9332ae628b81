import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Chunk, LineSplitter, MAX_LINE } from "../src/logs/lines.ts";

function split(chunks: Iterable<Chunk>): { lines: (readonly [number, string])[]; splitter: LineSplitter } {
  const lines: (readonly [number, string])[] = [];
  const splitter = new LineSplitter((text, number) => lines.push([number, text]));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { lines, splitter };
}

const utf8 = (text: string) => new TextEncoder().encode(text);

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), littleEndian);
  return new Uint8Array(view.buffer);
}

describe("line breaks and encodings", () => {
  const cases: readonly (readonly [string, Chunk, readonly (readonly [number, string])[]])[] = [
    [
      "LF",
      "a\nb\n",
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    [
      "CRLF",
      "a\r\nb\r\n",
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    [
      "no end",
      "a\nb",
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    [
      "empty lines count",
      "a\n\n\nb",
      [
        [1, "a"],
        [4, "b"],
      ],
    ],
    [
      "lone CR: parts of one line",
      "10%\r50%\r100%\ndone\n",
      [
        [1, "10%"],
        [1, "50%"],
        [1, "100%"],
        [2, "done"],
      ],
    ],
    [
      "UTF-8 mark",
      utf8("\ufeffa\nb"),
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    [
      "mark in a string",
      "\ufeffa\nb",
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    [
      "UTF-16 LE with mark (PowerShell)",
      utf16("\ufeffäb\r\nc", true),
      [
        [1, "äb"],
        [2, "c"],
      ],
    ],
    [
      "UTF-16 BE with mark",
      utf16("\ufeffab\nc", false),
      [
        [1, "ab"],
        [2, "c"],
      ],
    ],
    [
      "UTF-16 LE without mark",
      utf16("ab\nc", true),
      [
        [1, "ab"],
        [2, "c"],
      ],
    ],
    [
      "UTF-16 BE without mark",
      utf16("ab\nc", false),
      [
        [1, "ab"],
        [2, "c"],
      ],
    ],
    [
      "wrong bytes",
      Uint8Array.of(0x61, 0xff, 0x62, 0x0a, 0x63),
      [
        [1, "a\ufffdb"],
        [2, "c"],
      ],
    ],
    ["three bytes", utf8("ab\n"), [[1, "ab"]]],
    ["nothing", "", []],
  ];
  for (const [name, input, expected] of cases) {
    it(name, () => assert.deepEqual(split([input]).lines, expected));
  }
});

it("any chunking gives the same lines", () => {
  const text = fc.array(
    fc.constantFrom("a", "ä", "🦞", "\n", "\r", "\r\n", "b c", "\ufeff", "long ".repeat(9)),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(
      text,
      fc.array(fc.nat(200), { maxLength: 12 }),
      fc.constantFrom("utf8", "utf16", "string"),
      (parts, cuts, as) => {
        const whole = parts.join("");
        const marked = as === "utf16" ? `\ufeff${whole}` : whole;
        const input = as === "string" ? whole : as === "utf8" ? utf8(whole) : utf16(marked, true);
        const places = [
          0,
          ...cuts.map((cut) => cut % (input.length + 1)).sort((a, b) => a - b),
          input.length,
        ];
        const chunks = places.slice(1).map((to, index) => input.slice(places[index], to) as Chunk);
        assert.deepEqual(split(chunks).lines, split([input]).lines);
      },
    ),
  );
});

it("a line is cut at 64 KiB, the rest is skipped and counted, the next line is whole", () => {
  const long = "x".repeat(MAX_LINE + 1000);
  for (const size of [7, 4096, MAX_LINE, 1_000_000]) {
    const text = `${long}\nnext\n`;
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      text.slice(at * size, (at + 1) * size),
    );
    const { lines, splitter } = split(chunks);
    assert.deepEqual(
      lines.map(([number, line]) => [number, line.length]),
      [
        [1, MAX_LINE],
        [2, 4],
      ],
    );
    assert.equal(splitter.skipped, 1000);
    assert.equal(splitter.lines, 2);
    assert.equal(splitter.bytes, text.length);
  }
});

it("holds no more than one line, however long the input without a line break", () => {
  let emitted = 0;
  const splitter = new LineSplitter((text) => {
    emitted += text.length;
  });
  for (let chunk = 0; chunk < 200; chunk++) splitter.push("y".repeat(65_536));
  splitter.end();
  assert.equal(emitted, MAX_LINE);
  assert.equal(splitter.skipped, 200 * 65_536 - MAX_LINE);
});

it("work is linear: every character is handed out once", () => {
  const handed = (lines: number) => {
    let characters = 0;
    const splitter = new LineSplitter((text) => {
      characters += text.length;
    });
    for (let line = 0; line < lines; line++) splitter.push("0123456789\n");
    splitter.end();
    return characters;
  };
  assert.equal(handed(1000), 10_000);
  assert.equal(handed(10_000), 100_000);
});
