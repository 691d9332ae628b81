// Commands and processes of the rig: bounded, and ended only when the rig itself started them.
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

export interface CommandResult {
  /** Exit code, or null when a signal or the time limit ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Milliseconds; 120 000 unless given. */
  readonly timeoutMs?: number;
  readonly stdin?: string;
}

const MAX_OUTPUT = 8 * 1024 * 1024;

/** Runs `argv` to its end. Never throws for a non-zero exit; a command that does not exist gives code 127. */
export function run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [command = "", ...args] = argv;
  return new Promise((resolve) => {
    const spawnOptions: SpawnOptions = { stdio: ["pipe", "pipe", "pipe"] };
    if (options.env) spawnOptions.env = options.env;
    if (options.cwd) spawnOptions.cwd = options.cwd;
    const child = spawn(command, args, spawnOptions);
    let stdout = "";
    let stderr = "";
    let timedOut = false;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      if (stdout.length < MAX_OUTPUT) stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (stderr.length < MAX_OUTPUT) stderr += text;
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.stdin ?? "");
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, options.timeoutMs ?? 120_000);
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ code: 127, signal: null, stdout, stderr: stderr + String(error), timedOut });
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, timedOut });
    });
  });
}

/** Runs `argv`; throws an error with the end of its output unless it exits 0. */
export async function mustRun(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.code !== 0) {
    const why = result.timedOut ? "timed out" : `exit ${result.code ?? result.signal}`;
    throw new Error(`${argv.join(" ")}: ${why}\n${(result.stderr + result.stdout).slice(-1500)}`);
  }
  return result.stdout;
}

/** Tries `action` up to `times` times; network installs fail for a moment now and then. */
export async function retry<T>(what: string, times: number, action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (attempt >= times) throw new Error(`${what}: gave up after ${times} tries`, { cause: error });
      progress(`${what}: try ${attempt} failed, again in ${attempt * 5} s`);
      await delay(attempt * 5000);
    }
  }
}

/** Waits until `condition` is true; false when `timeoutMs` went by first. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 200,
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= end) return false;
    await delay(everyMs);
  }
}

/** The same command, ended by the kernel when this process ends, even when it crashes or is killed. */
export function endsWithUs(argv: readonly string[], signal: "TERM" | "KILL" = "TERM"): readonly string[] {
  return ["setpriv", "--pdeathsig", signal, ...argv];
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie still answers to signal 0, but it runs no more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/**
 * Processes whose environment holds `NAME=value`. A gateway may replace itself by a new process when its
 * config changes (2026.3.13 does); the child inherits the environment, so the mark follows it.
 */
export function pidsMarked(name: string, value: string): number[] {
  const mark = `${name}=${value}`;
  const found: number[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (readFileSync(`/proc/${entry}/environ`, "utf8").split("\0").includes(mark))
        found.push(Number(entry));
    } catch {
      // Ended meanwhile, or another user's.
    }
  }
  return found.filter((pid) => pid !== process.pid && isAlive(pid));
}

/** Ends the marked processes: SIGTERM, and SIGKILL for what is still there after `graceMs`. */
export async function endMarked(name: string, value: string, graceMs = 8000): Promise<void> {
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of pidsMarked(name, value)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended by itself.
      }
    }
  };
  signalAll("SIGTERM");
  if (await until(() => pidsMarked(name, value).length === 0, graceMs, 100)) return;
  signalAll("SIGKILL");
  await until(() => pidsMarked(name, value).length === 0, 3000, 50);
}

export async function endChild(child: ChildProcess, graceMs = 3000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}

/** A line of progress on stderr: stdout belongs to the test reporter. */
export function progress(text: string): void {
  process.stderr.write(`[rig] ${text}\n`);
}
