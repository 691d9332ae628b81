// Small changes to a source text, each of which some test should notice.

export interface Mutant {
  /** 1-based. */
  readonly line: number;
  readonly what: string;
  readonly text: string;
}

/** The same length, with comments, strings, templates and regular expressions blanked out. */
export function codeOnly(source: string): string {
  const TOKEN =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*/g;
  return source.replace(TOKEN, (token) => token.replace(/[^\n]/g, " "));
}

const SWAPS: readonly (readonly [RegExp, string])[] = [
  [/===/g, "!=="],
  [/!==/g, "==="],
  [/&&/g, "||"],
  [/\|\|/g, "&&"],
  [/(?<= )<(?= )/g, "<="],
  [/(?<= )<=(?= )/g, "<"],
  [/(?<= )>(?= )/g, ">="],
  [/(?<= )>=(?= )/g, ">"],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/!(?=[\w(])/g, ""],
  [/\.some\(/g, ".every("],
  [/\.every\(/g, ".some("],
];

export function mutantsOf(source: string): Mutant[] {
  const code = codeOnly(source);
  const lineOf = (at: number) => source.slice(0, at).split("\n").length;
  const replaced = (at: number, length: number, by: string): Mutant => ({
    line: lineOf(at),
    what: `${source
      .slice(at, at + length)
      .replace(/\s+/g, " ")
      .slice(0, 60)} → ${by || "nothing"}`,
    text: source.slice(0, at) + by + source.slice(at + length),
  });
  const swaps = SWAPS.flatMap(([from, to]) =>
    [...code.matchAll(from)].map((match) => replaced(match.index, match[0].length, to)),
  );
  const branches = [...code.matchAll(/\bif \(/g)].flatMap((match) => {
    const open = match.index + match[0].length - 1;
    const close = closing(code, open);
    if (close === undefined) return [];
    return ["(true)", "(false)"].map((by) => replaced(open, close - open + 1, by));
  });
  return [...swaps, ...branches].sort((a, b) => a.line - b.line);
}

function closing(code: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === "(") depth++;
    if (code[at] === ")" && --depth === 0) return at;
  }
  return undefined;
}
