/**
 * What draws nothing, turns the line around or tags it: controls, formats (bidirectional marks, joiners, tags, soft
 * hyphen, byte-order mark), variation selectors, fillers, the blank Braille cell, and what is no character.
 */
export const INVISIBLE =
  "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\u2800]";

const INVISIBLES = new RegExp(INVISIBLE, "gu");
const LINE_BREAKS = /[\r\n\t\v\f\u0085\u2028\u2029]+/g;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** More marks on one letter than any script has run over the lines around it. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;

/**
 * Text from logs, gateways and configs is hostile. `safeText` makes it printable: ANSI and OSC sequences and
 * whatever is `INVISIBLE` go; line breaks become spaces; the rest is cut at `max` characters with an ellipsis.
 * Linear in the length of what is kept.
 */
export function safeText(text: string, max = 500): string {
  // Cut first, generously, so that a huge line costs no more than a long one.
  const bounded = text.length > max * 4 ? text.slice(0, max * 4) : text;
  const plain = PRINTABLE_ASCII.test(bounded) ? bounded : printable(bounded);
  return plain.length > max ? `${plain.slice(0, max - 1).toWellFormed()}…` : plain;
}

function printable(text: string): string {
  return stripAnsi(text)
    .replace(LINE_BREAKS, " ")
    .replace(INVISIBLES, "")
    .replace(PILED_MARKS, "$1")
    .toWellFormed();
}

/**
 * The last look at a whole page before it goes to a terminal: its line breaks and the colours that we put in stay,
 * anything else that is not printable goes.
 */
export function safePage(page: string): string {
  return page
    .split(OWN_COLOURS)
    .map((part, index) => (index % 2 === 1 ? part : part.split("\n").map(printableLine).join("\n")))
    .join("");
}

/** As colour libraries write them: `ESC [ 1 m`, `ESC [ 38;5;8 m`. */
const OWN_COLOURS = /(\u001b\[\d{1,3}(?:;\d{1,3}){0,4}m)/;

function printableLine(line: string): string {
  return PRINTABLE_ASCII.test(line) ? line : printable(line);
}

/**
 * Removes ANSI escape sequences. Linear time. Those that loggers and terminals really write (colour, erase, home, show
 * the cursor, a title, a link) go whole. Of any other one only the control character goes: its last letter may
 * as well be the first of the word behind it, and `ESC [ 1 password=` has to stay a password's name.
 */
export function stripAnsi(text: string): string {
  if (!text.includes("\u001b") && !text.includes("\u009b")) return text;
  return (
    text
      // What goes into the clipboard; and OSC, DCS, PM, APC up to BEL or ST, unless a value's name would go with it.
      .replace(/\u001b\]52;[^\u0007\u001b]{0,2048}(?:\u0007|\u001b\\)/g, "")
      .replace(/\u001b[\]PX^_][^\u0007\u001b]{0,2047}[^\u0007\u001b\s:="'](?:\u0007|\u001b\\)/g, "")
      .replace(/(?:\u001b\[|\u009b)[\d;:?]{0,64}[mKJHhl]/g, "")
      .replace(/\u001b\(B(?!earer\b)/g, "")
      .replace(/[\u001b\u009b]/g, "")
  );
}

/** An address as it stands in a sentence, without the punctuation of that sentence, in either language. */
export function addressInSentence(text: string): string {
  return text
    .replace(/[\u2018-\u201d\u2026\u3000-\u303f\uff00-\uffef].*$/su, "")
    .replace(/[.,:;!?)"'`>]{1,8}$/, "");
}
