import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import type { BundleFile } from "../doctor/pure/bundle.ts";

/** Below one directory, as people expect it; without times, owners or a clock, so that equal files give equal bytes. */
export function bundleArchive(files: readonly BundleFile[]): Buffer {
  const archive = pack();
  for (const { name, text } of files)
    archive.entry(
      { name: `pairing-doctor-bundle/${name}`, mode: 0o600, mtime: new Date(0) },
      Buffer.from(text),
    );
  archive.finalize();
  const parts: Buffer[] = [];
  for (let part: unknown = archive.read(); Buffer.isBuffer(part); part = archive.read()) parts.push(part);
  return gzipSync(Buffer.concat(parts), { level: 9 });
}
