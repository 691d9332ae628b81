import type { ConfigFile } from "../core/change.ts";
import type { ExactFile, NewFile } from "./atomic-file.ts";

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * What a file becomes when it is put back: the content from before; mode and owner from before only as far as that
 * gives nobody else anything. The owner is the one of the file that is there, or of its directory. Nobody may write who
 * may not write now. A mode that stood for an access control list is left as it is.
 *
 * `now`: the file that is there. `directory`: the owner of its directory, where that is known.
 */
export function restored(
  before: ConfigFile,
  now: ExactFile | undefined,
  directory: Owner | undefined,
): NewFile {
  const content = Buffer.from(before.content, "base64");
  const own: Owner = now ?? directory ?? before;
  const owners = [own, ...(directory === undefined ? [] : [directory])];
  const uid = owners.some((one) => one.uid === before.uid) ? before.uid : own.uid;
  const gid = owners.some((one) => one.gid === before.gid) ? before.gid : own.gid;
  if (now !== undefined && before.attributes !== undefined) return { content, uid, gid, mode: now.mode };
  const mode = before.mode & (0o775 | ((now?.mode ?? 0) & 0o002));
  return { content, uid, gid, mode };
}
