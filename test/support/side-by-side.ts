import { displayWidth } from "../../src/report/layout.ts";

/** Columns of each terminal. */
export const WIDTH = 80;
export const GUTTER = "┃";
export const languages = ["en", "zh"] as const;
export type Pages = Readonly<Record<(typeof languages)[number], readonly string[]>>;

/** Punctuation that no line of Chinese begins with, and such that no line ends with. */
export const NOT_FIRST = /^[，。、；：！？）】》」』”’…]/u;
export const NOT_LAST = /[（【《「『“‘]$/u;

/** What a terminal of that width makes of a line. */
function screenLines(line: string): string[] {
  const rows = [""];
  for (const character of line) {
    const row = rows.at(-1) ?? "";
    if (displayWidth(row + character) > WIDTH) rows.push(character);
    else rows[rows.length - 1] = row + character;
  }
  return rows;
}

const padded = (row: string) => row + " ".repeat(WIDTH - displayWidth(row));

/** Block beside block: a paragraph that is longer in one language does not push the other one out of step. */
export function sideBySide({ en, zh }: Pages): string {
  const [left, right] = [blocksOf(en), blocksOf(zh)];
  const rows: string[] = [];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const [a, b] = [left[i] ?? [], right[i] ?? []];
    for (let j = 0; j < Math.max(a.length, b.length); j += 1) {
      rows.push(`${padded(a[j] ?? "")} ${GUTTER} ${b[j] ?? ""}`.trimEnd());
    }
    rows.push(`${padded("")} ${GUTTER}`);
  }
  return `${rows.slice(0, -1).join("\n")}\n`;
}

/** Paragraphs of screen lines. */
export function blocksOf(lines: readonly string[]): string[][] {
  const blocks: string[][] = [[]];
  for (const line of lines) {
    if (line === "") blocks.push([]);
    else blocks.at(-1)?.push(...screenLines(line));
  }
  return blocks.filter((block) => block.length > 0);
}
