/**
 * Every language that the report speaks, and the locales that ask for it. The first is the one of everybody else. A
 * new one has its words in a folder of `messages/`, which does not compile before they are there.
 */
const LANGUAGES = {
  en: { locale: /^en/i },
  zh: { locale: /^zh/i },
} as const satisfies Readonly<Record<string, { readonly locale: RegExp }>>;

export type Lang = keyof typeof LANGUAGES;

export const LANGS = Object.keys(LANGUAGES) as readonly Lang[];

/** The language that is named, else of the locale (`zh_CN.UTF-8`), else the first. */
export function langOfLocale(locale: string): Lang {
  return LANGS.find((lang) => LANGUAGES[lang].locale.test(locale)) ?? "en";
}
