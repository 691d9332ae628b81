import { type Answer, answerOf, type ToldFinding, type ToldRemedy, type ToldStep } from "./answer.ts";
import type { Catalogue, Lang } from "./messages/index.ts";
import type { Report } from "./result.ts";
import { unicodeSymbols } from "./style.ts";
import { insetOf, joinedSentences } from "./told.ts";

/** Quotes, other findings and remedies that an answer to a ticket has. */
const MAX_QUOTES = 4;
const MAX_OTHERS = 4;
const MAX_REMEDIES = 2;
const MAX_ROWS = 8;

/**
 * The report as a reply to paste into a ticket: what it is, what shows it, what to do there, what to send if that does
 * not help. CommonMark, and plain enough to be read where it is not rendered. Texts from logs and tickets cannot become
 * markup: they stand in code spans and blocks, or their marks are escaped.
 */
export function renderMarkdown(report: Report, lang: Lang): string {
  const answer = answerOf(report, lang);
  const { words, answer: own } = answer.catalogue;
  const { main } = answer;
  const blocks = [
    [`**${marked(answer.headline)}**`],
    main === undefined ? [] : [marked(joinedSentences(answer.catalogue, [main.what, main.why]))],
    [...answer.about, ...answer.gatewayNotes].map((line) => `- ${withNames(line, answer.names)}`),
    ...(main === undefined ? [] : findingBlocks(answer, main)),
    ...alsoBlocks(answer),
    answer.ahead.length === 0
      ? []
      : [
          heading(words.ahead),
          ...answer.ahead.map((line) => `- ${marked(line)}`),
          ...(answer.aheadSteps.length === 0 ? [] : ["", ...stepsOf(answer.aheadSteps, "  ")]),
        ],
    timelineBlock(answer),
    main === undefined || answer.verdict === "undetermined" ? missingBlock(answer) : [],
    answer.othersSay.map((line) => `- ${marked(line)}`),
    answer.inputs.length === 0
      ? []
      : [
          heading(words.inputs),
          ...answer.inputs
            .slice(0, 20)
            .map(({ name, text }) => `- ${code(name)}${words.colon}${marked(text)}`),
        ],
    answer.send.length === 0 ? [] : [heading(own.send), ...stepsOf(answer.send), "", marked(own.sendLines)],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function findingBlocks({ catalogue }: Answer, finding: ToldFinding): readonly (readonly string[])[] {
  const { answer: own, words } = catalogue;
  const { evidence, remedies, verify, caveats, tellApart } = finding;
  const [first, ...others] = remedies.slice(0, MAX_REMEDIES);
  return [
    evidence.length === 0
      ? []
      : [
          heading(own.evidence),
          ...evidence
            .slice(0, MAX_QUOTES)
            .map(
              ({ source, quote, isOwn }) =>
                `- ${code(source)}${words.colon}${isOwn ? marked(quote) : code(quote)}`,
            ),
        ],
    tellApart.length === 0
      ? []
      : [
          heading(words.tellApart),
          ...tellApart.flatMap(({ text, step }) => [
            `- ${marked(text)}`,
            ...(step === undefined ? [] : stepsOf([step], "  ")),
          ]),
        ],
    [heading(own.steps), marked(finding.fix)],
    ...(first === undefined ? [] : [remedyBlock(catalogue, first)]),
    ...others.map((remedy) => [
      `${own.instead}${words.colon.trimEnd()}`,
      "",
      ...remedyBlock(catalogue, remedy),
    ]),
    verify === "" ? [] : [`${own.afterwards}${words.colon}${marked(verify)}`],
    caveats === undefined ? [] : [marked(caveats)],
  ];
}

function remedyBlock(
  catalogue: Catalogue,
  { title, riskText, effect: kind, effectText, prose, steps }: ToldRemedy,
): readonly string[] {
  const { found, healthy } = unicodeSymbols;
  const effect = effectText === "" ? "" : ` ${kind === "refused" ? found : healthy} ${marked(effectText)}`;
  return [
    `**${marked(title)}**${insetOf(catalogue, marked(riskText))}${effect}`,
    ...(prose.length === 0 ? [] : ["", marked(joinedSentences(catalogue, prose))]),
    "",
    ...stepsOf(steps),
  ];
}

/** Numbered; a command is a block of its own, whole, that can be copied. */
function stepsOf(steps: readonly ToldStep[], indent = ""): readonly string[] {
  return steps.flatMap((step, index) => {
    const number = steps.length > 1 ? `${index + 1}. ` : "";
    const inner = indent + " ".repeat(number.length);
    if (step.kind === "human") return [`${indent}${number}${marked(step.text)}`];
    const fence = fenceFor(step.command);
    const lines = step.command.split("\n");
    return [
      `${indent}${number}${fence}sh`,
      ...lines.map((line) => inner + line),
      inner + fence,
      ...(step.fillIn === undefined ? [] : [`${inner}${marked(step.fillIn)}`]),
    ];
  });
}

function alsoBlocks({ catalogue, main, others }: Answer): readonly (readonly string[])[] {
  if (others.length === 0) return [];
  const { answer: own, words, severities } = catalogue;
  const rows = others.slice(0, MAX_OTHERS).flatMap((finding) => {
    const {
      title,
      code: id,
      severity,
      isOver,
      evidence: [first],
    } = finding;
    const label = isOver ? own.over : severities[severity];
    const quote = first === undefined || first.isOwn ? "" : `${words.colon}${code(first.quote)}`;
    const row = `- ${marked(title)}${insetOf(catalogue, `${id}${words.comma}${marked(label)}`)}${quote}`;
    // A second story is mended as well, and what stands in the way of the first one: who reads this has both.
    const isOther =
      severity !== "info" && !isOver && !main?.tellApart.some(({ from }) => from === finding.id);
    return isOther ? [row, ...remedyOfOther(finding)] : [row];
  });
  return [[heading(own.also), ...rows]];
}

function remedyOfOther({ fix, remedies }: ToldFinding): readonly string[] {
  const commands = (remedies[0]?.steps ?? []).flatMap((step) =>
    step.kind === "command" ? [step.command] : [],
  );
  return [
    ...(fix === "" ? [] : ["", `  ${marked(fix)}`]),
    ...(commands.length === 0
      ? []
      : [
          "",
          ...stepsOf(
            commands.map((command) => ({ kind: "command", command, reads: false })),
            "  ",
          ),
        ]),
  ];
}

function timelineBlock({ catalogue, timeline }: Answer): readonly string[] {
  if (timeline.length < 2) return [];
  const rows = timeline.slice(-MAX_ROWS).map(({ when, text }) => `- ${code(when)} ${marked(text)}`);
  return [heading(catalogue.answer.timeline), ...rows];
}

function missingBlock({ catalogue, missing }: Answer): readonly string[] {
  return missing.length === 0
    ? []
    : [heading(catalogue.words.missing), ...missing.map((line) => `- ${marked(line)}`)];
}

function heading(text: string): string {
  return `### ${marked(text)}\n`;
}

/**
 * A sentence of ours, in which a part may be anybody's: its code spans stay, everything else that Markdown or HTML would
 * read as a mark is escaped.
 */
export function marked(text: string): string {
  const parts = text.split("`");
  // With an odd mark there is no telling which of them are ours.
  if (parts.length % 2 === 0) return escaped(text).replaceAll("`", "\\`");
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : escaped(part))).join("");
}

