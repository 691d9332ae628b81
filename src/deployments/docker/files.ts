import { Readable } from "node:stream";
import type { Container } from "dockerode";
import { quoted, say } from "../../core/saying.ts";
import { firstFile, type TarEntry, tarEntries } from "../../intake/tar.ts";
import { type BytesOutcome, type FileInfo, type ReadOutcome, textIn, type World } from "../world.ts";
import { withinBounds } from "./bounded-answers.ts";
import { fieldsOf } from "./engine.ts";

/** What stands in for the machine when the files are a container's. */
export interface ContainerPlace {
  readonly env: World["env"];
  readonly homedir: string;
  readonly cwd: string;
}

const MAX_LINKS = 8;
/** Of a directory's archive: it holds everything below, and only names are wanted. */
const MAX_LISTED_BYTES = 64 * 1024 * 1024;
/** Headers of an archive, extended ones too, with what the engine sends ahead of us. */
const HEAD_BYTES = 1_048_576;
/** For an archive; the devices of a store over a slow line. Milliseconds. */
const ARCHIVE_MS = 30_000;
/** Go's `os.ModeSymlink` and `os.ModeDir`, as the engine reports modes. */
const GO_SYMLINK = 2 ** 27;
const GO_DIRECTORY = 2 ** 31;
const GO_SPECIAL = 2 ** 26 + 2 ** 25 + 2 ** 24 + 2 ** 21;

/**
 * The files of a container through the engine's archive API: mounts included, no shell needed, and the container
 * need not run. Reading only.
 */
export function containerWorld(container: Container, place: ContainerPlace): World {
  const texts = new Map<string, Promise<ReadOutcome>>();
  return {
    platform: "linux",
    tmpdir: "/tmp",
    ...place,
    interfaces: () => [],
    readText: (path, maxBytes) => {
      const key = `${maxBytes} ${path}`;
      const text = texts.get(key) ?? readBytes(container, path, maxBytes).then(textIn);
      texts.set(key, text);
      return text;
    },
    exists: async (path) => (await statOf(container, path)) !== undefined,
    list: (path, max) => namesIn(container, path, max),
    link: async (path) => {
      const found = await statOf(container, path);
      return found?.target;
    },
    info: (path) => infoOf(container, path),
    readBytes: (path, maxBytes) => readBytes(container, path, maxBytes),
    stream: (path, start, end) => contentOf(container, path, start, end),
  };
}

/** Owner and mode of a file or directory, from its archive's first header. */
export async function ownerOf(
  container: Container,
  path: string,
): Promise<Pick<TarEntry, "uid" | "gid" | "mode"> | undefined> {
  try {
    const archive = await archiveOf(container, path, HEAD_BYTES);
    for await (const { uid, gid, mode } of tarEntries(archive, () => 0)) return { uid, gid, mode };
    return undefined;
  } catch {
    return undefined;
  }
}

async function readBytes(container: Container, path: string, maxBytes: number): Promise<BytesOutcome> {
  try {
    const entry = (await findFile(container, path, maxBytes))?.entry;
    if (entry === undefined) return { ok: false, reason: "absent", detail: say("unread-absent") };
    if (entry.kind === "link") return { ok: false, reason: "failed", detail: say("unread-links") };
    if (entry.kind !== "file" || entry.content === undefined)
      return { ok: false, reason: "failed", detail: say("unread-irregular") };
    if (entry.content.length < Math.min(entry.size, maxBytes))
      return { ok: false, reason: "failed", detail: say("unread-cut") };
    return { ok: true, bytes: entry.content, truncated: entry.size > maxBytes };
  } catch (error) {
    const { statusCode, code } = fieldsOf(error);
    if (statusCode === 403 || statusCode === 401 || statusCode === 405)
      return {
        ok: false,
        reason: "denied",
        detail: say("unread-filtered"),
      };
    return {
      ok: false,
      reason: "failed",
      detail:
        statusCode === undefined && code === undefined
          ? say("no-answer-at-all")
          : quoted(statusCode === undefined ? (code ?? "") : `HTTP ${statusCode}`),
    };
  }
}

export interface FoundFile {
  readonly entry: TarEntry;
  /** Its path, without symbolic links in the last place. */
  readonly at: string;
}

/**
 * A file or directory with at most `keep` bytes of its content, links followed (the last one itself where there are
 * too many); `undefined` when there is none.
 * @throws dockerode's error.
 */
