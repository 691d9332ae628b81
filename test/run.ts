// `npm test [-- NAME…]`: the quick suites. They are put together by esbuild first, all in one go: a suite that is
// compiled in its own process, module by module, takes half a second before its first test, a hundred and fifty times.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { ensureBuilt } from "./support/cli.ts";

const here = import.meta.dirname;
const root = path.dirname(here);
/** Within node_modules, so that packages are found from there and no tool looks at it. */
const out = path.join(root, "node_modules", ".pairing-doctor-tests");

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

async function main(wanted: readonly string[]): Promise<number> {
  const all = readdirSync(here).filter((name) => name.endsWith(".test.ts"));
  const suites = all.filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
  if (suites.length === 0) {
    console.error(`no suite's name has ${wanted.join(" or ")} in it`);
    return 2;
  }
  // Nothing of another run: a file that is gone in the sources is gone here.
  rmSync(out, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: suites.map((name) => path.join("test", name)),
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    plugins: [whereItLies],
    define: { "import.meta.url": "__url", "import.meta.dirname": "__dir" },
    logLevel: "error",
  });
  ensureBuilt();
  // One more than there are processors: some wait for a clock.
  const flags = ["--test", `--test-concurrency=${availableParallelism() + 1}`, "--test-reporter=spec"];
  const files = suites.map((name) => path.join(out, name.replace(/\.ts$/, ".js")));
  const child = spawn(process.execPath, [...flags, ...files], { cwd: root, stdio: "inherit" });
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2));
