import { type Lang, langOfLocale } from "../core/languages.ts";
import { VERSION } from "../doctor/pure/version.ts";
import { LANG_TAGS } from "../report/html.ts";
import { make, on } from "./dom.ts";
import type { PageAround } from "./page.ts";
import { hashOf, type PagePlace, placeOf } from "./place.ts";
import { listenForDrops, ticketView } from "./ticket.ts";
import { whatIfView } from "./what-if.ts";
import { webWords } from "./words/index.ts";

/** The licences of the packages in this file; the build puts them here. */
declare const LICENCES: string;

const VIEWS = { ticket: ticketView, "what-if": whatIfView } as const satisfies Record<
  PagePlace["view"],
  (around: PageAround) => HTMLElement
>;

/** The address that is shown: a change that we made ourselves shows nothing anew. */
let shown: string | undefined;

function go(hash: string): void {
  if (hash === shown) return;
  shown = hash;
  const place = placeOf(hash);
  const lang = place.lang ?? langOfLocale(navigator.language);
  show(place, lang);
}

function show(place: PagePlace, lang: Lang): void {
  const words = webWords(lang);
  const status = make("p", { role: "status", id: "status" });
  const around: PageAround = {
    lang,
    words,
    place,
    say: (text) => {
      status.textContent = text;
    },
    keep: (next) => {
      shown = hashOf(next);
      location.replace(shown);
    },
  };
  document.documentElement.lang = LANG_TAGS[lang];
  document.title = `${words[`view.${place.view}`]} · ${words.title}`;
  const link = (view: PagePlace["view"]) => {
    const to = view === "what-if" ? hashOf({ ...place, view }) : hashOf({ ...place, view });
    const current = view === place.view ? "page" : undefined;
    return make("a", { href: to, "aria-current": current }, words[`view.${view}`]);
  };
  const other: Lang = lang === "zh" ? "en" : "zh";
  const language = make(
    "button",
    { type: "button", class: "plain", id: "language", lang: LANG_TAGS[other] },
    words["other-language"],
  );
  on(language, "click", () => {
    location.hash = hashOf({ ...placeOf(location.hash), lang: other });
  });
  const main = make("main", { id: "main" }, VIEWS[place.view](around));
  document.body.replaceChildren(
    make(
      "header",
      { class: "top" },
      make("p", { class: "brand" }, words.title),
      make("nav", { "aria-label": words.views }, link("ticket"), link("what-if")),
      language,
    ),
    main,
    status,
    make(
      "footer",
      {},
      make("p", {}, `${words.private} openclaw-pairing-doctor ${VERSION}`),
      make(
        "details",
        {},
        make("summary", {}, words.licences),
        make("pre", { class: "page", tabindex: "0" }, LICENCES),
      ),
    ),
  );
}

on(window, "hashchange", () => go(location.hash));
listenForDrops(document);
go(location.hash);
