import type { Entry, FileEntry } from "@zip.js/zip.js";
import { isTar, tarFiles } from "./tar.ts";

/**
 * Archives and compressed files of strangers, opened in memory: nothing of them is ever written, and no name of them
 * leads anywhere. gzip is the platform's where that reads all of it, zip and Zstandard are libraries', tar is read by hand (`tar.ts`).
 */

/** A file as it was handed in, or out of an archive. */
export interface Piece {
  readonly name: string;
  /** A chunk is good until the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Why something of an archive was not read. */
export type Unpackable =
  | "unsafe-name"
  | "duplicate"
  | "link"
  | "encrypted"
  | "bomb"
  | "too-many"
  | "too-deep"
  | "too-large"
  | "broken"
  | "beside-bundle"
  | "no-unpacker";

/** Archives within archives: `.zip` of `.tar.gz` of `.gz`. */
const MAX_DEPTH = 4;
export const MAX_ENTRIES = 5000;
/** They are passed over, but also that takes time. */
const MAX_DIRECTORIES = 10 * MAX_ENTRIES;
/** Of one zip archive, folders among them. */
const MAX_ZIP_ENTRIES = 2 * MAX_ENTRIES;
/** Bytes of a zip archive itself, which has its directory at its end and is therefore held whole. */
export const MAX_ZIP = 256 * 1024 ** 2;
/** Bytes that come out in all. */
export const MAX_UNPACKED = 4 * 1024 ** 3;
/** What is this many times larger than it came, and more than the first bytes, was made to be. */
const MAX_RATIO = 1000;
const FREE = 64 * 1024 ** 2;
/** zstd's own default for what a reader keeps in memory: 2 ** 27. */
const MAX_WINDOW = 128 * 1024 ** 2;
/** A block of zstd takes 4 bytes for up to 128 KiB, one of gzip becomes a thousand times as much. */
const PIECE = 1024;
const HEAD = 512;
/** `PK\x05\x06`, as a number. */
const END_OF_DIRECTORY = 0x06054b50;

/**
 * How many entries a zip archive says that it has (APPNOTE.TXT of PKWARE, 4.3.16: the end of its directory, which a
 * comment of up to 64 KiB follows); the most of what may be such an end. 65535 stands for that many or more.
 */
function entriesOf(bytes: Uint8Array): number {
  const tail = bytes.subarray(-65_557);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let most = 0;
  for (let at = 0; at + 12 <= tail.length; at += 1)
    if (view.getUint32(at, true) === END_OF_DIRECTORY)
      most = Math.max(most, view.getUint16(at + 8, true), view.getUint16(at + 10, true));
  return most;
}

/** What one run opens in all, and what it did not. */
export class Unpacking {
  readonly #refused: (name: string, why: Unpackable) => void;
  readonly #seen = new Set<string>();
  #entries = 0;
  #directories = 0;
  /** Bytes as they were handed in, and as they came out. */
  #taken = 0;
  #out = 0;

  constructor(refused: (name: string, why: Unpackable) => void) {
    this.#refused = refused;
  }

  /** The files in it, itself where it is no archive. Each is read, or passed over, before the next one is asked for. */
  async *files({ name, chunks }: Piece): AsyncGenerator<Piece> {
    this.#seen.clear();
    yield* this.#open({ name, chunks: this.#counted(chunks) }, 0);
  }

