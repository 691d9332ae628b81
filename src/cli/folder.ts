import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Files of one folder that are read. */
export const MAX_FILES = 5000;
const MAX_DEPTH = 12;
/** Never anything of a ticket. */
const PASSED_OVER = new Set([".git", "node_modules"]);

export interface Folder {
  readonly files: readonly string[];
  /** There are more than are read. */
  readonly isCut: boolean;
}

/**
 * The plain files below a folder, by name; links are not followed. The same path alone for what is no folder.
 *
 * @throws the system's error.
 */
export async function filesBelow(path: string): Promise<Folder> {
  if (!(await stat(path)).isDirectory()) return { files: [path], isCut: false };
  const found: string[] = [];
  let isCut = false;
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort(byName)) {
      if (isCut) return;
      if (entry.isFile() && found.length >= MAX_FILES) isCut = true;
      else if (entry.isFile()) found.push(join(folder, entry.name));
      else if (entry.isDirectory() && depth < MAX_DEPTH && !PASSED_OVER.has(entry.name))
        await walk(join(folder, entry.name), depth + 1);
    }
  };
  await walk(path, 0);
  return { files: found, isCut };
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
