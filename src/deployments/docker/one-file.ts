import { pack } from "tar-stream";
import type { TarEntry } from "../../intake/tar.ts";

/** Six octal digits. */
const MOST_IN_HEADER = 0o777777;

/** An archive of one regular file, as `PUT /containers/ID/archive` takes it. `name` has no directory. */
export function oneFile(
  name: string,
  content: Uint8Array,
  { mode, uid, gid }: Pick<TarEntry, "mode" | "uid" | "gid">,
): Buffer {
  const archive = pack();
  const header = {
    name,
    uid,
    gid,
    mtime: new Date(),
    // With the bits of a regular file, which are no part of the header: a mode of 0 alone would be taken for none.
    mode: mode | 0o100000,
    type: "file",
    // Larger numbers do not fit into the header; they would be cut without a word.
    ...(Math.max(uid, gid) > MOST_IN_HEADER ? { pax: { uid: `${uid}`, gid: `${gid}` } } : {}),
  } as const;
  archive.entry(header, Buffer.from(content));
  archive.finalize();
  const bytes: unknown = archive.read();
  if (!Buffer.isBuffer(bytes)) throw new TypeError("the archive was not written at once");
  return bytes;
}