/** A line of ours with names of others in it: a file may be called `@somebody` or `www.example.com`. */
function withNames(line: string, names: readonly string[]): string {
  const between = ` ${unicodeSymbols.bullet} `;
  return line
    .split(between)
    .map((part) => (names.includes(part) ? code(part) : marked(part)))
    .join(between);
}

/** Behind a sign with which GitHub and GitLab call people or link to issues: joins, and is not seen. */
const NOT_CALLED = "\u2060";

function escaped(text: string): string {
  return text
    .replace(/(?<![\w`])@(?=\w)|#(?=\d)|\bGH-(?=\d)/g, `$&${NOT_CALLED}`)
    .replace(/\\(?=[!-/:-@[-`{-~]|$)/g, "\\\\")
    .replace(/[*<]/g, "\\$&")
    .replace(/~~/g, "\\~~")
    .replace(/\](?=[([:])/g, "]\\")
    .replace(/!\[/g, "!\\[")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/&(?=#?\w{1,30};)/g, "&amp;")
    .replace(/^(\s{0,3})([#>+=|-])/, "$1\\$2");
}

/** Text as it is, whatever is in it. */
function code(text: string): string {
  const marks = "`".repeat(longest(text) + 1);
  const space = /^`|`$|^ .*[^ ].* $/.test(text) ? " " : "";
  return text === "" ? "" : `${marks}${space}${text}${space}${marks}`;
}

function fenceFor(text: string): string {
  return "`".repeat(Math.max(3, longest(text) + 1));
}

function longest(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
