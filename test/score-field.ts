/**
 * Scores offline triage against logs and tickets from the field. Not part of the tests:
 * `node --import tsx test/score-field.ts DIR`, with `logs-dev.jsonl` and `tickets-dev.jsonl` in DIR.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checks } from "../checks/index.ts";
import { faultsOf, isFirstRight, type TicketLabel, triageText } from "./support/ticket-score.ts";

interface Sample extends Omit<TicketLabel, "ids"> {
  readonly name: string;
  readonly text: string;
  readonly release?: string;
  /** Ids that are right as the first finding; none where the sample is healthy. */
  readonly right: readonly string[];
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
  readonly expected: TicketLabel;
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

async function score(title: string, samples: readonly Sample[], told: boolean): Promise<void> {
  const misses: string[] = [];
  const unchecked: string[] = [];
  const forbidden: string[] = [];
  let hits = 0;
  for (const sample of samples) {
    const report = await triageText(sample.text, told ? sample.release : undefined);
    const wrong = faultsOf({ ...sample, ids: sample.right }, report);
    if (wrong.length > 0) forbidden.push(`  ${sample.name}: ${wrong.join("; ")}`);
    if (isFirstRight(sample.right, report)) {
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
