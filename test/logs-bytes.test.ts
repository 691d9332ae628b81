// A long log is searched, not read: what is found in it is what a reader of every line finds. That reader is the oracle.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import wabt from "wabt";
import type { LogEvent } from "../src/core/log-event.ts";
import { finderOf, hashOf } from "../src/logs/bytes/finder.ts";
import { MODULE } from "../src/logs/bytes/finder-module.ts";
import { EVERYWHERE, gramsOf } from "../src/logs/bytes/grams.ts";
import { needles } from "../src/logs/bytes/needles.ts";
import type { Shape } from "../src/logs/line.ts";
import { createScanner } from "../src/logs/scan.ts";
import { SHAPES } from "../src/logs/shapes/index.ts";

const FIXTURES = new URL("../fixtures/logs/", import.meta.url);
/** Marks and colours that are written out decide over a whole log at its beginning, not over a line. */
const SPELLED = /&(?:quot|#34|apos|#39|#x27|lt|gt|nbsp|amp);|\[\d{1,3}(?:;\d{1,3}){0,5}m/;
const LINES = readdirSync(FIXTURES)
  .filter((name) => /\.(?:log|jsonl)$/.test(name))
  .flatMap((name) => readFileSync(new URL(name, FIXTURES), "utf8").split(/\r?\n/))
  .filter((line) => line !== "" && !SPELLED.test(line));

const NOISE = [
  "2026-11-22T12:00:00.000Z [gateway/channels] telegram update id=12 handled in 30ms",
  "2026-11-22T12:00:00.000Z [agent/embedded] embedded run start: runId=7 sessionId=9 provider=x model=y",
  '{"0":"{\\"subsystem\\":\\"cron\\"}","1":"tick","_meta":{"runtime":"node"},"time":"2026-11-22T12:00:00.000Z"}',
  '10.0.0.7 - - [22/Nov/2026:12:25:55 +0000] "GET /assets/index.js HTTP/1.1" 200 5120',
  "",
  "x",
];

const WRAPPERS: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => `openclaw-gateway-1  | ${line}`,
  (line) => `2026-11-22T12:00:00.123456789Z stdout F ${line}`,
  (line) => `Nov 22 12:00:00 vps openclaw[812]: ${line}`,
  (line) => JSON.stringify({ log: `${line}\n`, stream: "stdout", time: "2026-11-22T12:00:00.123456789Z" }),
  (line) =>
    JSON.stringify({ MESSAGE: line, __REALTIME_TIMESTAMP: "1795348800000000", _SYSTEMD_UNIT: "o.service" }),
  (line) => JSON.stringify({ MESSAGE: [...Buffer.from(`\u001b[33m${line}\u001b[0m`)] }),
  (line) => `\u001b[36m${line}\u001b[39m`,
  (line) => JSON.stringify({ log: `\u001b[36m${line}\u001b[39m\n`, stream: "stdout" }),
];

function read(chunks: readonly (Uint8Array | string)[], careful: number) {
  const scanner = createScanner("x", { careful });
  const events: LogEvent[] = [];
  for (const chunk of chunks) events.push(...scanner.push(chunk));
  events.push(...scanner.end());
  return { events, stats: scanner.stats };
}

/** Cut at random places, seldom or often. */
function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NOISE) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...LINES), fc.constantFrom(...WRAPPERS))
      .map(([text, wrap]) => wrap(text)),
  },
  // A colour inside of a word.
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...LINES), fc.nat()).map(([text, place]) => {
      const at = place % (text.length + 1);
      return `${text.slice(0, at)}\u001b[1m${text.slice(at)}`;
    }),
  },
);
const log = fc
  .array(fc.tuple(line, fc.constantFrom("\n", "\n", "\r\n", "\r")), { minLength: 1, maxLength: 25 })
  .map((all) => all.map(([text, end]) => text + end).join(""));
const cuts = fc.array(fc.nat(), { maxLength: 6 });

