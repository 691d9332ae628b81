import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/** What one run of a program cost. */
export interface Cost {
  readonly wallMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  /** Peak resident memory, MB. */
  readonly peakMb: number;
}

/** Runs node with these arguments and asks it at its end what it used; the asking costs every program the same. */
export function costOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): Cost {
  const started = performance.now();
  const { stdio, error } = runNode(args, env);
  const wallMs = performance.now() - started;
  if (error) throw error;
  const usage = JSON.parse(stdio) as NodeJS.ResourceUsage;
  return {
    wallMs,
    userMs: usage.userCPUTime / 1000,
    systemMs: usage.systemCPUTime / 1000,
    peakMb: usage.maxRSS / 1024,
  };
}

const PRELOAD = join(import.meta.dirname, "usage.cjs");

function runNode(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { output, error } = spawnSync(process.execPath, ["--require", PRELOAD, ...args], {
    env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent", ...env },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    maxBuffer: 1024 * 1024,
  });
  const stdio = output?.[3]?.toString() ?? "";
  return {
    stdio,
    error: error ?? (stdio === "" ? new Error(output?.[2]?.toString() ?? "no answer") : undefined),
  };
}

/** The median run by user time, of several. */
export function median(runs: number, run: () => Cost): Cost {
  const costs = Array.from({ length: runs }, run).sort((a, b) => a.userMs - b.userMs);
  const middle = costs[Math.floor(runs / 2)];
  if (middle === undefined) throw new Error("no runs");
  return middle;
}

/** Median milliseconds of a piece of work in this process, after one run to warm up. */
export async function medianMs(runs: number, work: () => unknown): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
}
