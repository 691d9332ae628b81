import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { main } from "../../src/cli/main.ts";

const ROOT = resolve(fileURLToPath(new URL("../..", import.meta.url)));
const BIN = join(ROOT, "dist", "bin.js");

export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly input?: string | Uint8Array;
  /** Laid over an environment without a home, an OpenClaw or a terminal. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Options of node itself. */
  readonly node?: readonly string[];
}

let built = false;

/** Builds `dist` if it is missing or older than a source. Test files run side by side: one builds, the others wait. */
export function ensureBuilt(): string {
  if (built) return BIN;
  const lock = join(ROOT, "node_modules", ".pairing-doctor-build.lock");
  for (let i = 0; isStale(); i++) {
    try {
      mkdirSync(lock);
    } catch {
      // Whoever holds it for a minute has died.
      if (i > 600) rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      continue;
    }
    try {
      if (isStale()) execFileSync("npm", ["run", "build", "--silent"], { cwd: ROOT, stdio: "pipe" });
      break;
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  built = true;
  return BIN;
}

function isStale(): boolean {
  const made = statSync(BIN, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = ["src", "checks"].flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return [...sources, join(ROOT, "package.json"), join(ROOT, "package-lock.json")].some(
    (path) => statSync(path).mtimeMs > made,
  );
}

/** The commands that give up after `--timeout`; that these are all, and which of their own do not, is cli-here.test's. */
export const GIVE_UP: ReadonlySet<string> = new Set([
  "diagnose",
  "fix",
  "smoke",
  "fleet",
  "collect",
  "watch",
]);
export const GIVES_NONE_UP: readonly string[] = ["fleet report", "fleet manifest"];

/**
 * The words of a command with patience for however busy a machine: what a diagnosis could not see within its 15 s is
 * undetermined. A suite that wants something given up says its own `--timeout`.
 */
export function patiently(args: readonly string[]): readonly string[] {
  const [command = ""] = args;
  const givesUp = GIVE_UP.has(command) || (command.startsWith("-") && args.length > 1);
  if (GIVES_NONE_UP.includes(args.slice(0, 2).join(" "))) return args;
  const own = args.some((word) => /^(?:--timeout(?:=.*)?|--help|-h)$/.test(word));
  return givesUp && !own ? [...args, "--timeout", "120"] : args;
}

/** An empty directory as home and working directory, so that no gateway of this machine is found. */
export function emptyHome(): string {
  return mkdtempSync(join(tmpdir(), "pairing-doctor-home-"));
}

const home = emptyHome();
process.once("exit", () => rmSync(home, { recursive: true, force: true }));

export function start(args: readonly string[], options: CliOptions = {}): ChildProcess {
  return spawn(process.execPath, [...(options.node ?? []), ensureBuilt(), ...patiently(args)], {
    cwd: options.cwd ?? home,
    env: { PATH: process.env.PATH ?? "", HOME: home, LANG: "en_US.UTF-8", ...options.env },
    stdio: "pipe",
  });
}

/** Runs the built command to its end. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return finish(start(args, options), options.input);
}

/**
 * The same within this process, with the sources instead of `dist`: for what the command says and does, where how a
 * process starts and ends is not the question. Takes a tenth of the time; that both do the same is cli-here.test's.
 */
export async function here(
  args: readonly string[],
  options: Pick<CliOptions, "input" | "env"> = {},
): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(patiently(args), {
    stdin: Readable.from([Buffer.from(options.input ?? "")].filter(({ length }) => length > 0)),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env: { PATH: process.env.PATH ?? "", HOME: home, LANG: "en_US.UTF-8", ...options.env },
    signal: new AbortController().signal,
  });
  return { code, stdout: out.join(""), stderr: err.join("") };
}

/** Collects what a started command writes, until it has ended. */
export function finish(
  child: ChildProcess,
  input: string | Uint8Array | Iterable<string> = "",
): Promise<CliResult> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
  // A command that does not read its input closes it.
  child.stdin?.on("error", () => undefined);
  if (child.stdin) {
    const pieces = typeof input === "string" || input instanceof Uint8Array ? [input] : input;
    Readable.from(pieces).pipe(child.stdin);
  }
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => {
      done({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

export const fixture = (path: string): string => join(ROOT, "fixtures", path);
