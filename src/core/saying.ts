import { SENTENCES } from "./sentences/index.ts";
import { fill, type PlaceholderValues } from "./template.ts";

/** Typed arguments of a message; secrets never, hostile text only through `safeText`. */
export type MessageArgs = Readonly<Record<string, string | number | boolean>>;

/** The same of a sentence, which may hold another one: `edited openclaw.json ({why})`. */
export type SayingArgs = Readonly<Record<string, string | number | boolean | Saying>>;

/** A sentence of the tool itself: key of the sentences of every language, and what fills it. Made by {@link say}. */
export interface Saying {
  readonly message: string;
  readonly args?: SayingArgs;
}

export type SentenceKey = keyof typeof SENTENCES;

/** What fills a sentence; nothing for one without placeholders. */
export type SentenceArgs<K extends SentenceKey> = PlaceholderValues<(typeof SENTENCES)[K], Saying>;

type ArgumentsFor<K extends SentenceKey> = [keyof SentenceArgs<K>] extends [never]
  ? []
  : Record<never, never> extends SentenceArgs<K>
    ? [args?: SentenceArgs<K>]
    : [args: SentenceArgs<K>];

/** A sentence that a user may read. A key that does not exist, and a wrong or missing argument, does not compile. */
export function say<K extends SentenceKey>(message: K, ...[args]: ArgumentsFor<K>): Saying {
  return args === undefined ? { message } : { message, args: args as SayingArgs };
}

/** Another program's own words, which nobody translates: a command that ran, what it printed, a code. */
export function quoted(text: string): Saying {
  return say("quoted", { text });
}

/** Evidence in the tool's own words. */
export function ownWords(saying: Saying): { readonly quote: string; readonly say: Saying } {
  return { quote: inEnglish(saying), say: saying };
}

/** How deep one sentence may stand in another; those of a file of others may be deeper. */
const DEPTH = 4;

/** The sentence from the table of one language; `undefined` for a key that it does not have. */
export function sentence(
  { message, args = {} }: Saying,
  table: Readonly<Record<string, string>>,
  format: (template: string, args: MessageArgs) => string = fill,
  depth = DEPTH,
): string | undefined {
  const template = Object.hasOwn(table, message) ? table[message] : undefined;
  if (template === undefined || depth === 0) return undefined;
  const texts = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === "object" ? (sentence(value, table, format, depth - 1) ?? value.message) : value,
  ]);
  return format(template, Object.fromEntries(texts));
}

/** The English sentence, as documents have it. */
export function inEnglish(saying: Saying): string {
  return sentence(saying, SENTENCES) ?? saying.message;
}