export async function findFile(
  container: Container,
  path: string,
  keep: number,
): Promise<FoundFile | undefined> {
  try {
    let at = path;
    for (let followed = 0; ; followed += 1) {
      const entry = await firstEntry(container, at, keep);
      if (entry?.kind !== "link" || entry.target === undefined || followed === MAX_LINKS)
        return entry === undefined ? undefined : { entry, at };
      at = resolved(entry.target, at);
    }
  } catch (error) {
    if (fieldsOf(error).statusCode === 404) return undefined;
    throw error;
  }
}

async function firstEntry(container: Container, path: string, keep: number): Promise<TarEntry | undefined> {
  const archive = await archiveOf(container, path, keep + HEAD_BYTES);
  for await (const entry of tarEntries(archive, () => keep)) return entry;
  return undefined;
}

/** The archive of a path, at most `bytes` of it. */
async function archiveOf(
  container: Container,
  path: string,
  bytes: number,
): Promise<AsyncGenerator<Uint8Array>> {
  const archive = await container.getArchive({ path });
  const stream = archive instanceof Readable ? archive : new Readable().wrap(archive);
  return withinBounds(stream, { bytes, ms: ARCHIVE_MS });
}

/** The bytes of a file from `start` to before `end`. A link to it is not followed. */
async function* contentOf(
  container: Container,
  path: string,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const archive = await archiveOf(container, path, end + HEAD_BYTES);
  let at = 0;
  for await (const piece of firstFile(archive)) {
    const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    if (wanted.length > 0) yield wanted;
    at += piece.length;
    if (at >= end) return;
  }
}

interface Stat {
  readonly size: number;
  readonly mode: number;
  readonly modified: number;
  readonly target?: string;
}

/** What the engine says of a path in a header of its own; nothing is read. */
async function statOf(container: Container, path: string): Promise<Stat | undefined> {
  try {
    const answer: unknown = await container.infoArchive({ path });
    if (typeof answer !== "object" || answer === null || !("headers" in answer)) return undefined;
    if ("destroy" in answer && typeof answer.destroy === "function") answer.destroy();
    const headers = answer.headers as Readonly<Record<string, unknown>>;
    const encoded = headers["x-docker-container-path-stat"];
    if (typeof encoded !== "string" || encoded.length > 65_536) return undefined;
    const parsed: unknown = JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const { size, mode, mtime, linkTarget } = parsed as Readonly<Record<string, unknown>>;
    const modified = typeof mtime === "string" ? Date.parse(mtime) : Number.NaN;
    return {
      size: typeof size === "number" ? size : 0,
      mode: typeof mode === "number" ? mode : 0,
      modified: Number.isNaN(modified) ? 0 : modified,
      ...(typeof linkTarget === "string" && linkTarget !== "" ? { target: linkTarget } : {}),
    };
  } catch {
    return undefined;
  }
}

async function infoOf(container: Container, path: string, followed = 0): Promise<FileInfo | undefined> {
  const found = await statOf(container, path);
  if (found === undefined) return undefined;
  if (has(found.mode, GO_SYMLINK))
    return found.target === undefined || followed >= MAX_LINKS
      ? undefined
      : infoOf(container, resolved(found.target, path), followed + 1);
  const kind = has(found.mode, GO_DIRECTORY) ? "directory" : found.mode >= GO_SPECIAL ? "other" : "file";
  return { size: found.size, modified: found.modified, kind };
}

/** Modes have a bit beyond 31, so no bitwise operators. */
function has(mode: number, bit: number): boolean {
  return Math.floor(mode / bit) % 2 === 1;
}

async function namesIn(container: Container, path: string, max: number): Promise<readonly string[]> {
  const names = new Set<string>();
  try {
    const archive = await archiveOf(container, path, MAX_LISTED_BYTES);
    for await (const { name } of tarEntries(archive, () => 0)) {
      const below = name.split("/").filter((part) => part !== "" && part !== ".")[1];
      if (below !== undefined) names.add(below);
      if (names.size >= max) break;
    }
  } catch {
    return [...names];
  }
  return [...names];
}

function resolved(target: string, from: string): string {
  const out: string[] = [];
  const whole = target.startsWith("/") ? target : `${from.slice(0, from.lastIndexOf("/"))}/${target}`;
  for (const part of whole.split("/")) {
    if (part === "..") out.pop();
    else if (part !== "" && part !== ".") out.push(part);
  }
  return `/${out.join("/")}`;
}
