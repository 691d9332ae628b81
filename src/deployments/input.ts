import { access, close, constants, fstat, open, read, readlink, type Stats, stat } from "node:fs";
import { Socket } from "node:net";
import { promisify } from "node:util";
import { inEnglish, type Saying, say } from "../core/saying.ts";
import { wayTo } from "./foreign-link.ts";

const mayAccess = promisify(access);
const openFile = promisify(open);
const closeFile = promisify(close);
const readFile = promisify(read);
const linkOf = promisify<string, string>(readlink);
const lookAt = promisify<string, Stats>(stat);
const lookAtOpen = promisify<number, Stats>(fstat);

/** Bytes of a file or a pipe that is open for reading. */
export interface Input {
  readonly kind: "file" | "pipe";
  /** Bytes of a file when it was opened; 0 of a pipe, and of files in /proc, which end where they end. */
  readonly size: number;
  /** At most `maxBytes` from the start, and whether there is more. Closes it. */
  read(maxBytes: number): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }>;
  /**
   * Bytes in chunks, of a file those from `start` to before `end`, of a pipe all up to as many as `end`. A chunk is good
   * until the next one is asked for: its memory is used again. Closes it, also when nobody reads on.
   */
  chunks(start: number, end: number): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

/** What a path has led to, whatever it leads to by now. */
export interface OpenedFile {
  /** Without symbolic links, where the system tells; else as it was asked for. */
  readonly path: string;
  readonly uid: number;
  /** Whether the path leads there, by no link of somebody who does not own the file. */
  isOwnWay(): Promise<boolean>;
}

export interface InputOptions {
  /** Whether a pipe is read, too (`<(command)`, a FIFO); refused otherwise. */
  readonly pipes?: boolean;
  /** Asked of what was opened before anything of it is read; refused with `EACCES` otherwise. */
  readonly allows?: (opened: OpenedFile) => Promise<boolean>;
  /** Ends a wait for a pipe that nobody writes to. */
  readonly signal?: AbortSignal;
}

/** What is no input: a directory, a device, a socket, or a pipe where none is read. */
export class InputRefused extends Error {
  override readonly name = "InputRefused";
  readonly say: Saying;

  constructor(say: Saying) {
    super(inEnglish(say));
    this.say = say;
  }
}

/**
 * Opens what is to be read, whatever it is by the time that it is open: without waiting for a writer of a FIFO, and
 * never a device or a socket. The one way in which the doctor opens a file that it did not make itself.
 * @throws {InputRefused}
 * @throws the system's error.
 */
export async function openInput(path: string, options: InputOptions = {}): Promise<Input> {
  // Looked at before, too: to open a device can already do something to it.
  refuse(await lookAt(path), options);
  // Neither of the two flags is there on Windows.
  const { O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;
  const file = await openFile(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    const found = await lookAtOpen(file);
    refuse(found, options);
    if ((await options.allows?.(await openedFile(file, path, found.uid))) === false)
      throw Object.assign(new Error("not allowed"), { code: "EACCES" });
    return found.isFIFO() ? pipeInput(file, options.signal) : fileInput(file, found.size);
  } catch (error) {
    await closeFile(file);
    throw error;
  }
}

async function openedFile(file: number, path: string, uid: number): Promise<OpenedFile> {
  const real = process.platform === "linux" ? await linkOf(`/proc/self/fd/${file}`).catch(() => "") : "";
  const known = real.startsWith("/") ? real : undefined;
  return {
    path: known ?? path,
    uid,
    isOwnWay: async () => {
      const way = await wayTo(path, uid);
      return "target" in way && (known === undefined || way.target === known);
    },
  };
}

/**
 * Whether a path is something that {@link openInput} reads. Of a file the first bytes are, as some of the system open and
 * then give an error; a pipe is not opened, which would take what is in it.
 * @throws {InputRefused}
 * @throws the system's error.
 */
export async function checkInput(path: string, options: InputOptions = {}): Promise<void> {
  const found = await lookAt(path);
  refuse(found, options);
  await mayAccess(path, constants.R_OK);
  if (found.isFile()) await (await openInput(path)).read(1);
}

/** @throws {InputRefused} */
function refuse(found: Stats, { pipes = false }: InputOptions): void {
  if (found.isFile() || (pipes && found.isFIFO())) return;
  const kind = found.isDirectory()
    ? "is-directory"
    : found.isFIFO()
      ? "is-pipe"
      : found.isSocket()
        ? "is-socket"
        : "is-device";
  throw new InputRefused(say(kind));
}

/** Bytes of the first pieces of a file, of which often only the beginning is wanted; and of the others, so that few waits for the system are long. */
const PIECE = 65_536;
const LARGE_PIECE = 2_097_152;

function fileInput(file: number, size: number): Input {
  let isOpen = true;
  const end = async (): Promise<void> => {
    if (isOpen) await closeFile(file);
    isOpen = false;
  };
  async function* chunks(start: number, stop: number): AsyncGenerator<Uint8Array> {
    try {
      let buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(PIECE, stop - start)));
      for (let at = start; at < stop; ) {
        if (at - start >= LARGE_PIECE && buffer.length < LARGE_PIECE)
          buffer = Buffer.allocUnsafeSlow(LARGE_PIECE);
        const { bytesRead } = await readFile(file, buffer, 0, Math.min(buffer.length, stop - at), at);
        // The size of a file in /proc tells nothing; its end does.
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await end();
    }
  }
  return {
    kind: "file",
    size,
    chunks,
    read: (maxBytes) => cutAt(chunks(0, maxBytes + 1), maxBytes),
    close: end,
  };
}

/** A socket reads a pipe without a thread that waits in the system, where nothing could end it. */
function pipeInput(file: number, signal: AbortSignal | undefined): Input {
  const socket = new Socket({
    fd: file,
    readable: true,
    writable: false,
    ...(signal === undefined ? {} : { signal }),
  });
  // Before anybody reads.
  socket.on("error", () => undefined);
  async function* chunks(_start: number, stop: number): AsyncGenerator<Uint8Array> {
    let seen = 0;
    try {
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        yield chunk.subarray(0, stop - seen);
        seen += chunk.length;
        if (seen >= stop) return;
      }
    } finally {
      socket.destroy();
    }
  }
  return {
    kind: "pipe",
    size: 0,
    chunks,
    read: (maxBytes) => cutAt(chunks(0, maxBytes + 1), maxBytes),
    close: async () => void socket.destroy(),
  };
}

async function cutAt(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(new Uint8Array(chunk));
  const bytes = Buffer.concat(parts);
  return { bytes: bytes.subarray(0, maxBytes), isCut: bytes.length > maxBytes };
}
