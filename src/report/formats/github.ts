import type { Problem, Problems } from "../problems.ts";
import { ofProblems } from "./of-problems.ts";

/** Workflow commands: each problem becomes an annotation of the run in GitHub Actions. The first line is the verdict. */
export const github = ofProblems((problems) => ({ page: `${annotations(problems).join("\n")}\n` }));

const VERDICTS = { passed: "notice", failed: "error", open: "error" } as const satisfies Readonly<
  Record<Problems["state"], string>
>;
const LEVELS = { error: "error", warning: "warning", note: "notice" } as const satisfies Readonly<
  Record<Problem["level"], string>
>;

/** GitHub shows ten of each level for a step. */
const MOST = 9;

export function annotations({ tool, state, headline, problems, unseen }: Problems): string[] {
  const missing = state === "open" ? unseen : [];
  return [
    command(VERDICTS[state], tool.name, [headline, ...missing].join("\n")),
    ...problems
      .slice(0, MOST)
      .map(({ level, code, title, message, hint, commands }) =>
        command(
          LEVELS[level],
          `${code} ${title}`,
          [message, hint, ...commands].filter((line) => line !== "").join("\n"),
        ),
      ),
  ];
}

function command(name: string, title: string, message: string): string {
  return `::${name} title=${property(title)}::${data(message)}`;
}

/** As the runner reads a message. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** As it reads a property. */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/**
 * A page in which no line is a command to the runner: it reads every line of a step's output, also what a log that is
 * quoted there says (`::add-mask::`, `##[group]`).
 */
export function withoutCommands(page: string): string {
  return page.replace(/^([^\S\n]*)::/gm, "$1: :").replaceAll("##[", "## [");
}
