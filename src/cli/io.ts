/** What the commands need of the process; tests hand in their own. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Asks on the terminal, where that is not done on `stdin` and `stderr` themselves. */
  readonly ask?: (question: string) => Promise<string>;
  /** The same of a spinner. */
  readonly spin?: (text: string) => Spinner;
  /**
   * Work that an interrupt must not cut off, as it takes back by itself what it began: it is given the time that it
   * needs, as long as it is alive.
   */
  readonly careful?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What shows that something takes long. */
export interface Spinner {
  say(text: string): void;
  stop(): void;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export const SIGNALS = ["SIGINT", "SIGTERM"] as const;

export function endAtOnce(): void {
  process.exit(130);
}

/** Characters that are written to stderr in one piece, and in all: a preview is a part of that. */
const MAX_PIECE = 1_048_576;
const MAX_SAID = 4 * MAX_PIECE;

let lost: string | undefined;

/** Why what was written to stdout went nowhere (a full disk); what is at work is not cut off for that. */
export function outputLost(): string | undefined {
  return lost;
}

/** The real process. A signal ends it at once; whoever has something to finish takes these listeners away. */
export function processIo(): Io {
  for (const signal of SIGNALS) process.on(signal, endAtOnce);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A closed pipe (`| head`) is no failure of ours, and an interrupt stays one.
    if (error.code === "EPIPE") process.exit(process.exitCode === 130 ? 130 : 0);
    lost ??= error.code ?? "failed";
  });
  for (const stream of [process.stdout, process.stderr]) if (stream.isTTY) withColumns(stream);
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: bounded(process.stderr),
    env: process.env,
    signal: new AbortController().signal,
  };
}

/** A terminal may say that it has none, or any number; whoever draws on it divides by that. */
export function columnsOf(told: number | undefined): number {
  return told !== undefined && Number.isInteger(told) && told > 0 && told <= 10_000 ? told : 80;
}

/** Also for libraries that look by themselves, and after a change of its size. */
function withColumns(stream: NodeJS.WriteStream): void {
  let columns = columnsOf(stream.columns);
  Object.defineProperty(stream, "columns", {
    configurable: true,
    enumerable: true,
    get: () => columns,
    set: (told: number) => {
      columns = columnsOf(told);
    },
  });
}

/** Whatever an error quotes, stderr gets no more than a person could read. */
function bounded(stream: NodeJS.WriteStream): Output {
  let left = MAX_SAID;
  return {
    write: (text) => {
      const said = cutTo(text, Math.min(left, MAX_PIECE));
      left -= said.length;
      return stream.write(said);
    },
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
  };
}

export function cutTo(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, Math.max(0, max - 2)).toWellFormed()}…\n`.slice(0, max);
}
