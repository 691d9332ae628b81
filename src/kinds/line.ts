import { shellWord, windowsWord } from "./quote.ts";

/** What a user still has to fill in, in the order in which they are named. */
export const PLACEHOLDERS = [
  "<requestId>",
  "<deviceId>",
  "<container>",
  "<user>@<host>",
  "<domain>",
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** A word of a line: data, which gets quoted, or a placeholder, which stands as it is. */
export type Word = { readonly text: string } | { readonly placeholder: Placeholder };

export type Dialect = "posix" | "windows";

/** A line to type. */
export interface Line {
  readonly text: string;
  readonly placeholders: readonly Placeholder[];
  /** A word has no exact form in this shell: `text` is not to be shown. */
  readonly inexact?: true;
}

export function words(...texts: readonly string[]): readonly Word[] {
  return texts.map((text) => ({ text }));
}

export function lineOf(parts: readonly Word[], dialect: Dialect = "posix"): Line {
  const texts = parts.map((part) => ("placeholder" in part ? part.placeholder : quoted(part.text, dialect)));
  return {
    text: texts.filter((text) => text !== undefined).join(" "),
    placeholders: parts.flatMap((part) => ("placeholder" in part ? [part.placeholder] : [])),
    ...(texts.includes(undefined) ? { inexact: true } : {}),
  };
}

function quoted(word: string, dialect: Dialect): string | undefined {
  if (dialect === "windows") return windowsWord(word);
  return word.includes("\0") ? undefined : shellWord(word);
}

/** Shell that is not made of quoted words: `$(id -u)`. Nothing from outside may be in it. */
export function written(text: string): Line {
  return { text, placeholders: [] };
}

/** Lines behind one another as one. */
export function joined(...lines: readonly Line[]): Line {
  return {
    text: lines.map(({ text }) => text).join(" "),
    placeholders: lines.flatMap(({ placeholders }) => placeholders),
    ...(lines.some(({ inexact }) => inexact) ? { inexact: true } : {}),
  };
}

/** One line after another, where that went well. */
export function both(first: Line, then: Line): Line {
  return joined(first, written("&&"), then);
}

/** A line with what another one prints as its last word; POSIX shells only. */
export function outputBehind(line: Line, output: Line): Line {
  return joined(line, { ...output, text: `"$(${output.text})"` });
}
