import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { it } from "node:test";
import fc from "fast-check";
import type { LogEvent } from "../src/core/log-event.ts";
import { digestLogs } from "../src/logs/digest.ts";
import type { Shape } from "../src/logs/line.ts";
import type { Chunk } from "../src/logs/lines.ts";
import { createScanner } from "../src/logs/scan.ts";
import { SHAPES } from "../src/logs/shapes/index.ts";

const ROOM = new URL("../fixtures/logs/", import.meta.url);
const texts = readdirSync(ROOM)
  .filter((name) => /\.(?:log|jsonl)$/.test(name))
  .map((name) => readFileSync(new URL(name, ROOM), "utf8"));
/** Real lines of every shape, to build hostile input from. */
const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line !== "");

function scan(chunks: Iterable<Chunk>, secrets: readonly string[] = []): LogEvent[] {
  const scanner = createScanner("x", { secrets });
  const events: LogEvent[] = [];
  for (const chunk of chunks) events.push(...scanner.push(chunk));
  return [...events, ...scanner.end()];
}

/** Every text in an event, keys left out. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** A real line with something cut out, put in or repeated. */
const mangled = fc
  .tuple(fc.constantFrom(...lines), fc.nat(400), fc.nat(40), fc.string({ unit: "binary", maxLength: 12 }))
  .map(([line, at, cut, put]) => line.slice(0, at) + put + line.slice(at + cut));

it("never throws, whatever the bytes, and says nothing unsafe", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 }), (chunks) => {
      scan(chunks);
    }),
  );
  fc.assert(
    fc.property(fc.array(mangled, { maxLength: 20 }), (broken) => {
      for (const event of scan([broken.join("\n")])) {
        assert.ok(event.quote.length <= 500);
        for (const text of textsOf(event)) assert.doesNotMatch(text, UNSAFE);
      }
    }),
    { numRuns: 500 },
  );
});

it("any chunking gives the same events", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...lines), mangled), { maxLength: 25 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.boolean(),
      (some, cuts, asBytes) => {
        const text = some.join("\n");
        const input: Chunk = asBytes ? new TextEncoder().encode(text) : text;
        const places = [
          0,
          ...cuts.map((cut) => cut % (input.length + 1)).sort((a, b) => a - b),
          input.length,
        ];
        const chunks = places.slice(1).map((to, index) => input.slice(places[index], to));
        assert.deepEqual(scan(chunks), scan([input]));
      },
    ),
    { numRuns: 300 },
  );
});

/** Where secrets stand in logs and pastes. Long lines included: a cut must not leave one half. */
const PLACES: readonly ((secret: string) => string)[] = [
  (secret) => `disconnected (1008): pairing required http://127.0.0.1:18789/?token=${secret}`,
  (secret) =>
    `disconnected (1008): pairing required http://127.0.0.1:18789/#bootstrapToken=${secret}&bootstrapProfile=owner`,
  (secret) =>
    `[ws] closed before connect conn=x remote=10.0.0.1 fwd=n/a origin=http://h/#token=${secret} host=h ua=n/a code=1008 reason=pairing required`,
  (secret) =>
    `[ws] closed before connect conn=x remote=10.0.0.1 fwd=n/a origin=n/a host=h ua=token=${secret} code=4008 reason=connect failed`,
  (secret) => `gateway connect failed: Error: unauthorized: gateway token mismatch --token ${secret}`,
  (secret) => `gateway closed (1008): pairing required Authorization: Bearer ${secret}`,
  (secret) => `pairing required "token":"${secret}" "password": "${secret}"`,
  (secret) =>
    `{"0":"{\\"subsystem\\":\\"gateway/ws\\"}","1":{"cause":"unauthorized","token":"${secret}","reason":"password=${secret}"},"2":"closed before connect conn=x code=1008 reason=token=${secret}","_meta":{}}`,
  (secret) => `{"cause":"pairing-required","handshake":"failed","client":"--token ${secret}"}`,
  (secret) =>
    `[openclaw] Failed to start CLI: Error: gateway closed (1008): pairing required\nGateway target: ws://user:${secret}@10.0.0.1:18789\nConfig: /x?token=${secret}`,
  (secret) =>
    `[ws] closed before connect conn=x remote=10.0.0.1\nfwd=n/a origin=http://h/?token=${secret} code=1008 reason=pairing required`,
  (secret) =>
    `OPENCLAW_GATEWAY_PASSWORD=${secret} openclaw gateway run: Refusing to bind gateway to lan without auth`,
  (secret) => `Config validation failed: config set gateway.auth.token ${secret}`,
  (secret) => `pairing required ${"x ".repeat(230)} token=${secret}`,
  (secret) => `pairing required ${"y ".repeat(2030)} token=${secret}`,
];

