import { constants, createReadStream } from "node:fs";
import { access, open, readdir, readlink, stat } from "node:fs/promises";
import { homedir, networkInterfaces, platform, tmpdir } from "node:os";
import { join } from "node:path";
import type { UnknownReason } from "../core/fact.ts";

/** What the collectors may ask of the machine. Reading only; tests hand in a made-up one. */
export interface World {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homedir: string;
  readonly tmpdir: string;
  readonly cwd: string;
  /** User id of the doctor; absent on Windows. */
  readonly uid?: number;
  interfaces(): readonly { readonly name: string; readonly address: string; readonly internal: boolean }[];
  /** At most `maxBytes` from the start; never follows into devices or pipes. */
  readText(path: string, maxBytes: number): Promise<ReadOutcome>;
  exists(path: string): Promise<boolean>;
  /** Names in a directory, at most `max`; empty when it cannot be read. */
  list(path: string, max: number): Promise<readonly string[]>;
  /** Where a symbolic link points, or `undefined`. */
  link(path: string): Promise<string | undefined>;
  info(path: string): Promise<FileInfo | undefined>;
  /** Bytes of a regular file from `start` up to its size now, in chunks. */
  stream(path: string, start: number, end: number): AsyncIterable<Uint8Array>;
  /**
   * Copies a file to a new private one of this machine, where its files are not this machine's.
   * @throws the system's error.
   */
  copyTo?(path: string, file: string): Promise<void>;
}

export type ReadOutcome =
  | { readonly ok: true; readonly text: string; readonly truncated: boolean }
  | {
      readonly ok: false;
      readonly reason: UnknownReason;
      readonly detail: string;
      /** Key of a saying that has the path as `{path}`, where it is not the file's own rights. */
      readonly says?: string;
    };

export interface FileInfo {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly kind: "file" | "directory" | "socket" | "other";
  readonly uid?: number;
  readonly gid?: number;
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode?: number;
}

/** The real machine, or what lies below `root` of it. */
export function nodeWorld(options: { readonly root?: string; readonly env?: World["env"] } = {}): World {
  const root = options.root ?? "/";
  const at = (path: string): string => (root === "/" ? path : join(root, path));
  const uid = process.getuid?.();
  return {
    platform: platform(),
    env: options.env ?? process.env,
    homedir: homeOf(options.env ?? process.env),
    tmpdir: tmpdir(),
    cwd: process.cwd(),
    ...(uid === undefined ? {} : { uid }),
    interfaces: () =>
      Object.entries(networkInterfaces()).flatMap(([name, list]) =>
        (list ?? []).map(({ address, internal }) => ({ name, address, internal })),
      ),
    readText: (path, maxBytes) => readBounded(at(path), maxBytes),
    exists: async (path) => {
      try {
        await access(at(path), constants.F_OK);
        return true;
      } catch {
        return false;
      }
    },
    list: async (path, max) => {
      try {
        return (await readdir(at(path))).slice(0, max);
      } catch {
        return [];
      }
    },
    link: async (path) => {
      try {
        return await readlink(at(path));
      } catch {
        return undefined;
      }
    },
    info: async (path) => {
      try {
        const found = await stat(at(path));
        const kind = found.isFile()
          ? "file"
          : found.isDirectory()
            ? "directory"
            : found.isSocket()
              ? "socket"
              : "other";
        const { size, mtimeMs, uid, gid, mode } = found;
        return { size, modified: mtimeMs, kind, uid, gid, mode: mode & 0o7777 };
      } catch {
        return undefined;
      }
    },
    stream: (path, start, end) =>
      end <= start ? nothing() : createReadStream(at(path), { start, end: end - 1, highWaterMark: 65_536 }),
  };
}

async function* nothing(): AsyncIterable<Uint8Array> {}

function homeOf(env: World["env"]): string {
  try {
    return homedir();
  } catch {
    // Thrown when the user has no entry in passwd, as with an arbitrary user id in a container.
    return env.HOME ?? "/";
  }
}

async function readBounded(path: string, maxBytes: number): Promise<ReadOutcome> {
  try {
    // A FIFO would block on open, so look first.
    const found = await stat(path);
    if (!found.isFile()) return { ok: false, reason: "failed", detail: "not a regular file" };
    const file = await open(path, "r");
    try {
      const buffer = Buffer.alloc(Math.min(maxBytes, 16_777_216) + 1);
      let length = 0;
      // Files in /proc have size 0, so the size is what can be read.
      while (length < buffer.length) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      const truncated = length > maxBytes;
      return { ok: true, text: buffer.toString("utf8", 0, Math.min(length, maxBytes)), truncated };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { ok: false, ...failure(error) };
  }
}

/** Why a file could not be read, without the machine's paths. */
export function failure(error: unknown): { readonly reason: UnknownReason; readonly detail: string } {
  const code =
    typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
      ? error.code
      : "unknown error";
  if (code === "ENOENT" || code === "ENOTDIR") return { reason: "absent", detail: "no such file" };
  if (code === "EACCES" || code === "EPERM") return { reason: "denied", detail: "no permission to read it" };
  return { reason: "failed", detail: code };
}
