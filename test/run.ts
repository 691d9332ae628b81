// `npm test [-- NAME…]`: the quick suites. They are put together by esbuild first, all in one go: a suite that is
// compiled in its own process, module by module, takes half a second before its first test, a hundred and sixty times.
// Those that only compute share a few processes, and with that what they all make of the same fixtures.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { ensureBuilt } from "./support/cli.ts";
import { mayShare, putTogether } from "./support/suites.ts";

const here = import.meta.dirname;
const root = path.dirname(here);
/** Within node_modules, so that packages are found from there and no tool looks at it. */
const out = path.join(root, "node_modules", ".pairing-doctor-tests");

/** What takes longest begins first, so that nothing runs alone at the end. */
const LONG = /^(?:cli-|exit-codes|new-check|growth|fuzz-|attack-|secrets-|bundle|deployments-store)/;
/** Where many suites ask for the report of every situation, it is made once. */
const SITUATIONS = "test/support/situation.ts";

async function main(wanted: readonly string[]): Promise<number> {
  const all = readdirSync(here).filter((name) => name.endsWith(".test.ts"));
  const suites = all.filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
  if (suites.length === 0) {
    console.error(`no suite's name has ${wanted.join(" or ")} in it`);
    return 2;
  }
  // Nothing of another run: a file that is gone in the sources is gone here.
  rmSync(out, { recursive: true, force: true });
  const sources = suites.map((name) => path.join("test", name));
  const metafile = await putTogether(root, sources, out);
  ensureBuilt();
  const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
  const shared = new Map<string, string[]>();
  const alone: string[] = [];
  for (const [index, source] of sources.entries()) {
    const built = path.basename(source).replace(/\.ts$/, ".js");
    if (!mayShare(source, metafile, read)) {
      alone.push(built);
      continue;
    }
    const imported = metafile.inputs[source]?.imports.some((one) => one.path === SITUATIONS) ?? false;
    const group = imported ? "situations" : index % 2 === 0 ? "even" : "odd";
    shared.set(group, [...(shared.get(group) ?? []), built]);
  }
  const together = [...shared].map(([group, built]) => {
    const name = `shared-${group}.test.js`;
    writeFileSync(path.join(out, name), built.map((one) => `import "./${one}";\n`).join(""));
    return name;
  });
  const order = [
    ...alone.filter((name) => LONG.test(name)),
    ...together,
    ...alone.filter((name) => !LONG.test(name)),
  ];
  // Node runs them by their names.
  const files = order.map((name, index) => {
    const file = path.join(out, `${String(index).padStart(3, "0")}-${name}`);
    writeFileSync(file, `import "./${name}";\n`);
    return file;
  });
  // Two more than there are processors: some wait for a clock.
  const flags = ["--test", `--test-concurrency=${availableParallelism() + 2}`, "--test-reporter=spec"];
  const child = spawn(process.execPath, [...flags, ...files], { cwd: root, stdio: "inherit" });
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2));
