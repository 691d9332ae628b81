// runc for a root that may not raise limits (no CAP_SYS_RESOURCE): takes out of the specification what it may not.
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const LINUX_CAP_SYS_RESOURCE = 24n;

/** A program to be used as an engine's runtime; undefined where runc itself can be used. */
export function ownRuntime(dir: string): string | undefined {
  if (mayRaiseLimits()) return undefined;
  const file = path.join(dir, "runtime.mjs");
  writeFileSync(file, `#!${process.execPath}\n${RUNTIME}`);
  chmodSync(file, 0o755);
  return file;
}

function mayRaiseLimits(): boolean {
  const effective = /^CapEff:\s+([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> LINUX_CAP_SYS_RESOURCE) & 1n) === 1n;
}

const RUNTIME = `import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
const args = process.argv.slice(2);
const valueOf = (...names) => {
  for (const [at, arg] of args.entries())
    for (const name of names) {
      if (arg === name) return args[at + 1];
      if (arg.startsWith(name + "=")) return arg.slice(name.length + 1);
    }
};
const verb = args.find((arg) => ["create", "run", "exec"].includes(arg));
const bundle = (valueOf("--bundle", "-b") ?? ".") + "/config.json";
const file = verb === "exec" ? valueOf("--process", "-p") : verb === undefined ? undefined : bundle;
if (file !== undefined) {
  const spec = JSON.parse(readFileSync(file, "utf8"));
  const task = verb === "exec" ? spec : spec.process;
  if (task.oomScoreAdj < 0) task.oomScoreAdj = 0;
  delete task.rlimits;
  for (const set of Object.keys(task.capabilities ?? {}))
    task.capabilities[set] = task.capabilities[set].filter((name) => name !== "CAP_SYS_RESOURCE");
  writeFileSync(file, JSON.stringify(spec));
}
process.exit(spawnSync("runc", args, { stdio: "inherit" }).status ?? 1);
`;
