import type { UnknownReason } from "../../core/fact.ts";
import { parseBoundedJson } from "../../core/json.ts";
import { quoted, type Saying, say } from "../../core/saying.ts";
import {
  type Document,
  numberAt,
  objectAt,
  textAt,
  textMapAt,
  textsAt,
} from "../../kinds/kubernetes/fields.ts";
import { READER } from "../contained/scripts.ts";
import { type BytesOutcome, type ReadOutcome, textIn, type World } from "../world.ts";
import type { KubeApi } from "./api.ts";
import { type Channels, type PodContainer, startIn } from "./exec.ts";

/** Bytes of one answer: a piece of a file as base64, or an environment. */
const MAX_LINE = 4 * 1024 * 1024;
/** Of all answers of one run. */
const MAX_SESSION = 256 * 1024 * 1024;
const PIECE = 1_048_576;
/** For one answer, milliseconds. */
const ANSWER_MS = 15_000;
/** A reader that nobody asks is let go. */
const IDLE_MS = 400;

/** What a process of the container has. */
export interface Self {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
  /** The command line of the container's first process. */
  readonly words: readonly string[];
}

/** The files of a container through one program in it, which only reads. */
export interface PodReader {
  ask(question: Readonly<Record<string, string | number>>): Promise<Document>;
  self(): Promise<Self>;
  close(): void;
}

class ReaderError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Begins with the first question, and again where it has ended meanwhile. Questions reject with KubeError, or with the system's code. */
export function podReader(api: KubeApi, target: PodContainer): PodReader {
  let running: Promise<Channels> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let next = 0;
  const waiting = new Map<number, { resolve(answer: Document): void; reject(error: Error): void }>();

  const end = (error: Error): void => {
    const channels = running;
    running = undefined;
    channels?.then((one) => one.close()).catch(() => undefined);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const begin = async (): Promise<Channels> => {
    const channels = await startIn(api, target, ["node", "-e", READER]);
    let parts: Buffer[] = [];
    let [line, whole] = [0, 0];
    channels.onOutput((bytes) => {
      whole += bytes.length;
      line += bytes.length;
      if (line > MAX_LINE || whole > MAX_SESSION) return end(new ReaderError("ETOOLONG"));
      parts.push(bytes);
      if (!bytes.includes(10)) return;
      const lines = Buffer.concat(parts).toString("utf8").split("\n");
      const rest = Buffer.from(lines.pop() ?? "", "utf8");
      parts = [rest];
      line = rest.length;
      for (const text of lines) take(text);
    });
    channels.onError(() => undefined);
    channels.ended.then(() => {
      if (running !== undefined) end(new ReaderError("EENDED"));
    });
    return channels;
  };
  const take = (text: string): void => {
    const answer = objectAt({ it: parseBoundedJson(text) }, "it");
    const id = numberAt(answer, "id") ?? -1;
    const asked = waiting.get(id);
    waiting.delete(id);
    const code = textAt(answer, "code");
    if (code === undefined) asked?.resolve(answer);
    else asked?.reject(new ReaderError(code));
  };

  const ask: PodReader["ask"] = async (question) => {
    clearTimeout(idle);
    const id = next++;
    const answered = new Promise<Document>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
    });
    // Rejected before anybody waits for it, where the beginning fails.
    answered.catch(() => undefined);
    const late = setTimeout(() => end(new ReaderError("ETIMEDOUT")), ANSWER_MS);
    try {
      running ??= begin();
      const channels = await running.catch((error: Error) => {
        running = undefined;
        waiting.delete(id);
        throw error;
      });
      channels.write(Buffer.from(`${JSON.stringify({ id, ...question })}\n`, "utf8"));
      return await answered;
    } finally {
      clearTimeout(late);
      // Of two questions that are answered together each comes here: one timer alone, or the other ends what is asked later.
      clearTimeout(idle);
      if (waiting.size === 0) idle = setTimeout(() => end(new ReaderError("EENDED")), IDLE_MS);
    }
  };
  return {
    ask,
    self: async () => {
      const answer = await ask({ do: "self" });
      return {
        env: textMapAt(answer, "env"),
        cwd: textAt(answer, "cwd") ?? "/",
        home: textAt(answer, "home") ?? "/",
        uid: numberAt(answer, "uid") ?? 0,
        gid: numberAt(answer, "gid") ?? 0,
        words: textsAt(answer, "words").filter((word) => word !== ""),
      };
    },
    close: () => end(new ReaderError("EENDED")),
  };
}

