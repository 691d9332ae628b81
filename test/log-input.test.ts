import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { logFile } from "../src/cli/log-input.ts";
import { say } from "../src/core/saying.ts";

const dir = mkdtempSync(join(tmpdir(), "opd-log-input-"));
after(() => rmSync(dir, { recursive: true }));

test("a log that was a file and is a pipe now is lost, and not waited for; a file in its place is read again", {
  skip: process.platform === "win32" && "no pipes with names",
}, async () => {
  const path = join(dir, "gateway.log");
  const files = new Set<string>();
  const read = async (): Promise<string> => {
    const reading = { signal: AbortSignal.timeout(60_000), note: () => undefined, files };
    let text = "";
    const file = { path, what: `--log ${path}`, todo: say("name-readable-log") };
    for await (const chunk of logFile(file, reading)) text += Buffer.from(chunk).toString();
    return text;
  };
  writeFileSync(path, "one\n");
  assert.equal(await read(), "one\n");
  rmSync(path);
  execFileSync("mkfifo", [path]);
  await assert.rejects(read(), /it is a pipe/);
  rmSync(path);
  writeFileSync(path, "two\n");
  assert.equal(await read(), "two\n");
});
