// An interrupt ends the reading of an input that never ends, whatever its form: a few chunks are read before it, next to
// none behind it, and nothing is written. That a signal gets through to a busy process is cli-interrupt.test's.
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { main } from "../src/cli/main.ts";
import { tar, zip, zstd } from "./support/archives.ts";
import { patiently } from "./support/cli.ts";

const LINE =
  "2026-03-14T08:00:00.000Z [ws] closed before connect conn=1 remote=172.18.0.1 fwd=n/a origin=http://127.0.0.1:18789 host=127.0.0.1:18789 ua=x code=1008 reason=pairing required\n";
const BLOCK = LINE.repeat(200);
const JSON_BLOCK = `${JSON.stringify({ time: "2026-03-14T08:00:00.000Z", "0": LINE.trim() })}\n`.repeat(200);
const ENTRY = JSON.stringify({
  startedDateTime: "2026-03-14T08:00:00.000Z",
  request: { method: "GET", url: "ws://127.0.0.1:18789/", headers: [] },
  response: { status: 101, headers: [], content: {} },
});
/** A file of eight gigabytes without a byte, of which only the header is. */
const HEADER = tar(["gateway.log", ""]).subarray(0, 512);
const huge = Buffer.from(HEADER);
huge.write("77777777777\0", 124);
huge.write("        ", 148);
huge.write(
  `${huge
    .reduce((sum, byte) => sum + byte, 0)
    .toString(8)
    .padStart(6, "0")}\0 `,
  148,
);
const member = tar(["a.log", BLOCK]);
const entries = member.subarray(0, 512 * Math.ceil((512 + BLOCK.length) / 512));

/** What comes first, and what comes without end behind it. */
const FORMATS: Readonly<
  Record<string, () => readonly [first: Uint8Array | string, again: Uint8Array | string]>
> = {
  "a plain log": () => ["", BLOCK],
  "one line": () => ["", "x".repeat(40_000)],
  "secrets in one line": () => ["", "token=".repeat(7000)],
  "lines that go on": () => ["", `${"%2\n".repeat(13_000)}`],
  "UTF-16": () => [Buffer.from("\ufeff", "utf16le"), Buffer.from(BLOCK, "utf16le")],
  "JSON lines": () => ["", JSON_BLOCK],
  "one JSON document": () => ['{"gateway":{"a":[', `${JSON.stringify(LINE)},`.repeat(200)],
  "a HAR": () => ['{"log":{"version":"1.2","entries":[', `${ENTRY},`.repeat(200)],
  "a config": () => [
    "{ gateway: { controlUi: { allowedOrigins: [",
    '"https://claw.example.com", '.repeat(1500),
  ],
  "a ticket": () => ["Since yesterday:\n```\n", BLOCK],
  gzip: () => ["", gzipSync(BLOCK)],
  Zstandard: () => ["", zstd(BLOCK)],
  "a tar of one file": () => [huge, BLOCK],
  "a tar of many": () => ["", entries],
  "tar.gz": () => ["", gzipSync(entries)],
  "tar.gz of one file": () => [gzipSync(huge), gzipSync(BLOCK)],
  "gzip in gzip": () => ["", gzipSync(gzipSync(BLOCK))],
};
const BEFORE = 60;
/** Chunks that streams and decompressors take ahead. */
const BEHIND = 4;

async function interrupted(first: Uint8Array | string, again: Uint8Array | string) {
  const interrupt = new AbortController();
  const written: string[] = [];
  let read = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    if (first.length > 0) yield Buffer.from(first);
    for (;;) {
      read += 1;
      if (read === BEFORE) interrupt.abort();
      // As a pipe does, it comes in turns of its own.
      await new Promise((resolve) => setImmediate(resolve));
      yield Buffer.from(again);
      if (read > BEFORE + 2000) return;
    }
  }
  const output = { write: (text: string) => written.push(text) };
  const code = await main(patiently(["triage", "-", "--verbose"]), {
    stdin: Readable.from(endless()),
    stdout: output,
    stderr: output,
    env: { HOME: "/nonexistent", LANG: "en_US.UTF-8" },
    signal: interrupt.signal,
  });
  return { code, text: written.join(""), behind: read - BEFORE };
}

describe("an interrupt ends", () => {
  for (const [name, of] of Object.entries(FORMATS))
    test(name, async () => {
      const { code, text, behind } = await interrupted(...of());
      assert.deepEqual([code, text], [130, ""]);
      assert.ok(behind >= 0 && behind <= BEHIND, `${behind} chunks after the interrupt`);
    });

  test("a zip, which is held until its end", async () => {
    const whole = await zip([["gateway.log", BLOCK]]);
    const { code, text, behind } = await interrupted(whole.subarray(0, 200), Buffer.alloc(40_000));
    assert.deepEqual([code, text], [130, ""]);
    assert.ok(behind >= 0 && behind <= BEHIND, `${behind} chunks after the interrupt`);
  });
});
