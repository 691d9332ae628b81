import type { Problem } from "./problems.ts";

/**
 * Where a code host shows a problem: hosts want a file and a line, and a gateway that refuses has neither. So it is the
 * gateway's config, at the line that the evidence names, else at its first.
 */
export function fileOf(problem: Problem | undefined): { readonly path: string; readonly line: number } {
  const named = problem?.evidence
    .map(({ source }) => /(?:^|[/\\])(openclaw\.json)(?::(\d{1,6}))?$/.exec(source))
    .find((match) => match !== null);
  return { path: "openclaw.json", line: Number(named?.[2] ?? 1) };
}
