import { say } from "../../core/saying.ts";
import { type Catalogue, sentenceOf } from "../messages/index.ts";
import type { Problem, ProblemCheck, Problems } from "../problems.ts";
import { ofProblems } from "./of-problems.ts";

/**
 * JUnit's XML, as Jenkins, GitLab (`reports: junit`) and others read it. The first case is the verdict, so that "could
 * not look" is never a suite in which all is green; then one case for each check.
 */
export const junit = ofProblems((problems, words) => ({ page: suite(problems, words) }));

interface Case {
  readonly name: string;
  readonly of: string;
  readonly end?: {
    readonly tag: "failure" | "error" | "skipped";
    readonly message: string;
    readonly text?: string;
  };
  readonly out?: string;
}

function suite(problems: Problems, words: Catalogue): string {
  const cases = [
    verdict(problems, words),
    ...problems.problems.map((problem) => told(problem, words)),
    ...problems.checks.flatMap(checked),
  ];
  const count = (tag: NonNullable<Case["end"]>["tag"]) => cases.filter(({ end }) => end?.tag === tag).length;
  const { name, version } = problems.tool;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}">`,
    `  <testsuite name="${escaped(`${name} ${version} ${problems.target.name}`.trimEnd())}" tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}">`,
    ...cases.flatMap(lines),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function verdict({ state, headline, unseen }: Problems, words: Catalogue): Case {
  const name = sentenceOf(words, say("verdict-case")) ?? "verdict";
  if (state === "passed") return { name, of: "gateway", out: headline };
  const tag = state === "open" ? "error" : "failure";
  return { name, of: "gateway", end: { tag, message: headline, text: unseen.join("\n") } };
}

function told(
  { id, code, level, title, message, hint, commands, evidence }: Problem,
  words: Catalogue,
): Case {
  const quotes = evidence.map(({ source, quote }) => `${source}: ${quote}`);
  const text = [
    message,
    hint,
    ...commands,
    "",
    `${words.words.evidence}${words.words.colon}`.trimEnd(),
    ...quotes,
  ].join("\n");
  const base = { name: `${code} ${title}`, of: id };
  return level === "error"
    ? { ...base, end: { tag: "failure", message: title, text } }
    : { ...base, out: text };
}

/** A check that found something has its cases above. */
function checked({ id, code, title, verdict: ended, why }: ProblemCheck): Case[] {
  const base = { name: `${code} ${title}`, of: id };
  if (ended === "found") return [];
  if (ended === "healthy") return [base];
  return [{ ...base, end: { tag: ended === "crashed" ? "error" : "skipped", message: why } }];
}

function lines({ name, of, end, out }: Case): string[] {
  const open = `    <testcase classname="${escaped(`pairing-doctor.${of}`)}" name="${escaped(name)}" time="0"`;
  if (end === undefined && out === undefined) return [`${open}/>`];
  const inner =
    end === undefined
      ? `<system-out>${escaped(out ?? "")}</system-out>`
      : `<${end.tag} message="${escaped(end.message)}">${escaped(end.text ?? "")}</${end.tag}>`;
  return [`${open}>`, `      ${inner}`, "    </testcase>"];
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** For text and attributes; what XML 1.0 cannot hold goes away. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
}
