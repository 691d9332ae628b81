import { createHash, randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, link, open, readdir, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ChangeError } from "../core/change.ts";
import { errorCodeOf } from "../core/error-code.ts";
import { say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { type Attributed, attributed, copyAttributes, type HeldFile } from "./attributes.ts";
import { wayTo } from "./foreign-link.ts";

/** A file byte for byte, with what a replacement has to keep. */
export interface ExactFile {
  readonly content: Uint8Array;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
  /** Permission bits, without setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export type NewFile = Omit<ExactFile, "sha256">;

/** What a replacement by a rename would not keep by itself. */
export interface Traits {
  /** Names of the file (hard links). */
  readonly names: number;
  /** Access control list, extended attributes. */
  readonly attributes: Attributed;
}

export interface Replacing {
  /** `none`: it is known that the file has no access control list and no attributes that matter. */
  readonly attributes?: "none";
}

/** Longer than any config or device list; what is longer is not read, wherever the file is. */
export const MAX_BYTES = 16_000_000;

/**
 * The file as it is now, through symbolic links; `undefined` when there is none.
 * @throws {ChangeError} when it cannot be read whole.
 */
export async function readExact(path: string): Promise<ExactFile | undefined> {
  return (await look(path, path))?.exact;
}

interface Seen {
  readonly exact: ExactFile;
  readonly info: Stats;
}

/** `named`: how the file is called where something has to be said of it. */
async function look(path: string, named: string): Promise<Seen | undefined> {
  let file: FileHandle;
  try {
    // A pipe would block on open, so look first.
    if (!(await stat(path)).isFile())
      throw new ChangeError("failed", say("place-irregular", { place: shown(named) }));
    file = await open(path, constants.O_RDONLY | NONBLOCK);
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT" || errorCodeOf(error) === "ENOTDIR") return undefined;
    throw asChangeError(error, named);
  }
  try {
    const info = await file.stat();
    if (!info.isFile()) throw new ChangeError("failed", say("place-irregular", { place: shown(named) }));
    if (info.size > MAX_BYTES)
      throw new ChangeError("failed", say("too-long-to-change", { path: shown(named) }));
    const content = await file.readFile();
    const { uid, gid } = info;
    return { exact: { content, sha256: sha256(content), mode: info.mode & 0o777, uid, gid }, info };
  } catch (error) {
    throw asChangeError(error, named);
  } finally {
    await file.close();
  }
}

/** Of a file of this machine, through symbolic links; `undefined` when there is none, or none that can be looked at. */
export async function traitsOf(path: string): Promise<Traits | undefined> {
  try {
    const place = await Place.open(await realpath(path));
    try {
      const { nlink } = await stat(place.path);
      return { names: nlink, attributes: await attributed(place) };
    } finally {
      await place.close();
    }
  } catch {
    return undefined;
  }
}

/**
 * Makes the file `next`, or removes it, if it still is `expected` (SHA-256 of its content; `undefined`: there is
 * none). The new content is whole on the disk, with mode, owner, access control list and extended attributes, before a
 * rename puts it in the place of the old one, so that whoever reads meets one or the other. A file of several names,
 * or with attributes that cannot be copied here, is written in its place, as a rename would not keep them. A symbolic
 * link stays, its target is replaced. `stale`: it is something else by now, and was left alone; between the last look
 * and the rename there is no lock to hold. No file gets setuid, setgid or sticky bits.
 * @throws {ChangeError} when it cannot be done; the file is as it was.
 */
export async function replaceFile(
  path: string,
  next: NewFile | undefined,
  expected: string | undefined,
  options: Replacing = {},
): Promise<"replaced" | "stale"> {
  const before = await look(path, path);
  if (before?.exact.sha256 !== expected) return "stale";
  if (next === undefined && before === undefined) return "replaced";
  if (before !== undefined) {
    const mode = before.info.mode & 0o7777;
    if ((mode & 0o222) === 0)
      throw new ChangeError("denied", say("read-only-mode", { path: shown(path), mode: mode.toString(8) }));
    if (mode > 0o777) throw new ChangeError("denied", say("special-bits", { path: shown(path) }));
  }
  let place: Place;
  try {
    const target = await targetOf(path, before?.info.uid);
    await sweep(target);
    place = await Place.open(target);
    await mustBeAt(place, target, path);
  } catch (error) {
    throw asChangeError(error, path);
  }
  try {
    const done = await replaceIn(place, path, { next, expected, before, ...options });
    if (done === "replaced") await place.sync();
    return done;
  } catch (error) {
    if (before === undefined && errorCodeOf(error) === "EEXIST") return "stale";
    throw asChangeError(error, path);
  } finally {
    await place.close();
  }
}

/** @throws {ChangeError} somebody leads us there who may not. */
async function targetOf(path: string, owner: number | undefined): Promise<string> {
  // A link that leads nowhere has no target yet; its own name is not to be replaced.
  const named = owner === undefined ? dirname(path) : path;
  const way = await wayTo(named, owner ?? (await stat(named)).uid);
  if ("foreign" in way) throw new ChangeError("denied", way.foreign);
  return owner === undefined ? join(way.target, basename(path)) : way.target;
}

/**
 * A directory on the way may have been exchanged for a link since it was looked at.
 * @throws {ChangeError}
 */
async function mustBeAt(place: Place, target: string, path: string): Promise<void> {
  const real = await place.real();
  if (real === undefined || real === dirname(target)) return;
  await place.close();
  throw new ChangeError("failed", say("way-changed", { path: shown(path) }));
}

interface Replacement extends Replacing {
  readonly next: NewFile | undefined;
  readonly expected: string | undefined;
  readonly before: Seen | undefined;
}

async function replaceIn(
  place: Place,
  path: string,
  { next, expected, before, attributes }: Replacement,
): Promise<"replaced" | "stale"> {
  const isStale = async () => (await look(place.path, path))?.exact.sha256 !== expected;
  if (next === undefined) {
    if (await isStale()) return "stale";
    await rm(place.path);
    return "replaced";
  }
  if (before !== undefined && before.info.nlink > 1) {
    await refuseForeignName(place, path, before.info);
    return overwrite(place, path, next, before);
  }
  const temporary = await writeBeside(place, next, attributes === "none" ? undefined : before);
  if (temporary === undefined) return before === undefined ? "stale" : overwrite(place, path, next, before);
  let left: string | undefined = temporary;
  try {
    if (await isStale()) return "stale";
    if (before === undefined) {
      // Fails when somebody made the file meanwhile.
      await link(temporary, place.path);
    } else {
      await rename(temporary, place.path);
      left = undefined;
    }
    return "replaced";
  } finally {
    if (left !== undefined) await rm(left, { force: true }).catch(() => undefined);
  }
}

/** The directory of a file, held, and the file's own name in it. */
class Place implements HeldFile {
  readonly directory: FileHandle | undefined;
  readonly name: string;
  readonly #base: string;

  private constructor(directory: FileHandle | undefined, base: string, name: string) {
    this.directory = directory;
    this.name = name;
    this.#base = base;
  }

  /** `target`: without symbolic links. */
  static async open(target: string): Promise<Place> {
    const path = dirname(target);
    const name = basename(target);
    // One that may not be listed cannot be held.
    const directory = await open(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0)).catch(
      () => undefined,
    );
    if (directory === undefined) return new Place(undefined, path, name);
    // Through it no directory on the way can be exchanged for another while we work.
    const held = `/proc/self/fd/${directory.fd}`;
    const isHeld = await stat(held).then(
      (info) => info.isDirectory(),
      () => false,
    );
    return new Place(directory, isHeld ? held : path, name);
  }

  get path(): string {
    return this.at(this.name);
  }

  at(name: string): string {
    return join(this.#base, name);
  }

  /** Where the directory that is held is now; `undefined` where that is not told. */
  async real(): Promise<string | undefined> {
    return this.#base.startsWith("/proc/self/fd/") ? readlink(this.#base).catch(() => undefined) : undefined;
  }

  /** So that the rename itself outlives a power cut; not every file system lets a directory be synced. */
  async sync(): Promise<void> {
    await this.directory?.sync().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.directory?.close();
  }
}

/**
 * Where the kernel lets users give names to files of others, root would write for them what they may not.
 * @throws {ChangeError}
 */
async function refuseForeignName(place: Place, path: string, { uid }: Stats): Promise<void> {
  const owner = (await stat(dirname(place.path))).uid;
  if (process.getuid?.() !== 0 || owner === 0 || owner === uid) return;
  throw new ChangeError("denied", say("foreign-name", { path: shown(path), user: uid }));
}

/**
 * The same inode with other content. What is written is valid at every moment but the one of the write itself: what
 * was longer is first filled up with line ends, then cut.
 */
async function overwrite(
  place: Place,
  path: string,
  next: NewFile,
  { exact, info }: Seen,
): Promise<"replaced" | "stale"> {
  const file = await open(place.path, constants.O_RDWR | NONBLOCK | NOFOLLOW);
  try {
    const now = await file.stat();
    if (!now.isFile() || now.ino !== info.ino || now.dev !== info.dev) return "stale";
    if (sha256(await wholeOf(file, now.size)) !== exact.sha256) return "stale";
    try {
      await fill(file, next.content, exact.content.length);
    } catch (error) {
      await fill(file, exact.content, next.content.length).catch(() => undefined);
      throw error;
    }
    if (now.uid !== next.uid || now.gid !== next.gid) await file.chown(next.uid, next.gid);
    if ((now.mode & 0o777) !== next.mode) await file.chmod(next.mode & 0o777);
    await file.sync();
    return "replaced";
  } catch (error) {
    throw asChangeError(error, path);
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, content: Uint8Array, length: number): Promise<void> {
  const whole = Buffer.alloc(Math.max(content.length, length), "\n");
  whole.set(content);
  for (let at = 0; at < whole.length; )
    at += (await file.write(whole, at, whole.length - at, at)).bytesWritten;
  await file.truncate(content.length);
}

async function wholeOf(file: FileHandle, size: number): Promise<Uint8Array> {
  const content = Buffer.alloc(Math.min(size, MAX_BYTES + 1));
  const { bytesRead } = await file.read(content, 0, content.length, 0);
  return content.subarray(0, bytesRead);
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

const MARK = ".pairing-doctor.";

/** Windows has neither. */
const NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const NONBLOCK = constants.O_NONBLOCK ?? 0;

/**
 * The new file beside the place, whole, with mode and owner and what `like` has beside; `undefined` when that could
 * not be copied, and nothing is there then.
 */
async function writeBeside(place: Place, next: NewFile, like: Seen | undefined): Promise<string | undefined> {
  const name = `.${place.name}${MARK}${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  const path = place.at(name);
  const file = await open(path, "wx", 0o600);
  let isKept = false;
  try {
    await file.writeFile(next.content);
    if (like !== undefined && !(await alike(place, { directory: place.directory, name, file })))
      return undefined;
    const made = await file.stat();
    // The owner first: changing it clears bits of the mode.
    if (made.uid !== next.uid || made.gid !== next.gid) await file.chown(next.uid, next.gid);
    // With an access control list the group's bits are its mask.
    if ((made.mode & 0o777) !== next.mode) await file.chmod(next.mode & 0o777);
    await file.sync();
    isKept = true;
    return path;
  } finally {
    if (!isKept) await rm(path, { force: true }).catch(() => undefined);
    await file.close();
  }
}

async function alike(place: Place, to: HeldFile & { readonly file: FileHandle }): Promise<boolean> {
  const file = await open(place.path, constants.O_RDONLY | NONBLOCK | NOFOLLOW);
  try {
    return await copyAttributes({ directory: place.directory, name: place.name, file }, to);
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
    return errorCodeOf(error) === "EPERM";
  }
}

function asChangeError(error: unknown, path: string): ChangeError {
  if (error instanceof ChangeError) return error;
  const code = errorCodeOf(error);
  if (code === "EBUSY") return new ChangeError("denied", say("single-file", { path: shown(path) }));
  if (code === "EROFS") return new ChangeError("denied", say("read-only-system", { path: shown(path) }));
  if (code === "EACCES" || code === "EPERM")
    return new ChangeError("denied", say("no-permission-owner", { path: shown(path) }));
  if (code === "ENOENT" || code === "ENOTDIR")
    return new ChangeError("absent", say("no-such-path", { path: shown(path) }));
  return new ChangeError(
    "failed",
    say("file-error", { path: shown(path), ...(code === undefined ? {} : { error: code }) }),
  );
}

function shown(path: string): string {
  return safeText(path, 200);
}
