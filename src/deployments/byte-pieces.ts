/**
 * Bytes that are put together piece by piece. Joined now and then, so that what comes byte by byte takes no more memory
 * than its length.
 */
export class Pieces {
  length = 0;
  #parts: Buffer[] = [];

  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.length += bytes.length;
    if (this.#parts.length > 1000) this.#parts = [Buffer.concat(this.#parts)];
  }

  /** All of it, with what comes last; then it is empty. */
  take(last: Buffer = Buffer.alloc(0)): Buffer {
    const whole = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.length = 0;
    return whole;
  }
}
