import {
  type Answer,
  answerOf,
  type ToldFinding,
  type ToldHop,
  type ToldRemedy,
  type ToldStep,
} from "./answer.ts";
import { STYLE } from "./html-style.ts";
import { displayWidth } from "./layout.ts";
import type { Lang } from "./messages/index.ts";
import type { Report } from "./result.ts";

/**
 * The report as one page that needs nothing else: no script, no picture and no style from elsewhere (its policy forbids
 * them). Every text goes through {@link esc}.
 */
export function renderHtml(report: Report, lang: Lang): string {
  const { catalogue, headline, tool } = answerOf(report, lang);
  return `<!doctype html>
<html lang="${LANG_TAGS[lang]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${esc(headline)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${renderHtmlBody(report, lang)}
</main>
<footer><p>${esc(catalogue.answer.made.replace("{tool}", tool))}</p></footer>
</body>
</html>
`;
}

/**
 * What stands in the report's page, for a page that has more in it. `asked`: of a question to the model its answer is
 * the headline. Elements without scripts and style attributes; every text goes through {@link esc}.
 */
export function renderHtmlBody(report: Report, lang: Lang, asked: "report" | "what-if" = "report"): string {
  const answer = answerOf(report, lang);
  const { catalogue, main, others } = answer;
  const { words, answer: own } = catalogue;
  const [where = "", model = answer.headline] = answer.about;
  const { headline, about } = asked === "what-if" ? { headline: model, about: [where] } : answer;
  const sections = [
    pathSection(answer),
    ...(main === undefined ? [] : [findingSection(answer, main, true)]),
    ...others.map((finding) => findingSection(answer, finding, false)),
    listSection(words.ahead, answer.ahead),
    timelineSection(answer),
    listSection(words.missing, answer.missing),
    listSection(
      words.inputs,
      answer.inputs.map(({ name, text }) => `${name}${words.colon}${text}`),
    ),
    listSection(words.notes, answer.notes),
    answer.send.length === 0
      ? ""
      : section(own.send, `${steps(answer, answer.send)}<p class="dim">${prose(own.sendLines)}</p>`),
  ];
  return `<header class="${answer.verdict}">
<h1>${esc(headline)}</h1>
${about.map((line) => `<p>${esc(line)}</p>`).join("\n")}
</header>
${sections.filter((part) => part !== "").join("\n")}`;
}

/** Language tags of pages (BCP 47). */
export const LANG_TAGS: Readonly<Record<Lang, string>> = { en: "en", zh: "zh-CN" };

/** A text of several lines, as a page. */
export function renderHtmlText(title: string, text: string, lang: Lang): string {
  return `<!doctype html>
<html lang="${LANG_TAGS[lang]}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${esc(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${esc(title)}</h1><pre class="page" tabindex="0">${esc(text)}</pre></main></body>
</html>
`;
}

function findingSection(answer: Answer, finding: ToldFinding, isMain: boolean): string {
  const { words, answer: own, severities } = answer.catalogue;
  const { title, code, id, severity, isOver, about, what, why, fix, verify, caveats, tellApart } = finding;
  const label = isOver ? own.over : severities[severity];
  const head = `<p class="about"><span class="badge ${isOver ? "info" : severity}">${esc(label)}</span> <span class="dim">${esc(`${code} · ${id} · ${about}`)}</span></p>`;
  const told = [
    row(words.what, what),
    row(words.why, why),
    row(words.fix, fix),
    ...tellApart.map(({ text }) => row(words.tellApart, text)),
    row(words.verify, verify),
    row(words.caveats, caveats ?? ""),
  ].join("");
  const asked = tellApart.flatMap(({ step }) => (step === undefined ? [] : [step]));
  const body = [
    told === "" ? "" : `<dl>${told}</dl>`,
    asked.length === 0 ? "" : steps(answer, asked),
    finding.remedies.map((remedy) => remedyPart(answer, remedy)).join(""),
    quotes(answer, finding),
  ].join("");
  if (isMain) return section(title, head + body);
  return `<section><details><summary><h2>${esc(title)}</h2></summary>${head}${body}</details></section>`;
}

function row(name: string, text: string): string {
  return text === "" ? "" : `<dt>${esc(name)}</dt><dd>${prose(text)}</dd>`;
}

function remedyPart(
  answer: Answer,
  { title, risk, riskText, effect: kind, effectText, prose: texts, steps: all }: ToldRemedy,
): string {
  const effect = effectText === "" ? "" : `<p class="effect ${kind}">${prose(effectText)}</p>`;
  return `<article class="remedy"><h3>${esc(title)} <span class="badge ${risk}">${esc(riskText)}</span></h3>${effect}${texts.map((text) => `<p>${prose(text)}</p>`).join("")}${steps(answer, all)}</article>`;
}

