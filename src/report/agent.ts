import { type Answer, answerOf, type ToldFinding, type ToldStep } from "./answer.ts";
import { type Catalogue, fill, type Lang } from "./messages/index.ts";
import type { Report } from "./result.ts";
import { insetOf } from "./told.ts";

/** Bytes of UTF-8: what an agent reads without losing sight of its task. */
export const MAX_AGENT = 8192;
/** Of a quote, characters; of a sentence, too. */
const MAX_QUOTE = 240;
const MAX_LINE = 700;

/**
 * The report for an AI agent: what is known, what it may run unasked because it only looks, what needs its owner's yes
 * step by step, and what it must never do. Below 8 KiB: the least important blocks go first, and a command is there whole
 * or not at all.
 */
export function renderAgent(report: Report, lang: Lang): string {
  const answer = answerOf(report, lang);
  const { agent } = answer.catalogue.answer;
  const fixed: Block = {
    weight: 10,
    lines: [`## ${agent.never}`, ...agent.nevers.map((line) => `- ${line}`)],
  };
  const blocks: Block[] = [
    { weight: 10, lines: headLines(report, answer) },
    ...(answer.main === undefined ? [] : mainBlocks(answer, answer.main)),
    ...lookBlocks(answer),
    ...consentBlocks(answer),
    ...answer.others.slice(0, 20).map((finding, index) => otherBlock(answer, finding, index)),
    // A stranger's words: quoted, as those of a log.
    ...answer.othersSay.map((line) => ({ weight: 3, lines: [`- ${JSON.stringify(brief(line))}`] })),
    fixed,
  ];
  let left = 0;
  const more = () => (left === 0 ? [] : [fill(agent.more, { count: left })]);
  const whole = () => `${[...blocks.flatMap(({ lines }) => lines), ...more()].join("\n")}\n`;
  while (sizeOf(whole()) >= MAX_AGENT) {
    const lightest = blocks.reduce((found, block) => (block.weight < found.weight ? block : found));
    if (lightest.weight >= 10) break;
    blocks.splice(blocks.indexOf(lightest), 1);
    left++;
  }
  return whole();
}

/** 10: always there. */
interface Block {
  readonly weight: number;
  readonly lines: readonly string[];
}

function headLines(
  { verdict, target }: Report,
  { catalogue, headline, about, gatewayNotes, main, missing }: Answer,
): readonly string[] {
  const { agent } = catalogue.answer;
  return [
    `# ${brief(headline)}`,
    agent.quoted,
    "",
    `## ${agent.facts}`,
    `- verdict: ${verdict}`,
    `- target: ${target.kind}, ${target.exposure}`,
    ...about.map((line) => `- ${named(line)}`),
    ...gatewayNotes.slice(0, 8).map((line) => `- ${named(brief(line, 300))}`),
    ...(main === undefined ? [] : [`- finding: ${main.id} (${main.code}, ${main.severity}, ${main.about})`]),
    ...missing.slice(0, 4).map((line) => `- ${brief(line, 200)}`),
  ];
}

function mainBlocks({ catalogue }: Answer, finding: ToldFinding): readonly Block[] {
  const { words } = catalogue;
  const { what, why, evidence, tellApart, verify } = finding;
  const line = (name: string, text: string) => `- ${name}${words.colon}${brief(text)}`;
  return [
    { weight: 9, lines: [line(words.what, what)] },
    { weight: 5, lines: [line(words.why, why)] },
    ...(verify === "" ? [] : [{ weight: 6, lines: [line(words.verify, verify)] }]),
    ...tellApart.slice(0, 4).map(({ text }) => ({ weight: 8, lines: [line(words.tellApart, text)] })),
    ...evidence.slice(0, 3).map(({ source, quote }, index) => ({
      weight: 7 - index,
      lines: [
        `- ${JSON.stringify(brief(source, 120))}${words.colon}${JSON.stringify(brief(quote, MAX_QUOTE))}`,
      ],
    })),
  ];
}

/** Everything that only looks: of remedies, of questions, and what is asked for when nothing helps. */
function lookBlocks({ catalogue, main, send }: Answer): readonly Block[] {
  const { agent } = catalogue.answer;
  const steps = [
    ...(main?.tellApart.flatMap(({ step }) => step ?? []) ?? []),
    ...(main?.remedies.flatMap((remedy) => remedy.steps) ?? []),
    ...send,
  ];
  const commands = [...new Set(steps.flatMap((step) => (isLook(step) ? [step.command] : [])))].slice(0, 10);
  return [
    { weight: 10, lines: ["", `## ${agent.unasked}`, ...(commands.length === 0 ? [`- ${agent.none}`] : [])] },
    ...commands.map((command) => ({ weight: 8, lines: [`- \`${command}\``] })),
  ];
}

type CommandStep = Extract<ToldStep, { readonly kind: "command" }>;

function isLook(step: ToldStep): step is CommandStep {
  return step.kind === "command" && step.reads;
}

function consentBlocks({ catalogue, main }: Answer): readonly Block[] {
  const { agent } = catalogue.answer;
  const remedies = main?.remedies ?? [];
  return [
    { weight: 10, lines: ["", `## ${agent.withYes}`, ...(remedies.length === 0 ? [`- ${agent.none}`] : [])] },
    ...remedies.slice(0, 4).map(({ title, risk, effectText, steps }, index) => ({
      weight: 9 - index,
      lines: [
        `${index + 1}. ${brief(title)} [${risk}]${effectText === "" ? "" : ` ${brief(effectText, 200)}`}`,
        ...steps.filter((step) => !isLook(step)).map((step) => `   - ${stepLine(catalogue, step)}`),
      ],
    })),
    { weight: 10, lines: [""] },
  ];
}

function stepLine(catalogue: Catalogue, step: ToldStep): string {
  if (step.kind === "human")
    return `${catalogue.answer.agent.byHand}${catalogue.words.colon}${brief(step.text)}`;
  return `\`${step.command}\`${insetOf(catalogue, step.fillIn ?? "")}`;
}

function otherBlock({ catalogue }: Answer, { id, code, severity, title }: ToldFinding, index: number): Block {
  return {
    weight: 4 - index / 10,
    lines: [`- ${catalogue.answer.also}${catalogue.words.colon}${id} (${code}, ${severity}) ${brief(title)}`],
  };
}

/** Names of files are a stranger's words, too: a line with one that is not plain stands in quotes. */
function named(text: string): string {
  const short = brief(text);
  return /["`<>$|&\\]|[.!;] \p{L}/u.test(short) ? JSON.stringify(short) : short;
}

function brief(text: string, max = MAX_LINE): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
