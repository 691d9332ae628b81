import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../checks/", import.meta.url);

export interface CheckSource {
  /** Below `checks/`: `clock-skew.ts`, `lib/remedies.ts`. */
  readonly file: string;
  readonly text: string;
}

/** Every source file of the checks, and of what several of them share. */
export function checkSources(): readonly CheckSource[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), "utf8") }));
}
