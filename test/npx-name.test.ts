import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { main } from "../src/cli/main.ts";

/*
 * `npx NAME` runs whatever NAME is on the registry. The command is called `pairing-doctor`, and no package of that
 * name is ours: whoever takes it would run code on the machines of those who copy the line.
 */

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const { name: PACKAGE } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name: string };

/** Names that a text hands to npx, pnpm dlx and their like, as far as they look like ours. */
function handedOut(text: string): string[] {
  const calls = text.matchAll(
    /\b(?:npx|npm (?:exec|install -g|i -g)|pnpm dlx|yarn dlx|bunx)((?:\s+-{1,2}[\w=-]+)*)\s+(?:--\s+)?([@\w./-]+)/g,
  );
  return [...calls]
    .map((call) => (call[2] ?? "").replace(/(?<=.)@[\w.-]*$/, ""))
    .filter((name) => /pairing|doctor/.test(name));
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return /^(?:node_modules|dist|\.git)$/.test(entry.name) ? [] : filesBelow(path);
    return entry.isFile() && !/\.gz$|^package-lock\.json$/.test(entry.name) ? [path] : [];
  });
}

test("the reader of calls sees another name, also behind options", () => {
  assert.deepEqual(handedOut("run `npx pairing-doctor`, or npx --yes pairing-doctor@1"), [
    "pairing-doctor",
    "pairing-doctor",
  ]);
  assert.deepEqual(handedOut("`npx openclaw-pairing-doctor demo`; npx knip"), [PACKAGE]);
});

test("every file that a user or a machine reads hands out the name of our own package", () => {
  const own = fileURLToPath(import.meta.url);
  const wrong = filesBelow(root)
    .filter((path) => path !== own)
    .flatMap((path) =>
      handedOut(readFileSync(path, "utf8"))
        .filter((name) => name !== PACKAGE)
        .map((name) => `${relative(root, path)}: ${name}`),
    );
  assert.deepEqual(wrong, []);
});

test("what the demo says to type next, in every format and language, is our own package", async () => {
  const seen: string[] = [];
  for (const format of ["human", "json"]) {
    for (const lang of ["en", "zh"]) {
      let out = "";
      await main(["demo", "classic", "--quiet", "--format", format, "--lang", lang], {
        stdin: Readable.from([]),
        stdout: { write: (text) => (out += text) },
        stderr: { write: () => {} },
        env: { LANG: "en_US.UTF-8" },
        signal: new AbortController().signal,
      });
      seen.push(...handedOut(out));
    }
  }
  assert.ok(seen.length > 0);
  assert.deepEqual([...new Set(seen)], [PACKAGE]);
});
