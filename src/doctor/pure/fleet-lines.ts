import { ALL_FACTS } from "../../core/collect.ts";
import { isObject, parseBoundedJson } from "../../core/json.ts";
import { createScrubber } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import { LineSplitter } from "../../logs/lines.ts";
import { type FleetGateway, type FleetSummary, summaryOf } from "../../report/fleet.ts";

/** A log's lines are written by whoever writes to that log. */
const scrub = createScrubber();

/** Gateways of one report; a list has no more lines. */
const MAX_GATEWAYS = 100_000;
const MAX_DEPTH = 6;

/** The list that was handed out, to hold against it what logs say. */
export interface AskedFleet {
  readonly list: string;
  readonly entries: number;
  readonly tool: FleetGateway["tool"];
  /** Whether a look at this list makes a line of that gateway. */
  asks(line: Pick<FleetGateway, "entry" | "target" | "name">): boolean;
}

/** What several lines say of one gateway. */
interface Retold {
  readonly list: string;
  readonly entry: number;
  readonly verdicts: Set<FleetGateway["verdict"]>;
  readonly times: Set<string>;
}

/**
 * What the JSON lines of several runs say together, in the order of the list. A gateway of which several lines tell (a
 * share that was taken again by another pod, a log that was handed in twice) is there once, as it was seen last. A line
 * has no signature: who may write to the log may say of a gateway what they like. That other lines say otherwise is told,
 * and so, where the list is known, is what nobody asked for.
 */
export class FleetMerge {
  readonly #lines = new Map<string, FleetGateway>();
  /** Lines of each list. */
  readonly #entries = new Map<string, number>();
  readonly #retold = new Map<string, Retold>();
  readonly #asked: AskedFleet | undefined;
  #unasked = 0;

  constructor(asked?: AskedFleet) {
    this.#asked = asked;
    if (asked !== undefined) this.#entries.set(asked.list, asked.entries);
  }

  /** Takes a log; whatever is no line of a fleet's look is passed over, and so is what stands before one (a pod's name, a time). */
  async take(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const splitter = new LineSplitter((text) => this.#takeLine(text));
    for await (const chunk of chunks) splitter.push(chunk);
    splitter.end();
  }

  #takeLine(text: string): void {
    const begin = text.indexOf('{"schemaVersion"');
    if (begin < 0) return;
    const line = gatewayLineOf(parseBoundedJson(text.slice(begin), MAX_DEPTH));
    if (line === undefined) return;
    if (!this.#isAsked(line)) {
      this.#unasked += 1;
      return;
    }
    const key = JSON.stringify([line.list, line.entry, line.target]);
    const before = this.#lines.get(key);
    // What is left out shows as a line that nobody reported.
    if (before === undefined && this.#lines.size === MAX_GATEWAYS) return;
    const retold = this.#retold.get(key) ?? {
      list: line.list,
      entry: line.entry,
      verdicts: new Set(),
      times: new Set(),
    };
    this.#retold.set(key, retold);
    retold.verdicts.add(line.verdict);
    // More than two are more than one.
    if (retold.times.size < 2) retold.times.add(line.at);
    this.#entries.set(line.list, Math.max(line.entries, this.#entries.get(line.list) ?? 0));
    if (before === undefined || before.at <= line.at) this.#lines.set(key, line);
  }

