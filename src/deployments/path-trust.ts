import { say } from "../core/saying.ts";
import { readAccounts } from "./accounts.ts";
import type { OpenedFile } from "./input.ts";
import type { FileInfo, World } from "./world.ts";

/** Why a path is not believed: the first place on it, from the root down, that somebody else may change. */
export interface Distrust {
  /** A file or a directory above it. */
  readonly path: string;
  /** `owner`: it is another user's. `writable`: others may write it. `unseen`: it cannot be looked at. */
  readonly because: "owner" | "writable" | "unseen";
  /** Name or number of the user or group that it is open to; `everybody`. */
  readonly who: string;
}

type Looks = Pick<World, "platform" | "readText" | "link" | "info" | "isListed">;

/** Who an access control list lets in is not looked at. */
export const BY_LIST = "others (ACL)";
const MAX_LINKS = 40;

/**
 * Whether only root and `trusted` (uids) could have put what is at an absolute path, its symbolic links followed: the
 * file and each directory on the way belong to one of them, and nobody else may write there. A sticky directory (`/tmp`)
 * counts, as others cannot replace in it what is not theirs; a group counts as its owner when nobody else is in it and
 * no access control list speaks in its place.
 * That is what sudo and OpenSSH ask of files that they trust. `undefined`: it holds; also where the platform has no
 * such owners (Windows). On macOS groups are kept elsewhere than in /etc/group and are taken for granted.
 */
export async function distrusted(
  world: Looks,
  path: string,
  trusted: ReadonlySet<number>,
): Promise<Distrust | undefined> {
  if (world.platform === "win32") return undefined;
  const uids = new Set([0, ...trusted]);
  for await (const { at, info } of placesOn(world, path)) {
    if (info === undefined) return { path: at, because: "unseen", who: "" };
    const found = await openTo(world, at, info, uids);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function openTo(
  world: Looks,
  path: string,
  { uid, gid, mode, kind }: FileInfo,
  trusted: ReadonlySet<number>,
): Promise<Distrust | undefined> {
  if (uid === undefined || mode === undefined) return { path, because: "unseen", who: "" };
  if (!trusted.has(uid)) return { path, because: "owner", who: await userName(world, uid) };
  const sticky = kind === "directory" && (mode & 0o1000) !== 0;
  if (sticky) return undefined;
  if ((mode & 0o002) !== 0) return { path, because: "writable", who: "everybody" };
  if ((mode & 0o020) === 0 || gid === undefined || world.platform === "darwin") return undefined;
  const { groups, members } = await readAccounts(world);
  const others = members(gid);
  const isAlone = others?.every((one) => trusted.has(one)) === true;
  // With an access control list the group's bits are those of the list, so that they say nothing of the group.
  if (isAlone)
    return (await world.isListed?.(path)) === true ? { path, because: "writable", who: BY_LIST } : undefined;
  return { path, because: "writable", who: groups.get(gid)?.name ?? String(gid) };
}

/** Whether a user's rights (owner, group, others; no ACL) let a file be read, its symbolic links followed. */
export async function mayRead(world: Looks, path: string, uid: number): Promise<boolean> {
  if (uid === 0 || world.platform === "win32") return true;
  const { groupsOf } = await readAccounts(world);
  const groups = groupsOf(uid);
  const allows = (info: FileInfo, bit: number): boolean => {
    if (info.mode === undefined || info.uid === undefined) return false;
    const shift = info.uid === uid ? 6 : info.gid !== undefined && groups.has(info.gid) ? 3 : 0;
    return ((info.mode >> shift) & bit) !== 0;
  };
  let last: FileInfo | undefined;
  for await (const { info } of placesOn(world, path)) {
    if (last !== undefined && !allows(last, 1)) return false;
    if (info === undefined) return false;
    last = info;
  }
  return last !== undefined && allows(last, 4);
}

/** `name`, where the system has one of a harmless form; else the number. */
export async function userName(world: Looks, uid: number): Promise<string> {
  return (await readAccounts(world)).users.get(uid)?.name ?? String(uid);
}

/**
 * The directories from the root down to the path, and what is there itself, with the targets of symbolic links on the
 * way in the place of the links; ends at the first that is not there.
 */
async function* placesOn(
  world: Looks,
  path: string,
): AsyncIterable<{ readonly at: string; readonly info: FileInfo | undefined }> {
  let at = "/";
  yield { at, info: await world.info(at) };
  const left = path.split("/").reverse();
  let links = 0;
  while (left.length > 0) {
    const name = left.pop();
    if (name === undefined || name === "" || name === ".") continue;
    if (name === "..") {
      at = at.slice(0, Math.max(1, at.lastIndexOf("/")));
      continue;
    }
    const next = at === "/" ? `/${name}` : `${at}/${name}`;
    const target = await world.link(next);
    if (target !== undefined) {
      links += 1;
      if (links > MAX_LINKS) {
        yield { at: next, info: undefined };
        return;
      }
      if (target.startsWith("/")) at = "/";
      left.push(...target.split("/").reverse());
      continue;
    }
    at = next;
    const info = await world.info(at);
    yield { at, info };
    if (info === undefined) return;
  }
}

/**
 * The world as it may be read for a configuration of another user: what that user may not read, root does not read for
 * it either. Else a link in their directory would show files of others, or send what is in them.
 */
export function asReadableTo(world: World, uid: number): World {
  const may = (path: string): Promise<boolean> => mayRead(world, path, uid);
  const denied = { ok: false, reason: "denied", detail: say("unread-of-others", { user: uid }) } as const;
  // Of what is open: a link that is turned while we look leads to something else before and afterwards.
  const allows = ({ path }: OpenedFile): Promise<boolean> => may(path);
  return {
    ...world,
    readText: async (path, maxBytes) => {
      const read = await world.readText(path, maxBytes, allows);
      return !read.ok || (await may(path)) ? read : denied;
    },
    info: async (path) => {
      const info = await world.info(path);
      return info === undefined || info.kind === "directory" || (await may(path)) ? info : undefined;
    },
    stream: async function* (path, start, end) {
      if (await may(path)) yield* world.stream(path, start, end, allows);
    },
    readBytes: async (path, maxBytes) => {
      const read = await world.readBytes(path, maxBytes, allows);
      return !read.ok || (await may(path)) ? read : denied;
    },
  };
}
