/** So many words of Latin letters in a row are a sentence; a name, a title or a row of options is shorter. */
const SENTENCE = /(?:\b[A-Za-z][A-Za-z'’-]*[,;:]? ){3,}[A-Za-z][A-Za-z'’-]*/g;

/**
 * Sentences in Latin letters on a page in Chinese, but for what is in backquotes and for `others`: commands, names,
 * and what other programs wrote, as it stands there or cut short. Where a page breaks a line, in a long word too, does
 * not count.
 */
export function latinSentences(page: string, others: readonly string[] = []): readonly string[] {
  const line = page.replace(/\s+/g, " ");
  // The letters alone, and where each of them stands.
  const places = [...line.matchAll(/\S/g)].map(({ index }) => index);
  const letters = line.replaceAll(" ", "");
  const rest = line.split("");
  for (const text of others.map((other) => other.replace(/\s+/g, "")).filter((other) => other !== "")) {
    for (let at = letters.indexOf(text); at !== -1; at = letters.indexOf(text, at + text.length)) {
      const [from = 0, to = 0] = [places[at], places[at + text.length - 1]];
      rest.fill("·", from, to + 1);
    }
  }
  return (
    rest
      .join("")
      .replace(/`[^`]*`/g, "·")
      .match(SENTENCE) ?? []
  );
}
