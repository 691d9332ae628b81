import { type Decoder, decoderFor } from "../../core/encoding.ts";
import type { Chunk } from "../lines.ts";

const ENCODER = new TextEncoder();
const NONE = new Uint8Array();

/** Chunks of a text in any encoding as UTF-8; what is in it already stays the chunk that it is. */
export class Utf8 {
  /** Bytes before the encoding is known. */
  #head: number[] = [];
  #isKnown = false;
  #half = "";
  /** Of anything but UTF-8. */
  #decoder: Decoder | undefined;

  of(chunk: Chunk): Uint8Array {
    if (typeof chunk === "string") return this.#encoded(chunk);
    if (this.#half !== "") return joined(this.rest(), this.of(chunk));
    if (this.#isKnown) return this.#recoded(chunk);
    // Four bytes tell the encoding.
    const needed = 4 - this.#head.length;
    this.#head.push(...chunk.subarray(0, needed));
    if (this.#head.length < 4) return NONE;
    this.#isKnown = true;
    const decoder = decoderFor(this.#head);
    if (decoder.encoding !== "utf-8") this.#decoder = decoder;
    const head = this.#recoded(Uint8Array.from(this.#head));
    const all = this.#head.length === needed && this.#decoder === undefined;
    this.#head = [];
    return all ? chunk : joined(head, this.#recoded(chunk.subarray(needed)));
  }

  /** The first half of a character may be the last unit of a string. */
  #encoded(chunk: string): Uint8Array {
    const before = this.#half === "" ? this.rest() : NONE;
    const text = this.#half + chunk;
    const last = text.charCodeAt(text.length - 1);
    const isHalf = last >= 0xd800 && last < 0xdc00;
    this.#half = isHalf ? text.slice(-1) : "";
    return joined(before, ENCODER.encode(isHalf ? text.slice(0, -1) : text));
  }

  /** What was waiting for more. */
  rest(): Uint8Array {
    const half = this.#half;
    this.#half = "";
    if (half !== "") return ENCODER.encode(half);
    const head = Uint8Array.from(this.#head);
    this.#head = [];
    const decoder = this.#decoder ?? (head.length === 0 ? undefined : decoderFor(head));
    this.#decoder = undefined;
    this.#isKnown = false;
    return decoder === undefined ? NONE : ENCODER.encode(decoder.decode(head));
  }

  #recoded(chunk: Uint8Array): Uint8Array {
    return this.#decoder === undefined
      ? chunk
      : ENCODER.encode(this.#decoder.decode(chunk, { stream: true }));
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
