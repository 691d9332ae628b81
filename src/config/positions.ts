/** Nesting and size beyond which no real openclaw.json goes. */
const MAX_DEPTH = 100;
const MAX_KEYS = 20_000;
/** A path longer than this is of no key that anybody asks for. */
const MAX_PATH = 500;

/**
 * The line (1-based) of each key of a JSON5 text, by dotted path; array items have their index as a part.
 * A duplicate key has its last line, as its last value wins. One pass, linear; on a text that is not JSON5 it
 * gives what it has found until then.
 */
export function keyLines(text: string): ReadonlyMap<string, number> {
  return new Positions(text).run();
}

/** `path`: absent where it is too long to be kept. */
type Path = string | undefined;
type Frame = { readonly kind: "object" | "array"; readonly path: Path; index: number; expectKey: boolean };

class Positions {
  readonly #text: string;
  readonly #lines = new Map<string, number>();
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  run(): ReadonlyMap<string, number> {
    const stack: Frame[] = [];
    let pending: Path = "";
    while (this.#at < this.#text.length) {
      this.#skipBlank();
      const char = this.#text[this.#at];
      if (char === undefined) break;
      const frame = stack.at(-1);
      if (char === "{" || char === "[") {
        if (stack.length >= MAX_DEPTH) break;
        const path =
          frame === undefined ? "" : frame.kind === "array" ? join(frame.path, String(frame.index)) : pending;
        stack.push({ kind: char === "{" ? "object" : "array", path, index: 0, expectKey: char === "{" });
        this.#at += 1;
      } else if (char === "}" || char === "]") {
        stack.pop();
        this.#at += 1;
      } else if (char === ",") {
        if (frame?.kind === "array") frame.index += 1;
        else if (frame) frame.expectKey = true;
        this.#at += 1;
      } else if (char === ":") {
        this.#at += 1;
      } else {
        const line = this.#line;
        const word = char === '"' || char === "'" ? this.#quoted(char) : this.#bare();
        if (frame?.kind === "object" && frame.expectKey) {
          frame.expectKey = false;
          pending = join(frame.path, word);
          if (this.#lines.size >= MAX_KEYS) break;
          if (pending !== undefined) this.#lines.set(pending, line);
        }
      }
    }
    return this.#lines;
  }

  #skipBlank(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) return;
      if (char === "\n" || char === "\u2028" || char === "\u2029") {
        this.#line += 1;
        this.#at += 1;
      } else if (char === "\r") {
        this.#at += this.#text[this.#at + 1] === "\n" ? 2 : 1;
        this.#line += 1;
      } else if (/\s/.test(char) || char === "\ufeff") {
        this.#at += 1;
      } else if (char === "/" && this.#text[this.#at + 1] === "/") {
        while (this.#at < this.#text.length && !isLineEnd(this.#text[this.#at])) this.#at += 1;
      } else if (char === "/" && this.#text[this.#at + 1] === "*") {
        const end = this.#text.indexOf("*/", this.#at + 2);
        const stop = end === -1 ? this.#text.length : end + 2;
        this.#countLines(stop);
      } else {
        return;
      }
    }
  }

  #quoted(quote: string): string {
    const start = this.#at + 1;
    let end = start;
    while (end < this.#text.length && this.#text[end] !== quote) end += this.#text[end] === "\\" ? 2 : 1;
    const word = this.#text.slice(start, Math.min(end, start + 200));
    this.#countLines(Math.min(end + 1, this.#text.length));
    return word;
  }

  #bare(): string {
    const start = this.#at;
    while (this.#at < this.#text.length && !/[\s,:{}[\]"'/]/.test(this.#text[this.#at] ?? "")) this.#at += 1;
    // A character that starts nothing (a stray slash) must not stop the pass.
    if (this.#at === start) this.#at += 1;
    return this.#text.slice(start, Math.min(this.#at, start + 200));
  }

  #countLines(stop: number): void {
    while (this.#at < stop) {
      const char = this.#text[this.#at];
      if (isLineEnd(char) && !(char === "\r" && this.#text[this.#at + 1] === "\n")) this.#line += 1;
      this.#at += 1;
    }
  }
}

function isLineEnd(char: string | undefined): boolean {
  return char === "\n" || char === "\r" || char === "\u2028" || char === "\u2029";
}

function join(parent: Path, name: string): Path {
  if (parent === undefined || parent.length + name.length > MAX_PATH) return undefined;
  return parent === "" ? name : `${parent}.${name}`;
}
