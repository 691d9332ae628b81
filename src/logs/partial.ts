import { MAX_LINE } from "./lines.ts";

/** CRI: a line that its runtime cut in pieces (16 KiB each): all but the last have `P`, the last one `F`. */
const CRI = /^(\S{1,40} (?:stdout|stderr)) ([PF]) /;

/** A piece that waits for the rest, as the line that it begins. */
interface Begun {
  text: string;
  readonly number: number;
}

/** Puts the pieces of CRI lines together as they were written: with nothing between them. */
export class PartialLines {
  /** By their stream, as the pieces of two may come in turns. */
  readonly #begun = new Map<string, Begun>();

  get isWaiting(): boolean {
    return this.#begun.size > 0;
  }

  /** The lines that are whole now, in order; the first of a line's pieces has its time and its number. */
  take(text: string, number: number): readonly { readonly text: string; readonly number: number }[] {
    const head = CRI.exec(text);
    if (head === null) return this.isWaiting ? [...this.end(), { text, number }] : [{ text, number }];
    const [all, , tag] = head;
    const stream = all.includes(" stderr ") ? "stderr" : "stdout";
    const begun = this.#begun.get(stream);
    if (begun === undefined) {
      if (tag === "F") return [{ text, number }];
      this.#begun.set(stream, {
        text: `${text.slice(0, all.length - 2)}F ${text.slice(all.length)}`,
        number,
      });
      return [];
    }
    begun.text += text.slice(all.length, all.length + Math.max(0, MAX_LINE - begun.text.length));
    if (tag === "P") return [];
    this.#begun.delete(stream);
    return [begun];
  }

  /** What waits and gets no rest. */
  end(): readonly { readonly text: string; readonly number: number }[] {
    const left = [...this.#begun.values()];
    this.#begun.clear();
    return left;
  }
}
