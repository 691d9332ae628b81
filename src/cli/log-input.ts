import type { ReportNote } from "../report/result.ts";
import { type NamedFile, openNamed } from "./named-input.ts";

/** Bytes of one log that are read; at the pace of a slow machine that is half an hour. */
export const MAX_LOG = 4 * 1024 ** 3;

export interface LogReading {
  /** Aborts the reading. */
  readonly signal: AbortSignal;
  /** Takes what the report has to say of the reading. */
  note(note: ReportNote): void;
  /** Bytes; {@link MAX_LOG}. */
  readonly most?: number;
  /** Paths of logs that were files. A pipe in the place of one is refused: it would be waited for without end. */
  readonly files?: Set<string>;
}

/**
 * The bytes of a log file up to the size that it has when it is opened, of a longer one than is read its end; or of a
 * pipe until it ends.
 * @throws {UsageError} it cannot be read.
 */
export async function* logFile(file: NamedFile, reading: LogReading): AsyncGenerator<Uint8Array> {
  const { signal, note, most = MAX_LOG, files } = reading;
  const input = await openNamed(file, signal, files?.has(file.path) !== true);
  if (input.kind === "file") files?.add(file.path);
  if (input.kind === "pipe") {
    yield* bounded(input.chunks(0, Number.MAX_SAFE_INTEGER), file.path, reading);
    return;
  }
  const start = Math.max(0, input.size - most);
  if (start > 0) note(cut("log-cut-start", file.path, most));
  // A file of /proc has no size.
  for await (const chunk of input.chunks(start, input.size === 0 ? most : input.size)) {
    signal.throwIfAborted();
    yield chunk;
  }
}

/** A log that comes until its writer, the user or the bound ends it. */
export async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  { signal, note, most = MAX_LOG }: LogReading,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
    seen += chunk.length;
    if (seen < most) continue;
    note(cut("log-cut-end", name, most));
    return;
  }
}

function cut(message: string, file: string, most: number): ReportNote {
  return { message, args: { file, megabytes: Math.round(most / 1024 ** 2) } };
}