function steps({ catalogue }: Answer, all: readonly ToldStep[]): string {
  if (all.length === 0) return "";
  const items = all.map((step) => {
    if (step.kind === "human") return `<li>${prose(step.text)}</li>`;
    const fill = step.fillIn === undefined ? "" : `<p class="dim">${prose(step.fillIn)}</p>`;
    // A long command scrolls by itself; who has no mouse reaches it with the keyboard.
    return `<li><pre tabindex="0" role="group" aria-label="${esc(catalogue.answer.copyable)}"><code>${esc(step.command)}</code></pre>${fill}</li>`;
  });
  return `<ol>${items.join("")}</ol>`;
}

function quotes({ catalogue }: Answer, { evidence }: ToldFinding): string {
  if (evidence.length === 0) return "";
  const items = evidence.map(
    ({ source, quote, isOwn }) =>
      `<li><span class="dim">${esc(source)}</span> ${isOwn ? `<span>${prose(quote)}</span>` : `<code>${esc(quote)}</code>`}</li>`,
  );
  return `<h3>${esc(catalogue.words.evidence)}</h3><ul class="quotes">${items.join("")}</ul>`;
}

function timelineSection({ catalogue, timeline }: Answer): string {
  if (timeline.length === 0) return "";
  const items = timeline.map(
    ({ when, what, text }) =>
      `<li class="${what}"><span class="when">${esc(when)}</span> <span>${esc(text)}</span></li>`,
  );
  return section(catalogue.answer.timeline, `<ol class="timeline">${items.join("")}</ol>`);
}

function listSection(title: string, lines: readonly string[]): string {
  return lines.length === 0
    ? ""
    : section(title, `<ul>${lines.map((line) => `<li>${prose(line)}</li>`).join("")}</ul>`);
}

function section(title: string, body: string): string {
  return `<section><h2>${esc(title)}</h2>${body}</section>`;
}

// ---- the picture

const BOX = { width: 320, height: 58, gap: 34, margin: 10 } as const;
/** Columns of text in a box: Chinese takes two for each. */
const COLUMNS = 40;

function pathSection({ catalogue, path }: Answer): string {
  if (path.length === 0) return "";
  const { words, answer: own } = catalogue;
  const all = path
    .map((hop) => [hop.name, hop.address, hop.note, hop.broken].filter(Boolean).join(", "))
    .join(" → ");
  return section(
    words.path,
    `<figure>${picture(path, own.pathAlt.replace("{hops}", all), own.broken)}</figure>`,
  );
}

/** From top to bottom, so that it fits a phone. The arrow into the hop that refuses is broken. */
function picture(path: readonly ToldHop[], title: string, broken: string): string {
  const { width, height, gap, margin } = BOX;
  const whole = width + 2 * margin;
  const tall = path.length * (height + gap) - gap + 2 * margin + (path.some((hop) => hop.broken) ? 46 : 0);
  let y = margin;
  const parts = path.map((hop, index) => {
    const top = y;
    y += height + gap;
    const isBroken = hop.broken !== undefined;
    const middle = whole / 2;
    const arrow =
      index === 0
        ? ""
        : `<path class="${isBroken ? "wire cut" : "wire"}" d="M${middle} ${top - gap} V${top - 7}"/>${
            isBroken
              ? `<path class="cross" d="M${middle - 8} ${top - gap / 2 - 10} l16 16 m0 -16 l-16 16"/>`
              : `<path class="head" d="M${middle - 6} ${top - 8} h12 l-6 8 z"/>`
          }`;
    const name = fitted([hop.name, hop.address ?? ""].filter((part) => part !== "").join("  "));
    const note = hop.note === undefined ? "" : line(top + 44, fitted(hop.note), "note");
    const end = isBroken
      ? line(top + height + 18, broken, "end") + line(top + height + 36, fitted(hop.broken ?? ""), "end")
      : "";
    if (isBroken) y += 46;
    return `${arrow}<rect class="${isBroken ? "hop broken" : "hop"}" x="${margin}" y="${top}" width="${width}" height="${height}" rx="8"/>${line(top + (hop.note === undefined ? 34 : 25), name, "name")}${note}${end}`;
  });
  return `<svg viewBox="0 0 ${whole} ${tall}" width="${whole}" height="${tall}" role="img" aria-labelledby="path-title"><title id="path-title">${esc(title)}</title>${parts.join("")}</svg>`;
}

function line(y: number, text: string, name: string): string {
  return `<text class="${name}" x="${BOX.width / 2 + BOX.margin}" y="${y}" text-anchor="middle">${esc(text)}</text>`;
}

/** What is longer than its box ends with an ellipsis; the whole of it is in the picture's title. */
function fitted(text: string): string {
  if (displayWidth(text) <= COLUMNS) return text;
  let cut = "";
  for (const letter of text) {
    if (displayWidth(cut + letter) > COLUMNS - 1) break;
    cut += letter;
  }
  return `${cut.trimEnd()}…`;
}

// ---- text

/** Sentences of ours have code spans. */
function prose(text: string): string {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return esc(text);
  return parts.map((part, index) => (index % 2 === 1 ? `<code>${esc(part)}</code>` : esc(part))).join("");
}

/** Text as a page shows it, in elements and in quoted attributes. */
function esc(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => MARKS[mark] ?? mark);
}

const MARKS: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
