import { randomBytes } from "node:crypto";
import type { Parsed } from "../core/bad-input.ts";
import { cleanDocument } from "../core/clean-document.ts";
import { collect } from "../core/collect.ts";
import { inEnglish } from "../core/saying.ts";
import { createKnownScrubber } from "../core/scrub.ts";
import { Secret } from "../core/secret.ts";
import { safeText } from "../core/text.ts";
import { LIVE_FACTS } from "../doctor/live/live-facts.ts";
import { openGateway, targetSaid } from "../doctor/live/open.ts";
import { reportOf } from "../doctor/pure/case.ts";
import { collectOptions } from "../doctor/pure/derived.ts";
import { offlineFacts } from "../doctor/pure/offline.ts";
import { originSaid, releaseSaid } from "../doctor/pure/parse-arguments.ts";
import { type JsonReport, toJsonReport } from "../report/json.ts";
import type { Report } from "../report/result.ts";
import type { DiagnoseOptions } from "./options.ts";

/** @throws {TypeError} an option that cannot be. */
export async function diagnosed(options: DiagnoseOptions): Promise<JsonReport> {
  const { lang = "en", token } = options;
  const secrets = new Set<string>(token === undefined ? [] : [token]);
  const report = options.logs === undefined ? await live(options, secrets) : await offline(options, secrets);
  return cleanDocument(toJsonReport(report, lang), createKnownScrubber(secrets)) as JsonReport;
}

async function live(options: DiagnoseOptions, secrets: Set<string>): Promise<Report> {
  const { token, deployment, config, timeoutMs = 15_000 } = options;
  const salt = randomBytes(16).toString("hex");
  const origin = originOf(options);
  const opened = openGateway({
    target: must(targetSaid(options.target)),
    env: process.env,
    notes: [],
    salt,
    release: must(releaseSaid(options.release)),
    allowPlaintextToken: false,
    insecureTls: false,
    timeoutMs,
    proxies: [],
    learn: (met) => {
      for (const secret of met) secrets.add(secret);
    },
    ...(token === undefined ? {} : { credentials: { token: new Secret(token, salt) } }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(config === undefined ? {} : { configPath: config }),
    ...(origin === undefined ? {} : { origin }),
  });
  const signal = signalOf(options);
  const collectors = opened.look({ asBrowser: false }).collectors();
  const facts = await collect(LIVE_FACTS, collectors, collectOptions(signal));
  signal.throwIfAborted();
  return reportOf(facts, { context: opened.context, ...(origin === undefined ? {} : { origin }) });
}

async function offline(options: DiagnoseOptions, secrets: ReadonlySet<string>): Promise<Report> {
  const { logs = [], deployment, target } = options;
  if (target !== undefined) throw new TypeError("target and logs: a log needs no gateway");
  const origin = originOf(options);
  const signal = signalOf(options);
  const facts = await offlineFacts({
    name: logs.map(({ name }) => name).join(", "),
    sources: () => logs.map(({ name, text }) => ({ name, chunks: [Buffer.from(text)] })),
    release: must(releaseSaid(options.release)),
    secrets: [...secrets],
    signal,
    ...(deployment === undefined ? {} : { deployment }),
    ...(origin === undefined ? {} : { origin }),
  });
  signal.throwIfAborted();
  return reportOf(facts, origin === undefined ? {} : { origin });
}

function originOf({ origin }: DiagnoseOptions): string | undefined {
  return origin === undefined ? undefined : must(originSaid(origin));
}

function signalOf({ signal }: DiagnoseOptions): AbortSignal {
  return signal ?? new AbortController().signal;
}

/** What was read. @throws {TypeError} it could not be. */
function must<T>(read: Parsed<T>): T {
  if (read.ok) return read.value;
  const { what, why, todo } = read.bad;
  const named = typeof what === "string" ? what : inEnglish(what);
  throw new TypeError(safeText(`${named}: ${inEnglish(why)}; ${inEnglish(todo)}`, 300));
}
