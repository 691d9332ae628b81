import type { World } from "./world.ts";

/** Users and groups of /etc/passwd and /etc/group; those of a directory service are not in them. */
export interface Accounts {
  readonly users: ReadonlyMap<number, { readonly name: string; readonly gid: number; readonly home: string }>;
  readonly groups: ReadonlyMap<number, { readonly name: string; readonly members: readonly string[] }>;
  /** Uids of a group, also of those whose own group it is; `undefined` for a group that is not in the files. */
  members(gid: number): readonly number[] | undefined;
  /** Gids of a user. */
  groupsOf(uid: number): ReadonlySet<number>;
}

const MAX_ACCOUNTS = 1_000_000;
const kept = new WeakMap<object, Promise<Accounts>>();

/** Read once for each world. Names of another form than system tools give out are replaced by the number. */
export function readAccounts(world: Pick<World, "readText">): Promise<Accounts> {
  const known = kept.get(world) ?? parseAccounts(world);
  kept.set(world, known);
  return known;
}

async function parseAccounts(world: Pick<World, "readText">): Promise<Accounts> {
  const users = new Map<number, { name: string; gid: number; home: string }>();
  const uids = new Map<string, number>();
  for (const [name = "", , uid = "", gid = "", , home = ""] of await fieldsOf(world, "/etc/passwd")) {
    if (!/^\d{1,10}$/.test(uid) || !/^\d{1,10}$/.test(gid) || users.has(Number(uid))) continue;
    users.set(Number(uid), { name: PLAIN.test(name) ? name : uid, gid: Number(gid), home });
    uids.set(name, Number(uid));
  }
  const groups = new Map<number, { name: string; members: readonly string[] }>();
  for (const [name = "", , gid = "", list = ""] of await fieldsOf(world, "/etc/group")) {
    if (!/^\d{1,10}$/.test(gid)) continue;
    const members = list.split(",").filter((member) => member !== "");
    groups.set(Number(gid), {
      name: PLAIN.test(name) ? name : gid,
      members: [...(groups.get(Number(gid))?.members ?? []), ...members],
    });
  }
  return {
    users,
    groups,
    members: (gid) => {
      const group = groups.get(gid);
      if (group === undefined) return undefined;
      // A member that no file knows is somebody of whom nothing is known.
      const named = group.members.map((name) => uids.get(name) ?? -1);
      const own = [...users].filter(([, user]) => user.gid === gid).map(([uid]) => uid);
      return [...named, ...own];
    },
    groupsOf: (uid) => {
      const user = users.get(uid);
      const own = user === undefined ? [] : [user.gid];
      const name = [...uids].find(([, each]) => each === uid)?.[0];
      const more = [...groups].filter(([, { members }]) => name !== undefined && members.includes(name));
      return new Set([...own, ...more.map(([gid]) => gid)]);
    },
  };
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}\$?$/;

async function fieldsOf(world: Pick<World, "readText">, path: string): Promise<readonly string[][]> {
  const read = await world.readText(path, MAX_ACCOUNTS);
  return read.ok ? read.text.split("\n").map((line) => line.trim().split(":")) : [];
}

/** First uid of people's accounts and of `nobody` (login.defs of Debian, Fedora, Arch). */
const FIRST_PERSON = 1000;
const NOBODY = 60_000;

/**
 * Whether several people have accounts on this machine: then what weakens the gateway opens it to them too. An
 * account counts when it can log in. `undefined` where the system does not tell.
 */
export async function isSharedHost(
  world: Pick<World, "platform" | "readText" | "list">,
): Promise<boolean | undefined> {
  if (world.platform === "darwin") {
    const homes = await world.list("/Users", 100);
    return homes.filter((name) => name !== "Shared" && name !== "Guest" && !name.startsWith(".")).length > 1;
  }
  if (world.platform === "win32") return undefined;
  const passwd = await world.readText("/etc/passwd", 1_000_000);
  if (!passwd.ok) return undefined;
  const people = passwd.text.split("\n").filter((line) => {
    const [, , uid = "", , , , shell = ""] = line.split(":");
    const id = Number(uid);
    return (
      /^\d{1,10}$/.test(uid) &&
      id >= FIRST_PERSON &&
      id < NOBODY &&
      !/(?:nologin|false|sync)$/.test(shell.trim())
    );
  });
  return people.length > 1;
}
