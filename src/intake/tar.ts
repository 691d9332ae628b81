/**
 * Tar archives, of an engine and of people: ustar with PAX records, and GNU's long names. Read by hand: the reader of
 * `tar-stream` (2.2, the one that dockerode brings) keeps an extended header of any length in memory, and takes
 * attributes' bytes for UTF-8.
 */

/** One entry of an archive. */
export interface TarEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "other";
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly target?: string;
  /** Absent where it was passed over. */
  readonly content?: Uint8Array;
}

const BLOCK = 512;
const PIECE = 65_536;
/** Extended headers longer than this are of no file that we ask for. */
const MAX_EXTENDED = 65_536;

/**
 * Entries of a tar stream as the engine's archive API writes it (ustar with PAX records). `keep`: how many bytes
 * of a file's content are wanted; the rest is passed over. Ends at what is no archive.
 */
export async function* tarEntries(
  chunks: AsyncIterable<Uint8Array>,
  keep: (entry: TarEntry) => number,
): AsyncGenerator<TarEntry> {
  const source = new Bytes(chunks);
  try {
    for (;;) {
      const entry = await nextHeader(source);
      if (entry === undefined) return;
      const wanted = entry.kind === "file" ? Math.min(entry.size, Math.max(0, keep(entry))) : 0;
      const content = wanted === 0 ? new Uint8Array() : await source.take(wanted);
      yield entry.kind === "file" ? { ...entry, content } : entry;
      await source.skip(padded(entry.size) - content.length);
    }
  } finally {
    await source.close();
  }
}

/** A file of an archive; what is not read of it is passed over when the next one is asked for. */
export interface TarFile extends TarEntry {
  chunks(): AsyncGenerator<Uint8Array>;
}

/** Every entry in order, files with their content as it comes. Ends at what is no archive. */
export async function* tarFiles(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const source = new Bytes(chunks);
  try {
    for (;;) {
      const entry = await nextHeader(source);
      if (entry === undefined) return;
      const size = entry.size;
      let left = entry.kind === "file" ? size : 0;
      yield {
        ...entry,
        chunks: async function* () {
          while (left > 0) {
            const piece = await source.take(Math.min(left, PIECE));
            if (piece.length === 0) return;
            left -= piece.length;
            yield piece;
          }
        },
      };
      await source.skip(padded(size) - (entry.kind === "file" ? size - left : 0));
    }
  } finally {
    await source.close();
  }
}

/** Whether the bytes begin with the header of an entry. */
export function isTar(head: Uint8Array): boolean {
  return head.length >= BLOCK && head[0] !== 0 && checksumFits(head.subarray(0, BLOCK));
}

/** The content of the archive's first entry in pieces, when that is a file. */
export async function* firstFile(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = new Bytes(chunks);
  try {
    const entry = await nextHeader(source);
    if (entry?.kind !== "file") return;
    let left = entry.size;
    while (left > 0) {
      const piece = await source.take(Math.min(left, PIECE));
      if (piece.length === 0) return;
      left -= piece.length;
      yield piece;
    }
  } finally {
    await source.close();
  }
}

async function nextHeader(source: Bytes): Promise<TarEntry | undefined> {
  let extended: Readonly<Record<string, string>> = {};
  let long: { readonly path?: string; readonly linkpath?: string } = {};
  for (;;) {
    const header = await source.take(BLOCK);
    if (header.length < BLOCK || header[0] === 0) return undefined;
    const size = Number(extended.size ?? number(header, 124, 12));
    if (!Number.isSafeInteger(size) || size < 0 || !checksumFits(header)) return undefined;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === "x" || type === "g") {
      const records = await source.take(Math.min(size, MAX_EXTENDED));
      await source.skip(padded(size) - records.length);
      if (type === "x") extended = paxRecords(records);
      continue;
    }
    if (type === "L" || type === "K") {
      const bytes = await source.take(Math.min(size, MAX_EXTENDED));
      await source.skip(padded(size) - bytes.length);
      const name = text(bytes, 0, bytes.length);
      long = { ...long, ...(type === "L" ? { path: name } : { linkpath: name }) };
      continue;
    }
    const prefix = text(header, 345, 155);
    const target = extended.linkpath ?? long.linkpath ?? text(header, 157, 100);
    return {
      name: extended.path ?? long.path ?? (prefix === "" ? "" : `${prefix}/`) + text(header, 0, 100),
      kind: KINDS[type] ?? "other",
      size,
      mode: number(header, 100, 8) & 0o7777,
      uid: Number(extended.uid ?? number(header, 108, 8)),
      gid: Number(extended.gid ?? number(header, 116, 8)),
      modified: number(header, 136, 12) * 1000,
      ...(target === "" ? {} : { target }),
    };
  }
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

