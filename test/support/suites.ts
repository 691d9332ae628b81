import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

/** Sources find fixtures and one another by where they lie, not by where they were put together. */
const whereItLies: Plugin = {
  name: "where-it-lies",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      if (file.includes("node_modules")) return undefined;
      const text = readFileSync(file, "utf8");
      const names = `const __url = ${JSON.stringify(pathToFileURL(file).href)}, __dir = ${JSON.stringify(path.dirname(file))};`;
      return { contents: text.includes("import.meta.") ? names + text : text, loader: "ts" };
    });
  },
};

/** Puts modules of a checkout together, so that none of them is compiled again in each process that loads it. */
export async function putTogether(
  root: string,
  entryPoints: Required<BuildOptions>["entryPoints"],
  outdir: string,
): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    plugins: [whereItLies],
    define: { "import.meta.url": "__url", "import.meta.dirname": "__dir" },
    logLevel: "error",
    metafile: true,
  });
  return metafile;
}

/** Node's modules that keep nothing of a process, and that wait for nobody. */
const HARMLESS =
  /^node:(?:assert(?:\/strict)?|buffer|crypto|fs|module|os|path|string_decoder|test|url|util|zlib|stream)$/;
/** What a suite does to the process that it is in: its environment, its clock, its mocks, its hooks for every test. To be asked for new golden files does nothing to it. */
const OF_THE_PROCESS =
  /\bprocess\.(?!env\.UPDATE_GOLDEN\b)|\bmock\b|\bperformance\.|\bglobalThis\.|^(?:before|beforeEach|afterEach)\(/m;

/**
 * Whether a suite may run in one process with others: it only computes. It starts no process, no thread and no server,
 * listens to no clock, and touches nothing of the process; `file` as the metafile names it.
 */
export function mayShare(file: string, { inputs }: Metafile, read: (file: string) => string): boolean {
  const seen = new Set<string>();
  const todo = [file];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    if (at.startsWith("test/") && OF_THE_PROCESS.test(read(at))) return false;
    for (const { path: to, external, original } of inputs[at]?.imports ?? []) {
      if (external !== true) todo.push(to);
      else if ((original ?? to).startsWith("node:") && !HARMLESS.test(to)) return false;
    }
  }
  return true;
}
