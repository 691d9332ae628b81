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
 * One word that cmd.exe and PowerShell both read alike: double quotes, without the characters that either
 * expands. Callers avoid inner double quotes (see `json5Word`).
 */
export function windowsWord(word: string): string {
  const plain = word.replaceAll("\0", "");
  if (/^[A-Za-z0-9_+=:./\\-]+$/.test(plain)) return plain;
  return `"${plain.replaceAll(/["`$%!^]/g, "")}"`;
}
