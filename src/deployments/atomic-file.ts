import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, link, open, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ChangeError } from "../core/change.ts";
import { safeText } from "../core/text.ts";

/** A file byte for byte, with what a replacement has to keep. */
export interface ExactFile {
  readonly content: Uint8Array;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export type NewFile = Omit<ExactFile, "sha256">;

/** Longer than any config or device list; what is longer is not read. */
const MAX_BYTES = 16_000_000;

/**
 * The file as it is now, through symbolic links; `undefined` when there is none.
 * @throws {ChangeError} when it cannot be read whole.
 */
export async function readExact(path: string): Promise<ExactFile | undefined> {
  let file: FileHandle;
  try {
    // A pipe would block on open, so look first.
    if (!(await stat(path)).isFile()) throw new ChangeError("failed", `${shown(path)} is not a regular file`);
    file = await open(path, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw asChangeError(error, path);
  }
  try {
    const info = await file.stat();
    if (info.size > MAX_BYTES) throw new ChangeError("failed", `${shown(path)} is too long to be changed`);
    const content = await file.readFile();
    return { content, sha256: sha256(content), mode: info.mode & 0o7777, uid: info.uid, gid: info.gid };
  } catch (error) {
    throw asChangeError(error, path);
  } finally {
    await file.close();
  }
}

/**
 * Makes the file `next`, or removes it, if it still is `expected` (SHA-256 of its content; `undefined`: there is
 * none). The new content is whole on the disk, with mode and owner, before a rename puts it in the place of the
 * old one, so that whoever reads meets one or the other. A symbolic link stays, its target is replaced. `stale`:
 * it is something else by now, and was left alone; between the last look and the rename there is no lock to hold.
 * @throws {ChangeError} when it cannot be done; the file is as it was.
 */
export async function replaceFile(
  path: string,
  next: NewFile | undefined,
  expected: string | undefined,
): Promise<"replaced" | "stale"> {
  const before = await readExact(path);
  if (before?.sha256 !== expected) return "stale";
  if (next === undefined && before === undefined) return "replaced";
  if (before !== undefined && (before.mode & 0o222) === 0)
    throw new ChangeError("denied", `${shown(path)} is read-only (mode ${before.mode.toString(8)})`);
  let target: string;
  try {
    // A link that leads nowhere has no target yet; its own name is not to be replaced.
    target =
      before === undefined ? join(await realpath(dirname(path)), basename(path)) : await realpath(path);
  } catch (error) {
    throw asChangeError(error, path);
  }
  await sweep(target);
  let temporary: string | undefined;
  try {
    if (next === undefined) {
      if ((await readExact(target))?.sha256 !== expected) return "stale";
      await rm(target);
    } else {
      temporary = await writeBeside(target, next);
      if ((await readExact(target))?.sha256 !== expected) return "stale";
      if (before === undefined) {
        // Fails when somebody made the file meanwhile.
        await link(temporary, target);
      } else {
        await rename(temporary, target);
        temporary = undefined;
      }
    }
    await syncDirectory(dirname(target));
    return "replaced";
  } catch (error) {
    if (before === undefined && codeOf(error) === "EEXIST") return "stale";
    throw asChangeError(error, path);
  } finally {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
  }
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

const MARK = ".pairing-doctor.";

async function writeBeside(target: string, next: NewFile): Promise<string> {
  const name = `.${basename(target)}${MARK}${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  const path = join(dirname(target), name);
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(next.content);
    const made = await file.stat();
    // The owner first: changing it clears bits of the mode.
    if (made.uid !== next.uid || made.gid !== next.gid) await file.chown(next.uid, next.gid);
    await file.chmod(next.mode);
    await file.sync();
    return path;
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

/** Removes what a doctor that was killed left beside the file (through symbolic links). */
export async function sweepBeside(path: string): Promise<void> {
  await sweep(await realpath(path).catch(() => path));
}

/** The same of every file in a directory. */
export async function sweepDirectory(directory: string): Promise<void> {
  await sweepNames(directory, ".");
}

/** It holds the config's secrets. */
async function sweep(target: string): Promise<void> {
  await sweepNames(dirname(target), `.${basename(target)}${MARK}`);
}

async function sweepNames(directory: string, start: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.slice(0, 10_000)) {
    if (!name.startsWith(start) || !name.endsWith(".tmp")) continue;
    const pid = Number(/\.pairing-doctor\.(\d{1,10})\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1]);
    if (Number.isInteger(pid) && pid > 0 && !isRunning(pid))
      await rm(join(directory, name), { force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** So that the rename itself outlives a power cut; not every file system lets a directory be opened for that. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r").catch(() => undefined);
  if (directory === undefined) return;
  try {
    await directory.sync();
  } catch {
    // The content is on the disk; its name follows when the file system sees fit.
  } finally {
    await directory.close();
  }
}

function asChangeError(error: unknown, path: string): ChangeError {
  if (error instanceof ChangeError) return error;
  const code = codeOf(error);
  if (code === "EBUSY")
    return new ChangeError(
      "denied",
      `${shown(path)} is mounted as a single file, so it cannot be replaced; change it where it is mounted from`,
    );
  if (code === "EROFS") return new ChangeError("denied", `${shown(path)} is on a read-only file system`);
  if (code === "EACCES" || code === "EPERM")
    return new ChangeError("denied", `${shown(path)}: no permission to read or to replace it with its owner`);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new ChangeError("absent", `${shown(path)}: no such file or directory`);
  return new ChangeError("failed", `${shown(path)}: ${code ?? "unknown error"}`);
}

function shown(path: string): string {
  return safeText(path, 200);
}

function codeOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
