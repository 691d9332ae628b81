/** One word for a POSIX shell: bare where that is safe, else in single quotes. NUL has no form and is dropped. */
export function shellWord(word: string): string {
  const plain = word.replaceAll("\0", "");
  // A leading ~ or = and words with * ? [ ] { } are expanded by some shell, so they are not in the bare set.
  if (/^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(plain)) return plain;
  return `'${plain.replaceAll("'", "'\\''")}'`;
}

/** A whole command line for a POSIX shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/**
 * One word that cmd.exe, Windows PowerShell 5.1 and PowerShell 7 all read alike, or `undefined` where it has no such
 * form. PowerShell takes U+2018 to U+201E for quotes and U+2013 to U+2015 for dashes, 5.1 drops an empty word and
 * hands on a word without spaces bare, which cmd.exe reads again for a batch file. So what is let in is listed: no
 * quote, no operator, no sign that either expands, none that a code page turns into one (U+02BA, U+0300).
 * Callers write JSON5 with single quotes.
 */
export function windowsWord(word: string): string | undefined {
  // PowerShell 5.1 cuts a bare `-a.b` and `-a:b` in two.
  if (/^(?:[A-Za-z0-9_+=./\\][A-Za-z0-9_+=:./\\-]*|-[A-Za-z0-9_=-]+)$/.test(word)) return word;
  const quoted = /^[A-Za-z0-9 _+=:./\\,'[\]{}()@~#*\p{Lu}\p{Ll}\p{Lo}-]+$/u;
  // A backslash before the closing quote would escape it.
  return quoted.test(word) && !word.endsWith("\\") ? `"${word}"` : undefined;
}