it("no planted secret survives in any field, by its place alone", () => {
  const secret = fc
    .string({
      unit: fc.constantFrom(..."abcdefghijkLMNOPQRSTUVWXYZ0123456789_-.~+/="),
      minLength: 8,
      maxLength: 64,
    })
    .filter((text) => /[A-Z]/.test(text) && /\d/.test(text) && /[a-z]/.test(text) && !text.startsWith("-"));
  let events = 0;
  fc.assert(
    fc.property(secret, fc.constantFrom(...PLACES), (planted, place) => {
      for (const event of scan([place(planted)])) {
        events++;
        for (const text of textsOf(event)) assert.ok(!text.includes(planted), text);
      }
    }),
    { numRuns: 600 },
  );
  assert.ok(events >= 600, `${events} events`);
});

it("no exact secret survives, wherever it stands, also not one half of it", () => {
  const secret = fc
    .string({ unit: "grapheme-ascii", minLength: 12, maxLength: 40 })
    .filter((text) => /^\S+$/.test(text));
  fc.assert(
    fc.property(secret, fc.constantFrom(...lines), fc.nat(600), (planted, line, at) => {
      for (const event of scan([`${line.slice(0, at)} ${planted} ${line.slice(at)}`], [planted])) {
        for (const text of textsOf(event)) assert.ok(!text.includes(planted), text);
      }
    }),
    { numRuns: 400 },
  );
});

it("reads sync and async sources alike, and says how much it read", async () => {
  const chunks = ["a\n[ws] closed before ", "connect conn=x code=1008 reason=pairing required\n"];
  async function* slowly() {
    for (const chunk of chunks) yield chunk;
  }
  const scanner = createScanner("gateway.log");
  const events: LogEvent[] = chunks.flatMap((chunk) => scanner.push(chunk));
  events.push(...scanner.end());
  assert.deepEqual(
    events,
    scan([chunks.join("")]).map((event) => ({ ...event, source: "gateway.log" })),
  );
  assert.equal(events[0]?.line, 2);
  assert.deepEqual(scanner.stats, { lines: 2, bytes: chunks.join("").length, skipped: 0 });
  for (const source of [chunks, slowly()]) {
    const digest = await digestLogs([{ name: "gateway.log", chunks: source }]);
    assert.deepEqual(digest.refusals.length, 1);
    assert.deepEqual(digest.sources, [
      { name: "gateway.log", lines: 2, bytes: chunks.join("").length, events: 1 },
    ]);
  }
});

it("healthy lines are no events", () => {
  const quiet = [
    "2026-02-12T07:20:43.558Z [ws] ← open remoteAddr=127.0.0.1 conn=132610f4…675c",
    "2026-11-22T12:46:54.821Z [ws] webchat disconnected code=1000 reason=n/a conn=6db7f4bc-27ac-41b2-8ee1-3d98be2046a3",
    "2026-11-22T12:32:12.595+00:00 [gateway] agent model: openai/gpt-5.5",
    "2026-11-22T12:55:24.244+00:00 [gateway] parse/handle error: cause: timeout of the provider",
    "2026-11-22T12:55:24.244+00:00 [agent] fetch failed: connect ECONNRESET api.example.com:443",
    "2026-11-22T12:55:24.244+00:00 [gateway] fetch failed: connect ECONNREFUSED 10.1.2.3:443",
    "[gateway/channels/telegram] pairing request from user 42, code ABCD1234",
  ];
  assert.deepEqual(scan([quiet.join("\n")]), []);
});

