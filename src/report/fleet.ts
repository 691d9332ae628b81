import type { UnknownReason } from "../core/fact.ts";
import type { Confidence, FactName } from "../core/facts.ts";
import type { Severity } from "../core/finding.ts";
import { inEnglish, quoted, type Saying, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { displayWidth } from "./layout.ts";
import { catalogueOf, causeText, type Lang, sentenceOf } from "./messages/index.ts";
import type { Report } from "./result.ts";
import { safeReport, safeValue } from "./safe.ts";

/** One gateway of many, as one JSON line (schema/fleet.schema.json): what a report begins with, a few kilobytes. */
export interface FleetGateway {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly kind: "fleet-gateway";
  /** Which list: twelve hexadecimal digits of its content. */
  readonly list: string;
  /** Place of its line in the list, from 0. A line that stands for a namespace has several gateways. */
  readonly entry: number;
  /** Lines of the whole list, also where this was a share of it. */
  readonly entries: number;
  readonly target: string;
  /** As the list calls it. */
  readonly name?: string;
  /** ISO 8601, when the look ended; of two looks at the same gateway the later one counts. */
  readonly at: string;
  readonly tookMs: number;
  readonly verdict: Report["verdict"];
  readonly gateway: Pick<Report["gateway"], "version" | "versionRange" | "url">;
  /** The first of them in full order; `more` says how many are left out. */
  readonly findings: readonly FleetFinding[];
  readonly more: number;
  /** What could not be had, and why nothing could be looked at where nothing was. */
  readonly missing: readonly FleetMissing[];
  /** The next command to type. */
  readonly next: string;
}

export interface FleetFinding {
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  readonly fixHint: string;
}

export interface FleetMissing {
  /** `gateway`: nothing was looked at. */
  readonly fact: FactName | "gateway";
  readonly reason: UnknownReason;
  readonly detail: string;
}

/** The last JSON line of a run. */
export interface FleetSummary {
  readonly schemaVersion: 1;
  readonly tool: FleetGateway["tool"];
  readonly kind: "fleet-summary";
  readonly list: string;
  readonly entries: number;
  readonly gateways: number;
  readonly healthy: number;
  readonly found: number;
  readonly undetermined: number;
  /** Places in the list of which no line was there; only of a `fleet report`. */
  readonly unreported?: readonly number[];
  /** Places of which more than one look told; of which one look said healthy and another one found something. */
  readonly repeated?: readonly number[];
  readonly contradicted?: readonly number[];
  /** Lines of gateways that the list, where it was handed in, does not have; nothing of them is in the report. */
  readonly unasked?: number;
  readonly share?: { readonly index: number; readonly count: number };
}

export type FleetLine = FleetGateway | FleetSummary;

const MOST = { findings: 5, missing: 5 };
/** Characters of one sentence in a line: a cluster keeps the last ten megabytes of a log. */
const TEXT = 300;

/** Which gateway was looked at, and when. */
export type FleetPlace = Pick<
  FleetGateway,
  "list" | "entry" | "entries" | "target" | "name" | "at" | "tookMs"
>;

export function gatewayLine(place: FleetPlace, raw: Report, lang: Lang): FleetGateway {
  const report = safeReport(raw);
  const words = catalogueOf(lang);
  const { findings, missing = [], verdict, tool, gateway, next } = report;
  return {
    schemaVersion: 1,
    tool,
    kind: "fleet-gateway",
    ...(safeValue(place) as FleetPlace),
    verdict,
    gateway: {
      version: gateway.version,
      ...(gateway.versionRange === undefined ? {} : { versionRange: gateway.versionRange }),
      url: gateway.url,
    },
    findings: findings.slice(0, MOST.findings).map((finding) => {
      const { id, code, severity, confidence, variant, args, detail } = finding;
      const text = causeText(words, id, variant, args, detail);
      const [title, fixHint] = [text?.title ?? id, text?.fix ?? ""].map((one) => safeText(one, TEXT));
      return { id, code, severity, confidence, title: title ?? id, fixHint: fixHint ?? "" };
    }),
    more: Math.max(0, findings.length - MOST.findings),
    missing: missing.slice(0, MOST.missing).map(({ fact, reason, detail, say: saying }) => ({
      fact,
      reason,
      detail: safeText(saying === undefined ? detail : (sentenceOf(words, saying) ?? detail), TEXT),
    })),
    next,
  };
}

/** Of a gateway at which nobody could look. */
export function unseenLine(
  place: FleetPlace,
  {
    tool,
    why,
    reason,
    lang,
  }: Pick<FleetGateway, "tool"> & {
    readonly why: Saying;
    readonly reason: UnknownReason;
    readonly lang: Lang;
  },
): FleetGateway {
  const detail = safeText(sentenceOf(catalogueOf(lang), why) ?? inEnglish(why), TEXT);
  return {
    schemaVersion: 1,
    tool,
    kind: "fleet-gateway",
    ...(safeValue(place) as FleetPlace),
    verdict: "undetermined",
    gateway: { version: null, url: null },
    findings: [],
    more: 0,
    missing: [{ fact: "gateway", reason, detail }],
    next: "",
  };
}

export function summaryOf(
  lines: readonly FleetGateway[],
  of: Pick<
    FleetSummary,
    "tool" | "list" | "entries" | "share" | "unreported" | "repeated" | "contradicted" | "unasked"
  >,
): FleetSummary {
  const count = (verdict: Report["verdict"]): number =>
    lines.filter((line) => line.verdict === verdict).length;
  const { share, unreported, repeated, contradicted, unasked, ...rest } = of;
  return {
    schemaVersion: 1,
    kind: "fleet-summary",
    ...rest,
    gateways: lines.length,
    healthy: count("healthy"),
    found: count("found"),
    undetermined: count("undetermined"),
    ...(share === undefined ? {} : { share }),
    ...(unreported === undefined ? {} : { unreported }),
    ...(repeated === undefined ? {} : { repeated }),
    ...(contradicted === undefined ? {} : { contradicted }),
    ...(unasked === undefined ? {} : { unasked }),
  };
}

const MARKS: Readonly<Record<Report["verdict"], readonly [sign: string, plain: string]>> = {
  found: ["✗", "x"],
  undetermined: ["?", "?"],
  healthy: ["✓", "+"],
};
const ORDER = Object.keys(MARKS);
/** Columns; a longer name moves its own row. */
const WIDEST = 48;
const MOST_PLACES = 20;

/** One row each, first what is wrong; then the sum. */
export function fleetTable(
  lines: readonly FleetGateway[],
  summary: FleetSummary,
  { lang, unicode }: { readonly lang: Lang; readonly unicode: boolean },
): string {
  const words = catalogueOf(lang);
  const text = (saying: Saying): string => sentenceOf(words, saying) ?? saying.message;
  const rows = [...lines]
    .sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || byPlace(a, b))
    .map((line) => [
      MARKS[line.verdict][unicode ? 0 : 1],
      safeText(line.name ?? line.target, 200),
      line.gateway.version ?? line.gateway.versionRange?.join("–") ?? "-",
      safeText(text(verdictOf(line)), 2 * TEXT),
    ]);
  const heads = [" ", text(say("fleet-gateway")), text(say("fleet-release")), text(say("fleet-verdict"))];
  const table = [heads, ...rows];
  const widths = heads.map((_, at) =>
    Math.min(WIDEST, Math.max(...table.map((row) => displayWidth(row[at] ?? "")))),
  );
  const laid = table.map((row) =>
    row
      .map((cell, at) =>
        at === row.length - 1 ? cell : cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(cell))),
      )
      .join("  "),
  );
  const { gateways, healthy, found, undetermined, unreported = [], entries } = summary;
  const { repeated = [], contradicted = [], unasked = 0 } = summary;
  const sum = text(say("fleet-sum", { count: gateways, healthy, found, open: undetermined }));
  const told = (
    message: "fleet-unreported" | "fleet-repeated" | "fleet-contradicted",
    all: readonly number[],
  ) =>
    all.length === 0 ? [] : [text(say(message, { count: all.length, most: entries, ids: placesOf(all) }))];
  const notes = [
    ...told("fleet-unreported", unreported),
    ...told("fleet-repeated", repeated),
    ...told("fleet-contradicted", contradicted),
    ...(unasked === 0 ? [] : [text(say("fleet-unasked", { count: unasked }))]),
  ];
  return [...(rows.length === 0 ? [] : [...laid, ""]), sum, ...notes, text(say("fleet-more")), ""].join("\n");
}

/** Counted from 1, as a list's reader does. */
function placesOf(places: readonly number[]): string {
  const shown = places.slice(0, MOST_PLACES).map((at) => at + 1);
  return [...shown, ...(places.length > MOST_PLACES ? ["…"] : [])].join(", ");
}

function byPlace(a: FleetGateway, b: FleetGateway): number {
  return a.entry - b.entry || (a.target < b.target ? -1 : Number(a.target > b.target));
}

function verdictOf({ verdict, findings, more, missing }: FleetGateway): Saying {
  if (verdict === "undetermined") {
    // What nobody was asked for keeps no verdict open that a probe would have settled.
    const lost = missing.find(({ reason }) => reason !== "not-asked");
    return lost === undefined
      ? say("fleet-open-for-nothing")
      : say("fleet-open", { why: quoted(lost.detail) });
  }
  const [first] = findings;
  if (first === undefined) return say("fleet-healthy");
  const { title, id } = first;
  if (verdict === "healthy") return say("fleet-warned", { title, id });
  const count = findings.length - 1 + more;
  return count === 0 ? say("fleet-found", { title, id }) : say("fleet-found-more", { title, id, count });
}
