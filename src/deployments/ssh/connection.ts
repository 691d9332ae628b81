import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errorCodeOf } from "../../core/error-code.ts";
import { safeText } from "../../core/text.ts";
import { Pieces } from "../byte-pieces.ts";
import { endGroup, endsWithUs } from "../child-processes.ts";
import { trustedProgram, withPlainPath } from "../command.ts";
import { CONNECT_SECONDS, destinationWords, type SshHost } from "./address.ts";
import { connectionProblem, lastWords, SshError } from "./problem.ts";

/** What was said back, whatever the shell there printed in front of it. */
export interface Asked {
  /** Between the two marks. */
  readonly answer: Buffer;
  /** What the script has in `$M`: nobody there knew it before. */
  readonly mark: string;
  /** The end of what was said on the side; all of it up to the end of the answer is there only with `hears`. */
  readonly said: string;
}

export interface AskOptions {
  readonly timeoutMs: number;
  /** Bytes that are read of the answer; what is longer is `endless`. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  /** What the script reads as its own input after its text; without it, it has none. */
  readonly input?: Uint8Array;
  /** The input has no end before the answer has: what is started there can tell by it whether we are still here. */
  readonly holds?: true;
  /** What is said on the side counts, too: it comes by a way of its own, often later than the answer. */
  readonly hears?: true;
}

/** The time for a connection, its banner and signing in, milliseconds. */
const OPEN_MS = 20_000;
/** Bytes of what is said on the side, and of what a login prints before anything that was asked for. */
const MAX_SAID = 65_536;
/** For what was said on the side once the answer is there: a login may have closed that way. Milliseconds. */
const LATE_SAID_MS = 2000;
const MAX_BANNER = 64 * 1024 * 1024;
/** Windows' ssh shares no connections. */
const canShare = process.platform !== "win32";

/**
 * What is never asked, forwarded or started for us, whatever the user's own configuration says; everything else of it
 * counts: keys, agents, jump hosts, known hosts, and whether an unknown key is taken.
 */
const ALWAYS = [
  ...["-T", "-o", "BatchMode=yes", "-o", `ConnectTimeout=${CONNECT_SECONDS}`],
  ...["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"],
  ...["-o", "ForwardAgent=no", "-o", "ForwardX11=no", "-o", "PermitLocalCommand=no"],
  ...["-o", "RemoteCommand=none", "-o", "RequestTTY=no"],
];

/** One connection to a host through the user's own `ssh`; everything that is asked there goes over it. */
export class SshConnection {
  readonly host: SshHost;
  readonly #program: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #directory: string | undefined;
  #master: Master | undefined;

  private constructor(
    host: SshHost,
    program: string,
    env: Readonly<Record<string, string | undefined>>,
    directory: string | undefined,
  ) {
    this.host = host;
    this.#program = program;
    this.#env = env;
    this.#directory = directory;
  }

