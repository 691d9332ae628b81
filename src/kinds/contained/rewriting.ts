/** How a shell script treats openclaw.json, by its words alone. */

/** Of a command; it may hold a whole config. */
export const MAX_COMMAND = 65_536;

export interface Statement {
  readonly text: string;
  readonly words: readonly string[];
}

export function statementsOf(script: string): readonly Statement[] {
  return script
    .slice(0, MAX_COMMAND)
    .split(/[;&|\n]/)
    .map((text) => ({ text, words: text.split(/\s/).filter((word) => word !== "") }));
}

/**
 * `echo … > …/openclaw.json`, `tee`, `cp SEED …/openclaw.json`, `fs.writeFileSync("…/openclaw.json"`. `directories`: those
 * into which a copy of JSON files is a copy of it, too.
 */
export function writesConfig(words: readonly string[], directories: readonly string[] = []): boolean {
  const redirected = words.some((word, at) => {
    const target = /^1?>(?!>)(.{0,500})$/.exec(word)?.[1];
    return target !== undefined && isConfig(target === "" ? words[at + 1] : target);
  });
  if (redirected) return true;
  const tee = words.indexOf("tee");
  if (tee !== -1 && !words.includes("-a") && words.slice(tee).some(isConfig)) return true;
  const copy = words.findIndex((word) => /(?:^|\/)(?:cp|mv|install|rsync)$/.test(word));
  if (copy !== -1 && !words.includes("-n") && words.length > copy + 2) {
    const to = bare(words.at(-1));
    if (isConfig(to)) return true;
    const json = words
      .slice(copy + 1, -1)
      .some((word) => /\.json5?$/.test(bare(word)) || /\/\*?$/.test(bare(word)));
    if (json && directories.some((directory) => to.replace(/\/\.?$/, "") === directory)) return true;
  }
  return words.some((word) => /\bwriteFile(?:Sync)?\(/.test(word) && word.includes("openclaw.json"));
}

/** `[ -f … ] ||`, `if [ ! -e …`, `test -s …`: only where there is none yet. */
export function asksForConfig(words: readonly string[]): boolean {
  const test = words.findIndex((word) => word === "[" || word === "[[" || word === "test");
  return test !== -1 && words.slice(test).some(isConfig);
}

function isConfig(word: string | undefined): boolean {
  return word !== undefined && /(?:^|[/}])openclaw\.json$/.test(bare(word));
}

function bare(word: string | undefined): string {
  return (word ?? "").replaceAll(/["')]/g, "");
}
