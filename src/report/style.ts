/** How a piece of text is meant; the terminal turns that into colour, plain text leaves it as it is. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly command: (text: string) => string;
}

const same = (text: string) => text;

export const plainStyle: Style = {
  good: same,
  bad: same,
  warn: same,
  strong: same,
  dim: same,
  command: same,
};

export interface Symbols {
  readonly healthy: string;
  readonly found: string;
  readonly undetermined: string;
  readonly warning: string;
  readonly arrow: string;
  readonly bullet: string;
}

export const unicodeSymbols: Symbols = {
  healthy: "✓",
  found: "✗",
  undetermined: "?",
  warning: "!",
  arrow: "→",
  bullet: "·",
};
export const asciiSymbols: Symbols = {
  healthy: "ok",
  found: "x",
  undetermined: "?",
  warning: "!",
  arrow: "->",
  bullet: "-",
};
