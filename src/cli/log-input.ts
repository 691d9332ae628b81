import type { NamedFile } from "./named-input.ts";
import { openNamed } from "./named-input.ts";

/** Bytes of one log that are read; at the pace of a slow machine that is half an hour. */
export const MAX_LOG = 4 * 1024 ** 3;
const SHOWN = `${MAX_LOG / 1024 ** 3} GiB`;

export interface LogReading {
  /** Aborts the reading. */
  readonly signal: AbortSignal;
  /** Takes a sentence for the user. */
  note(text: string): void;
}

/**
 * The bytes of a log file up to the size that it has when it is opened, of a longer one than {@link MAX_LOG} its end;
 * or of a pipe until it ends.
 * @throws {UsageError} it cannot be read.
 */
export async function* logFile(file: NamedFile, { signal, note }: LogReading): AsyncGenerator<Uint8Array> {
  const input = await openNamed(file, signal);
  if (input.kind === "pipe") {
    yield* bounded(input.chunks(0, Number.MAX_SAFE_INTEGER), { what: file.what, signal, note });
    return;
  }
  const start = Math.max(0, input.size - MAX_LOG);
  if (start > 0) note(`${file.what}: only its last ${SHOWN} are read`);
  // A file of /proc has no size.
  for await (const chunk of input.chunks(start, input.size === 0 ? MAX_LOG : input.size)) {
    signal.throwIfAborted();
    yield chunk;
  }
}

/** A log that comes until its writer, the user or {@link MAX_LOG} ends it. */
export async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  { what, signal, note }: LogReading & { readonly what: string },
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
    seen += chunk.length;
    if (seen < MAX_LOG) continue;
    note(`${what}: only its first ${SHOWN} are read`);
    return;
  }
}
