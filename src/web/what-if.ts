import {
  CHOICE_RELEASES,
  CHOICES,
  type ChoiceKey,
  choicesFrom,
  chosen,
  SETTING_OF,
} from "../doctor/pure/what-if/choices.ts";
import { whatIfReport } from "../doctor/pure/what-if/what-if-report.ts";
import { renderHtmlBody } from "../report/html.ts";
import { catalogueOf, fill, sentenceOf, wordsOf } from "../report/messages/index.ts";
import { choice, field, make, on, setRendered } from "./dom.ts";
import type { PageAround } from "./page.ts";

export function whatIfView({ words, lang, place, say, keep }: PageAround): HTMLElement {
  let choices = place.choices;
  const catalogue = catalogueOf(lang);
  const answer = make("div", { class: "report", id: "what-if-answer" });

  const show = (aloud: boolean): void => {
    const { input, notes } = chosen(choices);
    const told = whatIfReport(input, choices.deployment);
    if ("startup" in told) {
      const { id, args } = told.startup;
      const problem = wordsOf(catalogue.startup, id, args);
      answer.replaceChildren(
        make("header", { class: "found" }, make("h1", {}, fill(catalogue.words.doesNotStart, { problem }))),
      );
    } else setRendered(answer, renderHtmlBody(told.report, lang, "what-if"));
    const lines = notes.map((note) => sentenceOf(catalogue, note) ?? note.message);
    answer.querySelector("header")?.append(...lines.map((line) => make("p", { class: "note" }, line)));
    if (aloud) say(answer.querySelector("h1")?.textContent ?? "");
  };

  const choose = (key: ChoiceKey | "release", value: string): void => {
    choices = choicesFrom({ ...choices, [key]: value });
    keep({ ...place, choices });
    show(true);
  };
  const select = (key: ChoiceKey | "release", values: readonly (readonly [string, string])[]) => {
    const control = choice(`choice-${key}`, values, choices[key]);
    return on(control, "change", () => choose(key, control.value));
  };
  const worded = <K extends ChoiceKey>(
    key: K,
    word: (value: (typeof CHOICES)[K][number]) => string,
  ): HTMLSelectElement => {
    const values: readonly (typeof CHOICES)[K][number][] = CHOICES[key];
    return select(
      key,
      values.map((value) => [value, word(value)]),
    );
  };
  const releases = CHOICE_RELEASES.includes(choices.release)
    ? CHOICE_RELEASES
    : [choices.release, ...CHOICE_RELEASES];

  const tick = (key: SwitchKey): HTMLElement => {
    const control = make("input", { type: "checkbox", id: `choice-${key}`, checked: choices[key] === "yes" });
    on(control, "change", () => choose(key, control.checked ? "yes" : "no"));
    const label = make(
      "label",
      { for: control.id },
      make("code", {}, SETTING_OF[key]),
      " ",
      words[SWITCHES[key]],
    );
    return make("p", { class: "tick" }, control, label);
  };

  show(false);
  return make(
    "div",
    {},
    make("h1", {}, words["view.what-if"]),
    make("p", { class: "intro" }, words["what-if.intro"]),
    make(
      "form",
      { class: "card" },
      make(
        "fieldset",
        {},
        make("legend", {}, words["what-if.who"]),
        make(
          "div",
          { class: "fields" },
          field(
            words["choice.release"],
            select(
              "release",
              releases.map((one) => [one, one]),
            ),
          ),
          field(
            words["choice.deployment"],
            worded("deployment", (kind) => words[`deployment.${kind}`]),
          ),
          field(
            words["choice.via"],
            worded("via", (via) => wordsOf(catalogue.ways, via)),
          ),
          field(
            words["choice.browser"],
            worded("browser", (one) => words[`browser.${one}`]),
          ),
          field(
            words["choice.secret"],
            worded("secret", (one) => words[`secret.${one}`]),
          ),
        ),
      ),
      make(
        "fieldset",
        {},
        make("legend", {}, words["what-if.settings"]),
        make(
          "div",
          { class: "fields" },
          field(
            SETTING_OF.bind,
            worded("bind", (one) => one),
          ),
          field(
            SETTING_OF.mode,
            worded("mode", (one) => one),
          ),
          field(
            SETTING_OF.allowTailscale,
            worded("allowTailscale", (one) => words[`allowTailscale.${one}`]),
          ),
        ),
        ...(Object.keys(SWITCHES) as SwitchKey[]).map(tick),
      ),
    ),
    make("section", { "aria-label": words["what-if.answer"] }, answer),
  );
}

/** Settings that are ticked, and what a tick says of each. */
const SWITCHES = {
  originAllowed: "setting.originAllowed",
  proxyTrusted: "setting.proxyTrusted",
  allowInsecureAuth: "setting.on",
  deviceAuthOff: "setting.on",
  hostFallback: "setting.on",
} as const;
type SwitchKey = keyof typeof SWITCHES;
