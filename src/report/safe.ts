import { createScrubber, safeField } from "../core/scrub.ts";
import { safeText } from "../core/text.ts";
import type { Report } from "./result.ts";

/** A report never grows with the log that it is about. */
const MOST = {
  findings: 100,
  evidence: 20,
  checks: 500,
  inputs: 500,
  timeline: 60,
  path: 20,
  actions: 40,
  other: 100,
};

const scrub = createScrubber();

/**
 * The same report with every text printable, without anything that looks like a secret, and every list bounded: the one
 * place through which all formats read. Logs and answers were scrubbed where they came from; texts of configs,
 * containers and commands are here. Commands are never shortened, because half a command must not be run.
 */
export function safeReport(report: Report): Report {
  const known = made.get(report);
  if (known !== undefined) return known;
  const safe = safeValue(report) as Report;
  made.set(report, safe);
  return safe;
}

/** Of a report that is written in several formats, made once. */
const made = new WeakMap<Report, Report>();

/** The same for any plain JSON. */
export function safeValue(value: unknown, key = "", depth = 0): unknown {
  if (typeof value === "string") {
    return safeField(key, value, scrub, key === "command" || key === "next" ? value.length + 100 : 500);
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : 0;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value !== "object" || depth > 12) return undefined;
  if (Array.isArray(value)) {
    return value.slice(0, mostOf(key)).map((item) => safeValue(item, key, depth + 1));
  }
  const entries = Object.entries(value)
    .slice(0, 100)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => [safeText(name, 200), safeValue(item, name, depth + 1)] as const);
  return Object.fromEntries(entries);
}

function mostOf(key: string): number {
  return Object.hasOwn(MOST, key) ? MOST[key as keyof typeof MOST] : MOST.other;
}
