export type JsonRecord = Readonly<Record<string, unknown>>;

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
