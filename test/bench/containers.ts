import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { engineEnvironment, startContained } from "../real/rig/contained.ts";
import { type Engine, startEngine, whyNoEngine } from "../real/rig/engine.ts";
import { until } from "../real/rig/processes.ts";
import { strangers } from "../real/rig/strangers.ts";

type Row = readonly [what: string, value: string, against: string];

interface Cost {
  readonly wallMs: number;
  /** User and system time of the program and what it started. */
  readonly cpuMs: number;
}

const COUNT = 200;
const RUNS = 3;
/** In each run, as a shell counts time in hundredths of a second. */
const TIMES = 5;

/** What it costs to find a gateway among many containers of a real engine. */
export async function containerRows(bin: string): Promise<readonly Row[]> {
  const what = `diagnose among ${COUNT} containers`;
  const skipped = await whyNoEngine();
  if (skipped !== undefined) return [[what, "skipped", skipped]];
  const engine = await startEngine();
  const home = mkdtempSync(join(tmpdir(), "pairing-doctor-bench-"));
  const folders = [home];
  try {
    const { container, stateDir } = await startContained(engine, {
      name: "claw",
      release: "2026.2.1",
      port: 41_789,
      gateway: { bind: "lan", auth: { mode: "token", token: "bench-token-5f2c81d0" } },
    });
    folders.push(stateDir);
    const isUp = async () => (await container.logs({ stdout: true, stderr: true })).includes("listening on");
    if (!(await until(isUp, 240_000, 1000))) return [[what, "skipped", "the gateway did not start"]];
    const doctor = [process.execPath, bin, "--json"];
    const alone = median(engine, home, doctor);
    await strangers(engine, COUNT);
    const among = median(engine, home, doctor);
    const ps = median(engine, home, ["docker", "ps", "-a"]);
    const ratios = (cost: Cost, base: Cost) =>
      `${ratio(cost.wallMs, base.wallMs)} wall, ${ratio(cost.cpuMs, base.cpuMs)} CPU`;
    return [
      [what, told(among), `${ratios(among, ps)} of docker ps -a (${told(ps)})`],
      [`${what}: for their number`, told(alone), `${ratios(among, alone)} of one container alone`],
    ];
  } finally {
    await engine.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

const ratio = (value: number, base: number) => `${(value / base).toFixed(2)} x`;
const told = ({ wallMs, cpuMs }: Cost) => `${wallMs.toFixed(0)} ms wall, ${cpuMs.toFixed(0)} ms CPU`;

/** The median run by CPU time, after one to warm up. */
function median(engine: Engine, home: string, argv: readonly string[]): Cost {
  costOf(engine, home, argv);
  const costs = Array.from({ length: RUNS }, () => costOf(engine, home, argv));
  const middle = costs.sort((a, b) => a.cpuMs - b.cpuMs)[Math.floor(RUNS / 2)];
  if (middle === undefined) throw new Error("no runs");
  return middle;
}

/** Of one of several calls: the shell tells, in its last line, what its children used. */
function costOf(engine: Engine, home: string, argv: readonly string[]): Cost {
  const started = performance.now();
  const script = `for i in $(seq ${TIMES}); do "$@" >/dev/null; done; times`;
  const { stdout, stderr } = spawnSync("sh", ["-c", script, "sh", ...argv], {
    cwd: home,
    env: { ...engineEnvironment(engine), HOME: home, NO_COLOR: "1" },
    encoding: "utf8",
  });
  const wallMs = (performance.now() - started) / TIMES;
  const parts = [...(stdout.trim().split("\n").at(-1) ?? "").matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`${argv.join(" ")}: no times\n${stdout}${stderr}`);
  const cpuMs = parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
  return { wallMs, cpuMs: cpuMs / TIMES };
}
