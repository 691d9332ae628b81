/** One run of the whole command after the other, in this process: what it says, what it costs, and what must not come out. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { main } from "../../src/cli/main.ts";
import { FORMAT_NAMES, type Format } from "../../src/report/formats.ts";
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
  /** What there is so far, after each run. */
  readonly onProgress?: (sofar: Fuzzed) => void;
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
  /** In which the report is written, too, so that it is looked through in each for the price of one reading. */
  readonly formats?: readonly Format[];
}

export const ALL_FORMATS: readonly Format[] = FORMAT_NAMES;

/** Runs the command and keeps what went wrong. `[Symbol.dispose]` takes away the folder of the reports. */
export class Watch implements Disposable {
  inputs = 0;
  #runs = 0;
  #planted = 0;
  #redacted = 0;
  #slowest = 0;
  #peak = 0;
  readonly #seed: number;
  readonly #reports = mkdtempSync(join(tmpdir(), "pairing-doctor-reports-"));
  readonly #crashes: string[] = [];
  readonly #escapes: string[] = [];
  readonly #leaks: string[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  async run(args: readonly string[], { env, planted, input, formats = [] }: Run): Promise<void> {
    const written: string[] = [];
    const output = { write: (text: string) => written.push(text) };
    const files = formats.map((format) => ({ format, path: join(this.#reports, format) }));
    const further = files.flatMap(({ format, path }) => ["--output", `${format}=${path}`]);
    const before = process.cpuUsage();
    const code = await main([...args, ...further], {
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
    const where = `seed ${this.#seed}, input ${this.inputs}, ${args.join(" ")}`;
    const text = written.join("");
    const isCrash = code === 2 || code === 70;
    if (isCrash) this.#note(this.#crashes, `${where}: ${code}\n${text.slice(0, 2000)}`);
    const reports = [{ where, text }];
    for (const { format, path } of isCrash ? [] : files) {
      reports.push({ where: `${where} ${format}`, text: readFileSync(path, "utf8") });
      rmSync(path);
    }
    this.#lookThrough(reports, planted);
  }

  #lookThrough(
    reports: readonly { readonly where: string; readonly text: string }[],
    planted: readonly Planted[],
  ): void {
    const all = reports.map(({ where, text }) => {
      this.#redacted += text.split("<redacted>").length - 1;
      // JSON is read as its readers read it.
      const seen = textsOf(parsed(text)).join("\n");
      const control = CONTROL.exec(seen);
      if (control !== null) {
        const around = seen.slice(Math.max(0, control.index - 40), control.index + 40);
        this.#note(this.#escapes, JSON.stringify({ where, around }));
      }
      return { where, seen };
    });
    const told = reader(...all.map(({ seen }) => seen));
    for (const { secret, shown } of planted) {
      if (told(secret, shown) === undefined) continue;
      for (const { where, seen } of all) {
        const part = reader(seen)(secret, shown);
        if (part !== undefined) this.#note(this.#leaks, JSON.stringify({ where, part, secret, shown }));
      }
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#reports, { recursive: true, force: true });
  }

  /** Another is done with: `inputs` of them. */
  done(inputs: number, onProgress: FuzzOptions["onProgress"]): void {
    this.inputs += inputs;
    onProgress?.(this.result());
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
      crashes: [...this.#crashes],
      escapes: [...this.#escapes],
      leaks: [...this.#leaks],
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
