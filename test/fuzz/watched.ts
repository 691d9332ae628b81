/** One run of the whole command after the other, in this process: what it says, what it costs, and what must not come out. */
import { Readable } from "node:stream";
import { main } from "../../src/cli/main.ts";
import { reader } from "../support/disguises.ts";

export interface Fuzzed {
  readonly seed: number;
  /** Lines, files or configs. */
  readonly inputs: number;
  readonly runs: number;
  readonly planted: number;
  /** How often something was taken out of what was written: without that the runs prove nothing. */
  readonly redacted: number;
  /** The dearest run, CPU milliseconds. */
  readonly slowestMs: number;
  readonly peakMb: number;
  /** Runs that ended as a fault of the tool's own. */
  readonly crashes: readonly string[];
  /** What a terminal would obey: escapes, other control characters, marks that turn a line's direction. */
  readonly escapes: readonly string[];
  readonly leaks: readonly string[];
}

export interface FuzzOptions {
  readonly seed: number;
  readonly inputs: number;
  /** Of the formats and languages in which each run of lines is told, drawn; all. */
  readonly ways?: number;
  readonly onProgress?: (done: number) => void;
}

export interface Planted {
  readonly secret: string;
  /** As it is written there, and what is planted with it around it. */
  readonly shown: string;
  readonly text: string;
}

const HOME = "/nonexistent";
const MOST_FAULTS = 20;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

interface Run {
  readonly env: Readonly<Record<string, string>>;
  readonly planted: readonly Planted[];
  readonly input: readonly Uint8Array[];
}

/** Runs the command and keeps what went wrong. */
export class Watch {
  inputs = 0;
  #runs = 0;
  #planted = 0;
  #redacted = 0;
  #slowest = 0;
  #peak = 0;
  readonly #seed: number;
  readonly #crashes: string[] = [];
  readonly #escapes: string[] = [];
  readonly #leaks: string[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  async run(args: readonly string[], { env, planted, input }: Run): Promise<void> {
    const written: string[] = [];
    const output = { write: (text: string) => written.push(text) };
    const before = process.cpuUsage();
    const code = await main(args, {
      stdin: Readable.from(input),
      stdout: output,
      stderr: output,
      env: { PATH: "/usr/bin:/bin", HOME, LANG: "en_US.UTF-8", ...env },
      signal: new AbortController().signal,
    });
    const { user, system } = process.cpuUsage(before);
    // The first one loads the code.
    if (this.#runs > 0) this.#slowest = Math.max(this.#slowest, (user + system) / 1000);
    this.#peak = Math.max(this.#peak, process.memoryUsage().rss / 1024 / 1024);
    this.#runs += 1;
    this.#planted += planted.length;
    const text = written.join("");
    this.#redacted += text.split("<redacted>").length - 1;
    const where = `seed ${this.#seed}, input ${this.inputs}, ${args.join(" ")}`;
    if (code === 2 || code === 70) this.#note(this.#crashes, `${where}: ${code}\n${text.slice(0, 2000)}`);
    // JSON is read as its readers read it.
    const seen = args.includes("--json") ? textsOf(parsed(text)).join("\n") : text;
    const control = CONTROL.exec(seen);
    if (control !== null) {
      const around = seen.slice(Math.max(0, control.index - 40), control.index + 40);
      this.#note(this.#escapes, JSON.stringify({ where, around }));
    }
    const told = reader(seen);
    for (const { secret, shown } of planted) {
      const part = told(secret, shown);
      if (part !== undefined) this.#note(this.#leaks, JSON.stringify({ where, part, secret, shown }));
    }
  }

  #note(list: string[], text: string): void {
    if (list.length < MOST_FAULTS) list.push(text);
  }

  result(): Fuzzed {
    return {
      seed: this.#seed,
      inputs: this.inputs,
      runs: this.#runs,
      planted: this.#planted,
      redacted: this.#redacted,
      slowestMs: Math.round(this.#slowest),
      peakMb: Math.round(this.#peak),
      crashes: this.#crashes,
      escapes: this.#escapes,
      leaks: this.#leaks,
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item)])
    : [];
}
