import { Readable } from "node:stream";
import type Docker from "dockerode";
import type { Container } from "dockerode";
import { LOG_TAIL_BYTES } from "../log-files.ts";
import { unhurried } from "./patience.ts";

/** Lines asked for, from the end. */
const TAIL_LINES = 20_000;
/** A line is handed on in pieces beyond this. */
const MAX_LINE = 1_048_576;

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
 * @throws dockerode's error.
 */
export async function containerLog(
  api: Docker,
  container: Container,
  tty: boolean,
  { since, tail = TAIL_LINES }: LogQuery = {},
): Promise<readonly Uint8Array[]> {
  const stream = await openLog(api.modem, container.id, { follow: false, tail, ...sinceQuery(since) });
  const lines = tty ? stream : framedLines(stream);
  const kept: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of lines as AsyncIterable<Uint8Array>) {
      kept.push(chunk);
      bytes += chunk.length;
      while (bytes > LOG_TAIL_BYTES && kept.length > 1) bytes -= kept.shift()?.length ?? 0;
    }
  } finally {
    stream.destroy();
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

/**
 * Without a terminal each piece has a header of 8 bytes: the stream's number, three zeros, the length (big
 * endian). A line may be cut into several, and the other stream's may come in between.
 */
export async function* framedLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const open = new Map<number, Buffer>();
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length >= at + 8) {
      const stream = rest[at] ?? 0;
      const length = rest.readUInt32BE(at + 4);
      // No header at all: a terminal's log, whatever the engine said of it.
      if (stream > 3 || rest[at + 1] !== 0 || rest[at + 2] !== 0 || length > MAX_LINE * 16) {
        yield rest.subarray(at);
        at = rest.length;
        break;
      }
      if (rest.length < at + 8 + length) break;
      const text = Buffer.concat([
        open.get(stream) ?? Buffer.alloc(0),
        rest.subarray(at + 8, at + 8 + length),
      ]);
      const end = text.length > MAX_LINE ? text.length : text.lastIndexOf(10) + 1;
      if (end > 0) yield text.subarray(0, end);
      open.set(stream, text.subarray(end));
      at += 8 + length;
    }
    rest = rest.subarray(at);
  }
  for (const text of open.values()) if (text.length > 0) yield text;
}
