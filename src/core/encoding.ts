export type Decoder = InstanceType<typeof TextDecoder>;

/** By the byte order mark, else by the zeros that UTF-16 puts between ASCII characters. */
export function decoderFor([a, b, c, d]: ArrayLike<number> & Iterable<number>): Decoder {
  const encoding =
    (a === 0xff && b === 0xfe) || (b === 0 && d === 0 && a !== 0 && c !== 0)
      ? "utf-16le"
      : (a === 0xfe && b === 0xff) || (a === 0 && c === 0 && b !== 0 && d !== 0)
        ? "utf-16be"
        : "utf-8";
  // Wrong bytes become U+FFFD: a log is read, not judged. The mark is dropped by the splitter.
  return new TextDecoder(encoding, { fatal: false, ignoreBOM: true });
}

/** A whole text, whatever it is written in, without a byte order mark. */
export function decoded(bytes: Uint8Array): string {
  return decoderFor(bytes.subarray(0, 4))
    .decode(bytes)
    .replace(/^\uFEFF/, "");
}
