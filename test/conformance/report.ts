// What a release does otherwise than the model says, for people to read.
import { nearestMeasured } from "../../src/admission/releases.ts";
import { observed } from "./answer.ts";
import type { Line } from "./rows.ts";
import { answerOf, askedOf } from "./verdict.ts";

export interface Report {
  readonly differs: boolean;
  /** Markdown. */
  readonly text: string;
}

/** Differences of the same two answers shown by name; the others are counted. */
const SHOWN = 5;

export function reportOf(release: string, lines: readonly Line[]): Report {
  const asked = askedOf(release, lines);
  const groups = new Map<string, string[]>();
  let differences = 0;
  for (const one of asked) {
    const [met, said] = [observed(one.row.outcome), answerOf(one)];
    if (met === said) continue;
    differences += 1;
    const key = `- the gateway: \`${met}\`\n  the model: \`${said}\``;
    groups.set(key, [
      ...(groups.get(key) ?? []),
      `${one.row.situation}, ${one.row.start} start: ${one.row.case}`,
    ]);
  }
  const refused = lines.flatMap((line) =>
    line.kind === "start" && line.refused !== undefined
      ? [`${line.situation}: ${line.refused.slice(-300)}`]
      : [],
  );
  const unknownKeys = [
    ...new Set(lines.flatMap((line) => (line.kind === "start" ? (line.leftOut ?? []) : []))),
  ];
  const listed = [...groups].map(([key, names]) => {
    const more = names.length > SHOWN ? [`  - and ${names.length - SHOWN} more`] : [];
    return [key, ...names.slice(0, SHOWN).map((name) => `  - ${name}`), ...more].join("\n");
  });
  const text = [
    `# openclaw ${release}`,
    `${asked.length} connections were asked; the model, which stands on ${nearestMeasured(release)}, differs in ${differences}.`,
    ...(listed.length > 0 ? ["## Differences", ...listed] : []),
    ...(refused.length > 0 ? ["## Did not start", ...refused.map((one) => `- ${one}`)] : []),
    ...(unknownKeys.length > 0
      ? ["## Keys that it does not know", ...unknownKeys.map((key) => `- ${key}`)]
      : []),
  ].join("\n\n");
  return { differs: differences > 0 || asked.length === 0, text };
}