  async *#open(piece: Piece, depth: number): AsyncGenerator<Piece> {
    const { name } = piece;
    const { head, chunks } = await peeked(piece.chunks);
    const form = formOf(head);
    if (form === undefined) {
      yield { name, chunks };
      return;
    }
    if (form === "other") return this.#refused(name, "no-unpacker");
    if (depth >= MAX_DEPTH) return this.#refused(name, "too-deep");
    if (form === "tar") yield* this.#tar(name, chunks, depth);
    else if (form === "zip") yield* this.#zip(name, chunks, depth);
    else {
      const inner = this.#bounded(name, form === "gzip" ? gunzipped(chunks) : unzstd(chunks));
      yield* this.#open(
        { name: name.replace(/\.(?:gz|zst|zstd)$/i, "").replace(/\.tgz$/i, ".tar"), chunks: inner },
        depth + 1,
      );
    }
  }

  async *#tar(archive: string, chunks: AsyncIterable<Uint8Array>, depth: number): AsyncGenerator<Piece> {
    for await (const entry of tarFiles(chunks)) {
      if (entry.kind === "directory") {
        if (++this.#directories <= MAX_DIRECTORIES) continue;
        return this.#refused(archive, "too-many");
      }
      const name = `${archive}/${entry.name}`;
      const isAdmitted = this.#admits(name, entry.name);
      // Nothing of what follows would be opened, however much it is.
      if (this.#isFull) return;
      if (!isAdmitted) continue;
      if (entry.kind !== "file") this.#refused(name, "link");
      else yield* this.#open({ name, chunks: entry.chunks() }, depth + 1);
    }
  }

  async *#zip(archive: string, chunks: AsyncIterable<Uint8Array>, depth: number): AsyncGenerator<Piece> {
    const whole = await gathered(chunks, MAX_ZIP);
    if (whole === undefined) return this.#refused(archive, "too-large");
    // Each would be made before the first of them is looked at.
    if (entriesOf(whole) > MAX_ZIP_ENTRIES) return this.#refused(archive, "too-many");
    const { BlobReader, ZipReader } = await import("@zip.js/zip.js");
    const reader = new ZipReader(new BlobReader(new Blob([whole])), {
      useWebWorkers: false,
      checkOverlappingEntry: true,
      strictness: "strict",
      // Names are judged here, one by one, as those of any other archive.
      filenameValidation: "tolerant",
    });
    try {
      for await (const entry of reader.getEntriesGenerator()) {
        if (entry.directory) continue;
        const name = `${archive}/${entry.filename}`;
        const isAdmitted = this.#admits(name, entry.filename);
        if (this.#isFull) return;
        if (!isAdmitted) continue;
        if (isLink(entry)) this.#refused(name, "link");
        else if (entry.encrypted) this.#refused(name, "encrypted");
        else yield* this.#open({ name, chunks: this.#bounded(name, inflated(entry)) }, depth + 1);
      }
    } catch (error) {
      if (error instanceof TooMuch) throw error;
      if (!isDuplicate(error)) this.#refused(archive, "broken");
    } finally {
      await reader.close();
    }
  }

  get #isFull(): boolean {
    return this.#entries > MAX_ENTRIES;
  }

  /** Names are only shown; one that would lead elsewhere was made by nobody who meant well. */
  #admits(name: string, own: string): boolean {
    this.#entries++;
    if (this.#entries > MAX_ENTRIES) {
      if (this.#entries === MAX_ENTRIES + 1) this.#refused(name, "too-many");
      return false;
    }
    const parts = own.split(/[\\/]/);
    if (own === "" || /^[\\/]|^[A-Za-z]:|\0/.test(own) || parts.includes("..")) {
      this.#refused(name, "unsafe-name");
      return false;
    }
    const plain = parts.filter((part) => part !== "" && part !== ".").join("/");
    const key = name.slice(0, name.length - own.length) + plain;
    if (this.#seen.has(key)) {
      this.#refused(name, "duplicate");
      return false;
    }
    this.#seen.add(key);
    return true;
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#taken += chunk.length;
      yield chunk;
    }
  }

  /** What a decompressor gives, up to where it is too much or broken; what came until then is read. */
  async *#bounded(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let out = 0;
    try {
      for await (const chunk of chunks) {
        out += chunk.length;
        this.#out += chunk.length;
        if (this.#out > MAX_UNPACKED) throw new TooMuch("too-large");
        if (out > FREE && out > MAX_RATIO * this.#taken) throw new TooMuch("bomb");
        yield chunk;
      }
    } catch (error) {
      this.#refused(name, error instanceof TooMuch ? error.why : "broken");
    }
  }
}

class TooMuch extends Error {
  readonly why: Unpackable;

  constructor(why: Unpackable) {
    super(why);
    this.why = why;
  }
}

type Form = "gzip" | "zstd" | "zip" | "tar" | "other";

const SIGNATURES: readonly (readonly [Form, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["zip", [0x50, 0x4b, 3, 4]],
  ["zip", [0x50, 0x4b, 5, 6]],
  // xz, 7z, RAR, bzip2
  ["other", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["other", [0x37, 0x7a, 0xbc, 0xaf]],
  ["other", [0x52, 0x61, 0x72, 0x21, 0x1a]],
  ["other", [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41]],
];

/** Whether a file that begins so is opened, or refused as one that cannot be. */
export function isArchive(head: Uint8Array): boolean {
  return formOf(head) !== undefined;
}

function formOf(head: Uint8Array): Form | undefined {
  const found = SIGNATURES.find(([, bytes]) => bytes.every((byte, at) => head[at] === byte));
  return found?.[0] ?? (isTar(head) ? "tar" : undefined);
}

/** The first bytes, and all of them again. */
async function peeked(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly chunks: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    first.push(new Uint8Array(value));
    length += value.length;
  }
  const head = joined(first, length);
  async function* again(): AsyncGenerator<Uint8Array> {
    try {
      yield head;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head, chunks: again() };
}

/** Parts of `length` bytes together as one. */
export function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** All bytes; `undefined` where they are more than `most`. */
export async function gathered(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > most) return undefined;
    parts.push(new Uint8Array(chunk));
  }
  return joined(parts, length);
}

/** Pulled, so that nothing is unpacked that nobody reads. */
function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

async function* read(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* (await readsMembers())
    ? read(streamOf(chunks).pipeThrough(new DecompressionStream("gzip")).getReader())
    : gunzippedMembers(chunks);
}

/** Nothing, compressed. */
const EMPTY_MEMBER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/**
 * Whether the platform goes on where another member follows (RFC 1952, 2.2), as Node does; the Compression Standard calls
 * that an error, and browsers keep to it.
 */
