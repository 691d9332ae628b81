import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { errorCodeOf } from "../core/error-code.ts";
import { type Fact, known, type Unknown, unknown } from "../core/fact.ts";
import { quoted, type Saying, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { Pieces } from "./byte-pieces.ts";
import { endsWithUs, signalGroup } from "./child-processes.ts";
import { type Distrust, distrusted } from "./path-trust.ts";
import { nodeWorld, type World } from "./world.ts";

/** A list of 500 devices is about 500 kB. */
const MAX_OUTPUT = 2 * 1024 * 1024;
/** Bytes of both streams after which a program is taken to write without end. */
const ENDLESS = 64 * 1024 * 1024;
/** Between the request to end and the end by force, milliseconds. */
const GRACE_MS = 2000;

export interface CommandOutcome {
  readonly exitCode: number;
  /** Its first 2 MiB. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface Execution {
  readonly env: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Runs a program without a shell, in a process group of its own, and ends the group with it: by itself, when the
 * signal aborts, when the time is over, or when the doctor ends. A program that somebody else could have written is
 * not run. Unknown: `absent`, `denied`, `timeout`, `failed`.
 */
export async function runToEnd(
  [command = "", ...args]: readonly string[],
  execution: Execution,
): Promise<Fact<CommandOutcome>> {
  const program = await trustedProgram(command, execution);
  return program.known ? run(program.value, args, execution) : program;
}

/**
 * The file behind a command, looked up as the system does it, where only root and the user that it runs as could have
 * written it. Unknown: `absent`, `denied`.
 */
export async function trustedProgram(
  command: string,
  { env, user }: Pick<Execution, "user"> & { readonly env: Readonly<Record<string, string | undefined>> },
  world: World = nodeWorld(),
): Promise<Fact<string>> {
  // Where no file has an owner of that kind, the system looks it up with its own rules.
  if (world.platform === "win32") return known(command, command);
  const places = command.includes("/")
    ? [command]
    : (env.PATH ?? "").split(":").map((directory) => `${directory}/${command}`);
  const uid = user?.uid ?? world.uid ?? 0;
  for (const path of places.slice(0, 100)) {
    if (!path.startsWith("/") || (await world.info(path))?.kind !== "file") continue;
    const found = await distrusted(world, path, new Set([uid]));
    if (found === undefined) return known(path, path);
    return unknown("denied", notRun(path, found));
  }
  return unknown("absent", quoted("ENOENT"));
}

/** What it starts by a name in turn does not come from the directory that we happen to be in. */
export function withPlainPath<T extends Readonly<Record<string, string | undefined>>>(env: T): T {
  if (process.platform === "win32" || env.PATH === undefined) return { ...env };
  const kept = env.PATH.split(":").filter((directory) => directory.startsWith("/"));
  return { ...env, PATH: kept.join(":") };
}

function run(
  command: string,
  args: readonly string[],
  { env, user, cwd, signal, timeoutMs }: Execution,
): Promise<Fact<CommandOutcome>> {
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = spawn(command, args, {
        env: withPlainPath(env),
        cwd,
        // A group of its own: the command starts itself anew with other options of Node, and both have to end.
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        ...(user === undefined ? {} : user),
      });
    } catch (error) {
      return resolve(unknown("failed", codeOf(error)));
    }
    const onMuch = (): void => end(unknown("failed", say("endless")));
    const out = collect(child.stdout, onMuch);
    const err = collect(child.stderr, onMuch);
    let why: Fact<never> | undefined;
    let exit: number | undefined;
    let force: NodeJS.Timeout | undefined;
    let flush: NodeJS.Timeout | undefined;
    let done = false;

    const end = (reason: Fact<never>): void => {
      if (why !== undefined || exit !== undefined) return;
      why = reason;
      signalAll("SIGTERM");
      force = setTimeout(() => signalAll("SIGKILL"), GRACE_MS);
    };
    const onAbort = (): void => end(unknown("failed", say("interrupted")));
    const timer = setTimeout(
      () => end(unknown("timeout", say("took-longer", { seconds: Math.round(timeoutMs / 1000) }))),
      timeoutMs,
    );
    const signalAll = (name: NodeJS.Signals): void => {
      if (child.pid !== undefined) signalGroup(child.pid, name);
    };
    const forget = child.pid === undefined ? undefined : endsWithUs(child.pid);
    signal.addEventListener("abort", onAbort, { once: true });
    const finish = (outcome: Fact<CommandOutcome>): void => {
      if (done) return;
      done = true;
      for (const each of [timer, force, flush]) clearTimeout(each);
      signal.removeEventListener("abort", onAbort);
      // Whatever it left in its group.
      signalAll("SIGKILL");
      forget?.();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(outcome);
    };
    const conclude = (): void =>
      finish(why ?? known({ exitCode: exit ?? 1, stdout: out(), stderr: err() }, command));
    child.on("error", (error) => {
      const { code } = error as NodeJS.ErrnoException;
      const reason = code === "ENOENT" ? "absent" : code === "EACCES" ? "denied" : "failed";
      finish(unknown(reason, codeOf(error)));
    });
    child.on("exit", (code) => {
      exit = code ?? 1;
      // What it started may hold the pipes open; they are not waited for.
      flush = setTimeout(conclude, 500);
    });
    child.on("close", conclude);
  });
}

