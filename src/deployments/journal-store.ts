import { constants } from "node:fs";
import { access, type FileHandle, lstat, mkdir, open, readdir, stat, unlink } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ChangeError } from "../core/change.ts";
import { errorCodeOf } from "../core/error-code.ts";
import type { Journal, JournalStore, RefusedJournal } from "../core/journal.ts";
import { isObject } from "../core/json.ts";
import { type Saying, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { readExact, replaceFile, sweepDirectory, traitsOf } from "./atomic-file.ts";
import { BY_LIST, distrusted } from "./path-trust.ts";
import type { World } from "./world.ts";

/** Longest journal that is read: it holds a whole config. */
const MAX_JOURNAL = 32_000_000;
/** Journals of ended fixes that are kept, of all gateways. */
const MAX_KEPT = 50;

type Where = Pick<World, "env" | "homedir" | "platform" | "uid" | "readText" | "link" | "info">;

/**
 * Journals of this user's fixes, one file each (0600, in a directory of 0700), below the place for state
 * (`XDG_STATE_HOME`, else `~/.local/state`; `LOCALAPPDATA` on Windows). They hold openclaw.json with its secrets, and
 * they are input: whoever can write one would decide what `fix --undo` writes. So none is believed that is not ours
 * alone, by the rules of sudo and OpenSSH:
 * - file and directories belong to us and are closed to everybody else;
 * - every directory above can be changed by us and root only;
 * - nothing on the way from the place for state is a symbolic link;
 * - the file is a regular one with one name.
 *
 * What the journal says is held to `journal-schema.ts`.
 */
export function journalStore(world: Where): JournalStore {
  const home = stateHome(world);
  const directories = new OwnDirectories(world, home);
  const directory = directories.path;
  return {
    pathOf: (id) => (id === undefined ? directory : join(directory, `${id}.json`)),
    obstacle: () => obstacle(directories),
    write: (journal) => write(directories, journal),
    list: async (configPath) => {
      if (home === undefined) return { journals: [], refused: [] };
      const distrust = await directories.distrust();
      if (distrust !== undefined) {
        const refused = { path: directory, why: distrust };
        const isThere = (await deepest(directory)) === directory;
        return isThere
          ? { journals: [], refused: [refused] }
          : { journals: [], refused: [], doubted: refused };
      }
      await sweepDirectory(directory);
      const { journals, refused } = await read(world, directory);
      return { journals: journals.filter((journal) => journal.configPath === configPath), refused };
    },
  };
}

/** `undefined` where the user has no place of their own: a relative one would be of whatever directory we are in. */
function stateHome({ env, homedir, platform }: Where): string | undefined {
  if (env.XDG_STATE_HOME?.startsWith("/")) return resolve(env.XDG_STATE_HOME);
  if (platform === "win32" && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return isAbsolute(homedir) ? join(homedir, ".local", "state") : undefined;
}

/** The directories of the journals, and those above. */
class OwnDirectories {
  readonly path: string;
  readonly #world: Where;
  readonly #home: string | undefined;

  constructor(world: Where, home: string | undefined) {
    this.#world = world;
    this.#home = home;
    this.path = join(home ?? "/", "openclaw-pairing-doctor", "fixes");
  }

  /** Why nothing can be there at all. */
  get missing(): Saying | undefined {
    return this.#home === undefined ? say("no-home") : undefined;
  }

  get world(): Where {
    return this.#world;
  }

  /** Why what is in there is not believed. What is not there yet is nothing to doubt. */
  async distrust(): Promise<Saying | undefined> {
    const own = [this.path, dirname(this.path)];
    for (const at of this.#fromBase()) {
      const info = await lstat(at).catch(() => undefined);
      if (info === undefined) continue;
      if (info.isSymbolicLink()) return say("place-link", { place: shown(at) });
      if (!info.isDirectory()) return say("place-no-directory", { place: shown(at) });
      const open = own.includes(at) ? openness(this.#world, at, info, 0o700) : undefined;
      if (open !== undefined) return open;
    }
    const { platform, uid } = this.#world;
    if (platform === "win32") return undefined;
    const found = await distrusted(
      this.#world,
      await deepest(this.path),
      new Set(uid === undefined ? [] : [uid]),
    );
    if (found === undefined) return this.#listed();
    const { path, because, who } = found;
    if (who === BY_LIST) return byList(path);
    const place = shown(path);
    if (because === "owner") return say("place-owner", { place, user: who });
    if (because === "unseen") return say("place-unseen", { place });
    return who === "everybody" ? say("place-writable", { place }) : say("place-group", { place, group: who });
  }

  /**
   * In a directory with an access control list the group's bits are those of the list: a group with nobody else in it
   * says nothing there.
   */
  async #listed(): Promise<Saying | undefined> {
    if (this.#world.platform !== "linux") return undefined;
    for (let at = await deepest(this.path); at !== dirname(at); at = dirname(at)) {
      const { mode } = await stat(at);
      if ((mode & 0o020) !== 0 && (mode & 0o1000) === 0 && (await traitsOf(at))?.attributes !== "none")
        return byList(at);
    }
    return undefined;
  }

  /** From the first directory that must not be a link down to the journals' own. Above it, `/home` may be one. */
  #fromBase(): readonly string[] {
    const { homedir } = this.#world;
    const state = this.#home ?? "/";
    const inHome = isAbsolute(homedir) ? relative(homedir, state) : "..";
    const start = inHome.startsWith("..") ? dirname(state) : homedir;
    const parts = relative(start, this.path).split(sep);
    return parts.map((_part, index) => join(start, ...parts.slice(0, index + 1)));
  }
}

function byList(path: string): Saying {
  return say("place-listed", { place: shown(path) });
}

/** Why a file or directory is not ours alone. `wanted`: the most that its mode may be. */
function openness(
  { uid, platform }: Where,
  path: string,
  info: { readonly uid: number; readonly mode: number },
  wanted: number,
): Saying | undefined {
  if (platform === "win32" || uid === undefined) return undefined;
  if (info.uid !== uid) return say("place-user", { place: shown(path), user: info.uid });
  // What is made in a directory with a setgid bit has it, too.
  const mode = info.mode & (wanted === 0o700 ? 0o777 : 0o7777);
  return (mode & ~wanted) === 0
    ? undefined
    : say("place-open", { place: shown(path), mode: octal(mode), wanted: octal(wanted) });
}

/** The path, or the innermost directory on the way to it that is there. */
async function deepest(path: string): Promise<string> {
  let at = path;
  while (at !== dirname(at) && (await lstat(at).catch(() => undefined)) === undefined) at = dirname(at);
  return at;
}

async function obstacle(directories: OwnDirectories): Promise<Saying | undefined> {
  const why = directories.missing ?? (await directories.distrust());
  if (why !== undefined) return unkept(why);
  const at = await deepest(directories.path);
  try {
    // Also root is told of a file system that is read-only.
    await access(at, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return unkept(say("place-not-written", { place: shown(at), code: codeOf(error) }));
  }
}

function unkept(why: Saying): Saying {
  return say("journal-unkept", { why });
}

async function write(directories: OwnDirectories, journal: Journal): Promise<void> {
  const { path: directory, missing } = directories;
  if (missing !== undefined) throw new ChangeError("failed", unkept(missing));
  const path = join(directory, `${journal.id}.json`);
  // What would not be believed later is not written now.
  const text = JSON.stringify(journal);
  const read =
    text.length > MAX_JOURNAL
      ? { why: say("journal-too-long", { place: shown(path) }) }
      : await parsed(path, text);
  if (!("journal" in read)) throw new ChangeError("failed", unkept(read.why));
  const before = await directories.distrust();
  if (before !== undefined) throw new ChangeError("failed", unkept(before));
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const at = await deepest(directory);
    throw new ChangeError(
      "failed",
      unkept(say("place-not-written", { place: shown(at), code: codeOf(error) })),
    );
  }
  // Somebody may have been there before us.
  const distrust = await directories.distrust();
  if (distrust !== undefined) throw new ChangeError("failed", unkept(distrust));
  let written: "replaced" | "stale";
  const last = await readExact(path);
  try {
    const { uid, gid } = await lstat(directory);
    const next = { content: Buffer.from(text), mode: 0o600, uid, gid };
    written = await replaceFile(path, next, last?.sha256, { attributes: "none" });
  } catch (error) {
    throw error instanceof ChangeError ? new ChangeError(error.reason, unkept(error.say)) : error;
  }
  if (written === "stale") throw new ChangeError("failed", say("journal-busy"));
  if (last === undefined) await prune(directories.world, directory);
}

/** The oldest of the ended ones go; what can still be undone or finished stays. */
async function prune(world: Where, directory: string): Promise<void> {
  const names = await namesIn(directory);
  for (const name of names.slice(0, Math.max(0, names.length - MAX_KEPT))) {
    const path = join(directory, name);
    const found = await readOne(world, path);
    const state = "journal" in found ? found.journal.state : undefined;
    if (state === "undone" || state === "kept") await unlink(path).catch(() => {});
  }
}

async function read(
  world: Where,
  directory: string,
): Promise<{ readonly journals: readonly Journal[]; readonly refused: readonly RefusedJournal[] }> {
  const journals: Journal[] = [];
  const refused: RefusedJournal[] = [];
  for (const name of await namesIn(directory)) {
    const found = await readOne(world, join(directory, name));
    if ("journal" in found) journals.push(found.journal);
    else if (found.why !== undefined) refused.push({ path: join(directory, name), why: found.why });
  }
  return { journals, refused };
}

/** In their order in time. */
async function namesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  // What begins with a dot is a journal on its way.
  return names.filter((name) => name.endsWith(".json") && !name.startsWith(".")).sort();
}

type One = { readonly journal: Journal } | { readonly why?: Saying };

/** `why` absent: it is gone. */
async function readOne(world: Where, path: string): Promise<One> {
  let file: FileHandle;
  try {
    // Neither a link nor a pipe: the first is refused, the second does not block.
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return {};
    return {
      why:
        code === "ELOOP"
          ? say("place-link", { place: shown(path) })
          : say("place-unread", { place: shown(path), code }),
    };
  }
  try {
    const info = await file.stat();
    if (!info.isFile()) return { why: say("place-irregular", { place: shown(path) }) };
    const open = openness(world, path, info, 0o600);
    if (open !== undefined) return { why: open };
    if (info.nlink > 1) return { why: say("place-names", { place: shown(path), count: info.nlink }) };
    if (info.size > MAX_JOURNAL) return { why: say("journal-too-long", { place: shown(path) }) };
    const found = await parsed(path, await file.readFile("utf8"));
    return "why" in found && found.isOver ? {} : found;
  } catch (error) {
    return { why: say("place-unread", { place: shown(path), code: codeOf(error) }) };
  } finally {
    await file.close();
  }
}

/** `isOver`: the file, which is ours, says of itself that nothing is left to do for it. */
async function parsed(
  path: string,
  text: string,
): Promise<{ readonly journal: Journal } | { readonly why: Saying; readonly isOver: boolean }> {
  const place = shown(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { why: say("journal-form", { place, part: "JSON" }), isOver: false };
  }
  const isOver = isObject(value) && value.state === "undone";
  const { journalIn } = await import("./journal-schema.ts");
  const found = journalIn(value);
  if ("journal" in found) {
    if (basename(path) === `${found.journal.id}.json`) return found;
    return { why: say("journal-id", { place }), isOver };
  }
  switch (found.flaw) {
    case "form":
      return { why: say("journal-form", { place, part: found.at }), isOver };
    case "hash":
      return { why: say("journal-hash", { place }), isOver };
    case "path":
      return { why: say("journal-path", { place }), isOver };
  }
}

function shown(path: string): string {
  return safeText(path, 200);
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}

function codeOf(error: unknown): string {
  return errorCodeOf(error) ?? "unknown error";
}
