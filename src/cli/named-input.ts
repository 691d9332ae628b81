import { type Saying, say } from "../core/saying.ts";
import { checkInput, type Input, type InputOptions, InputRefused, openInput } from "../deployments/input.ts";
import type { Io } from "./io.ts";
import { UsageError } from "./usage-error.ts";

/** How long a pipe may be silent that is to be read whole; a command behind it may ask for a password. Milliseconds. */
const PIPE_MS = 60_000;

/** A file that the command line names. */
export interface NamedFile {
  readonly path: string;
  /** The option with it, as it is shown in an error. */
  readonly what: string;
  /** What to do when it cannot be read. */
  readonly todo: Saying;
}

/**
 * Opens a file or a pipe (`<(command)`, a FIFO) that is read as it comes.
 * @throws {UsageError} it cannot be read, now or later: some files of the system open and then give an error.
 */
export async function openNamed(file: NamedFile, signal: AbortSignal, pipes = true): Promise<Input> {
  try {
    const input = await openInput(file.path, { pipes, signal });
    const orUnreadable = async <T>(reading: Promise<T>): Promise<T> => {
      try {
        return await reading;
      } catch (error) {
        signal.throwIfAborted();
        throw unreadable(file, error);
      }
    };
    return {
      ...input,
      chunks: (start, end) => readable(input.chunks(start, end), orUnreadable),
      read: (maxBytes) => orUnreadable(input.read(maxBytes)),
    };
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function* readable(
  chunks: AsyncGenerator<Uint8Array>,
  orUnreadable: <T>(reading: Promise<T>) => Promise<T>,
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      // Not around the `yield`: what whoever reads makes of it is no fault of the file.
      const { done, value } = await orUnreadable(chunks.next());
      if (done === true) return;
      yield value;
    }
  } finally {
    await chunks.return(undefined);
  }
}

/**
 * A file or a pipe whole, or up to the end of its first line.
 * @throws {UsageError} it cannot be read, is longer than `maxBytes`, or nobody writes to the pipe.
 */
export async function readNamed(
  file: NamedFile,
  {
    maxBytes,
    firstLine = false,
    ...asked
  }: Pick<InputOptions, "allows"> & {
    readonly maxBytes: number;
    readonly firstLine?: boolean;
  },
  { signal }: Pick<Io, "signal">,
): Promise<string> {
  const late = AbortSignal.timeout(PIPE_MS);
  try {
    const input = await openInput(file.path, {
      ...asked,
      pipes: true,
      signal: AbortSignal.any([signal, late]),
    });
    const parts: Uint8Array[] = [];
    for await (const chunk of input.chunks(0, maxBytes + 1)) {
      parts.push(new Uint8Array(chunk));
      if (firstLine && chunk.includes(10)) break;
    }
    const bytes = Buffer.concat(parts);
    if (bytes.length > maxBytes && !(firstLine && bytes.includes(10)))
      throw new InputRefused(tooLong(maxBytes));
    return bytes.toString("utf8");
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted)
      throw new UsageError(file.what, say("nothing-ended-it", { seconds: PIPE_MS / 1000 }), file.todo);
    throw unreadable(file, error);
  }
}

/**
 * Looks whether something could be read; no pipe is opened.
 * @throws {UsageError} it cannot.
 */
export async function mustBeReadable(file: NamedFile, pipes: boolean): Promise<void> {
  try {
    await checkInput(file.path, { pipes });
  } catch (error) {
    throw unreadable(file, error);
  }
}

function tooLong(maxBytes: number): Saying {
  return maxBytes < 1_048_576
    ? say("longer-than-bytes", { count: maxBytes })
    : say("longer-than", { size: `${maxBytes / 1_048_576} MiB` });
}

function unreadable({ what, todo }: NamedFile, error: unknown): UsageError {
  if (error instanceof InputRefused) return new UsageError(what, error.say, todo);
  const code = (error as NodeJS.ErrnoException).code ?? "failed";
  return new UsageError(what, say("not-readable", { code }), todo);
}
