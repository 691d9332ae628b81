import type { BadInput } from "../core/bad-input.ts";
import { DEPLOYMENT_KINDS, type DeploymentKind } from "../core/deployment-kind.ts";
import { Outgoing } from "../core/outgoing.ts";
import type { Saying } from "../core/saying.ts";
import { fill } from "../core/template.ts";
import { describeError } from "../doctor/pure/describe-error.ts";
import { originSaid, releaseSaid } from "../doctor/pure/parse-arguments.ts";
import { type TriageReport, triageReport } from "../doctor/pure/read/triage-report.ts";
import { catalogueOf, sentenceOf } from "../report/messages/index.ts";
import { headlineOf } from "../report/told.ts";
import { answerView } from "./answer.ts";
import { choice, field, make, on, prose } from "./dom.ts";
import { type Chosen, dropped, handedFile, named, pasted } from "./handed.ts";
import type { PageAround } from "./page.ts";

/** What somebody gave to be read, and what came of it: it outlives a change of the language. */
interface Ticket {
  text: string;
  files: readonly Chosen[];
  release: string;
  deployment: DeploymentKind | undefined;
  origin: string;
  answer?: TriageReport & { readonly out: Outgoing };
}

const ticket: Ticket = { text: "", files: [], release: "", deployment: undefined, origin: "" };
let reading: AbortController | undefined;

export function ticketView(around: PageAround): HTMLElement {
  const { words, lang, say } = around;
  const text = make("textarea", { id: "ticket-text", rows: "10", spellcheck: "false", autocomplete: "off" });
  text.value = ticket.text;
  on(text, "input", () => {
    ticket.text = text.value;
  });
  const files = make("input", { id: "ticket-files", type: "file", multiple: true });
  const chosen = make("p", { class: "hint", id: "ticket-chosen" });
  const take = (more: readonly Chosen[]): void => {
    ticket.files = named([...ticket.files, ...more]);
    showChosen();
  };
  const showChosen = (): void => {
    const names = ticket.files.map(({ name }) => name).join(", ");
    const forget = make("button", { type: "button", class: "plain" }, words["ticket.forget"]);
    on(forget, "click", () => {
      ticket.files = [];
      files.value = "";
      showChosen();
      files.focus();
    });
    chosen.replaceChildren(
      ...(ticket.files.length === 0
        ? [words["ticket.drop"]]
        : [fill(words["ticket.chosen"], { names }), " ", forget]),
    );
  };
  on(files, "change", () => {
    take([...(files.files ?? [])].map((file) => ({ name: file.name, file })));
    files.value = "";
  });
  showChosen();
  takeDrops = (more) => take(more);

  const release = make("input", { id: "ticket-release", autocomplete: "off", spellcheck: "false" });
  release.value = ticket.release;
  on(release, "input", () => {
    ticket.release = release.value;
  });
  const origin = make("input", {
    id: "ticket-origin",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "http://192.168.1.5:18789",
  });
  origin.value = ticket.origin;
  on(origin, "input", () => {
    ticket.origin = origin.value;
  });
  const deployment = choice(
    "ticket-deployment",
    [
      ["", words["ticket.unsaid"]],
      ...DEPLOYMENT_KINDS.map((kind) => [kind, words[`deployment.${kind}`]] as const),
    ],
    ticket.deployment ?? "",
  );
  on(deployment, "change", () => {
    ticket.deployment = DEPLOYMENT_KINDS.find((kind) => kind === deployment.value);
  });

  const result = make("div", { id: "ticket-answer", class: "answer" });
  const show = (): void => {
    const { answer } = ticket;
    result.replaceChildren();
    if (answer === undefined) return;
    const { report, out } = answer;
    result.append(answerView({ report, lang, replyLang: answer.lang ?? lang, out, words, say }));
  };
  show();

  const stop = make(
    "button",
    { type: "button", class: "plain", id: "ticket-stop", hidden: reading === undefined },
    words["ticket.stop"],
  );
  on(stop, "click", () => reading?.abort());
  const form = make(
    "form",
    { class: "card", id: "ticket-form" },
    field(words["ticket.text"], text),
    field(words["ticket.files"], files),
    chosen,
    make(
      "details",
      { open: ticket.release !== "" || ticket.origin !== "" || ticket.deployment !== undefined },
      make("summary", {}, words["ticket.known"]),
      make(
        "div",
        { class: "fields" },
        field(words["ticket.release"], release, words["ticket.release-hint"]),
        field(words["ticket.deployment"], deployment),
        field(words["ticket.origin"], origin),
      ),
    ),
    make("p", { class: "bar" }, make("button", { type: "submit" }, words["ticket.read"]), stop),
  );
  on(form, "submit", (event) => {
    event.preventDefault();
    void read(around, stop).then((isRead) => {
      if (!isRead) return;
      show();
      const heading = result.querySelector("h1");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus();
    });
  });
  return make(
    "div",
    {},
    make("h1", {}, words["view.ticket"]),
    make("p", { class: "intro" }, ...prose(words["ticket.intro"])),
    form,
    result,
  );
}

/** True: there is an answer. */
async function read({ words, lang, say }: PageAround, stop: HTMLElement): Promise<boolean> {
  const catalogue = catalogueOf(lang);
  const inWords = (said: Saying | string): string =>
    typeof said === "string" ? said : (sentenceOf(catalogue, said) ?? said.message);
  const complain = ({ what, why, todo }: BadInput): false => {
    say([what, why, todo].map(inWords).join(" "));
    return false;
  };
  const release = releaseSaid(ticket.release.trim() === "" ? undefined : ticket.release);
  if (!release.ok) return complain(release.bad);
  const origin = ticket.origin.trim() === "" ? undefined : originSaid(ticket.origin.trim());
  if (origin?.ok === false) return complain(origin.bad);
  const handed = [
    ...(ticket.text.trim() === "" ? [] : [pasted(ticket.text)]),
    ...ticket.files.map(handedFile),
  ];
  if (handed.length === 0) {
    say(words["ticket.empty"]);
    return false;
  }
  reading?.abort();
  const own = new AbortController();
  reading = own;
  stop.hidden = false;
  say(words["ticket.reading"]);
  const out = new Outgoing();
  try {
    const answer = await triageReport({
      handed,
      release: release.value,
      salt: crypto.randomUUID(),
      learn: (secrets) => out.learn(secrets),
      ...(ticket.deployment === undefined ? {} : { deployment: ticket.deployment }),
      ...(origin === undefined ? {} : { origin: origin.value }),
      signal: own.signal,
    });
    own.signal.throwIfAborted();
    ticket.answer = { ...answer, out };
    say(out.page(fill(words["ticket.done"], { headline: headlineOf(catalogue, answer.report) })));
    return true;
  } catch (error) {
    say(
      own.signal.aborted
        ? words["ticket.stopped"]
        : fill(words["ticket.failed"], { error: describeError(error) }),
    );
    return false;
  } finally {
    if (reading === own) {
      reading = undefined;
      stop.hidden = true;
    }
  }
}

let takeDrops: (files: readonly Chosen[]) => void = () => undefined;

/** Files may be dropped anywhere. */
export function listenForDrops(target: EventTarget): void {
  on(target, "dragover", (event) => event.preventDefault());
  on(target, "drop", (event) => {
    event.preventDefault();
    const { dataTransfer } = event as DragEvent;
    if (dataTransfer !== null) void dropped(dataTransfer).then((files) => takeDrops(files));
  });
}
