/**
 * Scores offline triage against logs and tickets from the field. Not part of the tests:
 * `node --import tsx test/score-field.ts DIR`, with `logs-dev.jsonl` and `tickets-dev.jsonl` in DIR.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checks } from "../checks/index.ts";
import { said, unknown } from "../src/core/fact.ts";
import { say } from "../src/core/saying.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { triageFacts } from "../src/doctor/pure/read/triage.ts";
import { renderMarkdown } from "../src/report/markdown.ts";
import type { Report } from "../src/report/result.ts";

interface Sample {
  readonly name: string;
  readonly text: string;
  readonly release?: string;
  /** Ids that are right as the first finding; none where the sample is healthy. */
  readonly right: readonly string[];
  /** Words that may not be in what is to be done, ids that may not be found, and patterns of what a text must speak of. */
  readonly mustNotAdvise?: readonly string[];
  readonly mustNotClaim?: readonly string[];
  readonly mustMention?: readonly string[];
}

interface LogLine {
  readonly source: string;
  readonly version?: string;
  readonly line: string;
  readonly expectedDiagnosis: string;
  readonly alsoAcceptable?: readonly string[];
}

interface Ticket {
  readonly id: string;
  readonly release?: string;
  readonly text: string;
  readonly expected: Pick<Sample, "mustNotAdvise" | "mustNotClaim" | "mustMention"> & {
    readonly ids: readonly string[];
  };
}

const CHECKED: ReadonlySet<string> = new Set(checks.map(({ id }) => id));
const HEALTHY = "none-healthy";

function read<T>(dir: string, file: string): T[] {
  const lines = readFileSync(join(dir, file), "utf8").split("\n");
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as T);
}

function versionOf(text: string | undefined): string | undefined {
  return /\b20\d\d\.\d{1,2}\.\d{1,2}\b/.exec(text ?? "")?.[0];
}

function logSample(log: LogLine, index: number): Sample {
  const release = versionOf(log.version);
  return {
    name: `log ${index + 1} ${log.source}`,
    text: log.line,
    ...(release === undefined ? {} : { release }),
    right: [log.expectedDiagnosis, ...(log.alsoAcceptable ?? [])],
  };
}

function ticketSample({ id, text, release, expected }: Ticket): Sample {
  const version = versionOf(release);
  return {
    name: `ticket ${id}`,
    text,
    ...(version === undefined ? {} : { release: version }),
    ...expected,
    right: expected.ids,
  };
}

async function triage({ text, release }: Sample, told: boolean): Promise<Report> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(`${text}\n`);
  }
  const { facts } = await triageFacts({
    signal: new AbortController().signal,
    handed: [{ name: "sample", again: true, chunks }],
    salt: "sample",
    release:
      told && release !== undefined
        ? said({ version: release, confidence: "certain", from: "said" }, "--release")
        : unknown("not-asked", say("nobody-said"), "--release X"),
  });
  return reportOf(facts);
}

function isHit({ right }: Sample, { findings }: Report): boolean {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (right.includes(HEALTHY) || right.length === 0) return errors.length === 0;
  return findings[0] !== undefined && right.includes(findings[0].id);
}

/** What somebody who follows the report would type, or do by its word; `{}` of a template is not shown. */
function advice(report: Report): string {
  const actions = report.findings.flatMap(({ remedies }) => remedies.flatMap((remedy) => remedy.actions));
  return actions
    .map((action) => (action.kind === "command" ? action.command : JSON.stringify(action)))
    .join("\n");
}

function faults(sample: Sample, report: Report): string[] {
  const done = advice(report);
  const told = renderMarkdown(report, "en");
  const ids = report.findings.filter(({ severity }) => severity !== "info").map(({ id }) => id);
  return [
    ...(sample.mustNotAdvise ?? []).filter((one) => done.includes(one)).map((one) => `advises ${one}`),
    ...(sample.mustNotClaim ?? []).filter((one) => ids.includes(one)).map((one) => `claims ${one}`),
    ...(sample.mustMention ?? []).filter((one) => !new RegExp(one).test(told)).map((one) => `lacks ${one}`),
  ];
}

async function score(title: string, samples: readonly Sample[], told: boolean): Promise<void> {
  const misses: string[] = [];
  const unchecked: string[] = [];
  const forbidden: string[] = [];
  let hits = 0;
  for (const sample of samples) {
    const report = await triage(sample, told);
    const wrong = faults(sample, report);
    if (wrong.length > 0) forbidden.push(`  ${sample.name}: ${wrong.join("; ")}`);
    if (isHit(sample, report)) {
      hits++;
      continue;
    }
    const found = report.findings.map(({ id, severity }) => `${id}:${severity}`).join(", ") || report.verdict;
    const line = `  ${sample.name}: want ${sample.right.join(" | ")}; got ${found}`;
    const possible =
      sample.right.some((id) => CHECKED.has(id) || id === HEALTHY) || sample.right.length === 0;
    (possible ? misses : unchecked).push(line);
  }
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`${title}, release ${told ? "told" : "not told"}: ${hits}/${samples.length}`);
  for (const line of misses) print(line);
  if (forbidden.length > 0) print(" advised, claimed or left out, against the ticket's label:");
  for (const line of forbidden) print(line);
  if (unchecked.length > 0) print(" causes without a check:");
  for (const line of unchecked) print(line);
}

const dir = process.argv[2];
if (dir === undefined) throw new Error("usage: node --import tsx test/score-field.ts DIR");
const logs = read<LogLine>(dir, "logs-dev.jsonl").map(logSample);
const tickets = read<Ticket>(dir, "tickets-dev.jsonl").map(ticketSample);
for (const told of [false, true]) {
  await score("logs", logs, told);
  await score("tickets", tickets, told);
}
