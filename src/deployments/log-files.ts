import { type Distrust, distrusted, mayRead, userName } from "./path-trust.ts";
import type { LogText } from "./types.ts";
import type { FileInfo, World } from "./world.ts";

/** Bytes that are read of all logs together, from their ends. */
export const LOG_TAIL_BYTES = 8 * 1024 * 1024;
const MAX_FILES = 3;

export interface LogFile {
  readonly path: string;
  /** The bytes to read. */
  readonly start: number;
  readonly end: number;
  /** In the default directory, which all gateways of the machine share. */
  readonly shared: boolean;
}

export interface LogFileQuery {
  /** `logging.file`, when the config has it. */
  readonly configured?: string;
  readonly release?: string;
  readonly home: string;
  readonly profile?: string;
  /** User id of the gateway, for `/tmp/openclaw-<uid>/`. */
  readonly uid?: number;
  /** Uids that may write the gateway's log, beside root. */
  readonly trusted: ReadonlySet<number>;
}

export interface FoundLogFiles {
  /** Newest last. */
  readonly files: readonly LogFile[];
  /** Why files of the default directory were passed over: anybody can make files there. */
  readonly distrust?: Distrust;
  /** A file or a directory of logs, newer than all `files`, that we may not read, and whose it is. */
  readonly denied?: { readonly path: string; readonly user: string };
}

/**
 * The gateway's log files with the bytes to read of each: at most 8 MiB in all, counted from the newest end backwards
 * over the rotated ones.
 */
export async function findLogFiles(world: World, query: LogFileQuery): Promise<FoundLogFiles> {
  const found: { path: string; size: number; modified: number; shared: boolean }[] = [];
  let distrust: Distrust | undefined;
  let denied: { path: string; uid: number | undefined; modified: number } | undefined;
  const miss = (path: string, { uid, modified }: Pick<FileInfo, "uid" | "modified">): void => {
    if (denied === undefined || modified > denied.modified) denied = { path, uid, modified };
  };
  const look = async (path: string, shared = false): Promise<void> => {
    const info = await world.info(path);
    if (info?.kind !== "file" || info.size === 0 || found.some((file) => file.path === path)) return;
    const open = shared ? await distrusted(world, path, query.trusted) : undefined;
    // A container's engine does not tell whose its files are; strangers have no account in it.
    const why = open?.because === "unseen" ? undefined : open;
    distrust ??= why;
    if (why !== undefined) return;
    if (!(await isReadable(world, path))) miss(path, info);
    else found.push({ path, size: info.size, modified: info.modified, shared });
  };
  if (query.configured !== undefined) {
    const path = query.configured.startsWith("~/")
      ? `${query.home}${query.configured.slice(1)}`
      : query.configured;
    await look(path);
    for (const suffix of [".1", ".2"]) await look(`${path}${suffix}`);
  }
  const uid = query.uid ?? world.uid;
  // The default place is shared by all gateways of the machine, so it counts only where the own file is not
  // written: 2026.4.15 ignores `logging.file` (run; the releases before and after honour it).
  const own = found.length > 0 && query.release !== "2026.4.15";
  const directories = own
    ? []
    : [
        "/tmp/openclaw",
        ...(uid === undefined ? [] : [`/tmp/openclaw-${uid}`]),
        ...(world.tmpdir === "/tmp" ? [] : [`${world.tmpdir}/openclaw`]),
      ];
  for (const directory of directories) {
    const all = await world.list(directory, 2000);
    const closed = all.length === 0 ? await closedDirectory(world, directory) : undefined;
    if (closed !== undefined) miss(directory, closed);
    const names = all.filter((name) => isLogName(name, query.profile));
    // The names carry the date, so the last in order are the newest.
    for (const name of names.sort().slice(-MAX_FILES)) await look(`${directory}/${name}`, true);
  }
  const newest = found.sort((a, b) => b.modified - a.modified).slice(0, MAX_FILES);
  let left = LOG_TAIL_BYTES;
  const chosen: LogFile[] = [];
  for (const { path, size, shared } of newest) {
    if (left <= 0) break;
    const bytes = Math.min(left, size);
    chosen.push({ path, start: size - bytes, end: size, shared });
    left -= bytes;
  }
  const files = chosen.reverse();
  // Beside a log that may be read, another user's counts only where that user has the gateway.
  const isOurs = files.length === 0 || (query.uid !== undefined && denied?.uid === query.uid);
  const isNewest = isOurs && denied !== undefined && denied.modified >= (newest[0]?.modified ?? 0);
  return {
    files,
    ...(distrust === undefined ? {} : { distrust }),
    ...(denied === undefined || !isNewest ? {} : { denied: await named(world, denied) }),
  };
}

async function named(
  world: World,
  { path, uid }: { readonly path: string; readonly uid: number | undefined },
) {
  return { path, user: uid === undefined ? "?" : await userName(world, uid) };
}

/** Asked of the system itself where it may say no: of a user of this machine who is not root. */
async function isReadable(world: World, path: string): Promise<boolean> {
  if (world.uid === undefined || world.uid === 0) return true;
  const read = await world.readText(path, 1);
  return read.ok || read.reason !== "denied";
}

/** A directory whose names we may not have, which is not an empty one. */
async function closedDirectory(world: World, path: string): Promise<FileInfo | undefined> {
  if (world.uid === undefined || world.uid === 0) return undefined;
  const info = await world.info(path);
  if (info?.kind !== "directory" || (await mayRead(world, path, world.uid))) return undefined;
  return info;
}

/** `openclaw-2026-11-22.log`, with a profile `openclaw-work-2026-11-22.log`; rotated ones carry a number. */
function isLogName(name: string, profile: string | undefined): boolean {
  const match =
    /^(?:openclaw|clawdbot|moltbot)(?:-([A-Za-z0-9_-]{1,64}))?-\d{4}-\d\d-\d\d(?:\.\d{1,3})?\.log(?:\.\d{1,3})?$/.exec(
      name,
    );
  return match !== null && (match[1] === undefined || match[1] === profile);
}

/** The files as sources of text. `own`: whether those of the default directory are known to be this gateway's. */
export function logTexts(world: World, files: readonly LogFile[], own = true): readonly LogText[] {
  return files.map(({ path, start, end, shared }) => ({
    name: path,
    chunks: world.stream(path, start, end),
    ...(shared && !own ? { shared } : {}),
  }));
}
