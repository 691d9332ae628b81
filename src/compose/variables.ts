/** What Compose puts in the place of variables, and how it reads a `.env`. Facts of compose-go; everything bounded. */

export type Lookup = (name: string) => string | undefined;

export interface Interpolated {
  readonly text: string;
  /** Variables that gave a part of the text, in the order in which they were met. */
  readonly used: readonly string[];
  /** Why Compose would refuse the file: a name that is none, or `${NAME:?}` without a value. */
  readonly problem?: string;
}

/** Longer than any value that a service is started with. */
const MAX_TEXT = 65_536;
const MAX_DEPTH = 10;
const MAX_LINES = 5000;
const MAX_VARIABLES = 500;
const NAME = /[A-Za-z_][A-Za-z0-9_]{0,127}/y;
const OPERATOR = /:?[-?+]/y;

/**
 * `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?error}`, `${NAME:+other}` and `$$`; defaults
 * may have variables in them. What cannot be read stays as it is, with the problem.
 */
export function interpolate(template: string, lookup: Lookup): Interpolated {
  if (!template.includes("$")) return { text: template.slice(0, MAX_TEXT), used: [] };
  const reader = new Reader(template.slice(0, MAX_TEXT), lookup);
  const text = reader.until(false, 0);
  const { used, problem } = reader;
  return problem === undefined
    ? { text: text.slice(0, MAX_TEXT), used: [...used] }
    : { text: template.slice(0, MAX_TEXT), used: [...used], problem };
}

/** The variable that is the whole of a text, as in `${NAME}` and `${NAME:-}`. */
export function wholeReference(template: string): string | undefined {
  return /^\$(?:([A-Za-z_]\w{0,127})|\{([A-Za-z_]\w{0,127})(?::?[-?+][^{}]{0,500})?\})$/
    .exec(template)
    ?.slice(1)
    .find((name) => name !== undefined);
}

class Reader {
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly used = new Set<string>();
  #at = 0;
  #made = 0;
  problem: string | undefined;

  constructor(text: string, lookup: Lookup) {
    this.#text = text;
    this.#lookup = lookup;
  }

  /** Up to the end, or to the brace that closes a default. */
  until(brace: boolean, depth: number): string {
    let out = "";
    while (this.#at < this.#text.length && this.problem === undefined) {
      const char = this.#text[this.#at] ?? "";
      if (brace && char === "}") return out;
      this.#at += 1;
      if (char === "$") out += this.#variable(depth);
      else out += char;
    }
    if (brace) this.problem ??= "a brace is not closed";
    return out;
  }

  #variable(depth: number): string {
    const next = this.#text[this.#at];
    if (next === "$") {
      this.#at += 1;
      return "$";
    }
    if (next !== "{") {
      const name = this.#match(NAME);
      // compose-go: `$` before anything else is an error.
      return name === undefined ? this.#fail("a `$` stands alone") : this.#valueOf(name);
    }
    this.#at += 1;
    const name = this.#match(NAME);
    if (name === undefined || depth >= MAX_DEPTH) return this.#fail("a `${` has no name");
    const operator = this.#match(OPERATOR);
    const other = operator === undefined ? "" : this.#unused(depth + 1);
    if (this.#text[this.#at] !== "}") return this.#fail(`\${${name} is not closed`);
    this.#at += 1;
    const value = this.#lookup(name);
    const counts =
      operator?.startsWith(":") === true ? value !== undefined && value !== "" : value !== undefined;
    switch (operator?.at(-1)) {
      case "-":
        return counts ? this.#valueOf(name) : other;
      case "+":
        return counts ? other : "";
      case "?":
        return counts ? this.#valueOf(name) : this.#fail(`${name} has no value`);
      default:
        return this.#valueOf(name);
    }
  }

  #unused(depth: number): string {
    return this.until(true, depth);
  }

  #valueOf(name: string): string {
    const value = this.#lookup(name) ?? "";
    this.used.add(name);
    this.#made += value.length;
    if (this.#made > MAX_TEXT) return this.#fail("it is too long");
    return value;
  }

  #fail(problem: string): string {
    this.problem ??= problem;
    return "";
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

export interface DotenvEntry {
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The variables of a `.env` or of an `env_file`: comments, `export`, both quotes over several lines, escapes, and
 * variables of the lines before or of `lookup`. `raw` takes every value as it stands.
 */
export function dotenv(
  text: string,
  lookup: Lookup = () => undefined,
  raw = false,
): ReadonlyMap<string, DotenvEntry> {
  const entries = new Map<string, DotenvEntry>();
  const known: Lookup = (name) => lookup(name) ?? entries.get(name)?.value;
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/, MAX_LINES);
  for (let index = 0; index < lines.length && entries.size < MAX_VARIABLES; index += 1) {
    const match = ASSIGNMENT.exec(lines[index] ?? "");
    const name = match?.[1];
    if (match === null || name === undefined) continue;
    const line = index + 1;
    const start = (lines[index] ?? "").slice(match[0].length);
    if (raw) {
      entries.set(name, { value: start, line });
      continue;
    }
    const quote = start[0] === '"' || start[0] === "'" ? start[0] : undefined;
    if (quote === undefined) {
      entries.set(name, { value: interpolate(withoutComment(start), known).text, line });
      continue;
    }
    let body = start.slice(1);
    let end = closing(body, quote);
    for (let more = 0; end === -1 && more < 200 && index + 1 < lines.length; more += 1) {
      const from = body.length;
      index += 1;
      body += `\n${lines[index] ?? ""}`;
      const found = closing(body.slice(from), quote);
      end = found === -1 ? -1 : from + found;
    }
    const inside = end === -1 ? body : body.slice(0, end);
    entries.set(name, {
      value: quote === "'" ? inside : interpolate(unescaped(inside), known).text,
      line,
    });
  }
  return entries;
}

const ASSIGNMENT = /^\s{0,100}(?:export\s{1,100})?([A-Za-z_][\w.-]{0,127})\s{0,100}[=:][^\S\r\n]{0,100}/;

function withoutComment(value: string): string {
  const comment = value.startsWith("#") ? 0 : value.search(/\s#/);
  return (comment === -1 ? value : value.slice(0, comment)).trimEnd();
}

function closing(text: string, quote: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\" && quote === '"') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.replace(/\\([nrt"\\$])/g, (_whole, char: string) => {
    if (char === "n") return "\n";
    if (char === "r") return "\r";
    if (char === "t") return "\t";
    return char === "$" ? "$$" : char;
  });
}
