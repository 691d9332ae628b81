// What judges runs in a browser page: the bundle is made for one, and run where nothing of Node is.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createContext, Script } from "node:vm";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const pure = join(root, "src/doctor/pure");

/** Every file of the room, under names that do not meet. */
const files = readdirSync(pure, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const all = files
  .map((file, index) => `export * as m${index} from ${JSON.stringify(`./${file}`)};`)
  .join("\n");

function bundle(contents: string) {
  return build({
    stdin: { contents, resolveDir: pure, loader: "ts" },
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "iife",
    globalName: "doctor",
    logLevel: "silent",
  });
}

test("everything of doctor/pure is bundled for a browser, without a module of Node", async () => {
  const { metafile, warnings } = await bundle(all);
  assert.deepEqual(warnings, []);
  const inputs = Object.keys(metafile.inputs);
  assert.ok(files.every((file) => inputs.some((input) => input.endsWith(`doctor/pure/${file}`))));
  const used = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
  assert.deepEqual(
    used.filter(({ path, external }) => external === true || path.startsWith("node:")),
    [],
  );
});

test("a module of Node would be noticed", async () => {
  await assert.rejects(bundle('export { readFileSync } from "node:fs";'), /node:fs/);
});

test("a log is diagnosed with what a page has, and nothing else", async () => {
  const entry =
    'export { offlineFacts } from "./offline.ts"; export { reportOf } from "./case.ts"; export { releaseSaid } from "./parse-arguments.ts";' +
    'export { renderHuman } from "../../report/human.ts";';
  const { outputFiles } = await bundle(entry);
  const log = readFileSync(join(root, "fixtures/situations/classic-2026.2.1/gateway.log"));
  const page = createContext({
    // A page's own globals.
    TextDecoder,
    TextEncoder,
    URL,
    AbortController,
    AbortSignal,
    structuredClone,
    setTimeout,
    clearTimeout,
    log: new Uint8Array(log),
  });
  new Script(outputFiles[0]?.text ?? "").runInContext(page);
  const text: string = await new Script(`(async () => {
    const facts = await doctor.offlineFacts({
      name: "gateway.log",
      sources: () => [{ name: "gateway.log", chunks: (async function* () { yield log; })() }],
      release: doctor.releaseSaid("2026.2.1").value,
      deployment: "docker",
      signal: new AbortController().signal,
    });
    return doctor.renderHuman(doctor.reportOf(facts, { only: [], skip: [] }), { lang: "en", width: 80, unicode: true });
  })()`).runInContext(page);
  assert.match(text, /docker-nat-not-local/);
});
