import { ALL_FACTS, type Facts } from "../../core/collect.ts";
import { type Fact, unknown } from "../../core/fact.ts";
import type { FactMap, FactName } from "../../core/facts.ts";
import { isObject, parseBoundedJson } from "../../core/json.ts";
import { say } from "../../core/saying.ts";
import { createScrubber, REDACTED, safeField } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import type { CommandContext } from "../../kinds/kind.ts";
import { answerOf } from "../../report/answer.ts";
import { toJsonReport } from "../../report/json.ts";
import { renderMarkdown } from "../../report/markdown.ts";
import type { Report, ReportNote } from "../../report/result.ts";
import { type CaseOptions, reportOf } from "./case.ts";
import { VERSION } from "./version.ts";

/** What a report was made of besides facts. */
export type BundledCase = Pick<CaseOptions, "context" | "notes" | "origin">;

export interface Bundle {
  readonly facts: Facts;
  readonly made: BundledCase;
}

/** A file of a bundle, as it is written. */
export interface BundleFile {
  readonly name: string;
  readonly text: string;
  /** Places in it at which a secret was, or its fingerprint stands. */
  readonly redacted: number;
}

const KIND = "openclaw-pairing-doctor-bundle";
const FORMAT = 1;
export const BUNDLE_JSON = "bundle.json";
/** Levels, members and characters that no fact has. */
const MAX_DEPTH = 24;
const MAX_MEMBERS = 5000;
const MAX_TEXT = 16_384;

/**
 * The files of a bundle: the facts for `triage` on another machine, the lines of the log that they are from, and the
 * answer for people. Secrets are taken out of every text; keys are sorted, and what is another in each run (fingerprints,
 * durations) is made the same, so that two bundles of one state differ in nothing.
 *
 * @param clean takes out the values that this run has met.
 */
export function bundleFiles({ facts, made }: Bundle, clean: (text: string) => string): readonly BundleFile[] {
  const report = reportOf(facts, made);
  const document = { kind: KIND, format: FORMAT, tool: VERSION, facts, made };
  const json = withoutSalt(`${JSON.stringify(tidied(document, clean), undefined, 1)}\n`);
  const texts: readonly (readonly [name: string, text: string])[] = [
    [BUNDLE_JSON, json],
    ["answer.md", withoutSalt(renderMarkdown(report, "en"))],
    ["log-lines.txt", linesOf(facts)],
  ];
  return texts.flatMap(([name, text]) => {
    const own = clean(text);
    return own === ""
      ? []
      : [{ name, text: own, redacted: own.split(REDACTED).length - 1 + (own.match(SECRET)?.length ?? 0) }];
  });
}

/** The facts as a bundle has them, for whoever is not to see more: every text safe, no secret, no fingerprint of this run. */
export function redactedFacts(facts: Facts): unknown {
  return parseBoundedJson(withoutSalt(JSON.stringify(tidied(facts, (text) => text))));
}

/** The lines that events and refusals stand on, in the order of their sources. */
function linesOf(facts: Facts): string {
  if (!facts.logs.known) return "";
  const { events, refusals } = facts.logs.value;
  const all = [...events, ...refusals.map(({ latest }) => latest)];
  const scrub = createScrubber();
  const lines = all
    .sort((a, b) => (a.source < b.source ? -1 : a.source > b.source ? 1 : a.line - b.line))
    .map(
      ({ source, line, quote }) => `${safeText(source, 200)}:${line}: ${safeField("quote", quote, scrub)}`,
    );
  return [...new Set(lines)].map((line) => `${line}\n`).join("");
}

/** Every text safe and without secrets, keys sorted, durations out. */
function tidied(value: unknown, clean: (text: string) => string, key = "", depth = 0): unknown {
  if (typeof value === "string") return safeField(key, clean(value.slice(0, MAX_TEXT)), SCRUB, MAX_TEXT);
  if (typeof value === "number") return key === "tookMs" || !Number.isFinite(value) ? 0 : value;
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object" || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value))
    return value.slice(0, MAX_MEMBERS).map((item) => tidied(item, clean, key, depth + 1));
  const entries = Object.entries(value)
    .filter(([name, item]) => item !== undefined && name !== "__proto__")
    .slice(0, MAX_MEMBERS)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(
    entries.map(([name, item]) => [safeText(name, 300), tidied(item, clean, name, depth + 1)] as const),
  );
}

const SCRUB = createScrubber();
const SECRET = /<secret [0-9a-f]{6}>/g;

