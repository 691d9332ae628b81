import { safeText } from "./text.ts";

const PLACEHOLDER = /\{(?:\((\w+)\)|（(\w+)）|(\w+)(?:\|([^{}]*))?)\}/g;

/** Characters of an argument; of a command or of another program's words more, as half of it says nothing. */
const LENGTH: Readonly<Record<string, number>> = { command: 2000, text: 600, why: 600 };

/**
 * Replaces `{name}`, `{name|words}` and `{(name)}` in one pass: what an argument contains is never a template
 * itself. Arguments are made safe here; `{name}` without an argument stays visible.
 */
export function fill(
  template: string,
  args: Readonly<Record<string, string | number | boolean>> = {},
): string {
  const value = (name: string) => {
    const arg = Object.hasOwn(args, name) ? args[name] : undefined;
    return arg === undefined || arg === "" ? undefined : safeText(String(arg), LENGTH[name] ?? 300);
  };
  return template.replace(PLACEHOLDER, (whole, inset, wideInset, name, words: string | undefined) => {
    if (inset !== undefined) return value(inset) === undefined ? "" : ` (${value(inset)})`;
    if (wideInset !== undefined) return value(wideInset) === undefined ? "" : `（${value(wideInset)}）`;
    return value(name) ?? words ?? whole;
  });
}

type Inside<T extends string> = T extends `${string}{${infer P}}${infer Rest}` ? P | Inside<Rest> : never;

type NameOf<P extends string> = P extends `(${infer N})` | `（${infer N}）` | `${infer N}|${string}` ? N : P;

type Needed<P extends string> = P extends `(${string})` | `（${string}）` | `${string}|${string}` ? never : P;

/** Names of all placeholders of a template, in whatever form. */
export type PlaceholdersOf<T extends string> = NameOf<Inside<T>>;

/** Those that have no words of their own to fall back to. */
type NeededIn<T extends string> = Needed<Inside<T>>;

/** What has a number in every sentence. */
type Numbers = "seconds" | "minutes" | "megabytes" | "count" | "most" | "port" | "pid";

type ValueOf<N extends string, S> = N extends "why"
  ? S
  : N extends "detail"
    ? string | S
    : N extends Numbers
      ? number
      : string | number;

/** What fills a template: `{why}` is a sentence, counts are numbers, the rest is text; no name but its own. */
export type PlaceholderValues<T extends string, S> = {
  readonly [N in NeededIn<T>]: ValueOf<N, S>;
} & {
  readonly [N in Exclude<PlaceholdersOf<T>, NeededIn<T>>]?: ValueOf<N, S>;
};

/** The same keys with the same placeholders as `E`, in whatever order: what differs is `never`. */
export type TranslationOf<
  E extends Readonly<Record<string, string>>,
  T extends Readonly<Record<keyof E, string>>,
> = {
  readonly [K in keyof T]: K extends keyof E
    ? [PlaceholdersOf<E[K]>, PlaceholdersOf<T[K]>] extends [PlaceholdersOf<T[K]>, PlaceholdersOf<E[K]>]
      ? T[K]
      : never
    : never;
};
