import type { Formatter } from "./formatter.ts";

interface FormatEntry {
  /** For people: sentences may stand around it. */
  readonly isProse: boolean;
  /** Loaded when it is written. */
  load(): Promise<Formatter>;
}

/** Every format: an entry here, and a file beside the others. */
const FORMATS = {
  human: { isProse: true, load: async () => (await import("./formats/human.ts")).human },
  json: { isProse: false, load: async () => (await import("./formats/json.ts")).json },
} as const satisfies Readonly<Record<string, FormatEntry>>;

export type Format = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

export function formatOf(name: Format): FormatEntry {
  return FORMATS[name];
}
