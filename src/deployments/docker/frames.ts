/** A frame longer than this is none that an engine sends. */
const MAX_FRAME = 16 * 1024 * 1024;
const HEAD = 8;

/**
 * Takes apart what an engine sends of a container's streams: without a terminal each piece has a header of 8 bytes:
 * the stream's number, three zeros, the length (big endian). Bytes are handed on as they come; nothing is kept but a
 * header that is not whole. What has no header (a terminal's output, whatever the engine said of it) is stream 1.
 */
export class FrameSplitter {
  readonly #onBytes: (stream: number, bytes: Buffer) => void;
  #head: Buffer = Buffer.alloc(0);
  #stream = 1;
  #left = 0;
  #hasFrames = true;

  constructor(onBytes: (stream: number, bytes: Buffer) => void) {
    this.#onBytes = onBytes;
  }

  push(chunk: Uint8Array): void {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (this.#hasFrames && rest.length > 0) {
      if (this.#left > 0) {
        const bytes = rest.subarray(0, this.#left);
        this.#left -= bytes.length;
        rest = rest.subarray(bytes.length);
        this.#onBytes(this.#stream, bytes);
        continue;
      }
      const head = Buffer.concat([this.#head, rest.subarray(0, HEAD - this.#head.length)]);
      rest = rest.subarray(head.length - this.#head.length);
      this.#head = head;
      if (head.length < HEAD) return;
      this.#head = Buffer.alloc(0);
      this.#stream = head[0] ?? 0;
      this.#left = head.readUInt32BE(4);
      if (this.#stream > 3 || head[1] !== 0 || head[2] !== 0 || this.#left > MAX_FRAME) {
        this.#hasFrames = false;
        rest = Buffer.concat([head, rest]);
      }
    }
    if (rest.length > 0) this.#onBytes(1, rest);
  }

  /** What is left of a header that never became whole. */
  end(): void {
    if (this.#head.length > 0) this.#onBytes(1, this.#head);
    this.#head = Buffer.alloc(0);
  }
}