/** What a program writes on one stream, its first 2 MiB. `onMuch`: it wrote more than {@link ENDLESS}. */
export class Output {
  readonly #onMuch: () => void;
  readonly #kept = new Pieces();
  #length = 0;

  constructor(onMuch: () => void) {
    this.#onMuch = onMuch;
  }

  add(chunk: Buffer): void {
    this.#kept.add(chunk.subarray(0, Math.max(0, MAX_OUTPUT - this.#length)));
    this.#length += chunk.length;
    if (this.#length > ENDLESS) this.#onMuch();
  }

  /** All that was kept; once. */
  text(): string {
    return this.#kept.take().toString("utf8");
  }
}

function collect(stream: Readable | null, onMuch: () => void): () => string {
  const output = new Output(onMuch);
  stream?.on("data", (chunk: Buffer) => output.add(chunk));
  stream?.on("error", () => undefined);
  return () => output.text();
}

export function notRun(program: string, { path, because, who }: Distrust): Saying {
  const args = { path: safeText(program, 200), place: safeText(path, 200) };
  if (because === "unseen") return say("not-run-unseen", args);
  if (who === "everybody") return say("not-run-open", args);
  return say(because === "owner" ? "not-run-owner" : "not-run-writable", { ...args, who: safeText(who, 60) });
}
/** The outcome of a command as the reason why something was not done, with the program that was tried. */
export function failureOf(outcome: Fact<CommandOutcome>, what: Saying): Unknown {
  if (!outcome.known) return outcome;
  const { value, source } = outcome;
  if (value.exitCode === 0) return unknown("failed", what);
  const text = safeText(tellingLine(value), 300);
  return unknown("failed", triedWith(say("failed-with", { why: what, text }), source));
}

/** `program`: with the Node that it ran on. */
export function triedWith(why: Saying, program: string): Saying {
  return say("tried-with", { why, program: safeText(program, 400) });
}

/** What a command says of its failure: its first line that is not the stack or the banner. */
export function tellingLine({ stdout, stderr, exitCode }: CommandOutcome): string {
  const lines = `${stderr}\n${stdout}`.split("\n").map((line) => line.trim());
  const telling =
    lines.find((line) => /Reason:/.test(line)) ??
    lines.find((line) => line !== "" && !/^(?:at |Config (?:overwrite|write))/.test(line));
  return telling ?? `exit ${exitCode}`;
}

function codeOf(error: unknown): Saying {
  const code = errorCodeOf(error);
  return code === undefined ? say("not-started") : quoted(code);
}
