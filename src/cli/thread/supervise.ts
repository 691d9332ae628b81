import { getHeapStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import { builtFile } from "../../deployments/built-file.ts";
import { signalGroup } from "../../deployments/child-processes.ts";
import type { Lang } from "../../report/messages/index.ts";
import { askHere } from "../ask.ts";
import type { Spinner } from "../io.ts";
import { columnsOf, endAtOnce, type Io, SIGNALS } from "../io.ts";
import { FAULT, faultOf } from "../main.ts";
import type { Out } from "../out.ts";
import type { DoWork } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { CAREFUL, PULSE, type Said, type ThreadStart, type Told } from "./messages.ts";

/** From an interrupt to the end of what does not end by itself, milliseconds; with the end itself less than two seconds. */
const PATIENCE_MS = 1300;
/** A thread that is silent for so long is blocked: it would not hear of an interrupt. */
const BLOCKED_MS = 1000;
const LOOK_MS = 50;
/** For the end of a thread. What is stuck in the system ends with the process alone. */
const END_MS = 400;
/** Megabytes of a command's values; a log of any size takes a tenth of it. */
const MEMORY_MB = 1024;
const SHOW_CURSOR = "\u001b[?25h";

/**
 * Does a command's work in a thread, so that this one always hears signals: a process hears none while its only thread
 * parses. The first interrupt asks the thread to stop; one that is blocked, or that does not stop in time, is ended
 * with the process, exit code 130. Careful work (a fix that takes itself back) has all the time that it needs, unless
 * it is blocked. A second interrupt ends the process at once.
 *
 * Why a thread: it costs 20 ms and 12 MB, a second process 50 ms and 40 MB (Node 20, two cores). Threads for the
 * parsers alone would leave all that is not a parser.
 */
export const workApart: DoWork = (work, args, { io, out, salt, lang }) => {
  const shared = new SharedArrayBuffer(8);
  const start: ThreadStart = {
    work,
    args,
    salt,
    lang,
    env: { ...io.env },
    stdin: { isTTY: io.stdin.isTTY === true },
    stdout: lookOf(io.stdout),
    stderr: lookOf(io.stderr),
    signs: shared,
  };
  return new Supervised(start, new Int32Array(shared), io, out).run();
};

/** Megabytes; less where Node was told less. */
function memory(): number {
  return Math.min(MEMORY_MB, Math.floor(getHeapStatistics().heap_size_limit / 1_048_576));
}

function lookOf({ isTTY, columns }: Io["stdout"]): ThreadStart["stdout"] {
  return { isTTY: isTTY === true, columns: columnsOf(columns) };
}

class Supervised {
  readonly #thread: Worker;
  readonly #signs: Int32Array;
  readonly #io: Io;
  readonly #out: Out;
  readonly #lang: Lang;
  readonly #groups = new Set<number>();
  readonly #stop = new AbortController();
  #input: AsyncIterator<Uint8Array> | undefined;
  #spinner: Promise<Spinner> | undefined;
  #code: number | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(start: ThreadStart, signs: Int32Array, io: Io, out: Out) {
    this.#signs = signs;
    this.#io = io;
    this.#out = out;
    this.#lang = start.lang;
    this.#thread = new Worker(builtFile("command-worker.js"), {
      workerData: start,
      // What a library writes by itself, with the rest of stderr.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memory() },
    });
    for (const stray of [this.#thread.stdout, this.#thread.stderr])
      stray.on("data", (bytes: Buffer) => out.say(bytes.toString("utf8")));
  }

  run(): Promise<number> {
    const interrupt = (): void => this.#interrupt(130);
    // Nobody reads on (`| head`): as an interrupt, but no failure.
    const closed = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EPIPE") this.#interrupt(0);
    };
    for (const signal of SIGNALS) process.on(signal, interrupt).off(signal, endAtOnce);
    process.stdout.prependListener("error", closed);
    return new Promise<number>((resolve) => {
      this.#thread.on("message", (said: Said) => this.#hear(said));
      this.#thread.on("error", (error) => {
        this.#code = FAULT;
        this.#out.say(faultOf(error, this.#lang));
      });
      this.#thread.on("exit", () => resolve(this.#code ?? FAULT));
    }).finally(() => {
      clearInterval(this.#watch);
      for (const signal of SIGNALS) process.on(signal, endAtOnce).off(signal, interrupt);
      process.stdout.off("error", closed);
      void this.#spin(undefined);
    });
  }

  #tell(told: Told): void {
    this.#thread.postMessage(told);
  }

  #hear(said: Said): void {
    switch (said.say) {
      case "write":
        this.#io[said.to].write(said.text);
        return;
      case "spin":
        void this.#spin(said.text);
        return;
      case "ask": {
        const { stdin, stderr } = process;
        askHere(said.question, { stdin, stderr, signal: this.#stop.signal }).then((text) =>
          this.#tell({ tell: "answer", text }),
        );
        return;
      }
      case "read":
        void this.#feed();
        return;
      case "group":
        if (said.lives) this.#groups.add(said.pid);
        else this.#groups.delete(said.pid);
        return;
      case "end":
        this.#code = said.code;
        // It ends itself now; what is stuck in the system would keep it, and us.
        setTimeout(() => this.#kill(), END_MS * 3).unref();
    }
  }

  async #spin(text: string | undefined): Promise<void> {
    const before = this.#spinner;
    if (text !== undefined && before === undefined) {
      this.#spinner = startSpinner(text, this.#io, false);
      return;
    }
    if (text === undefined) this.#spinner = undefined;
    const spinner = await before;
    if (text === undefined) spinner?.stop();
    else spinner?.say(text);
  }

  async #feed(): Promise<void> {
    this.#input ??= (process.stdin as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    try {
      const next = await this.#input.next();
      this.#tell(next.done === true ? { tell: "input" } : { tell: "input", bytes: next.value });
    } catch {
      this.#tell({ tell: "input" });
    }
  }

  #interrupt(code: number): void {
    if (this.#watch !== undefined) {
      this.#end(code);
      return;
    }
    this.#stop.abort(new Error("interrupted"));
    this.#tell({ tell: "stop" });
    // An open input would keep the process alive.
    process.stdin.destroy();
    const since = Date.now();
    let [beat, beatAt] = [Atomics.load(this.#signs, PULSE), since];
    this.#watch = setInterval(() => {
      const now = Date.now();
      const next = Atomics.load(this.#signs, PULSE);
      if (next !== beat) [beat, beatAt] = [next, now];
      const isBlocked = now - beatAt > BLOCKED_MS;
      const isCareful = Atomics.load(this.#signs, CAREFUL) > 0;
      if (now - since > PATIENCE_MS && (isBlocked || !isCareful)) this.#end(code);
    }, LOOK_MS);
  }

  /** The thread and the process, whatever they are at. */
  #end(code: number): void {
    clearInterval(this.#watch);
    for (const pid of this.#groups) signalGroup(pid, "SIGKILL");
    if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR);
    setTimeout(() => this.#kill(), END_MS);
    this.#thread.removeAllListeners();
    void this.#thread.terminate().then(() => process.exit(code));
  }

  #kill(): void {
    for (const pid of this.#groups) signalGroup(pid, "SIGKILL");
    process.stdout.write("", () => process.kill(process.pid, "SIGKILL"));
  }
}