it("parses a line with hostile parts by its own keys", () => {
  const [event] = scan([
    "[ws] closed before connect conn=823f4c49-0001-4000-8000-000000000001 remote=10.0.0.9 fwd=n/a origin=http://a host=b ua=Mozilla (x remote=127.0.0.1 origin=evil) code=1008 reason=pairing required\u001b[31m\u202e",
  ]);
  assert.ok(event?.type === "refused");
  assert.equal(event.remote, "10.0.0.9");
  assert.equal(event.origin, "http://a");
  assert.equal(event.ua, "Mozilla (x remote=127.0.0.1 origin=evil)");
  assert.equal(event.reason, "pairing required");
});

it("a request id that the gateway cut is not used", () => {
  const reason =
    "pairing required: device is asking for a higher role than currently approved (requestId: 9f1c0a44-1c3e-4b0e-8f6d-0a4be1";
  for (let bytes = 90; bytes <= reason.length; bytes++) {
    const [event] = scan([
      `[ws] closed before connect conn=x remote=10.0.0.9 code=1008 reason=${reason.slice(0, bytes)}`,
    ]);
    assert.ok(event?.type === "refused");
    assert.equal(event.requestId, undefined);
    assert.equal(
      event.reason,
      "pairing required: device is asking for a higher role than currently approved".slice(0, bytes).trim(),
    );
  }
});

it("looks closely at few lines only, once each", () => {
  // Work counted, not timed: how many shapes get to read a line.
  let reads = 0;
  const shapes: readonly { read: Shape["read"] }[] = SHAPES;
  const originals = shapes.map(({ read }) => read);
  for (const shape of shapes) {
    const { read } = shape;
    shape.read = (line) => {
      reads++;
      return read(line);
    };
  }
  try {
    const noise = "2026-11-22T12:00:00.000+00:00 [agent] tool call finished name=read duration=12ms\n".repeat(
      5000,
    );
    assert.deepEqual(scan([noise]), []);
    assert.equal(reads, 0);
    const refusal = (reason: string) =>
      `2026-11-22T12:00:00.000+00:00 [ws] closed before connect conn=x code=1008 reason=${reason}\n`;
    const different = Array.from({ length: 1000 }, (_, place) => refusal(`pairing required: ${place} x`));
    assert.equal(scan(different).length, 1000);
    assert.ok(reads >= 1000 && reads < 1020, String(reads));
    // Lines that say what an earlier one said are not read again, whatever their times.
    assert.equal(scan([refusal("pairing required").repeat(1000)]).length, 1000);
    assert.ok(reads < 1040, String(reads));
  } finally {
    for (const [index, read] of originals.entries()) Object.assign(shapes[index] ?? {}, { read });
  }
});

/** Quantifiers inside quantified groups are what makes expressions explode; there are none without a bound. */
it("no expression of the room has an unbounded quantifier within a repeated group", () => {
  const files = ["../src/logs/", "../src/logs/shapes/"].flatMap((folder) => {
    const url = new URL(folder, import.meta.url);
    return readdirSync(url)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(new URL(name, url), "utf8"));
  });
  for (const name of ["scrub", "named-secrets", "known-values", "disguises", "text"])
    files.push(readFileSync(new URL(`../src/core/${name}.ts`, import.meta.url), "utf8"));
  let seen = 0;
  for (const text of files) {
    for (const [literal] of text.matchAll(
      /(?<=[(=:,[\n?] {0,12})\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuy]*/g,
    )) {
      seen++;
      const plain = literal.replace(/\\./g, "_").replace(/\[[^\]]*\]/g, "_");
      assert.doesNotMatch(plain, /\([^()]*[*+][^()]*\)(?:[*+]|\{\d+,\})/, literal);
    }
  }
  assert.ok(seen > 60, `${seen} expressions`);
});
