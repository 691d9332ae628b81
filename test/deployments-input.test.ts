// Whatever a path leads to, opening it never waits, and reading it ends.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { say } from "../src/core/saying.ts";
import { checkInput, InputRefused, openInput } from "../src/deployments/input.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { textOf } from "./fake-world.ts";

const directory = mkdtempSync(join(tmpdir(), "opd-input-"));
after(() => rmSync(directory, { recursive: true }));

function fifo(name: string): string {
  const path = join(directory, name);
  execFileSync("mkfifo", [path]);
  return path;
}

const file = join(directory, "file");
writeFileSync(file, "0123456789");

describe("a file", () => {
  test("is read up to a bound, and says when there is more", async () => {
    for (const [max, text, isCut] of [
      [4, "0123", true],
      [10, "0123456789", false],
      [1000, "0123456789", false],
    ] as const) {
      const read = await (await openInput(file)).read(max);
      assert.deepEqual([read.bytes.toString(), read.isCut], [text, isCut]);
    }
  });

  test("in chunks between two places; a larger one in several", async () => {
    const input = await openInput(file);
    assert.equal(input.size, 10);
    assert.equal(await textOf(input.chunks(3, 6)), "345");
    const large = join(directory, "large");
    writeFileSync(large, "x".repeat(600_000));
    let pieces = 0;
    let bytes = 0;
    for await (const chunk of (await openInput(large)).chunks(10, 590_000)) {
      pieces += 1;
      bytes += chunk.length;
    }
    assert.ok(pieces > 1);
    assert.equal(bytes, 589_990);
  });

  test("that says it is empty, as those of /proc do", { skip: process.platform !== "linux" }, async () => {
    const { bytes } = await (await openInput("/proc/self/status")).read(1_000_000);
    assert.match(bytes.toString(), /^Name:/);
  });

  test("that somebody stops reading is closed", async () => {
    for await (const chunk of (await openInput(file)).chunks(0, 5)) {
      assert.equal(chunk.length, 5);
      break;
    }
    const input = await openInput(file);
    await input.close();
    await input.close();
  });
});

describe("what is no file", () => {
  const socket = join(directory, "socket");
  const link = join(directory, "link");
  symlinkSync("/dev/zero", link);
  const refused: readonly (readonly [path: string, why: string])[] = [
    [directory, "it is a directory"],
    ["/dev/zero", "it is a device"],
    ["/dev/null", "it is a device"],
    [link, "it is a device"],
    [socket, "it is a socket"],
    [fifo("refused"), "it is a pipe"],
  ];
  test("is refused, with its kind", { skip: process.platform === "win32" }, async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      for (const [path, why] of refused) {
        const expected = (error: unknown) => error instanceof InputRefused && error.message === why;
        await assert.rejects(openInput(path), expected, path);
        await assert.rejects(checkInput(path), expected, path);
        const read = await nodeWorld().readText(path, 100);
        assert.deepEqual(read, { ok: false, reason: "failed", detail: say("unread-irregular") }, path);
        await assert.rejects(textOf(nodeWorld().stream(path, 0, 10)), expected, path);
      }
    } finally {
      server.close();
    }
  });

  test("what is not there, or not for us", async () => {
    await assert.rejects(openInput(join(directory, "none")), { code: "ENOENT" });
    await assert.rejects(checkInput(join(directory, "none")), { code: "ENOENT" });
  });
});

describe("a pipe, where one is read", { skip: process.platform === "win32" }, () => {
  test("gives what is written to it, up to its end or to the bound", async () => {
    for (const [name, max, text, isCut] of [
      ["whole", 1000, "hello\nyou\n", false],
      ["cut", 4, "hell", true],
    ] as const) {
      const path = fifo(name);
      const input = await openInput(path, { pipes: true });
      assert.equal(input.kind, "pipe");
      const reading = input.read(max);
      const writer = openSync(path, "w");
      writeSync(writer, "hello\n");
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (!isCut) writeSync(writer, "you\n");
      closeSync(writer);
      const read = await reading;
      assert.deepEqual([read.bytes.toString(), read.isCut], [text, isCut]);
    }
  });

  test("that nobody writes to is waited for until the signal", async () => {
    const path = fifo("silent");
    const controller = new AbortController();
    const input = await openInput(path, { pipes: true, signal: controller.signal });
    const reading = input.read(100);
    setTimeout(() => controller.abort(), 50);
    await assert.rejects(reading, { name: "AbortError" });
  });

  test("that never ends is read up to the bound", async () => {
    const path = fifo("endless");
    const writer = spawn("sh", ["-c", 'exec cat /dev/zero > "$0"', path]);
    try {
      const { bytes, isCut } = await (await openInput(path, { pipes: true })).read(300_000);
      assert.deepEqual([bytes.length, isCut], [300_000, true]);
    } finally {
      writer.kill("SIGKILL");
    }
  });
});

test("nothing else in the sources opens a file that we did not make", () => {
  const own = new Set([
    "src/deployments/input.ts",
    // With owner, mode and name of what is replaced, or of our own journal.
    "src/deployments/atomic-file.ts",
    "src/deployments/journal-store.ts",
    // Where the user wants a report: opened to write.
    "src/deployments/output-file.ts",
    // Our own program.
    "src/deployments/store/store-worker.ts",
    // What our own process hands it on its standard input, and the kernel's word of that process.
    "src/deployments/third-party/check-worker.ts",
    "src/deployments/third-party/run.ts",
  ]);
  const root = new URL("..", import.meta.url).pathname;
  const opening = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .map((name) => `src/${name}`)
    .filter(
      (name) => name.endsWith(".ts") && !/^src\/(?:build|gateway\/embedded)\/|\/scripts\.ts$/.test(name),
    )
    .filter((name) =>
      /import \{[^}]*\b(?:open|openSync|readFile|readFileSync|createReadStream)\b[^}]*\} from "node:fs/.test(
        readFileSync(join(root, name), "utf8"),
      ),
    );
  assert.deepEqual(
    opening.filter((name) => !own.has(name)),
    [],
  );
  assert.ok(opening.length >= 3);
});

test("a directory lists no more names than it is asked for", async () => {
  const many = join(directory, "many");
  execFileSync("mkdir", [many]);
  for (let at = 0; at < 50; at += 1) writeFileSync(join(many, `f${at}`), "");
  const { list } = nodeWorld();
  assert.deepEqual([(await list(many, 10)).length, (await list(many, 100)).length], [10, 50]);
  assert.deepEqual(await list(file, 10), []);
});
