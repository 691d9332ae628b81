import type { Catalogue } from "./messages/index.ts";
import type { Problem, Problems } from "./problems.ts";

const MARKS = { passed: "✅", failed: "❌", open: "⚠️" } as const satisfies Readonly<
  Record<Problems["state"], string>
>;

/** A step of GitHub Actions may show 1 MiB; a person reads less. */
const MOST = 20;

/** The summary that GitHub Actions shows below a step: Markdown, in which what others wrote stands in code spans alone. */
export function stepSummary({ tool, state, headline, problems, unseen }: Problems, words: Catalogue): string {
  const blocks = [
    `### ${MARKS[state]} ${tool.name}: ${plain(headline)}`,
    ...problems.slice(0, MOST).map((problem) => block(problem, words)),
    ...(unseen.length === 0
      ? []
      : [[`**${words.words.missing}**`, "", ...unseen.map((text) => `- ${plain(text)}`)].join("\n")]),
  ];
  return `${blocks.join("\n\n")}\n\n`;
}

function block({ code, level, title, message, hint, commands }: Problem, { severities }: Catalogue): string {
  const severity = level === "note" ? severities.info : severities[level];
  const typed = commands.length === 0 ? [] : [fenced(commands.join("\n"))];
  return [
    `**${severity} ${code}: ${plain(title)}**`,
    plain(message),
    ...(hint === "" ? [] : [plain(hint)]),
    ...typed,
  ].join("\n\n");
}

/** Text in which nothing is Markdown, HTML or a mention but the code spans that the catalogue writes. */
function plain(text: string): string {
  return text
    .split("`")
    .map((part, index, parts) =>
      index % 2 === 1 && index < parts.length - 1
        ? `\`${part}\``
        : part.replace(/[\\*_[\]<>#|~!@&]/g, (sign) => `&#${sign.codePointAt(0)};`),
    )
    .join("");
}

/** The fence is longer than any in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}
