export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A JSON object: neither null nor a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Levels that nothing of ours nests to; each costs a parser memory that the text does not. */
const MAX_DEPTH = 64;

/**
 * JSON of strangers whose nesting is at most `maxDepth`; `undefined` for anything else. Never throws. The depth is
 * looked at first: for a million open brackets `JSON.parse` takes 50 MB (measured, Node 20).
 */
export function parseBoundedJson(text: string, maxDepth = MAX_DEPTH): unknown {
  if (isDeeper(text, maxDepth)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isDeeper(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") {
      if (++depth > maxDepth) return true;
    } else if (char === "}" || char === "]") depth--;
  }
  return false;
}

/** The value, where it is an object; else one without anything. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
