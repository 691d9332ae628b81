import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type Saying, say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { distrusted } from "../../deployments/path-trust.ts";
import { nodeWorld } from "../../deployments/world.ts";

/** The path of a token file that a line of a list names. */
export function tokenPath(list: string, tokenFile: string): string {
  return resolve(dirname(list), tokenFile);
}

/**
 * Why a token file that a list names is not sent to the gateway beside it. Lists are passed around: one of a stranger
 * would send any file of ours to a host of theirs. So only what is below the list's own directory, links followed, and
 * what root and we alone can have put there. `undefined`: it may be sent, or is not there. `path`: where it is by now.
 */
export async function whyNotSent(
  list: string,
  tokenFile: string,
  path = tokenPath(list, tokenFile),
): Promise<Saying | undefined> {
  const shown = safeText(tokenFile, 200);
  const named = dirname(resolve(list));
  const directory = await realpath(named).catch(() => named);
  const found = await realpath(path).catch(() => undefined);
  const real = found ?? join(directory, relative(named, path));
  const below = relative(directory, real);
  if (below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below))
    return say("fleet-token-outside", { path: shown });
  if (found === undefined) return undefined;
  const world = nodeWorld();
  const open = await distrusted(world, found, new Set(world.uid === undefined ? [] : [world.uid]));
  return open === undefined
    ? undefined
    : say("fleet-token-of-others", { path: shown, place: safeText(open.path, 200) });
}