export interface PodPlace {
  readonly env: World["env"];
  readonly homedir: string;
  readonly cwd: string;
}

/** The container's files as those of a machine. Reading only. */
export function podWorld(reader: PodReader, place: PodPlace): World {
  const texts = new Map<string, Promise<ReadOutcome>>();
  const asked = (question: Readonly<Record<string, string | number>>): Promise<Document | undefined> =>
    reader.ask(question).catch(() => undefined);
  return {
    platform: "linux",
    tmpdir: "/tmp",
    ...place,
    interfaces: () => [],
    readText: (path, maxBytes) => {
      const key = `${maxBytes} ${path}`;
      const text = texts.get(key) ?? readBytes(reader, path, maxBytes).then(textIn);
      texts.set(key, text);
      return text;
    },
    readBytes: (path, maxBytes) => readBytes(reader, path, maxBytes),
    exists: async (path) => (await asked({ do: "stat", path })) !== undefined,
    list: async (path, max) => {
      const found = await asked({ do: "list", path, max });
      return found === undefined ? [] : textsAt(found, "names").slice(0, max);
    },
    link: async (path) => textAt(await asked({ do: "link", path }), "target"),
    info: async (path) => {
      const found = await asked({ do: "stat", path });
      if (found === undefined) return undefined;
      const kind = textAt(found, "kind");
      const [uid, gid, mode] = [numberAt(found, "uid"), numberAt(found, "gid"), numberAt(found, "mode")];
      return {
        size: numberAt(found, "size") ?? 0,
        modified: numberAt(found, "modified") ?? 0,
        kind: kind === "file" || kind === "directory" || kind === "socket" ? kind : "other",
        ...(uid === undefined ? {} : { uid }),
        ...(gid === undefined ? {} : { gid }),
        ...(mode === undefined ? {} : { mode }),
      };
    },
    async *stream(path, start, end) {
      for (let at = start; at < end; ) {
        const { bytes } = await pieceOf(reader, path, at, end);
        if (bytes.length === 0) return;
        yield bytes;
        at += bytes.length;
      }
    },
  };
}

interface Piece {
  readonly bytes: Buffer;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

async function pieceOf(reader: PodReader, path: string, start: number, end: number): Promise<Piece> {
  const answer = await reader.ask({ do: "read", path, start, end });
  return {
    bytes: Buffer.from(textAt(answer, "data") ?? "", "base64"),
    size: numberAt(answer, "size") ?? 0,
    mode: numberAt(answer, "mode") ?? 0,
    uid: numberAt(answer, "uid") ?? 0,
    gid: numberAt(answer, "gid") ?? 0,
  };
}

/**
 * At most `maxBytes` of a regular file, with what a replacement has to keep.
 * @throws {KubeError} or an error with the system's code.
 */
export async function fileIn(
  reader: PodReader,
  path: string,
  maxBytes: number,
): Promise<Piece & { readonly isCut: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  for (;;) {
    const end = Math.min(maxBytes, length + PIECE);
    const piece = await pieceOf(reader, path, length, end);
    parts.push(piece.bytes);
    length += piece.bytes.length;
    if (piece.bytes.length === 0 || length >= maxBytes || length >= piece.size)
      return { ...piece, bytes: Buffer.concat(parts), isCut: piece.size > length };
  }
}

async function readBytes(reader: PodReader, path: string, maxBytes: number): Promise<BytesOutcome> {
  try {
    const { bytes, isCut } = await fileIn(reader, path, maxBytes);
    return { ok: true, bytes, truncated: isCut };
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) return { ok: false, reason: "failed", detail: say("unread-unknown") };
    return { ok: false, ...(REASONS[code] ?? { reason: "failed", detail: quoted(code) }) };
  }
}

const REASONS: Readonly<Record<string, { readonly reason: UnknownReason; readonly detail: Saying }>> = {
  ENOENT: { reason: "absent", detail: say("unread-absent") },
  ENOTDIR: { reason: "absent", detail: say("unread-absent") },
  EACCES: { reason: "denied", detail: say("unread-denied") },
  EPERM: { reason: "denied", detail: say("unread-denied") },
  ENOTREG: { reason: "failed", detail: say("unread-irregular") },
  ETIMEDOUT: { reason: "timeout", detail: say("no-answer-at-all") },
};

/** The system's code, or what the cluster said; `undefined`: neither. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof ReaderError) return /^E[A-Z0-9]{1,30}$/.test(error.code) ? error.code : undefined;
  return error instanceof Error && error.message !== "" ? error.message.slice(0, 100) : undefined;
}