const KINDS: Readonly<Record<string, TarEntry["kind"]>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "5": "directory",
  "2": "link",
};

/** A stream that is read in pieces of our own size. */
class Bytes {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Fewer bytes only at the end. */
  async take(length: number): Promise<Uint8Array> {
    if (length <= this.#rest.length) return this.#taken(length);
    const out = new Uint8Array(length);
    let filled = 0;
    while (filled < length && (await this.#fill())) {
      const part = this.#rest.subarray(0, length - filled);
      out.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return out.subarray(0, filled);
  }

  /** What is there already, for whoever reads one header after another. */
  #taken(length: number): Uint8Array {
    const out = new Uint8Array(this.#rest.subarray(0, length));
    this.#rest = this.#rest.subarray(length);
    return out;
  }

  async skip(length: number): Promise<void> {
    let left = length;
    while (left > 0 && (await this.#fill())) {
      const gone = Math.min(left, this.#rest.length);
      this.#rest = this.#rest.subarray(gone);
      left -= gone;
    }
  }

  /** Nothing more is wanted. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }
}

const UTF8 = new TextDecoder();

function text(block: Uint8Array, at: number, length: number): string {
  // Most fields are empty.
  if (block[at] === 0) return "";
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return UTF8.decode(end === -1 ? field : field.subarray(0, end));
}

/** Digits up to the zero or the blank behind them, as every archiver writes them; `undefined`: anything else. */
function plainOctal(block: Uint8Array, at: number, length: number): number | undefined {
  let value = 0;
  for (let place = at; place < at + length; place += 1) {
    const byte = block[place] ?? 0;
    if (byte >= 48 && byte < 56) value = value * 8 + byte - 48;
    else return place > at && byte === 0 ? value : undefined;
  }
  return undefined;
}

/** Octal digits; a size of 8 GiB and more is binary, and nothing that we read. */
function number(block: Uint8Array, at: number, length: number): number {
  const plain = plainOctal(block, at, length);
  if (plain !== undefined) return plain;
  const digits = text(block, at, length).trim();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : digits === "" ? 0 : Number.NaN;
}

/** The sum of the header's bytes, with its own field as spaces. */
function checksumFits(block: Uint8Array): boolean {
  let sum = 0;
  for (let at = 0; at < block.length; at += 1) sum += block[at] ?? 0;
  for (let at = 148; at < 156; at += 1) sum += 32 - (block[at] ?? 0);
  return sum === number(block, 148, 8);
}

/**
 * The PAX records in front of the first entry of a whole archive, each value byte for byte as Latin-1; `undefined` for
 * what is no archive, or none that was kept whole.
 */
export function leadingRecords(archive: Uint8Array): Readonly<Record<string, string>> | undefined {
  if (archive.length < BLOCK || !checksumFits(archive.subarray(0, BLOCK))) return undefined;
  if (archive[156] !== "x".charCodeAt(0)) return {};
  const size = number(archive, 124, 12);
  const records = archive.subarray(BLOCK, BLOCK + size);
  return records.length === size ? paxRecords(records, "latin1") : undefined;
}

/** `LENGTH KEY=VALUE\n`, one after another. */
function paxRecords(bytes: Uint8Array, encoding = "utf-8"): Readonly<Record<string, string>> {
  const records: Record<string, string> = Object.create(null);
  const decoder = new TextDecoder(encoding);
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at);
    if (space === -1) break;
    const length = Number(decoder.decode(bytes.subarray(at, space)));
    // Whatever an engine says, each turn moves on.
    if (!Number.isSafeInteger(length) || length <= space - at) break;
    const record = decoder.decode(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    if (equals > 0) records[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return records;
}
