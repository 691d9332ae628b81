import { shownWord } from "../../core/bad-input.ts";
import { type Fact, known, unknown } from "../../core/fact.ts";
import { failsOn } from "../../core/fail-on.ts";
import { say } from "../../core/saying.ts";
import { Secret } from "../../core/secret.ts";
import { FLEET_TOOL, lookAtFleet } from "../../doctor/live/fleet.ts";
import {
  askedOf,
  type FleetEntry,
  type FleetList,
  listOfSelection,
  MAX_LIST,
  parseFleetList,
  type Share,
  shareSaid,
  withContext,
} from "../../doctor/live/fleet-list.ts";
import { fleetLogsOf } from "../../doctor/live/fleet-logs.ts";
import { tokenPath, whyNotSent } from "../../doctor/live/fleet-tokens.ts";
import { FleetMerge } from "../../doctor/pure/fleet-lines.ts";
import { type FleetGateway, type FleetSummary, fleetTable, summaryOf } from "../../report/fleet.ts";
import { fill } from "../../report/messages/index.ts";
import type {
  FleetArguments,
  FleetLookArguments,
  FleetManifestArguments,
  FleetReportArguments,
} from "../commands/fleet.ts";
import { readTokenFile } from "../credentials.ts";
import { write } from "../emit.ts";
import { bounded, logFile } from "../log-input.ts";
import { readNamed } from "../named-input.ts";
import { seconds } from "../open-live.ts";
import { selection } from "../parsed-options.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { langOf, lookOf } from "../style.ts";
import { mustParse, UsageError } from "../usage-error.ts";
import { wordsFor } from "../words/index.ts";

const MAX_CONCURRENCY = 64;

export function runFleet({ do: what, args }: FleetArguments, session: Session): Promise<number> {
  if (what === "manifest") return printManifest(args, session);
  return what === "report" ? reportOnLogs(args, session) : look(args, session);
}

async function look(args: FleetLookArguments, session: Session): Promise<number> {
  const { io, out, salt } = session;
  const { only, skip } = selection(args);
  const lang = langOf(args.lang, io.env);
  const list = await listSaid(args, session);
  if (args.list !== undefined) await refuseForeignTokens(args.list, list);
  const share = shareOf(args, session);
  const tokens = new TokenFiles(args, session);
  const lines: FleetGateway[] = [];
  const streamed = args.json && args.output === undefined;
  const spinner = await startSpinner(wordsFor(session.lang)["doing.fleet-list"], io, args.quiet);
  try {
    await lookAtFleet({
      list,
      env: io.env,
      salt,
      only,
      skip,
      lang,
      concurrency: concurrency(args.concurrency),
      signal: io.signal,
      timeoutMs: seconds(args.timeout) * 1000,
      allowPlaintextToken: args.allowPlaintextToken,
      insecureTls: args.insecureTls,
      tokenOf: (entry) => tokens.of(entry),
      learn: (secrets) => out.learn(secrets),
      looked: (line) => {
        lines.push(line);
        if (streamed) out.put(`${out.json(line)}\n`);
      },
      progress: (done, total) => spinner.say(fill(wordsFor(session.lang)["doing.fleet"], { done, total })),
      ...(share === undefined ? {} : { share }),
      ...(args.selector === undefined ? {} : { selector: args.selector }),
    });
  } finally {
    spinner.stop();
  }
  io.signal.throwIfAborted();
  const { id, entries } = list;
  const of = {
    tool: FLEET_TOOL,
    list: id,
    entries: entries.length,
    ...(share === undefined ? {} : { share }),
  };
  const summary = summaryOf(lines, of);
  if (streamed) out.put(`${out.json(summary)}\n`);
  else await emitFleet([{ lines, summary }], args, session);
  return fleetExitCode(lines, args.failOn);
}

async function reportOnLogs(args: FleetReportArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const merge = new FleetMerge(await askedList(args, session));
  const note = (): void => undefined;
  for (const path of args.files ?? ["-"]) {
    if (path.startsWith("k8s:")) {
      const logs = mustParse(await fleetLogsOf(path, io.env));
      for (const log of logs) await merge.take(log.chunks());
    } else if (path === "-") {
      await merge.take(bounded(io.stdin as AsyncIterable<Uint8Array>, path, { signal: io.signal, note }));
    } else {
      const file = { path, what: path, todo: say("fleet-hand-in-logs") };
      await merge.take(logFile(file, { signal: io.signal, note }));
    }
  }
  io.signal.throwIfAborted();
  const reports = merge.reports();
  if (reports.length === 0)
    throw new UsageError("fleet report", say("fleet-no-lines"), say("fleet-hand-in-logs"));
  if (args.json && args.output === undefined) {
    for (const { lines, summary } of reports)
      for (const line of [...lines, summary]) out.put(`${out.json(line)}\n`);
  } else await emitFleet(reports, args, session);
  const lost = reports.some(
    ({ summary: { unreported = [], contradicted = [] } }) => unreported.length + contradicted.length > 0,
  );
  return fleetExitCode(
    reports.flatMap(({ lines }) => lines),
    args.failOn,
    lost,
  );
}

