import type { TranslationOf } from "./template.ts";

/** The texts of another language: a key or a placeholder that differs from the English ones does not compile. */
export function translation<
  const E extends Readonly<Record<string, string>>,
  const T extends Readonly<Record<keyof E, string>>,
>(_english: E, texts: T & TranslationOf<E, T>): T {
  return texts;
}
