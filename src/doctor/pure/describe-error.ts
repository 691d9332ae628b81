import { createScrubber, safeQuote } from "../../core/scrub.ts";

/** An unexpected error in one printable line, without secrets and stack. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return safeQuote(text, createScrubber(), 300);
}
