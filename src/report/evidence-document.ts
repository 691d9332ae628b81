import type { Evidence } from "../core/facts.ts";

/** Evidence as the documents have it. */
export type EvidenceDocument = Omit<Evidence, "origin" | "say" | "saySource">;

export function evidenceDocument({ fact, source, quote }: Evidence): EvidenceDocument {
  return { fact, source, quote };
}
