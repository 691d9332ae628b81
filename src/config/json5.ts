import JSON5 from "json5";

/** Characters beyond which a text is no config: real ones have some thousand. */
export const MAX_CONFIG = 1_048_576;
/** Levels of objects and lists beyond which it is none. */
export const MAX_CONFIG_DEPTH = 90;

/** A text that is not parsed because of its size. */
export class TooMuchJson5 extends Error {
  override readonly name = "TooMuchJson5";
}

/**
 * JSON5 of a bounded size and depth, in linear time. Both are looked at before the parser sees the text: it takes
 * 250 bytes for each open bracket (json5 2.2.3, measured).
 * @throws {TooMuchJson5} longer than {@link MAX_CONFIG}, or deeper than {@link MAX_CONFIG_DEPTH}.
 * @throws {SyntaxError} the parser's own, with `lineNumber` and `columnNumber`.
 */
export function parseJson5(text: string): unknown {
  if (text.length > MAX_CONFIG) throw new TooMuchJson5(`longer than ${MAX_CONFIG} characters`);
  if (isDeeper(text, MAX_CONFIG_DEPTH))
    throw new TooMuchJson5(`nested deeper than ${MAX_CONFIG_DEPTH} levels`);
  return withoutWarnings(() => JSON5.parse(text));
}

/** Whether brackets nest deeper than `limit`, outside of texts and comments. One pass. */
function isDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === '"' || char === "'") at = endOfText(text, at);
    else if (char === "/" && text[at + 1] === "/") at = endOfLine(text, at);
    else if (char === "/" && text[at + 1] === "*") at = endOfComment(text, at);
    else if (char === "{" || char === "[") {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === "}" || char === "]") depth -= 1;
    at += 1;
  }
  return false;
}

/** Where the quote is closed; what is not closed reaches to the end. */
function endOfText(text: string, start: number): number {
  const quote = text[start];
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === "\\" ? 2 : 1;
  return at;
}

function endOfLine(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/[\n\r\u2028\u2029]/.test(text[at] ?? "")) at += 1;
  return at;
}

function endOfComment(text: string, start: number): number {
  const end = text.indexOf("*/", start + 2);
  return end === -1 ? text.length : end + 1;
}

/** The parser writes a line to the console for every U+2028 in a text (json5 2.2.3): stderr is not its place. */
function withoutWarnings<T>(parse: () => T): T {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return parse();
  } finally {
    console.warn = warn;
  }
}
