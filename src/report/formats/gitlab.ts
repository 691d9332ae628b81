import { fileOf } from "../problem-file.ts";
import type { Problem } from "../problems.ts";
import { ofProblems } from "./of-problems.ts";

const SEVERITIES = { error: "critical", warning: "minor", note: "info" } as const satisfies Readonly<
  Record<Problem["level"], string>
>;

/**
 * GitLab's Code Quality report (`reports: codequality`). It has findings alone: whether the job passed is its exit code's
 * to say, and that nobody could look is a finding there.
 */
export const gitlab = ofProblems(({ problems, state, headline, target }) => {
  const open =
    state === "open"
      ? [
          {
            description: headline,
            check_name: "undetermined",
            severity: "critical",
            ...placeOf(undefined, "undetermined", target.name),
          },
        ]
      : [];
  return {
    document: [
      ...open,
      ...problems.map((problem) => ({
        description: `${problem.code} ${problem.title}`,
        check_name: problem.id,
        severity: SEVERITIES[problem.level],
        ...placeOf(problem, problem.id, target.name),
      })),
    ],
  };
});

/** The same finding of the same gateway has the same fingerprint in every run. */
function placeOf(problem: Problem | undefined, id: string, gateway: string) {
  const { path, line } = fileOf(problem);
  return { fingerprint: `pairing-doctor:${id}:${gateway}`, location: { path, lines: { begin: line } } };
}
