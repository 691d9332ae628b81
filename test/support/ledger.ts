import { readFileSync, writeFileSync } from "node:fs";

/** `fixtures/checks/codes.json`: every code that was ever given out, and the cause it stands for. */
export interface Codes {
  readonly about: string;
  readonly used: Readonly<Record<string, string>>;
  /** Codes of checks that went away. They stay theirs. */
  readonly retired: Readonly<Record<string, string>>;
}

const CODES = new URL("../../fixtures/checks/codes.json", import.meta.url);
const CAUSE_LIST = new URL("../../fixtures/checks/causes.json", import.meta.url);

/** The causes of the field's taxonomy, but its "nothing is wrong". */
export const CAUSES: readonly string[] = JSON.parse(readFileSync(CAUSE_LIST, "utf8"));

export function readCodes(): Codes {
  return JSON.parse(readFileSync(CODES, "utf8")) as Codes;
}

export function writeCodes(codes: Codes): void {
  writeFileSync(CODES, `${JSON.stringify(codes, null, 2)}\n`);
}

export function addCause(id: string): void {
  writeFileSync(CAUSE_LIST, `${JSON.stringify([...CAUSES, id], null, 2)}\n`);
}

/** The lowest code of a hundred (`2` for OPD2xx) that nobody ever had; undefined when all hundred are gone. */
export function nextCode({ used, retired }: Codes, hundred: number): string | undefined {
  const numbers = Array.from({ length: 99 }, (_none, index) => `OPD${hundred * 100 + index + 1}`);
  return numbers.find((code) => !Object.hasOwn(used, code) && !Object.hasOwn(retired, code));
}
