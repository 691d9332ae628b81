// `npm run test:real [-- --core] [-- NAME…]`: the suites against real gateways, one after another.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BIN } from "./rig/doctor.ts";
import { bringUpCluster, type OwnCluster } from "./rig/own-cluster.ts";
import { installRelease } from "./rig/releases.ts";
import { kubernetesReleases } from "./selection.ts";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");

/** From the quickest to the most thorough; a suite that is not listed runs last. */
const ORDER = [
  "smoke",
  "smoke-command",
  "web",
  "packages",
  "plugin",
  "chat",
  "watch",
  "commands",
  "frames",
  "store",
  "changer",
  "own-traces",
  "causes",
  "model",
  "diagnose",
  "browser",
  "fix",
  "fix-back",
  "pages",
  "proxies",
  "ssh",
  "ssh-hostile",
  "ssh-distance",
  "ssh-tailscale",
  "ssh-fronts",
  "services",
  "docker",
  "docker-fix",
  "docker-compose-fix",
  "docker-doctor",
  "podman",
  "kubernetes",
  "fleet",
];

/** Left out of the core run, unless they are named. */
const FULL_ONLY = new Set([
  "chat",
  "pages",
  "proxies",
  "ssh-hostile",
  "ssh-distance",
  "ssh-fronts",
  "ssh-tailscale",
  "services",
  "docker-compose-fix",
  "podman",
  "fleet",
]);

async function main(args: readonly string[]): Promise<number> {
  const core = args.includes("--core");
  const wanted = args.filter((arg) => !arg.startsWith("--"));
  const unknownOption = args.find((arg) => arg.startsWith("--") && arg !== "--core");
  if (unknownOption !== undefined) {
    console.error(`unknown option ${unknownOption}; known: --core, and names of suites`);
    return 2;
  }
  if (!existsSync(BIN)) {
    console.error(`${path.relative(root, BIN)} is missing: run \`npm run build\` first`);
    return 2;
  }
  const suites = readdirSync(here)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => name.slice(0, -".test.ts".length))
    .filter((name) => (wanted.length === 0 ? !(core && FULL_ONLY.has(name)) : wanted.includes(name)))
    .sort((a, b) => rank(a) - rank(b));
  const work = mkdtempSync(path.join(tmpdir(), "opd-real-"));
  const totals = { tests: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0 };
  const skipped: string[] = [];
  let failed = suites.length === 0;
  try {
    for (const suite of suites) {
      console.log(`\n# suite ${suite}`);
      const tap = path.join(work, `${suite}.tap`);
      const code = await (CLUSTERED.has(suite) ? runInCluster(suite, tap, core) : runSuite(suite, tap, core));
      if (code !== 0) failed = true;
      const text = existsSync(tap) ? readFileSync(tap, "utf8") : "";
      for (const name of Object.keys(totals) as (keyof typeof totals)[])
        totals[name] += Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
      for (const [, what = "", why = ""] of text.matchAll(/^\s*ok \d+ - (.*?) # SKIP ?(.*)$/gm))
        skipped.push(`${suite}: ${what}: ${why || "no reason given"}`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log("");
  for (const line of skipped) console.log(`# skipped ${line}`);
  for (const [name, count] of Object.entries(totals)) console.log(`# ${name} ${count}`);
  return failed || totals.fail > 0 || totals.cancelled > 0 ? 1 : 0;
}

function rank(suite: string): number {
  const at = ORDER.indexOf(suite);
  return at < 0 ? ORDER.length : at;
}

/** Suites that ask a cluster: `KUBECONFIG` with the `DOCKER_HOST` of its nodes, else one of the run's own. */
const CLUSTERED = new Set(["kubernetes"]);

async function runInCluster(suite: string, tap: string, core: boolean): Promise<number> {
  const { KUBECONFIG, DOCKER_HOST } = process.env;
  if (KUBECONFIG !== undefined && DOCKER_HOST !== undefined) return runSuite(suite, tap, core);
  const cluster = await bringUpCluster();
  if (typeof cluster === "string")
    return runSuite(suite, tap, core, { env: { ...process.env, PAIRING_DOCTOR_NO_CLUSTER: cluster } });
  // An interrupt ends the suite, which is of the same group; then the cluster is taken down.
  const wait = () => undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, wait);
  try {
    // In the namespace there is no way to a registry.
    for (const release of kubernetesReleases(core)) await installRelease(release);
    return await runSuite(suite, tap, core, cluster);
  } finally {
    await cluster.down();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, wait);
  }
}

function runSuite(
  suite: string,
  tap: string,
  core: boolean,
  { env: own = process.env, inside = (argv) => argv }: Partial<Pick<OwnCluster, "env" | "inside">> = {},
): Promise<number> {
  const args = ["--import", "tsx", "--test"];
  args.push("--test-reporter=spec", "--test-reporter-destination=stdout");
  args.push("--test-reporter=tap", `--test-reporter-destination=${tap}`);
  args.push(path.join(here, `${suite}.test.ts`));
  const env = { ...own, ...(core ? { PAIRING_DOCTOR_CORE: "1" } : {}) };
  return new Promise((resolve) => {
    const [program = "", ...words] = inside([process.execPath, ...args]);
    const child = spawn(program, words, { cwd: root, env, stdio: "inherit" });
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2));
