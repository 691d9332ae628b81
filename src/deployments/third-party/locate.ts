import { lstat, opendir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bad, type Parsed, parsed } from "../../core/bad-input.ts";
import { isObject, parseBoundedJson } from "../../core/json.ts";
import { say } from "../../core/saying.ts";
import { builtFile } from "../built-file.ts";
import { notRun } from "../command.ts";
import { openInput } from "../input.ts";
import { distrusted } from "../path-trust.ts";
import type { World } from "../world.ts";

/** A check of a third party that may be run. */
export interface LocatedCheck {
  /** The package's name, or the file's own. */
  readonly from: string;
  /** The file to load, without symbolic links. */
  readonly entry: string;
  /** All that it may read: the file, or the package's folder. */
  readonly reads: string;
}

const PACKAGE = /^(?:@[a-z0-9][\w.-]{0,100}\/)?openclaw-pairing-doctor-check-[a-z0-9][\w.-]{0,100}$/;
const FILE = /^(?:\.{0,2}[\\/]|[A-Za-z]:[\\/]).{1,4000}\.[cm]?js$|^[^\\/@]{1,255}\.[cm]?js$/s;
/** Bytes of a package.json. */
const MAX_MANIFEST = 1_000_000;
/** Files and folders of a package with all that it brings. */
const MAX_FILES = 5000;

/**
 * `--check FILE|PACKAGE`. A package is looked for as Node does it, from the working directory on and beside the doctor
 * itself. Code that somebody else could have written is not run, whoever named it.
 */
export async function locateCheck(
  named: string,
  world: Pick<World, "cwd" | "uid" | "platform" | "readText" | "link" | "info" | "isListed">,
): Promise<Parsed<LocatedCheck>> {
  const what = `--check ${named}`;
  const todo = say("check-install");
  const isPackage = PACKAGE.test(named);
  if (!isPackage && !FILE.test(named)) return bad(what, say("no-check-name"), todo);
  const folder = isPackage ? await packageFolder(named, world.cwd) : undefined;
  if (isPackage && folder === undefined) return bad(what, say("check-not-installed"), todo);
  const path = folder === undefined ? resolve(world.cwd, named) : await entryOf(folder);
  const entry = path === undefined ? undefined : await realpath(path).catch(() => undefined);
  if (entry === undefined || !(await isFile(entry)))
    return bad(what, say(isPackage ? "check-no-entry" : "check-not-a-file"), todo);
  // A link of the package that leads out of it leads to what it may not read.
  if (folder !== undefined && !entry.startsWith(join(folder, "/")))
    return bad(what, say("check-no-entry"), todo);
  // Node reads a star there as any name.
  if ((folder ?? entry).includes("*")) return bad(what, say("no-check-name"), todo);
  const own = new Set(world.uid === undefined ? [] : [world.uid]);
  // All that it may import is its code.
  const readable = folder === undefined ? [entry] : await filesOf(folder);
  if (readable === undefined) return bad(what, say("check-too-many-files", { count: MAX_FILES }), todo);
  for (const one of readable) {
    const why = await distrusted(world, one, own);
    if (why !== undefined) return bad(what, notRun(one, why), say("check-own-rights"));
  }
  return parsed({ from: isPackage ? named : basename(named), entry, reads: folder ?? entry });
}

async function packageFolder(name: string, cwd: string): Promise<string | undefined> {
  for (const start of [cwd, dirname(fileURLToPath(builtFile("bin.js")))]) {
    for (let at = start; ; at = dirname(at)) {
      const folder = join(at, "node_modules", name);
      if (await isFile(join(folder, "package.json"))) return realpath(folder);
      if (dirname(at) === at) break;
    }
  }
  return undefined;
}

/** A folder and whatever is in it; `undefined` where that is more than `MAX_FILES`. */
async function filesOf(folder: string): Promise<readonly string[] | undefined> {
  const files = [folder];
  for (const directory of files) {
    if (!(await lstat(directory)).isDirectory()) continue;
    for await (const { name } of await opendir(directory)) {
      if (files.push(join(directory, name)) > MAX_FILES) return undefined;
    }
  }
  return files;
}

/** What `import` of the package would load: `exports` of the whole, else `main`, else index.js. */
async function entryOf(folder: string): Promise<string | undefined> {
  const manifest = parseBoundedJson(await manifestOf(folder));
  if (!isObject(manifest)) return undefined;
  const { exports, main } = manifest;
  const whole = isObject(exports) && Object.hasOwn(exports, ".") ? exports["."] : exports;
  const file = conditional(whole) ?? (exports === undefined && typeof main === "string" ? main : undefined);
  if (file === undefined && exports !== undefined) return undefined;
  return resolve(folder, file ?? "index.js");
}

async function manifestOf(folder: string): Promise<string> {
  try {
    const { bytes, isCut } = await (await openInput(join(folder, "package.json"))).read(MAX_MANIFEST);
    return isCut ? "" : bytes.toString("utf8");
  } catch {
    return "";
  }
}

function conditional(value: unknown, depth = 0): string | undefined {
  if (typeof value === "string") return value;
  if (!isObject(value) || depth > 4) return undefined;
  for (const condition of ["node", "import", "default"])
    if (Object.hasOwn(value, condition)) {
      const found = conditional(value[condition], depth + 1);
      if (found !== undefined) return found;
    }
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
