import { gzipSync } from "node:zlib";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { pack } from "tar-stream";

type Member = readonly [name: string, content: string | Uint8Array, options?: { readonly linkTo?: string }];

const bytes = (content: string | Uint8Array) =>
  typeof content === "string" ? Buffer.from(content) : content;

/** A tar archive of these files, in order, whatever their names are. */
export function tar(...members: readonly Member[]): Buffer {
  const archive = pack();
  for (const [name, content, { linkTo } = {}] of members)
    if (linkTo === undefined) archive.entry({ name }, Buffer.from(bytes(content)));
    else archive.entry({ name, type: "symlink", linkname: linkTo });
  archive.finalize();
  const all: Buffer[] = [];
  for (let part: unknown = archive.read(); Buffer.isBuffer(part); part = archive.read()) all.push(part);
  return Buffer.concat(all);
}

export const tarGz = (...members: readonly Member[]): Buffer => gzipSync(tar(...members));

/** A zip archive; a name of the same length can be put in the place of another afterwards. */
export async function zip(
  members: readonly Member[],
  {
    rename = {},
    password,
  }: { readonly rename?: Readonly<Record<string, string>>; readonly password?: string } = {},
): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, content, { linkTo } = {}] of members)
    await writer.add(name, new Uint8ArrayReader(Uint8Array.from(bytes(linkTo ?? content))), {
      ...(password === undefined ? {} : { password }),
      ...(linkTo === undefined
        ? {}
        : { externalFileAttributes: (0o120777 << 16) >>> 0, versionMadeBy: 0x031e, msDosCompatible: false }),
    });
  let whole = Buffer.from(await writer.close()).toString("latin1");
  for (const [from, to] of Object.entries(rename)) whole = whole.replaceAll(from, to);
  return Buffer.from(whole, "latin1");
}

/** A frame of Zstandard with its content as it is (RFC 8878), in blocks of at most 64 KiB. */
export function zstd(content: string | Uint8Array): Buffer {
  const all = bytes(content);
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(all.length, 5);
  const blocks: Buffer[] = [];
  for (let at = 0; at < all.length || at === 0; at += 65_536) {
    const part = all.subarray(at, at + 65_536);
    blocks.push(blockHeader(0, part.length, at + 65_536 >= all.length), Buffer.from(part));
  }
  return Buffer.concat([header, ...blocks]);
}

/** The same of `blocks` times 128 KiB of one byte, four bytes each. */
export function zstdBomb(blocks: number): Buffer {
  // No size, and a window of 128 KiB.
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3]);
  const all = Array.from({ length: blocks }, (_, index) =>
    Buffer.concat([blockHeader(1, 131_072, index === blocks - 1), Buffer.from("a")]),
  );
  return Buffer.concat([header, ...all]);
}

function blockHeader(type: number, size: number, isLast: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | (isLast ? 1 : 0), 0, 3);
  return header;
}