async function readsMembers(): Promise<boolean> {
  const both = new Blob([new Uint8Array([...EMPTY_MEMBER, ...EMPTY_MEMBER])]);
  try {
    await new Response(both.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** In small pieces, as of Zstandard; checksums are not looked at, and what does not fit its form is an error. */
async function* gunzippedMembers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Gunzip } = await import("fflate");
  let out: Uint8Array[] = [];
  const gunzip = new Gunzip((chunk) => out.push(chunk));
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += PIECE) {
      gunzip.push(new Uint8Array(chunk.subarray(at, at + PIECE)), false);
      yield* out;
      out = [];
    }
  gunzip.push(new Uint8Array(), true);
  yield* out;
}

/** In small pieces, as a few bytes of a hostile file become megabytes; no frame may ask for more memory than is given. */
async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import("fzstd");
  let out: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => out.push(chunk));
  const windows = new ZstdWindows();
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += PIECE) {
      if (windows.largestWith(chunk.subarray(at, at + PIECE)) > MAX_WINDOW) throw new TooMuch("too-large");
      decompress.push(new Uint8Array(chunk.subarray(at, at + PIECE)), false);
      yield* out;
      out = [];
    }
  decompress.push(new Uint8Array(), true);
  yield* out;
}

type ZstdPart = "magic" | "skippable" | "descriptor" | "header" | "block";

/** How much memory the frames of a zstd file ask for, as they come along (RFC 8878, 3.1.1). */
class ZstdWindows {
  #need: ZstdPart = "magic";
  /** Bytes that belong to what is needed, and how many it takes. */
  #have: number[] = [];
  #takes = 4;
  /** Bytes of a block, a checksum or a skippable frame, which are passed over. */
  #skip = 0;
  #descriptor = 0;
  #largest = 0;

  /** The largest so far, with these bytes. */
  largestWith(bytes: Uint8Array): number {
    for (let at = 0; at < bytes.length; ) {
      if (this.#skip > 0) {
        const over = Math.min(this.#skip, bytes.length - at);
        this.#skip -= over;
        at += over;
        continue;
      }
      this.#have.push(bytes[at] ?? 0);
      at += 1;
      if (this.#have.length >= this.#takes) this.#met(this.#have.splice(0));
    }
    return this.#largest;
  }

  #next(need: ZstdPart, takes: number): void {
    this.#need = need;
    this.#takes = takes;
  }

  #met(have: readonly number[]): void {
    const number = have.reduceRight((sum, byte) => sum * 256 + byte, 0);
    if (this.#need === "magic")
      if (number >= 0x184d2a50 && number <= 0x184d2a5f) this.#next("skippable", 4);
      else this.#next("descriptor", 1);
    else if (this.#need === "skippable") {
      this.#skip = number;
      this.#next("magic", 4);
    } else if (this.#need === "descriptor") {
      this.#descriptor = number;
      this.#next("header", headerLength(number));
    } else if (this.#need === "header") {
      this.#largest = Math.max(this.#largest, windowOf(this.#descriptor, have));
      this.#next("block", 3);
    } else {
      const isLast = (number & 1) !== 0;
      // A run of one byte has only that one.
      const size = ((number >> 1) & 3) === 1 ? 1 : number >> 3;
      this.#skip = size + (isLast && (this.#descriptor & 4) !== 0 ? 4 : 0);
      if (isLast) this.#next("magic", 4);
      else this.#next("block", 3);
    }
  }
}

const isSingle = (descriptor: number): boolean => (descriptor & 0x20) !== 0;
const dictionaryLength = (descriptor: number): number => [0, 1, 2, 4][descriptor & 3] ?? 0;
const contentLength = (descriptor: number): number =>
  [isSingle(descriptor) ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;

/** Of a frame's header behind the descriptor. */
function headerLength(descriptor: number): number {
  return (isSingle(descriptor) ? 0 : 1) + dictionaryLength(descriptor) + contentLength(descriptor);
}

/** Bytes that a reader of the frame keeps (RFC 8878, 3.1.1.1). */
function windowOf(descriptor: number, header: readonly number[]): number {
  if (!isSingle(descriptor)) {
    const [window = 0] = header;
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  return header.slice(dictionaryLength(descriptor)).reduceRight((sum, byte) => sum * 256 + byte, 0);
}

function inflated(entry: FileEntry): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const reader = readable.getReader();
  const done = entry.getData(writable, { checkSignature: true }).then(
    () => undefined,
    async (error: unknown) => {
      // The library may give up before it has touched the stream, which then never ends by itself.
      await reader.cancel().catch(() => undefined);
      return error;
    },
  );
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* read(reader);
    const error = await done;
    if (error !== undefined) throw error;
  }
  return chunks();
}

/** What the library says behind the last entry, of names that were told one by one. */
function isDuplicate(error: unknown): boolean {
  return error instanceof Error && "reason" in error && error.reason === WARNING_DUPLICATE;
}

const WARNING_DUPLICATE = "duplicate filename";

/** A symbolic link of Unix, as `zip -y` keeps it. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return (((externalFileAttributes ?? 0) >>> 16) & 0o170000) === 0o120000;
}
