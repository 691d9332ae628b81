import { eastAsianWidth } from "get-east-asian-width";

/** Text on a terminal: widths, wrapping, indenting. Knows nothing of reports. */

/**
 * Columns that a text takes: CJK, full-width forms and emoji two, combining marks none. The table is the one that
 * `string-width` reads; that package itself cuts graphemes first, which makes it 25 times slower for Chinese (7.2 and
 * 8.3, measured), and a Chinese report is measured character by character.
 */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  return /\p{Mn}|\p{Me}|\p{Cf}/u.test(character) ? 0 : eastAsianWidth(code);
}

/** A character that a line may be broken at. */
function isWide(character: string): boolean {
  return characterWidth(character) === 2;
}

/** Closing punctuation that may not begin a line in Chinese. */
const NOT_FIRST = /^[，。、；：！？）】》」』”’…]/u;
/** Opening punctuation that may not end one. */
const NOT_LAST = /[（【《「『“‘]$/u;

/**
 * Lines of at most `width` columns. What stands in backticks stays in one piece, and so does a word that is
 * longer than a line, so that commands, paths and URLs can be copied; `cutLongWords` cuts them instead.
 */
export function wrap(text: string, width: number, cutLongWords = false): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  let pendingSpace = false;
  const pieces = piecesOf(text, cutLongWords ? width : Number.POSITIVE_INFINITY);
  for (const [index, piece] of pieces.entries()) {
    if (piece === " ") {
      pendingSpace = line !== "";
      continue;
    }
    const space = pendingSpace ? 1 : 0;
    const size = displayWidth(piece);
    // A dot between two parts stays with the first one: at the beginning of a line it would look like a list.
    const dot = pieces[index + 1] === " " && pieces[index + 2] === "·" ? 2 : 0;
    if (line !== "" && used + space + size + dot > width) {
      lines.push(line);
      line = piece;
      used = size;
    } else {
      line += (space ? " " : "") + piece;
      used += space + size;
    }
    pendingSpace = false;
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** Spaces, code spans, words, and each wide character by itself; glued where a break is forbidden. */
function piecesOf(text: string, longest: number): string[] {
  const pieces: string[] = [];
  let word = "";
  // Its end by itself: to look at the end of a text that grows costs its whole length each time.
  let last = "";
  let inCode = false;
  const flush = () => {
    if (word !== "") for (const piece of cut(word, longest)) pieces.push(piece);
    word = "";
    last = "";
  };
  const add = (character: string) => {
    word += character;
    last = character;
  };
  for (const character of text) {
    if (character === "`") {
      if (!inCode && isWide(last) && !NOT_LAST.test(last)) flush();
      inCode = !inCode;
    }
    if (inCode || character === "`") {
      add(character);
    } else if (character === " " || character === "\n") {
      flush();
      if (pieces.at(-1) !== " ") pieces.push(" ");
    } else if (isWide(character) && !NOT_FIRST.test(character)) {
      if (!NOT_LAST.test(last)) flush();
      add(character);
    } else if (NOT_FIRST.test(character)) {
      add(character);
    } else {
      // A Latin word after a wide character may stand on the next line.
      if (isWide(last) && !NOT_LAST.test(last)) flush();
      add(character);
    }
  }
  flush();
  return pieces;
}

function cut(word: string, longest: number): string[] {
  if (displayWidth(word) <= longest) return [word];
  const parts: string[] = [];
  let part = "";
  let used = 0;
  for (const character of word) {
    const size = characterWidth(character);
    if (used + size > longest && part !== "") {
      parts.push(part);
      part = "";
      used = 0;
    }
    part += character;
    used += size;
  }
  parts.push(part);
  return parts;
}

/** Wraps a text behind a first prefix (`1. `) and aligns the lines that follow under it. */
export function hang(
  prefix: string,
  text: string,
  options: { readonly indent: number; readonly width: number; readonly cutLongWords?: boolean },
): string[] {
  const { indent, width, cutLongWords = false } = options;
  const margin = " ".repeat(indent);
  const hanging = " ".repeat(displayWidth(prefix));
  const room = Math.max(20, width - indent - displayWidth(prefix));
  return wrap(text, room, cutLongWords).map(
    (line, index) => `${margin}${index === 0 ? prefix : hanging}${line}`,
  );
}
