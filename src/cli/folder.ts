import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const MAX_FILES = 5000;
const MAX_DEPTH = 12;
/** Never anything of a ticket. */
const PASSED_OVER = new Set([".git", "node_modules"]);

/**
 * The plain files below a folder, by name; links are not followed. The same path alone for what is no folder.
 *
 * @throws the system's error.
 */
export async function filesBelow(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const found: string[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort(byName)) {
      if (found.length >= MAX_FILES) return;
      if (entry.isFile()) found.push(join(folder, entry.name));
      else if (entry.isDirectory() && depth < MAX_DEPTH && !PASSED_OVER.has(entry.name))
        await walk(join(folder, entry.name), depth + 1);
    }
  };
  await walk(path, 0);
  return found;
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
