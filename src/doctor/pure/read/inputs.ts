import { decoded } from "../../../core/encoding.ts";
import type { Lang } from "../../../core/languages.ts";
import { stripAnsi } from "../../../core/text.ts";
import { isArchive, joined, type Piece, type Unpackable, Unpacking } from "../../../intake/archive.ts";
import { pastedBlocks } from "../../../intake/blocks.ts";
import { documentKind, type InputKind, MAX_DOCUMENT, mayBeDocument } from "../../../intake/recognise.ts";
import type { LogSource } from "../../../logs/digest.ts";
import type { InputDocument } from "./documents.ts";
import { saidSettings } from "./said-settings.ts";

/** Something that was handed in: a file, a pipe, what an archive came as. */
export interface Handed {
  readonly name: string;
  /** Its bytes from the beginning; a chunk is good until the next one is asked for. */
  readonly chunks: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** It can be read a second time, as a file can. */
  readonly again: boolean;
}

/** What an input was taken for; `why`: what kept it from being read. */
export interface InputRead {
  readonly name: string;
  readonly as: InputKind;
  readonly why?: Unpackable;
  /** Documents that were found in its text. */
  readonly with?: readonly InputKind[];
}

/** Everything that was handed in, sorted. */
export interface SortedInputs {
  readonly documents: readonly InputDocument[];
  /** What is read as a log, in order; may be asked for once. */
  logs(): AsyncGenerator<LogSource>;
  readonly read: readonly InputRead[];
  /** What people wrote their own words in; absent where there are none. */
  readonly lang?: Lang;
}

/** Bytes at the beginning that tell what it is. */
const HEAD = 65_536;
/** Of a pipe, which is kept to be read twice: a ticket, or an archive. */
const MAX_KEPT = 1024 ** 2;
const MAX_KEPT_ARCHIVE = 256 * 1024 ** 2;
/** Texts in which pasted documents are looked for. */
const MAX_TICKET = 262_144;
const MAX_DOCUMENTS = 200;
const MAX_TOLD = 1000;

/**
 * Looks at every input once: archives are opened, documents read whole, of all else the beginning. Logs are read
 * afterwards, when the secrets of the documents are known.
 */
export async function sortInputs(handed: readonly Handed[], signal: AbortSignal): Promise<SortedInputs> {
  const read: InputRead[] = [];
  const note = (one: InputRead): void => {
    if (read.length < MAX_TOLD) read.push(one);
  };
  const documents: InputDocument[] = [];
  const taken = new Set<string>();
  let words: WordCount = { han: 0, latin: 0 };
  const kept = await Promise.all(handed.map((one) => (one.again ? one : keptPipe(one, signal))));
  const unpacking = new Unpacking((name, why) => note({ name, as: "unread-archive", why }));
  for (const one of kept) {
    if (!one.again) {
      note({ name: one.name, as: "log" });
      continue;
    }
    for await (const piece of unpacking.files({ name: one.name, chunks: one.chunks(signal) })) {
      const seen = await look(piece);
      const isFull = documents.length >= MAX_DOCUMENTS;
      documents.push(...(isFull ? [] : seen.documents));
      if (!seen.isLog) taken.add(piece.name);
      if (seen.words !== undefined)
        words = { han: words.han + seen.words.han, latin: words.latin + seen.words.latin };
      note({ name: piece.name, ...seen.read });
    }
  }
  const lang = langOf(words);
  return {
    documents,
    read,
    ...(lang === undefined ? {} : { lang }),
    async *logs() {
      // What was refused was told the first time.
      const again = new Unpacking(() => undefined);
      for (const one of kept) {
        const source = { name: one.name, chunks: one.chunks(signal) };
        for await (const { name, chunks } of again.files(source))
          if (!taken.has(name)) yield { name, chunks };
      }
    },
  };
}

interface Seen {
  readonly read: Omit<InputRead, "name">;
  readonly documents: readonly InputDocument[];
  readonly isLog: boolean;
  /** Of a text that is no log. */
  readonly words?: WordCount;
}

/** Letters of Chinese, and words in Latin ones. */
interface WordCount {
  readonly han: number;
  readonly latin: number;
}