async function askedList({ list, context }: FleetReportArguments, session: Session) {
  if (list === undefined) return undefined;
  return askedOf(
    withContext(mustParse(parseFleetList(await readList(list, session), list)), context),
    FLEET_TOOL,
  );
}

async function printManifest(args: FleetManifestArguments, session: Session): Promise<number> {
  const text = await readList(args.list, session);
  const { image, name, namespace, shares, tokensFrom, jobPerShare } = args;
  const list = mustParse(parseFleetList(text, args.list));
  const { manifestOf } = await import("../../doctor/live/fleet-manifest.ts");
  const wish = { text, list, image, name, namespace, shares, tokensFrom, jobPerShare };
  session.out.print(mustParse(manifestOf({ ...wish, concurrency: concurrency(args.concurrency) })));
  return 0;
}

interface Listed {
  readonly lines: readonly FleetGateway[];
  readonly summary: FleetSummary;
}

async function emitFleet(
  all: readonly Listed[],
  args: Pick<FleetLookArguments, "lang" | "color" | "json" | "output">,
  { io, out }: Session,
): Promise<void> {
  const lang = langOf(args.lang, io.env);
  const { unicode } = lookOf(args.color, io);
  const text = all.map(({ lines, summary }) =>
    args.json
      ? [...lines, summary].map((line) => `${out.json(line)}\n`).join("")
      : out.page(fleetTable(lines, summary, { lang, unicode })),
  );
  await write(text.join(args.json ? "" : "\n"), args.output, out);
}

/**
 * 1 when a gateway has a finding at or above `failOn`; else 3 when one could not be looked at, or nobody told of it; else 0.
 * That some could not be looked at is told, and hides nothing of what was found at the others.
 */
export function fleetExitCode(
  lines: readonly Pick<FleetGateway, "verdict" | "findings">[],
  failOn: FleetLookArguments["failOn"],
  lost = false,
): 0 | 1 | 3 {
  if (failOn === "never") return 0;
  const looked = lines.filter(({ verdict }) => verdict !== "undetermined");
  if (looked.some(({ findings }) => findings.some(({ severity }) => failsOn(severity, failOn)))) return 1;
  return lost || looked.length < lines.length ? 3 : 0;
}

async function listSaid(args: FleetLookArguments, session: Session): Promise<FleetList> {
  const { list, selector, namespace, context } = args;
  const selects = selector !== undefined || namespace !== undefined;
  if ((list === undefined) !== selects)
    throw new UsageError("fleet", say("fleet-list-or-selector"), say("fleet-how"));
  const said =
    list === undefined
      ? listOfSelection({ selector, namespace })
      : parseFleetList(await readList(list, session), list);
  return withContext(mustParse(said), context);
}

/** @throws {UsageError} before anything is asked or sent. */
async function refuseForeignTokens(path: string, { entries }: FleetList): Promise<void> {
  const named = new Set(entries.flatMap(({ tokenFile }) => tokenFile ?? []));
  for (const tokenFile of named) {
    const why = await whyNotSent(path, tokenFile);
    if (why !== undefined) throw new UsageError(path, why, say("fleet-token-beside-list"));
  }
}

function readList(path: string, { io }: Session): Promise<string> {
  return readNamed({ path, what: path, todo: say("name-readable-file") }, { maxBytes: MAX_LIST }, io);
}

function shareOf({ share, list }: FleetLookArguments, { io }: Session): Share | undefined {
  if (share === undefined) return undefined;
  if (list === undefined) throw new UsageError("--share", say("fleet-share-of-list"), say("fleet-how"));
  return mustParse(shareSaid(share, io.env));
}

/**
 * The token of each gateway from the file that its line names, else from `--token-file`. What the environment has is of
 * one gateway, and goes to none of many.
 */
class TokenFiles {
  readonly #args: FleetLookArguments;
  readonly #session: Session;

  constructor(args: FleetLookArguments, session: Session) {
    this.#args = args;
    this.#session = session;
  }

  async of({ tokenFile }: FleetEntry): Promise<Fact<Secret | undefined>> {
    const { list = "-", tokenFile: forAll } = this.#args;
    const { io, out, salt } = this.#session;
    const path = tokenFile === undefined ? forAll : tokenPath(list, tokenFile);
    if (path === undefined) return known(undefined, "the list");
    try {
      const token = await readTokenFile(path, io, {
        // Of what is open: a link may have been turned since the list was looked through.
        allows: async (opened) =>
          tokenFile === undefined || (await whyNotSent(list, tokenFile, opened.path)) === undefined,
      });
      out.learn([token]);
      return known(new Secret(token, salt), "token-file");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return unknown("failed", say("fleet-token-unread", { why: error.bad.why }));
    }
  }
}

/** @throws {UsageError} */
function concurrency(text: string): number {
  const count = Number(text);
  if (/^\d{1,3}$/.test(text) && count >= 1 && count <= MAX_CONCURRENCY) return count;
  throw new UsageError(
    `--concurrency ${shownWord(text)}`,
    say("fleet-no-number", { most: MAX_CONCURRENCY }),
    say("for-example", { example: "--concurrency 8" }),
  );
}
