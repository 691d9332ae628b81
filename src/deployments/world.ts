import { constants, opendirSync, readlinkSync } from "node:fs";
import { access, opendir, readlink, stat } from "node:fs/promises";
import { homedir, networkInterfaces, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { errorCodeOf } from "../core/error-code.ts";
import type { UnknownReason } from "../core/fact.ts";
import { quoted, type Saying, say } from "../core/saying.ts";
import { type InputOptions, InputRefused, openInput } from "./input.ts";

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
  /**
   * At most `maxBytes` from the start; never follows into devices or pipes. `allows`: asked of what was opened, for
   * files of this machine.
   */
  readText(path: string, maxBytes: number, allows?: InputOptions["allows"]): Promise<ReadOutcome>;
  exists(path: string): Promise<boolean>;
  /** Names in a directory, at most `max`; empty when it cannot be read. */
  list(path: string, max: number): Promise<readonly string[]>;
  /** Where a symbolic link points, or `undefined`. */
  link(path: string): Promise<string | undefined>;
  /**
   * Where the links in a directory lead to, of at most `max` of its names; in one go, as each by itself takes ten times
   * as long. Only of directories of the kernel, which never keep anybody waiting. Absent where that is not cheaper.
   */
  links?(directory: string, max: number): readonly string[];
  /** Whether a process runs no program at all, as the kernel's own threads; false where that is not told. */
  isKernels?(pid: number): boolean;
  info(path: string): Promise<FileInfo | undefined>;
  /** Whether a file or directory has an access control list or other attributes; `undefined` where nothing tells. */
  isListed?(path: string): Promise<boolean | undefined>;
  /** The same as bytes. */
  readBytes(path: string, maxBytes: number, allows?: InputOptions["allows"]): Promise<BytesOutcome>;
  /** The end of what a service's manager keeps of its output; `undefined`: nothing, or it may not be read. */
  journal?(unit: ServiceUnit): Promise<Uint8Array | undefined>;
  /** What programs there that only look said when the machine was looked at; `""`: nothing, or they may not be asked. */
  told?(of: Told): string;
  /** All of a database in one go, where each reading is a question to another machine. */
  storeReadings?(path: string, header: number, most: number): Promise<StoreReadings | undefined>;
  /** Bytes of a regular file from `start` to before `end`, in chunks. */
  stream(
    path: string,
    start: number,
    end: number,
    allows?: InputOptions["allows"],
  ): AsyncIterable<Uint8Array>;
}

/** `ufw status verbose`, `nft list ruleset`, `tailscale serve status --json`, `tailscale status --json`. */
export type Told = "ufw" | "nft" | "serve" | "tailnet";

/** systemd's, without `.service`; of a user's own manager, or the system's. */
export interface ServiceUnit {
  readonly name: string;
  readonly user: boolean;
  /** Whose manager it is, where root asks for another user. */
  readonly uid?: number;
}

export type ReadOutcome = { readonly ok: true; readonly text: string; readonly truncated: boolean } | Unread;

export type BytesOutcome =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly truncated: boolean }
  | Unread;

/** A database, what lies beside it, and both again, in this order; `undefined`: it is not there. */
export interface StoreReadings {
  readonly before: FileInfo | undefined;
  /** What is beside it and is no regular file. */
  readonly odd: string | undefined;
  /** The first bytes of its write-ahead log. */
  readonly header: BytesOutcome | undefined;
  readonly database: BytesOutcome | undefined;
  readonly log: BytesOutcome | undefined;
  readonly headerAfter: BytesOutcome | undefined;
  readonly after: FileInfo | undefined;
  /** Bytes; a transaction is under way where there are any. */
  readonly journalSize: number;
}

export interface Unread {
  readonly ok: false;
  readonly reason: UnknownReason;
  /** Without the path. */
  readonly detail: Saying;
}

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

/** Answered by the kernel alone, which keeps nobody waiting: asked at once, it takes a tenth of the time. */
const OF_A_PROCESS = /^\/proc\/(?:self|\d{1,10})\/(?:exe|cwd|ns\/[a-z_]{1,30}|fd\/\d{1,10})$/;

