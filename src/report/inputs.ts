import { type Catalogue, fill, wordsOf } from "./messages/index.ts";
import type { ReportInput } from "./result.ts";

/** One input in words: `openclaw.json: OpenClaw's config`. */
export function inputText(catalogue: Catalogue, input: ReportInput): string {
  return `${input.name}${catalogue.words.colon}${takenFor(catalogue, input)}`;
}

/** What it was taken for, or why it was not read. */
export function takenFor(catalogue: Catalogue, { as, why, with: pasted = [] }: ReportInput): string {
  const { words, inputKinds, unpackables } = catalogue;
  const kind = wordsOf(inputKinds, as);
  const parts = pasted.map((one) => wordsOf(inputKinds, one)).join(words.comma);
  const read = parts === "" ? kind : fill(words.inputWith, { kind, parts });
  return why === undefined ? read : wordsOf(unpackables, why);
}

export function isPlainInput({ as, with: pasted }: ReportInput): boolean {
  return (as === "log" || as === "text") && pasted === undefined;
}

/** What was not read or not understood comes first. */
export function byTrouble(a: ReportInput, b: ReportInput): number {
  return Number(isTrouble(b)) - Number(isTrouble(a));
}

export function isTrouble({ as, why }: ReportInput): boolean {
  return why !== undefined || as === "not-recognised" || as === "binary" || as === "empty";
}
