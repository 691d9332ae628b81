import { lstat, readlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Saying, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";

const MAX_LINKS = 40;

/** Where a path leads, link by link; `foreign` says why root does not follow it there. */
export type Way = { readonly target: string } | { readonly foreign: Saying };

/**
 * The path without symbolic links; what is not there yet is taken as it is named. Root follows no link of somebody who
 * does not own the file (`owner`), as it would read or write for them what they may not. Links can be turned while we
 * look: who holds the file open compares the target with what was opened.
 */
export async function wayTo(path: string, owner: number): Promise<Way> {
  const isRoot = process.getuid?.() === 0;
  let at = "/";
  const left = resolve(path).split("/").reverse();
  for (let links = 0; left.length > 0; ) {
    const name = left.pop() ?? "";
    const next = join(at, name);
    const info = await lstat(next).catch(() => undefined);
    if (info?.isSymbolicLink() !== true) {
      at = next;
      continue;
    }
    const shown = safeText(next, 200);
    if (isRoot && info.uid !== 0 && info.uid !== owner)
      return { foreign: say("foreign-link", { path: shown, user: info.uid }) };
    links += 1;
    if (links > MAX_LINKS) return { foreign: say("links-without-end", { path: shown }) };
    const target = await readlink(next);
    if (target.startsWith("/")) at = "/";
    left.push(...target.split("/").reverse());
  }
  return { target: at };
}
