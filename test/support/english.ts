import { inEnglish, type Saying } from "../../src/core/saying.ts";

/** A sentence as documents have it; empty for none. */
export function english(saying: Saying | undefined): string {
  return saying === undefined ? "" : inEnglish(saying);
}
