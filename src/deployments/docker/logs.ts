import { Readable } from "node:stream";
import type Docker from "dockerode";
import type { Container } from "dockerode";
import { Pieces } from "../byte-pieces.ts";
import { LOG_TAIL_BYTES } from "../log-files.ts";
import { withinBounds } from "./bounded-answers.ts";
import { FrameSplitter } from "./frames.ts";
import { unhurried } from "./without-time-limit.ts";

/** Lines asked for, from the end. */
const TAIL_LINES = 20_000;
/** A line is handed on in pieces beyond this. */
const MAX_LINE = 1_048_576;

/** Of the lines that were asked for; what is beyond does not end. */
const READING = { bytes: 64 * 1024 * 1024, ms: 20_000 };

/** A log that is followed ends here; what watches it looks for a few lines. */
const MAX_FOLLOWED_BYTES = 64 * 1024 * 1024;

export interface LogQuery {
  /** By the engine's clock: ISO 8601, or seconds since 1970. */
  readonly since?: string | number;
  /** Lines from the end. */
  readonly tail?: number;
}

/**
 * The end of a container's log, at most 8 MiB: both streams in the order in which the engine has them, whole
 * lines. Refusals go to stderr, the rest to stdout (run 2026.2.1 to 2026.9.6).
 * @throws dockerode's error, or {@link AnswerError} when the log does not end.
 */
export async function containerLog(
  api: Docker,
  container: Container,
  tty: boolean,
  { since, tail = TAIL_LINES }: LogQuery = {},
): Promise<readonly Uint8Array[]> {
  const stream = await openLog(api.modem, container.id, { follow: false, tail, ...sinceQuery(since) });
  const bytes = withinBounds(stream, READING);
  const lines = tty ? bytes : framedLines(bytes);
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of lines) {
    kept.push(chunk);
    size += chunk.length;
    while (size > LOG_TAIL_BYTES && kept.length > 1) size -= kept.shift()?.length ?? 0;
  }
  return kept;
}

/**
 * A container's log as it is written, until `signal` aborts, the container ends or 64 MiB went by; without
 * `since` and `tail` from now on. Whole lines but of a terminal's log, which comes as it is. An abort ends it
 * quietly.
 * @throws dockerode's error, or the connection's when it breaks.
 */
export async function* followLog(
  api: Docker,
  container: Container,
  { tty, since, tail, signal }: LogQuery & { readonly tty: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const lines: EngineLogQuery["tail"] = tail ?? (since === undefined ? 0 : "all");
  let stream: Readable | undefined;
  let bytes = 0;
  try {
    if (signal.aborted) return;
    const query = { follow: true, tail: lines, ...sinceQuery(since) };
    stream = await openLog(unhurried(api).modem, container.id, query, signal);
    const chunks: AsyncIterable<Uint8Array> = tty ? stream : framedLines(stream);
    for await (const chunk of chunks) {
      yield chunk;
      bytes += chunk.length;
      if (bytes > MAX_FOLLOWED_BYTES) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stream?.destroy();
  }
}

/** The engine takes seconds with a fraction (Docker 20.10 and Podman 4 alike). */
function sinceQuery(since: LogQuery["since"]): { readonly since?: string } {
  const seconds = typeof since === "string" ? Date.parse(since) / 1000 : since;
  return seconds === undefined || !Number.isFinite(seconds) ? {} : { since: Math.max(0, seconds).toFixed(3) };
}

interface EngineLogQuery {
  readonly follow: boolean;
  readonly tail: number | "all";
  readonly since?: string;
}

/** As a stream: `container.logs` without `follow` holds all of it in memory. */
function openLog(
  modem: Docker["modem"],
  id: string,
  query: EngineLogQuery,
  abortSignal?: AbortSignal,
): Promise<Readable> {
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        path: `/containers/${id}/logs?`,
        method: "GET",
        isStream: true,
        statusCodes: { 200: true, 404: "no such container", 500: "server error", 501: "no log driver" },
        options: { stdout: true, stderr: true, timestamps: false, ...query },
        ...(abortSignal === undefined ? {} : { abortSignal }),
      },
      (error, result) => {
        if (error !== null) reject(error);
        else if (result instanceof Readable) {
          // An abort between two reads breaks it while nobody listens; the next read tells.
          result.on("error", () => undefined);
          resolve(result);
        } else reject(new Error("no stream"));
      },
    );
  });
}

/** Both streams line by line as they are written; a line may be cut into several frames, the other's in between. */
export async function* framedLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const open = new Map<number, Pieces>();
  let ready: Buffer[] = [];
  const splitter = new FrameSplitter((stream, bytes) => {
    const pieces = open.get(stream) ?? new Pieces();
    open.set(stream, pieces);
    const end = bytes.lastIndexOf(10) + 1;
    if (end > 0) ready.push(pieces.take(bytes.subarray(0, end)));
    pieces.add(bytes.subarray(end));
    if (pieces.length > MAX_LINE) ready.push(pieces.take());
  });
  for await (const chunk of chunks) {
    splitter.push(chunk);
    yield* ready;
    ready = [];
  }
  splitter.end();
  yield* ready;
  for (const pieces of open.values()) if (pieces.length > 0) yield pieces.take();
}
