/** A line of somebody's own words or commands, in the text of a ticket. */
export interface OwnLine {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

const MAX_LINES = 2000;
const MAX_LINE = 2000;

/** What programs print by the thousand: it speaks of clients and plugins, not of where the gateway is. */
const PRINTED =
  /^(?:\d{4}-\d\d-\d\d[T ]\d|\d{1,2}:\d\d:\d\d[ .,]|\[[a-z][\w/-]{0,40}\]|\{["\\]|[A-Z][a-z]{2} [ \d]\d \d\d:|<\d{1,3}>)|\bconn=[\w-]|\bua=Mozilla/;

/** The lines that a person wrote or typed; quote marks of a mail or of Markdown are taken off. */
export function ownLines(text: string): readonly OwnLine[] {
  const lines = text.split("\n", MAX_LINES);
  return lines.flatMap((raw, index) => {
    const own = raw
      .slice(0, MAX_LINE)
      .replace(/^(?:\s{0,3}>\s?){1,8}/, "")
      .trim();
    return own === "" || PRINTED.test(own) ? [] : [{ text: own, line: index + 1 }];
  });
}
