import type { Formatter } from "./formatter.ts";

interface FormatEntry {
  /** For people: sentences may stand around it. */
  readonly isProse: boolean;
  /** Goes to whoever wrote what was read: in their language, where none was asked for. */
  readonly isReply?: true;
  /** Loaded when it is written. */
  load(): Promise<Formatter>;
}

/** Every format: an entry here, and a file beside the others. */
const FORMATS = {
  human: { isProse: true, load: async () => (await import("./formats/human.ts")).human },
  markdown: {
    isProse: false,
    isReply: true,
    load: async () => (await import("./formats/markdown.ts")).markdown,
  },
  html: { isProse: false, isReply: true, load: async () => (await import("./formats/html.ts")).html },
  agent: { isProse: false, load: async () => (await import("./formats/agent.ts")).agent },
  json: { isProse: false, load: async () => (await import("./formats/json.ts")).json },
} as const satisfies Readonly<Record<string, FormatEntry>>;

export type Format = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

export function formatOf(name: Format): FormatEntry {
  return FORMATS[name];
}
