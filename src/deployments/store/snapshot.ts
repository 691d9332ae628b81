import { type Fact, known, type Unknown, type UnknownReason, unknown } from "../../core/fact.ts";
import { type Saying, say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { BytesOutcome, FileInfo, StoreReadings, World } from "../world.ts";

/** A SQLite database as it was at one instant, in memory; nothing was locked, made or written for it. */
export interface StoreSnapshot {
  readonly database: Uint8Array;
  /** The write-ahead log: what was committed and is not in the database yet. */
  readonly log?: Uint8Array;
}

/** Bytes of the database, and of its write-ahead log; a fresh one has 1.5 MB and 0.2 MB (run 2026.9.6). */
export const MAX_STORE = 128 * 1024 * 1024;
/** How often the gateway may come in between. */
const TRIES = 8;
const PAUSE_MS = 150;
const MAX_LINKS = 8;
/** Of the log's header, which has new salts each time that the log begins anew (SQLite's file format, 4.1). */
const HEADER = 32;
export const PROVIDE = "openclaw devices list --json";

/**
 * Reads a database beside a gateway that writes to it. What SQLite moves from the log to the database meanwhile is still
 * in the log, unless the log began anew. So the log is read after the database, and both count when the log's header is
 * the same before and after. Without a log, size and time of the database have to be the same.
 * `absent`: there is no database. Refused: what is too long, and a log or journal that is no regular file.
 */
export async function storeSnapshot(world: World, path: string): Promise<Fact<StoreSnapshot>> {
  const real = await realFile(world, path);
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const snapshot = await readOnce(world, real);
    if (snapshot !== "changed") return snapshot;
  }
  return unknown("failed", say("device-store-busy"), PROVIDE);
}

async function readingsOf(world: World, path: string): Promise<StoreReadings> {
  const [log, journal] = [`${path}-wal`, `${path}-journal`];
  const before = await world.info(path);
  const nothing = { header: undefined, database: undefined, log: undefined, headerAfter: undefined };
  let odd: string | undefined;
  for (const beside of [log, journal]) if (odd === undefined && (await isNoFile(world, beside))) odd = beside;
  if (before?.kind !== "file" || odd !== undefined || before.size > MAX_STORE)
    return { ...nothing, before, odd, after: before, journalSize: 0 };
  return {
    before,
    odd,
    header: await bytesOf(world, log, HEADER),
    database: await bytesOf(world, path, MAX_STORE),
    log: await bytesOf(world, log, MAX_STORE),
    headerAfter: await bytesOf(world, log, HEADER),
    after: await world.info(path),
    journalSize: (await world.info(journal))?.size ?? 0,
  };
}

async function readOnce(world: World, path: string): Promise<Fact<StoreSnapshot> | "changed"> {
  const all = (await world.storeReadings?.(path, HEADER, MAX_STORE)) ?? (await readingsOf(world, path));
  const { before, after, odd, database: read, log: written, header: first, headerAfter: last } = all;
  if (before?.kind !== "file") return unknown("absent", say("no-device-store"), PROVIDE);
  if (odd !== undefined) return isOdd(odd);
  if (before.size > MAX_STORE) return tooLarge();
  for (const each of [read, written, first, last])
    if (each !== undefined && !each.ok) return unreadStore(each.reason, each.detail);
  if (read === undefined || after === undefined) return "changed";
  if (read.ok && read.truncated) return tooLarge();
  if (written?.ok === true && written.truncated) return tooLarge();
  // A transaction is half in the database, and its way back in the journal.
  if (all.journalSize > 0) return "changed";
  if (!read.ok || !isSame(first, last) || !isSame(first, written)) return "changed";
  const hasLog = written?.ok === true && written.bytes.length > HEADER;
  if (!hasLog && !isUntouched(before, after)) return "changed";
  return known({ database: read.bytes, ...(hasLog ? { log: written.bytes } : {}) }, path);
}

/** `undefined`: there is no such file. */
type Bytes = BytesOutcome | undefined;

async function bytesOf(world: World, path: string, max: number): Promise<Bytes> {
  const read = await world.readBytes(path, max);
  return !read.ok && read.reason === "absent" ? undefined : read;
}

/** Whether two readings of the log have the same header, or there is none. */
function isSame(one: Bytes, other: Bytes): boolean {
  const headers = [one, other].map((read) => (read?.ok === true ? read.bytes.subarray(0, HEADER) : []));
  const [first = [], second = []] = headers;
  return Buffer.compare(Buffer.from(first), Buffer.from(second)) === 0;
}

function isUntouched(before: FileInfo, after: FileInfo): boolean {
  return before.size === after.size && before.modified === after.modified;
}

/** SQLite never makes one a link, a pipe or a device; whoever did wants us to read something else. */
async function isNoFile(world: World, path: string): Promise<boolean> {
  if ((await world.link(path)) !== undefined) return true;
  const info = await world.info(path);
  return info !== undefined && info.kind !== "file";
}

/** The log lies beside what a link leads to. */
async function realFile(world: World, path: string): Promise<string> {
  let at = path;
  for (let followed = 0; followed < MAX_LINKS; followed += 1) {
    const target = await world.link(at);
    if (target === undefined) return at;
    at = target.startsWith("/") ? target : `${at.slice(0, at.lastIndexOf("/"))}/${target}`;
  }
  return at;
}

function isOdd(path: string): Unknown {
  const shown = safeText(path, 200);
  return unknown("denied", say("device-store-odd", { path: shown }), PROVIDE);
}

function tooLarge(): Unknown {
  const megabytes = MAX_STORE / 1024 / 1024;
  return unknown("failed", say("device-store-too-large", { megabytes }), PROVIDE);
}

/** What could not be read of it, and why. */
export function unreadStore(reason: UnknownReason, detail: Saying): Unknown {
  return unknown(reason, say("device-store-unread", { detail }), PROVIDE);
}
