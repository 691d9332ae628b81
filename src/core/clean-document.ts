import { safeText } from "./text.ts";

/** A page and a document are no deeper. */
const MAX_DEPTH = 100;

/** A document as it may be handed out: secrets go out of its texts by `clean`, so that it stays what it is. */
export function cleanDocument(value: unknown, clean: (text: string) => string, depth = 0): unknown {
  if (typeof value === "string") return safeText(clean(value), value.length + 100);
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item) => cleanDocument(item, clean, depth + 1));
  const entries = Object.entries(value).map(([key, item]) => [
    safeText(clean(key), key.length + 100),
    cleanDocument(item, clean, depth + 1),
  ]);
  return Object.fromEntries(entries);
}