/** The real machine, or what lies below `root` of it. */
export function nodeWorld(options: { readonly root?: string; readonly env?: World["env"] } = {}): World {
  const root = options.root ?? "/";
  const at = (path: string): string => (root === "/" ? path : join(root, path));
  const uid = process.getuid?.();
  return {
    platform: platform(),
    env: options.env ?? process.env,
    homedir: homeOf(options.env ?? process.env),
    tmpdir: tmpdirOf(options.env ?? process.env),
    cwd: process.cwd(),
    ...(uid === undefined ? {} : { uid }),
    interfaces: () =>
      Object.entries(networkInterfaces()).flatMap(([name, list]) =>
        (list ?? []).map(({ address, internal }) => ({ name, address, internal })),
      ),
    readText: async (path, maxBytes, allows) => textIn(await readBounded(at(path), maxBytes, allows)),
    readBytes: (path, maxBytes, allows) => readBounded(at(path), maxBytes, allows),
    exists: async (path) => {
      try {
        await access(at(path), constants.F_OK);
        return true;
      } catch {
        return false;
      }
    },
    list: async (path, max) => {
      const names: string[] = [];
      try {
        // Not all at once: a directory where others write may have any number of them.
        for await (const { name } of await opendir(at(path), { bufferSize: 512 })) {
          if (names.length >= max) break;
          names.push(name);
        }
      } catch {
        // As many as could be read.
      }
      return names;
    },
    link: async (path) => {
      const here = at(path);
      try {
        return OF_A_PROCESS.test(here) ? readlinkSync(here) : await readlink(here);
      } catch {
        return undefined;
      }
    },
    links: (directory, max) => linksIn(at(directory), max),
    isKernels: (pid) => {
      try {
        readlinkSync(at(`/proc/${pid}/exe`));
        return false;
      } catch (error) {
        return errorCodeOf(error) === "ENOENT";
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
    isListed: async (path) => {
      const { traitsOf } = await import("./atomic-file.ts");
      const attributes = (await traitsOf(at(path)))?.attributes;
      return attributes === undefined || attributes === "unknown" ? undefined : attributes === "some";
    },
    stream: (path, start, end, allows) => bytesOf(at(path), start, end, allows),
  };
}

function linksIn(directory: string, max: number): readonly string[] {
  const targets: string[] = [];
  try {
    const open = opendirSync(directory, { bufferSize: 512 });
    try {
      for (let one = open.readSync(); one !== null && targets.length < max; one = open.readSync()) {
        try {
          targets.push(readlinkSync(join(directory, one.name)));
        } catch {
          // Closed meanwhile.
        }
      }
    } finally {
      open.closeSync();
    }
  } catch {
    // Not ours to see, or gone.
  }
  return targets;
}

async function* bytesOf(
  path: string,
  start: number,
  end: number,
  allows: InputOptions["allows"],
): AsyncIterable<Uint8Array> {
  const input = await openInput(path, { ...(allows === undefined ? {} : { allows }) });
  yield* input.chunks(start, end);
}

/** As `os.homedir()` tells it, by the environment that is told and not by this process' own. */
function homeOf(env: World["env"]): string {
  if (platform() !== "win32" && env.HOME) return env.HOME;
  try {
    return homedir();
  } catch {
    // Thrown when the user has no entry in passwd, as with an arbitrary user id in a container.
    return env.HOME ?? "/";
  }
}

/** As `os.tmpdir()`, by the environment that is told. */
function tmpdirOf(env: World["env"]): string {
  if (platform() === "win32") return tmpdir();
  const named = env.TMPDIR || env.TMP || env.TEMP || "/tmp";
  return named.length > 1 && named.endsWith("/") ? named.slice(0, -1) : named;
}

async function readBounded(
  path: string,
  maxBytes: number,
  allows: InputOptions["allows"],
): Promise<BytesOutcome> {
  try {
    const input = await openInput(path, { ...(allows === undefined ? {} : { allows }) });
    const { bytes, isCut } = await input.read(maxBytes);
    return { ok: true, bytes, truncated: isCut };
  } catch (error) {
    return { ok: false, ...failure(error) };
  }
}

/** As UTF-8. */
export function textIn(read: BytesOutcome): ReadOutcome {
  if (!read.ok) return read;
  const { buffer, byteOffset, byteLength } = read.bytes;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
  return { ok: true, text, truncated: read.truncated };
}

/** Why a file could not be read, without the machine's paths. */
export function failure(error: unknown): { readonly reason: UnknownReason; readonly detail: Saying } {
  if (error instanceof InputRefused) return { reason: "failed", detail: say("unread-irregular") };
  const code = errorCodeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return { reason: "absent", detail: say("unread-absent") };
  if (code === "EACCES" || code === "EPERM") return { reason: "denied", detail: say("unread-denied") };
  return { reason: "failed", detail: code === undefined ? say("unread-unknown") : quoted(code) };
}
