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
  junit: { isProse: false, load: async () => (await import("./formats/junit.ts")).junit },
  sarif: { isProse: false, load: async () => (await import("./formats/sarif.ts")).sarif },
  github: { isProse: false, load: async () => (await import("./formats/github.ts")).github },
  gitlab: { isProse: false, load: async () => (await import("./formats/gitlab.ts")).gitlab },
} as const satisfies Readonly<Record<string, FormatEntry>>;

export type Format = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

export function isFormat(name: string): name is Format {
  return Object.hasOwn(FORMATS, name);
}

export function formatOf(name: Format): FormatEntry {
  return FORMATS[name];
}
