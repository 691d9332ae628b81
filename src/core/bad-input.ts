import type { Saying } from "./saying.ts";
import { safeText } from "./text.ts";

/** What somebody asked for and cannot have as they said it: for whoever talks to them. Nothing of it is made printable yet. */
export interface BadInput {
  /** The option or file with the value, as it was given. */
  readonly what: string | Saying;
  readonly why: Saying;
  readonly todo: Saying;
}

/** What was read of an input, or what is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly bad: BadInput };

/** A word of somebody's in quotes, as it may be repeated. */
export function shownWord(word: string): string {
  return JSON.stringify(safeText(word, 60));
}

/** The option with what was typed behind it, unless that could be a secret that went to the wrong place. */
export function optionTyped(option: string, text: string): string {
  const isPlain =
    /^[\w.:/[\]-]{1,60}$/.test(text) && !/[A-Za-z0-9_-]{16}/.test(text.replace(/[A-Za-z]{2,15}-/g, ""));
  return isPlain ? `${option} ${shownWord(text)}` : option;
}

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function bad(
  what: string | Saying,
  why: Saying,
  todo: Saying,
): { readonly ok: false; readonly bad: BadInput } {
  return { ok: false, bad: { what, why, todo } };
}