/** A ticket in Chinese quotes English errors, commands and logs: a sentence of Chinese tells. */
function langOf({ han, latin }: WordCount): Lang | undefined {
  if (han >= 10 && han * 8 >= latin) return "zh";
  return latin >= 5 ? "en" : undefined;
}

function countedWords(text: string): WordCount {
  const own = text.slice(0, HEAD);
  return {
    han: own.match(/\p{Script=Han}/gu)?.length ?? 0,
    latin: own.match(/\b[A-Za-z]{2,20}\b/g)?.length ?? 0,
  };
}

async function look({ name, chunks }: Piece): Promise<Seen> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head = await upTo(iterator, HEAD);
  const none = (as: InputKind): Seen => ({ read: { as }, documents: [], isLog: false });
  try {
    if (head.bytes.length === 0) return none("empty");
    if (isBinary(head.bytes)) return none("binary");
    const start = decoded(head.bytes);
    if (start.trim() === "" && head.isWhole) return none("empty");
    const most = mayBeDocument(start, name) ? MAX_DOCUMENT : MAX_TICKET;
    const more = head.isWhole ? head : await upTo(iterator, most, head.bytes);
    if (!more.isWhole) return { read: { as: kindOfText(start) }, documents: [], isLog: true };
    const text = decoded(more.bytes);
    const as = documentKind(text, name);
    if (as !== undefined) return { read: { as }, documents: [{ as, name, text }], isLog: false };
    const pasted = pastedBlocks(text).map((block) => ({ ...block, name }));
    // What a file says outweighs what is said of it.
    const said = pasted.some((block) => block.as === "config") ? undefined : saidSettings(text, name);
    const blocks = said === undefined ? pasted : [...pasted, said];
    const found = [...new Set(pasted.map((block) => block.as))];
    const kind = kindOfText(start);
    return {
      ...(kind === "text" ? { words: countedWords(text) } : {}),
      read: { as: kind, ...(found.length === 0 ? {} : { with: found }) },
      documents: blocks,
      isLog: true,
    };
  } finally {
    await iterator.return?.();
  }
}

/** A log, or somebody's words: by what most of its first lines begin with. */
function kindOfText(start: string): "log" | "text" {
  const lines = start
    .split(/\r?\n/, 200)
    .map((line) => stripAnsi(line).trim())
    .filter((line) => line !== "");
  const dated = lines.filter((line) => LINE.test(line));
  return dated.length * 2 >= lines.length ? "log" : "text";
}

/** Times, subsystems, JSON, and what wrappers put in front. */
const LINE =
  /^(?:\d{4}-\d\d-\d\d[T ]|\d{1,2}:\d\d:\d\d|\[[a-z]|\{["\\]|[A-Z][a-z]{2} [ \d]\d \d\d:|<\d{1,3}>|[\w.@/-]{1,120}\s{0,40}\|)/;

/** UTF-16 has zero bytes, and a mark before them or every second one. */
function isBinary(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return false;
  if ((b === 0 && d === 0 && a !== 0 && c !== 0) || (a === 0 && c === 0 && b !== 0 && d !== 0)) return false;
  return bytes.filter((byte) => byte === 0).length > bytes.length / 50;
}

async function upTo(
  iterator: AsyncIterator<Uint8Array>,
  most: number,
  before?: Uint8Array,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly isWhole: boolean }> {
  const parts: Uint8Array[] = before === undefined ? [] : [before];
  let length = before?.length ?? 0;
  let isWhole = false;
  while (length < most) {
    const { done, value } = await iterator.next();
    if (done === true) {
      isWhole = true;
      break;
    }
    parts.push(new Uint8Array(value));
    length += value.length;
  }
  return { bytes: joined(parts, length), isWhole };
}

/** A pipe that is short enough is kept; of a longer one the beginning goes in front of the rest. */
async function keptPipe(pipe: Handed, signal: AbortSignal): Promise<Handed> {
  const iterator = pipe.chunks(signal)[Symbol.asyncIterator]();
  const first = await upTo(iterator, HEAD);
  const start = first.isWhole
    ? first
    : await upTo(iterator, isArchive(first.bytes) ? MAX_KEPT_ARCHIVE : MAX_KEPT, first.bytes);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield start.bytes;
    if (start.isWhole) return;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { name: pipe.name, again: start.isWhole, chunks };
}
