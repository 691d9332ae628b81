import { mkdir, readdir, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { ChangeError } from "../core/change.ts";
import type { Journal, JournalStore } from "../core/journal.ts";
import { readExact, replaceFile, sweepDirectory } from "./atomic-file.ts";
import type { World } from "./world.ts";

/** Longest journal that is read: it holds a whole config. */
const MAX_JOURNAL = 32_000_000;
/** Journals of ended fixes that are kept, of all gateways. */
const MAX_KEPT = 50;

/**
 * Journals of this user's fixes, one file each (0600, in a directory of 0700), below the place for state
 * (`XDG_STATE_HOME`, else `~/.local/state`; `LOCALAPPDATA` on Windows). They hold openclaw.json with its secrets.
 */
export function journalStore(world: Pick<World, "env" | "homedir" | "platform">): JournalStore {
  const directory = join(stateHome(world), "openclaw-pairing-doctor", "fixes");
  return {
    write: (journal) => write(directory, journal),
    list: async (configPath) => {
      await sweepDirectory(directory);
      return list(directory, configPath);
    },
  };
}

function stateHome({ env, homedir, platform }: Pick<World, "env" | "homedir" | "platform">): string {
  if (env.XDG_STATE_HOME?.startsWith("/")) return env.XDG_STATE_HOME;
  if (platform === "win32" && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return join(homedir, ".local", "state");
}

/** @throws {ChangeError} it cannot be written; nothing was changed then. */
async function write(directory: string, journal: Journal): Promise<void> {
  const path = join(directory, `${journal.id}.json`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    throw new ChangeError("failed", `the journal's directory cannot be made (${code})`);
  }
  const { uid, gid } = await stat(directory);
  const content = Buffer.from(JSON.stringify(journal));
  const before = await readExact(path);
  const written = await replaceFile(path, { content, mode: 0o600, uid, gid }, before?.sha256);
  if (written === "stale") throw new ChangeError("failed", "another pairing-doctor works on the same fix");
  if (before === undefined) await prune(directory);
}

async function list(directory: string, configPath: string): Promise<readonly Journal[]> {
  const journals: Journal[] = [];
  for (const name of await namesIn(directory)) {
    const journal = await read(join(directory, name));
    if (journal?.configPath === configPath) journals.push(journal);
  }
  return journals;
}

/** The oldest of the ended ones go; what can still be undone or finished stays. */
async function prune(directory: string): Promise<void> {
  const names = await namesIn(directory);
  for (const name of names.slice(0, Math.max(0, names.length - MAX_KEPT))) {
    const path = join(directory, name);
    const journal = await read(path);
    if (journal?.state === "undone" || journal?.state === "kept") await unlink(path).catch(() => {});
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => /^[\w-]{1,80}\.json$/.test(name)).sort();
}

async function read(path: string): Promise<Journal | undefined> {
  try {
    if ((await stat(path)).size > MAX_JOURNAL) return undefined;
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return isJournal(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const STATES = new Set<unknown>(["open", "kept", "undoing", "undone"]);

/** Enough of the shape that another version's file, or another program's, is never taken for one. */
function isJournal(value: unknown): value is Journal {
  if (typeof value !== "object" || value === null) return false;
  const { version, id, state, configPath, steps, before, remedies } = value as Partial<Journal>;
  return (
    version === 1 &&
    typeof id === "string" &&
    STATES.has(state) &&
    typeof configPath === "string" &&
    typeof before === "object" &&
    before !== null &&
    Array.isArray(remedies) &&
    Array.isArray(steps) &&
    steps.every(({ step }) => typeof step?.do === "string")
  );
}
