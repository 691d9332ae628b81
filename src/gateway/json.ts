export type JsonRecord = Readonly<Record<string, unknown>>;

/** Parses JSON whose nesting is at most `maxDepth`; `undefined` for anything else. Never throws. */
export function parseBoundedJson(text: string, maxDepth = 24): unknown {
  if (deeperThan(text, maxDepth)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The strings of an array, at most `max`. */
export function textsOf(value: unknown, max = 40): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, max).filter((item): item is string => typeof item === "string");
}

function deeperThan(text: string, maxDepth: number): boolean {
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