/** Fingerprints are salted anew in each run; equal ones stay equal. */
function withoutSalt(text: string): string {
  const seen = new Map<string, string>();
  return text.replace(SECRET, (found) => {
    const own = seen.get(found) ?? `<secret ${String(seen.size + 1).padStart(6, "0")}>`;
    seen.set(found, own);
    return own;
  });
}

/**
 * The facts of a bundle that somebody sent; `undefined` for what is none, or none that a report can be made of: it is a
 * stranger's. Nothing in it is believed to be free of secrets or of control characters.
 */
export function readBundle(text: string): Bundle | undefined {
  const value = parseBoundedJson(text);
  if (!isObject(value) || value.kind !== KIND || value.format !== FORMAT) return undefined;
  const clean = tidied(value, (one) => one);
  if (!isObject(clean) || !isObject(clean.facts)) return undefined;
  const given = clean.facts;
  const facts = Object.fromEntries(
    ALL_FACTS.map((name) => [name, factOf(Object.hasOwn(given, name) ? given[name] : undefined)]),
  ) as unknown as Facts;
  const bundle = { facts, made: madeOf(clean.made) };
  return isTellable(bundle) ? bundle : undefined;
}

function factOf(value: unknown): Fact<FactMap[FactName]> {
  const none = unknown("absent", say("nothing-to-look-at"));
  if (!isObject(value)) return none;
  if (value.known === true && "value" in value && typeof value.source === "string")
    return withoutPrograms(value) as unknown as Fact<FactMap[FactName]>;
  return value.known === false && typeof value.reason === "string" && typeof value.detail === "string"
    ? (value as unknown as Fact<FactMap[FactName]>)
    : none;
}

/** The program of OpenClaw in lines to type is one that everybody has, or its usual name. */
function withoutPrograms(fact: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { value } = fact;
  if (!isObject(value) || !isObject(value.names)) return fact;
  const { cli, ...names } = value.names;
  const isUsual = typeof cli === "string" && USUAL_CLI.test(cli);
  return { ...fact, value: { ...value, names: isUsual ? { ...names, cli } : names } };
}

const USUAL_CLI =
  /^(?:(?:\/usr(?:\/local)?\/bin\/)?openclaw|node (?:\/app\/)?(?:dist\/index\.js|openclaw\.mjs))$/;

function madeOf(value: unknown): BundledCase {
  if (!isObject(value)) return {};
  const { context, notes, origin } = value;
  return {
    ...(isObject(context) ? { context: contextOf(context) } : {}),
    ...(Array.isArray(notes) ? { notes: notes.filter(isObject) as unknown as readonly ReportNote[] } : {}),
    ...(typeof origin === "string" ? { origin } : {}),
  };
}

/**
 * What lines for the gateway's machine are made of: of a form that leads nowhere else. A path is OpenClaw's own, or it is
 * left out.
 */
function contextOf(context: Readonly<Record<string, unknown>>): CommandContext {
  const kept = Object.entries(context).filter(([name, value]) => CONTEXT[name]?.(value) === true);
  return Object.fromEntries(kept) as CommandContext;
}

const isOwnPath = (value: unknown): boolean =>
  typeof value === "string" &&
  /^(?:~|\/|[A-Za-z]:[\\/])[\w.@+ /\\:-]{0,300}$/.test(value) &&
  /(?:openclaw|clawdbot)/i.test(value) &&
  !/(?:^|[\\/])\.\.(?:[\\/]|$)/.test(value);
const matches = (form: RegExp) => (value: unknown) => typeof value === "string" && form.test(value);
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const CONTEXT: Readonly<Record<string, (value: unknown) => boolean>> = {
  release: matches(/^\d{4}\.\d{1,2}\.\d{1,2}(?:-[\w.]{1,20})?$/),
  port: (value) => Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536,
  configPath: isOwnPath,
  logFile: isOwnPath,
  home: matches(/^(?:\/|[A-Za-z]:\\)[\w.@+ /\\-]{0,200}$/),
  platform: matches(/^[a-z0-9]{1,20}$/),
  profile: matches(/^[\w-]{1,64}$/),
  configMap: matches(/^[a-z0-9.-]{1,253}$/),
  viaLoopback: (value) => value === "token" || value === "password",
  inside: isFlag,
  elsewhere: isFlag,
  running: isFlag,
};

/** Facts of another form than ours would fail somewhere on the way: better here. */
function isTellable({ facts, made }: Bundle): boolean {
  try {
    const report: Report = reportOf(facts, made);
    answerOf(report, "en");
    toJsonReport(report, "en");
    return true;
  } catch {
    return false;
  }
}
