import { type ChildProcess, spawn } from "node:child_process";
import { Agent } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { errorCodeOf } from "../../core/error-code.ts";
import { safeText } from "../../core/text.ts";
import { endGroup, endsWithUs } from "../child-processes.ts";
import { withPlainPath } from "../command.ts";
import { type ConnectionProblem, connectionProblem, lastWords, SshFailure } from "../ssh/problem.ts";
import { type SshAddress, sshWords } from "./ssh-address.ts";

/** Why there is no connection to the engine behind SSH. */
export type SshProblem =
  | "missing"
  | "host"
  /** The key of the host is unknown or another one. */
  | "host-key"
  /** The host does not let us in without a question. */
  | "denied"
  | "unreachable"
  /** Neither Docker nor Podman there. */
  | "no-docker"
  /** The user there may not use the engine. */
  | "engine-denied"
  /** The program is there, and the engine does not run. */
  | "engine-down"
  | "failed";

/** A connection that did not come about. `detail`: the last line that was said, safe to print. */
export class SshError extends SshFailure<SshProblem> {}

/** Connections at once: a host cuts off who opens many before they have signed in (MaxStartups of sshd is 10). */
const MAX_CONNECTIONS = 8;
const MAX_SAID = 8192;

/**
 * Connections to an engine through the user's own `ssh`: its keys, agents, jump hosts and known hosts count. Each is
 * a process whose standard input and output are the connection; it is kept for the next request, and it does not
 * keep the doctor from ending.
 */
export class SshAgent extends Agent {
  readonly #address: SshAddress;
  readonly #env: Readonly<Record<string, string | undefined>>;

  readonly #program: string;

  /** `program`: the `ssh` to run, by its path. */
  constructor(address: SshAddress, program: string, env: Readonly<Record<string, string | undefined>>) {
    super({ keepAlive: true, maxSockets: MAX_CONNECTIONS, maxFreeSockets: MAX_CONNECTIONS });
    this.#address = address;
    this.#program = program;
    this.#env = env;
  }

  override createConnection(): Duplex {
    return new SshConnection([this.#program, ...sshWords(this.#address)], this.#env);
  }
}

/** What an http client needs of a socket, over the standard input and output of `ssh`. */
class SshConnection extends Duplex {
  readonly #child: ChildProcess;
  #said = "";
  #received = false;
  #idleMs = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    [program = "", ...words]: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) {
    super({ allowHalfOpen: true });
    this.#child = spawn(program, words, {
      env: withPlainPath(env),
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
      // A group of its own: Ctrl-C is the doctor's, which may have something to finish there.
      detached: process.platform !== "win32",
    });
    if (this.#child.pid !== undefined) this.#child.once("close", endsWithUs(this.#child.pid));
    this.#child.on("error", (error) => this.destroy(startError(error)));
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#received = true;
      this.#stir();
      if (!this.push(chunk)) this.#child.stdout?.pause();
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      if (this.#said.length < MAX_SAID) this.#said += chunk.toString("utf8").slice(0, MAX_SAID);
    });
    // It is written to although it is gone: what it said of that comes with its end.
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stdout?.on("end", () => {
      if (this.#received) this.push(null);
    });
    this.#child.on("close", (code) => {
      if (this.#received) this.push(null);
      else this.destroy(endError(code, this.#said));
    });
  }

  override _read(): void {
    this.#child.stdout?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#stir();
    const { stdin } = this.#child;
    if (stdin === null || !stdin.writable) done();
    else stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#idle);
    endGroup(this.#child);
    done(error);
  }

  /** As a socket's: emits `timeout` when nothing came or went for so long. 0: never. */
  setTimeout(ms: number, callback?: () => void): this {
    if (callback !== undefined && ms === 0) this.off("timeout", callback);
    else if (callback !== undefined) this.once("timeout", callback);
    this.#idleMs = ms;
    this.#stir();
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    this.#child.ref();
    for (const pipe of this.#pipes()) pipe.ref();
    return this;
  }

  unref(): this {
    this.#child.unref();
    for (const pipe of this.#pipes()) pipe.unref();
    return this;
  }

  #pipes(): readonly Socket[] {
    const { stdin, stdout, stderr } = this.#child;
    return [stdin, stdout, stderr].filter((pipe) => pipe instanceof Socket);
  }

  #stir(): void {
    clearTimeout(this.#idle);
    if (this.#idleMs <= 0 || this.destroyed) return;
    this.#idle = setTimeout(() => this.emit("timeout"), this.#idleMs);
    this.#idle.unref();
  }
}

function startError(error: Error): SshError {
  const code = errorCodeOf(error) ?? "";
  return new SshError(code === "ENOENT" ? "missing" : "failed", safeText(code, 80));
}

/** The same of the connection to the host, where it is that which fails. */
const CONNECTION: Readonly<Record<ConnectionProblem, SshProblem>> = {
  missing: "missing",
  host: "host",
  "host-key-unknown": "host-key",
  "host-key-changed": "host-key",
  denied: "denied",
  password: "denied",
  unreachable: "unreachable",
  silent: "unreachable",
  "no-ssh": "unreachable",
  cut: "unreachable",
};

/** Docker is not translated, so its words tell. 126 and 127 are the shell's. */
const SAYINGS: readonly (readonly [SshProblem, RegExp])[] = [
  ["engine-denied", /permission denied while trying to connect to the Docker|connect: permission denied/i],
  [
    "engine-down",
    /Cannot connect to the Docker daemon|(?:dial|connect).{0,200}(?:no such file|connection refused)/i,
  ],
  [
    "no-docker",
    /command not found|: not found|not recognized as an internal|is not a docker command|unknown command/i,
  ],
];

function endError(code: number | null, said: string): SshError {
  const detail = lastWords(said, `exit code ${code ?? "none"}`);
  const connection = connectionProblem(said);
  const found =
    connection === undefined ? SAYINGS.find(([, words]) => words.test(said))?.[0] : CONNECTION[connection];
  return new SshError(found ?? (code === 127 || code === 126 ? "no-docker" : "failed"), detail);
}
