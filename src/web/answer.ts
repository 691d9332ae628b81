import type { Lang } from "../core/languages.ts";
import type { Outgoing } from "../core/outgoing.ts";
import { renderAgent } from "../report/agent.ts";
import { renderHtml, renderHtmlBody } from "../report/html.ts";
import { toJsonReport } from "../report/json.ts";
import { renderMarkdown } from "../report/markdown.ts";
import type { Report } from "../report/result.ts";
import { choice, field, make, on, setRendered } from "./dom.ts";
import type { WebWords } from "./words/index.ts";

/** The forms of an answer that a page shows, and the file that each is saved as. */
const FORMS = {
  html: { file: "report.html", type: "text/html" },
  markdown: { file: "reply.md", type: "text/markdown" },
  json: { file: "report.json", type: "application/json" },
  agent: { file: "agent.txt", type: "text/plain" },
} as const;
type Form = keyof typeof FORMS;
const FORM_NAMES = Object.keys(FORMS) as readonly Form[];

export interface AnswerOptions {
  readonly report: Report;
  readonly lang: Lang;
  /** Of whoever a reply goes to. */
  readonly replyLang: Lang;
  readonly out: Outgoing;
  readonly words: WebWords;
  /** Takes what is to be said aloud. */
  say(text: string): void;
}

/** An answer, in the form that is chosen of it; nothing of it is shown that did not go through `out`. */
export function answerView(options: AnswerOptions): HTMLElement {
  const { report, lang, out, words, say } = options;
  const body = make("div", { class: "report", id: "answer-body" });
  const forms = choice(
    "answer-form",
    FORM_NAMES.map((name) => [name, words[`answer.${name}`]]),
    "html",
  );
  const chosen = (): Form => FORM_NAMES.find((name) => name === forms.value) ?? "html";
  const show = (): void => {
    const form = chosen();
    if (form === "html") setRendered(body, out.page(renderHtmlBody(report, lang)));
    else
      body.replaceChildren(
        make(
          "pre",
          { class: "page", tabindex: "0", role: "group", "aria-label": words["answer.text"] },
          text(form, options),
        ),
      );
  };
  on(forms, "change", show);
  const copy = on(
    make("button", { type: "button", id: "answer-copy" }, words["answer.copy"]),
    "click",
    () => {
      void copied(text(chosen(), options), body).then((isDone) =>
        say(words[isDone ? "answer.copied" : "answer.select"]),
      );
    },
  );
  const save = on(make("button", { type: "button", id: "answer-save" }, words["answer.save"]), "click", () =>
    saved(text(chosen(), options), chosen()),
  );
  show();
  return make("div", {}, make("div", { class: "bar" }, field(words["answer.as"], forms), copy, save), body);
}

function text(form: Form, { report, lang, replyLang, out }: AnswerOptions): string {
  switch (form) {
    case "html":
      return out.made({ page: renderHtml(report, replyLang) });
    case "markdown":
      return out.made({ page: renderMarkdown(report, replyLang) });
    case "json":
      return out.made({ document: toJsonReport(report, lang) });
    case "agent":
      return out.made({ page: renderAgent(report, lang) });
  }
}

/** Into the clipboard; where a page may not, what is shown is marked. */
async function copied(content: string, shown: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return false;
  }
}

function saved(content: string, form: Form): void {
  const { file, type } = FORMS[form];
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  make("a", { href: url, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