  #isAsked(line: FleetGateway): boolean {
    const asked = this.#asked;
    if (asked === undefined) return true;
    return line.list === asked.list && line.entries === asked.entries && asked.asks(line);
  }

  /** Places in a list of which more than one look tells; of which one says healthy, and another that it is not. */
  #told(list: string): Pick<FleetSummary, "repeated" | "contradicted" | "unasked"> {
    const own = [...this.#retold.values()].filter((one) => one.list === list);
    const places = (which: (one: Retold) => boolean): readonly number[] =>
      [...new Set(own.filter(which).map(({ entry }) => entry))].sort((a, b) => a - b);
    const repeated = places(({ times }) => times.size > 1);
    const contradicted = places(({ verdicts }) => verdicts.has("healthy") && verdicts.has("found"));
    return {
      ...(repeated.length === 0 ? {} : { repeated }),
      ...(contradicted.length === 0 ? {} : { contradicted }),
      ...(this.#asked === undefined ? {} : { unasked: this.#unasked }),
    };
  }

  /** One for each list; none where no line of a look was there. */
  reports(): readonly { readonly lines: readonly FleetGateway[]; readonly summary: FleetSummary }[] {
    return [...this.#entries].map(([list, entries]) => {
      const lines = [...this.#lines.values()]
        .filter((line) => line.list === list)
        .sort((a, b) => a.entry - b.entry || (a.target < b.target ? -1 : 1));
      const seen = new Set(lines.map(({ entry }) => entry));
      const unreported: number[] = [];
      for (let at = 0; at < entries; at += 1) if (!seen.has(at)) unreported.push(at);
      const [first] = lines;
      const tool = first?.tool ?? this.#asked?.tool ?? { name: "", version: "" };
      return { lines, summary: summaryOf(lines, { tool, list, entries, unreported, ...this.#told(list) }) };
    });
  }
}

const VERDICTS = ["healthy", "found", "undetermined"] as const;
const SEVERITIES = ["error", "warning", "info"] as const;
const CONFIDENCES = ["certain", "likely", "possible"] as const;
const REASONS = ["not-asked", "absent", "denied", "timeout", "failed"] as const;
/** Lines of a list, and what one line of a look has of findings. */
const MOST = { entries: 20_000, items: 10 };

/** A line as this version reads it: nothing of a log is taken to have its type. */
export function gatewayLineOf(value: unknown): FleetGateway | undefined {
  if (!isObject(value) || value.schemaVersion !== 1 || value.kind !== "fleet-gateway") return undefined;
  const { tool, list, entry, entries, target, name, at, tookMs, verdict, gateway, findings, missing, next } =
    value;
  const judged = oneOf(VERDICTS, verdict);
  if (judged === undefined || !isObject(tool) || !isObject(gateway)) return undefined;
  if (typeof list !== "string" || !/^[0-9a-f]{12}$/.test(list) || typeof target !== "string")
    return undefined;
  if (typeof at !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at)) return undefined;
  const [place, count] = [wholeNumber(entry, MOST.entries), wholeNumber(entries, MOST.entries)];
  if (place === undefined || count === undefined || place >= count) return undefined;
  const told = findingsOf(findings);
  const more = wholeNumber(value.more) ?? 0;
  return {
    schemaVersion: 1,
    tool: { name: textOf(tool.name), version: textOf(tool.version) },
    kind: "fleet-gateway",
    list,
    entry: place,
    entries: count,
    target: textOf(target),
    ...(typeof name === "string" ? { name: textOf(name) } : {}),
    at,
    tookMs: wholeNumber(tookMs) ?? 0,
    verdict: believed(judged, told, more),
    gateway: {
      version: textOrNull(gateway.version),
      ...rangeOf(gateway.versionRange),
      url: textOrNull(gateway.url),
    },
    findings: told,
    more,
    missing: itemsOf(missing).flatMap((one) => {
      const [fact, reason] = [
        oneOf([...ALL_FACTS, "gateway" as const], one.fact),
        oneOf(REASONS, one.reason),
      ];
      return fact === undefined || reason === undefined ? [] : { fact, reason, detail: textOf(one.detail) };
    }),
    next: textOf(next),
  };
}

function findingsOf(value: unknown): FleetGateway["findings"] {
  return itemsOf(value).flatMap((one) => {
    const [severity, confidence] = [oneOf(SEVERITIES, one.severity), oneOf(CONFIDENCES, one.confidence)];
    if (severity === undefined || confidence === undefined) return [];
    const { id, code, title, fixHint } = one;
    return [
      {
        id: textOf(id),
        code: textOf(code),
        severity,
        confidence,
        title: textOf(title),
        fixHint: textOf(fixHint),
      },
    ];
  });
}

/** What a line says of itself counts only as far as its findings bear it out: no look makes a line of any other kind. */
function believed(
  verdict: FleetGateway["verdict"],
  findings: FleetGateway["findings"],
  more: number,
): FleetGateway["verdict"] {
  if (verdict === "healthy") return findings.some(({ severity }) => severity !== "info") ? "found" : verdict;
  return verdict === "found" && findings.length === 0 && more === 0 ? "undetermined" : verdict;
}

function oneOf<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}

function itemsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.slice(0, MOST.items).filter(isObject) : [];
}

function wholeNumber(value: unknown, most = Number.MAX_SAFE_INTEGER): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most
    ? value
    : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? safeText(scrub.head(value, 2000), 2000) : "";
}

function rangeOf(value: unknown): { readonly versionRange?: readonly [string, string] } {
  if (!Array.isArray(value) || value.length !== 2) return {};
  return { versionRange: [textOf(value[0]), textOf(value[1])] };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? textOf(value) : null;
}
