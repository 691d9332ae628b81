import { appendFile } from "node:fs/promises";
import type { Lang } from "../core/languages.ts";
import { annotations } from "../report/formats/github.ts";
import type { Format } from "../report/formats.ts";
import { catalogueOf } from "../report/messages/index.ts";
import { problemsOf } from "../report/problems.ts";
import type { Report } from "../report/result.ts";
import { stepSummary } from "../report/step-summary.ts";
import type { Io } from "./io.ts";
import type { Out } from "./out.ts";

/** The runner of GitHub Actions (and Gitea's) says so. */
export function isGithubActions(env: Io["env"]): boolean {
  return env.GITHUB_ACTIONS === "true";
}

/**
 * Annotations and the step's summary, without being asked. The runner reads stderr as it does stdout, so the report on
 * stdout stays what it is. A summary that cannot be written fails no check.
 */
export async function tellActions(
  report: Report,
  { format, lang }: { readonly format: Format; readonly lang: Lang },
  { io, out }: { readonly io: Pick<Io, "env">; readonly out: Out },
): Promise<void> {
  if (!isGithubActions(io.env)) return;
  const words = catalogueOf(lang);
  const problems = problemsOf(report, words);
  if (format !== "github") out.say(`${annotations(problems).join("\n")}\n`);
  const path = io.env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === "") return;
  await appendFile(path, out.page(stepSummary(problems, words)), { mode: 0o600 }).catch(() => undefined);
}
