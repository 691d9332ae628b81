/** Marks that people put around a message that they quote in a sentence, and the ones that end it. */
const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "\u201c": "\u201d",
  "\u300c": "\u300d",
  "\u00ab": "\u00bb",
};

/** `said`, which stands behind `at` in the text, up to the mark that closes the quotation which begins there. */
export function withinQuotes(text: string, at: number, said: string): string {
  const closing = CLOSING[text[at - 1] ?? ""];
  const end = closing === undefined ? -1 : said.indexOf(closing);
  return end < 0 ? said : said.slice(0, end);
}
