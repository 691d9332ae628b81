import { LANGS, type Lang } from "../core/languages.ts";
import { CHOICES, type Choices, choicesFrom, saidOf } from "../doctor/pure/what-if/choices.ts";

/** Where somebody is in the page: what its address has behind `#`, so that a link leads there. */
export interface PagePlace {
  readonly view: "ticket" | "what-if";
  readonly choices: Choices;
  /** As the link says; absent: as the browser does. */
  readonly lang?: Lang;
}

const KEYS: readonly string[] = ["what-if", "release", ...Object.keys(CHOICES)];

/** `#release=2026.3.13&via=docker&lang=zh`; what is in it and means nothing is passed over. */
export function placeOf(hash: string): PagePlace {
  const said = Object.fromEntries(new URLSearchParams(hash.replace(/^#/, "").slice(0, 2000)));
  const lang = LANGS.find((one) => one === said.lang);
  return {
    view: KEYS.some((key) => Object.hasOwn(said, key)) ? "what-if" : "ticket",
    choices: choicesFrom(said),
    ...(lang === undefined ? {} : { lang }),
  };
}

export function hashOf({ view, choices, lang }: PagePlace): string {
  const said = new URLSearchParams(view === "ticket" ? { ticket: "" } : saidOf(choices));
  if (lang !== undefined) said.set("lang", lang);
  return `#${said}`;
}