describe("a long log", () => {
  // What only people and other parts write is searched for in a sample: here it is left out on both sides.
  const sampled: { read: Shape["read"] }[] = SHAPES.filter(({ needles: own }) => own?.length === 0);
  const reads = sampled.map((shape) => shape.read);
  before(() => {
    for (const shape of sampled) shape.read = () => undefined;
  });
  after(() => {
    for (const [index, shape] of sampled.entries()) shape.read = reads[index] ?? (() => undefined);
  });

  test("says what a reader of every line says, however it is wrapped, coloured, ended and cut", () => {
    fc.assert(
      fc.property(log, cuts, fc.nat(2000), (text, places, careful) => {
        const bytes = Buffer.from(text);
        const every = read([bytes], Number.POSITIVE_INFINITY);
        const searched = read(cut(bytes, places), careful);
        assert.deepEqual(searched.events, every.events);
        assert.equal(searched.stats.lines, every.stats.lines);
        assert.equal(searched.stats.bytes, every.stats.bytes);
      }),
      { numRuns: 250 },
    );
  });

  test("does so over the ends of its buffer, with like lines that are read once", () => {
    const ids = (place: number) => place.toString(16).padStart(12, "0");
    const refused = LINES.filter((text) => /closed before connect|unauthorized conn=/.test(text));
    const parts: string[] = [];
    for (let place = 0; place < 6000; place += 1) {
      parts.push(
        `openclaw-gateway-1  | ${NOISE[place % 2]?.replace("12", String(place * 7919))}`.repeat(
          1 + (place % 3),
        ),
      );
      if (place % 5 > 1) continue;
      const text = refused[(place * 31) % 7] ?? "";
      const at = new Date(1_795_348_800_000 + place * 997).toISOString();
      parts.push(
        text
          .replace(/conn=([0-9a-f-]{24})[0-9a-f]{12}/, (_, head: string) => `conn=${head}${ids(place)}`)
          .replace(/^\d{4}-\S{19}/, at.slice(0, 23))
          .replace(/durationMs=\d+/, `durationMs=${place % 113}`),
      );
    }
    const bytes = Buffer.from(parts.join("\n"));
    assert.ok(bytes.length > 1_500_000);
    const every = read([bytes], Number.POSITIVE_INFINITY);
    assert.ok(every.events.length > 2000);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 100_003) }, (_, index) =>
      bytes.subarray(index * 100_003, (index + 1) * 100_003),
    );
    assert.deepEqual(read(chunks, 0), every);
    // And in UTF-16, as PowerShell writes.
    const wide = Buffer.from(`\ufeff${parts.join("\r\n")}`, "utf16le");
    assert.deepEqual(read([wide.subarray(0, 70_001), wide.subarray(70_001)], 1000).events, every.events);
  });

  test("of a line without an end its beginning is read, and its end found", () => {
    const refusal = LINES.find((text) => text.includes("closed before connect")) ?? "";
    const long = Buffer.alloc(3_000_000, "a ");
    const chunks = [Buffer.from("x\n"), Buffer.from(`${refusal} `), long, Buffer.from(`\n${refusal}\n`)];
    const { events, stats } = read(chunks, 0);
    assert.deepEqual(
      events.map(({ type, line: number }) => [type, number]),
      [
        ["refused", 2],
        ["refused", 3],
      ],
    );
    assert.equal(stats.lines, 3);
    assert.ok(stats.skipped > 2_900_000);
  });

  test("what else there is, is sampled: at its beginning, at twice as much, and at its end", () => {
    for (const [index, shape] of sampled.entries()) shape.read = reads[index] ?? (() => undefined);
    try {
      const trouble = "2026-11-22T12:00:00.000Z [telegram] getUpdates conflict\n";
      const { events } = read([Buffer.from(trouble.repeat(60_000))], 10_000);
      const numbers = events.map(({ line: number }) => number);
      assert.ok(events.length > 100 && events.length < 5000, String(events.length));
      assert.ok(numbers.includes(1) && numbers.includes(60_000));
      assert.deepEqual(
        numbers,
        [...numbers].sort((a, b) => a - b),
      );
    } finally {
      for (const shape of sampled) shape.read = () => undefined;
    }
  });
});

describe("the finder", () => {
  test("is what its source says", async () => {
    const { parseWat } = await wabt();
    const source = readFileSync(new URL("../src/logs/bytes/finder.wat", import.meta.url), "utf8");
    const { buffer } = parseWat("finder.wat", source, { simd: true }).toBinary({});
    assert.equal(MODULE, Buffer.from(buffer).toString("base64"));
  });

  test("misses no needle at any place, and counts and seeks as JavaScript does", () => {
    const all = needles();
    const finder = finderOf(all);
    assert.ok(finder !== undefined);
    const { text, find, count, seek } = finder;
    for (const [index, needle] of all.entries())
      for (const at of [0, 1, 2, 3, 61 + (index % 7), 200]) {
        text.fill(46, 0, 512);
        text.set(Buffer.from(needle), at);
        const found = find(0, 400);
        assert.ok(found >= at && found < at + Buffer.byteLength(needle), `${needle} at ${at}: ${found}`);
      }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.nat(100), (bytes, from) => {
        const mixed = bytes.map((byte) => (byte < 40 ? 10 : byte));
        text.fill(7, 0, 1024);
        text.set(mixed, from);
        const end = from + mixed.length;
        assert.equal(count(from, end), mixed.filter((byte) => byte === 10).length);
        const place = mixed.indexOf(10);
        assert.equal(seek(from, end, 10), place < 0 ? end : from + place);
      }),
      { numRuns: 100 },
    );
  });

  test("is met by little of what every log has", () => {
    const grams = gramsOf(needles());
    const places = new Set(Array.from(grams, (gram) => hashOf(gram)));
    const met = EVERYWHERE.filter((gram) => places.has(hashOf(gram)));
    assert.ok(EVERYWHERE.length > 400 && met.length < 15, `${met.length} of ${EVERYWHERE.length}`);
    assert.ok(grams.size < 1200, String(grams.size));
  });
});
