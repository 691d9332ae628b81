/** So many words of Latin letters in a row are a sentence; a name, a title or a row of options is shorter. */
const SENTENCE = /(?:\b[A-Za-z][A-Za-z'’-]*[,;:]? ){3,}[A-Za-z][A-Za-z'’-]*/g;

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/**
 * Sentences in Latin letters on a page in Chinese, but for what is in backquotes and for `others`: commands, names,
 * and what other programs wrote, as it stands there or cut short.
 */
export function latinSentences(page: string, others: readonly string[] = []): readonly string[] {
  let rest = onOneLine(page).replace(/`[^`]*`/g, "·");
  const known = others.map(onOneLine).filter((text) => text !== "");
  for (const text of known.sort((a, b) => b.length - a.length)) rest = rest.replaceAll(text, "·");
  return rest.match(SENTENCE) ?? [];
}
