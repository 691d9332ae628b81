import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../checks/", import.meta.url);

export interface CheckSource {
  /** Below `checks/`: `clock-skew.ts`, `lib/remedies.ts`. */
  readonly file: string;
  readonly url: URL;
  readonly text: string;
}

/** Every source file of the checks, and of what several of them share. */
export function checkSources(): readonly CheckSource[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => {
      const url = new URL(file, FOLDER);
      return { file, url, text: readFileSync(url, "utf8") };
    });
}