  /**
   * Signs in. Nobody is asked for anything.
   * @throws {SshError}
   */
  static async open(
    host: SshHost,
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<SshConnection> {
    const program = await trustedProgram("ssh", { env });
    if (!program.known) throw new SshError("missing", safeText(program.detail, 160));
    if (!canShare) return new SshConnection(host, program.value, env, undefined);
    const directory = mkdtempSync(join(shortTmpdir(), "pd-ssh-"));
    const connection = new SshConnection(host, program.value, env, directory);
    endsWithUsToo(directory);
    try {
      await connection.#signIn(join(directory, "c"));
    } catch (error) {
      removeDirectory(directory);
      throw error;
    }
    return connection;
  }

  async #signIn(socket: string): Promise<void> {
    const words = [
      ...["-M", "-N", "-S", socket, ...ALWAYS],
      // The user's own LocalForward lines are for sessions of theirs.
      ...["-o", "ClearAllForwardings=yes", "-o", "ControlPersist=no"],
      ...destinationWords(this.host),
    ];
    const master = new Master(start(this.#program, words, this.#env));
    this.#master = master;
    const end = Date.now() + OPEN_MS;
    while (!existsSync(socket)) {
      if (master.hasEnded) throw master.why();
      if (master.isEndless || Date.now() > end) {
        master.end();
        throw new SshError(master.isEndless ? "endless" : "silent", lastWords(master.said, "ssh"));
      }
      await delay(20);
    }
    // From now on it is there for others, and does not keep us from ending.
    master.unref();
  }

  /**
   * What a POSIX shell there makes of a script. It is handed over the input, so that no other user there can read it, and
   * the answer is what stands between two marks that nobody there knows before.
   * @throws {SshError}
   */
  async ask(script: string, options: AskOptions): Promise<Asked> {
    const mark = randomBytes(16).toString("hex");
    const inner =
      options.input === undefined ? `(\nM=${mark}\n${script}\n) </dev/null` : `(\nM=${mark}\n${script}\n)`;
    const side = `\n${mark}-said\n`;
    const last = options.hears === true ? `printf '\\n%s-said\\n' ${mark} >&2\n` : "";
    const text = Buffer.from(
      `printf '\\n%s-begin\\n' ${mark}\n${inner}\n${last}printf '\\n%s-end\\n' ${mark}\n`,
    );
    // Byte by byte, so that what comes after the script is left for it; shells read ahead.
    const shell = `sh -c 'eval "$(dd bs=1 count=${text.length} 2>/dev/null)"'`;
    const child = start(this.#program, [...this.#shared(), ...destinationWords(this.host), shell], this.#env);
    const [begin, end] = [`\n${mark}-begin\n`, `\n${mark}-end\n`];
    const reading = new MarkedReading(Buffer.from(begin), Buffer.from(end), options.maxBytes);
    const inputs = [text, ...(options.input ? [options.input] : [])];
    const ended = await untilEnd(child, reading, inputs, side, options);
    const { answer } = reading;
    if (answer !== undefined) return { answer, mark, said: ended.said.split(side, 1)[0] ?? "" };
    throw this.#why(reading, ended, options.timeoutMs);
  }

  #why(reading: MarkedReading, { why, code, said }: Ended, timeoutMs: number): SshError {
    const detail = lastWords(said, why ?? `exit code ${code ?? "none"}`);
    if (reading.isEndless) return new SshError("endless", "");
    if (why === "late") return new SshError("late", `${Math.round(timeoutMs / 1000)} s`);
    if (why !== undefined) return new SshError("failed", why);
    const problem = connectionProblem(said);
    if (code === 255 || this.#master?.hasEnded === true) {
      const ownWords = this.#master?.hasEnded === true ? lastWords(this.#master.said, detail) : detail;
      return new SshError(canShare ? "cut" : (problem ?? "failed"), ownWords);
    }
    if (reading.hasBegun) return new SshError("cut", detail);
    if (code === 0)
      return reading.length > 0 ? new SshError("garbage", reading.shown) : new SshError("not-run", "");
    const banner = reading.length > 0 ? reading.shown : detail;
    return new SshError(code === 1 || code === 126 || code === 127 ? "no-shell" : "failed", banner);
  }

  /**
   * A connection from the host itself to an address there, as the standard input and output of a process.
   * Who listens at the address sees the host as its peer.
   */
  dial(address: string, port: number): ChildProcess {
    const to = `${address.includes(":") ? `[${address}]` : address}:${port}`;
    return start(this.#program, [...this.#shared(), "-W", to, ...destinationWords(this.host)], this.#env);
  }

  /** Whether the connection is still there. */
  get isOpen(): boolean {
    return this.#master?.hasEnded !== true;
  }

  close(): void {
    this.#master?.end();
    if (this.#directory !== undefined) removeDirectory(this.#directory);
  }

  /** Over the one connection, and over no other one where that is gone. */
  #shared(): readonly string[] {
    if (this.#directory === undefined) return ALWAYS;
    const socket = join(this.#directory, "c");
    return ["-S", socket, ...ALWAYS, "-o", "ControlMaster=no", "-o", "ProxyCommand=exit 255"];
  }
}

const directories = new Set<string>();

/** One listener for all of them, however many hosts there are. */
function endsWithUsToo(directory: string): void {
  if (directories.size === 0) process.once("exit", removeAll);
  directories.add(directory);
}

function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  if (directories.delete(directory) && directories.size === 0) process.off("exit", removeAll);
}

function removeAll(): void {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}

/** The path of a socket has some hundred characters at most. */
function shortTmpdir(): string {
  const directory = tmpdir();
  return directory.length > 60 ? "/tmp" : directory;
}

function start(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ChildProcess {
  const child = spawn(program, words, {
    env: withPlainPath(env),
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
    // A group of its own: Ctrl-C is the doctor's, which may have something to finish there.
    detached: process.platform !== "win32",
  });
  if (child.pid !== undefined) child.once("close", endsWithUs(child.pid));
  // It is written to although it is gone: what it said of that comes with its end.
  child.stdin?.on("error", () => undefined);
  return child;
}

/** The process that holds the connection. */
class Master {
  readonly #child: ChildProcess;
  hasEnded = false;
  said = "";
  #bytes = 0;
  #error: Error | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdin?.end();
    const hear = (chunk: Buffer): void => {
      this.#bytes += chunk.length;
      // What a host says before it lets us in may be long; what counts is said last.
      this.said = `${this.said}${chunk.toString("utf8")}`.slice(-MAX_SAID);
    };
    child.stderr?.on("data", hear);
    child.stdout?.on("data", hear);
    child.on("error", (error) => {
      this.#error = error;
      this.hasEnded = true;
    });
    child.on("close", () => {
      this.hasEnded = true;
    });
  }

  get isEndless(): boolean {
    return this.#bytes > MAX_BANNER;
  }

  why(): SshError {
    if (this.#error !== undefined) return new SshError("missing", errorCodeOf(this.#error) ?? "");
    const { exitCode } = this.#child;
    return new SshError(
      connectionProblem(this.said) ?? "failed",
      lastWords(this.said, `exit code ${exitCode ?? "none"}`),
    );
  }

  unref(): void {
    this.#child.unref();
    for (const pipe of [this.#child.stdin, this.#child.stdout, this.#child.stderr])
      if (pipe instanceof Socket) pipe.unref();
  }

  end(): void {
    endGroup(this.#child);
  }
}

/** What comes back, without what a login prints in front; bounded, and no more is kept than is needed. */
class MarkedReading {
  readonly #begin: Buffer;
  readonly #end: Buffer;
  readonly #maxBytes: number;
  readonly #kept = new Pieces();
  #keptBytes = 0;
  #tail: Buffer = Buffer.alloc(0);
  #first: Buffer = Buffer.alloc(0);
  #answer: Buffer | undefined;
  length = 0;
  hasBegun = false;
  isEndless = false;

  constructor(begin: Buffer, end: Buffer, maxBytes: number) {
    this.#begin = begin;
    this.#end = end;
    this.#maxBytes = maxBytes;
  }

  get answer(): Buffer | undefined {
    return this.#answer;
  }

  /** The first of it, safe to print. */
  get shown(): string {
    return lastWords(safeText(this.#first.toString("utf8"), 160), "…");
  }

  /** Whether there is nothing more to wait for. */
  take(chunk: Buffer): boolean {
    if (this.#answer !== undefined || this.isEndless) return true;
    this.length += chunk.length;
    if (!this.hasBegun) return this.#search(chunk);
    return this.#keep(chunk);
  }

  #search(chunk: Buffer): boolean {
    if (this.#first.length < 400) this.#first = Buffer.concat([this.#first, chunk]).subarray(0, 400);
    const all = Buffer.concat([this.#tail, chunk]);
    const at = all.indexOf(this.#begin);
    if (at === -1) {
      this.#tail = Buffer.from(all.subarray(Math.max(0, all.length - this.#begin.length)));
      this.isEndless = this.length > MAX_BANNER;
      return this.isEndless;
    }
    this.hasBegun = true;
    this.#tail = Buffer.alloc(0);
    return this.#keep(all.subarray(at + this.#begin.length));
  }

  #keep(chunk: Buffer): boolean {
    this.#kept.add(chunk);
    this.#keptBytes += chunk.length;
    // The mark may be in two pieces.
    const tail = Buffer.concat([this.#tail, chunk]);
    const at = tail.indexOf(this.#end);
    if (at !== -1) {
      const whole = this.#kept.take();
      const after = tail.length - at;
      this.#answer = whole.subarray(0, Math.max(0, whole.length - after));
      return true;
    }
    this.#tail = Buffer.from(tail.subarray(Math.max(0, tail.length - this.#end.length)));
    this.isEndless = this.#keptBytes > this.#maxBytes;
    return this.isEndless;
  }
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
  /** Why it was ended by us, or did not start. */
  readonly why?: string;
}

function untilEnd(
  child: ChildProcess,
  reading: MarkedReading,
  inputs: readonly Uint8Array[],
  side: string,
  { timeoutMs, signal, holds, hears }: AskOptions,
): Promise<Ended> {
  return new Promise((resolve) => {
    let said = "";
    let done = false;
    let late: NodeJS.Timeout | undefined;
    const finish = (ended: Omit<Ended, "said">): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      clearTimeout(late);
      signal?.removeEventListener("abort", onAbort);
      endGroup(child);
      child.stdin?.destroy();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ ...ended, said });
    };
    const onAbort = (): void => finish({ code: null, why: "interrupted" });
    const timer = setTimeout(() => finish({ code: null, why: "late" }), timeoutMs);
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    child.stdout?.on("data", (chunk: Buffer) => {
      if (!reading.take(chunk)) return;
      if (hears !== true || said.includes(side)) finish({ code: 0 });
      else late ??= setTimeout(() => finish({ code: 0 }), LATE_SAID_MS);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      said = `${said}${chunk.toString("utf8")}`.slice(-MAX_SAID);
      if (late !== undefined && said.includes(side)) finish({ code: 0 });
    });
    child.on("error", (error) => finish({ code: null, why: errorCodeOf(error) ?? "error" }));
    child.on("close", (code) => finish({ code }));
    for (const input of inputs) child.stdin?.write(input);
    if (holds !== true) child.stdin?.end();
  });
}
