import { askThirdParties, namedChecks } from "../../doctor/live/third-party.ts";
import type { Handed } from "../../doctor/pure/read/inputs.ts";
import { triageReport } from "../../doctor/pure/read/triage-report.ts";
import type { ReportNote } from "../../report/result.ts";
import { asOpenclawDoctor, openclawDoctorExit, openclawDoctorShape } from "../as-openclaw-doctor.ts";
import { askedBy } from "../asked-by.ts";
import type { TriageArguments } from "../commands/triage.ts";
import { emit } from "../emit.ts";
import { exitCode } from "../exit-code.ts";
import { handedIn } from "../handed.ts";
import { emitOptions } from "../options.ts";
import { namedProxies, pageOrigin, saidRelease, selection, timeWindow } from "../parsed-options.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { mustParse } from "../usage-error.ts";
import { wordsFor } from "../words/index.ts";

export function triage(args: TriageArguments, session: Session): Promise<number> {
  return asOpenclawDoctor(args, session, () => readAt(args, session));
}

async function readAt(args: TriageArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const select = selection(args);
  const written = { ...emitOptions(args, io), ...openclawDoctorShape(args) };
  const release = saidRelease(args.release);
  const origin = pageOrigin(args.origin);
  const window = timeWindow(args, Date.now());
  const thirdParties = mustParse(await namedChecks(args.check ?? []));
  const notes: ReportNote[] = [];
  if (Object.keys(window).length > 0) notes.push({ message: "log-window", args: windowArgs(window) });
  const handed = await handedIn(args.files ?? [], io, (note) => notes.push(note));
  const doing = wordsFor(session.lang)["doing.read"];
  const spinner = await startSpinner(doing, io, args.quiet);
  try {
    const {
      report: own,
      facts,
      lang,
    } = await triageReport({
      handed: withProgress(handed, (megabytes) => spinner.say(`${doing} ${megabytes} MB`)),
      ...window,
      release,
      salt: session.salt,
      secrets: out.known,
      learn: (secrets) => out.learn(secrets),
      ...(args.deployment === undefined ? {} : { deployment: args.deployment }),
      ...(origin === undefined ? {} : { origin }),
      proxies: namedProxies(args.proxy),
      signal: io.signal,
      select,
      notes,
    });
    const report = await askThirdParties(thirdParties, { facts, report: own }, askedBy(session));
    spinner.stop();
    const theirs = args.lang === undefined && lang !== undefined ? { replyLang: lang } : {};
    await emit(report, { ...written, ...theirs }, session);
    return openclawDoctorExit(report, args) ?? exitCode(report, args.failOn);
  } finally {
    spinner.stop();
  }
}

/** Bytes after which what was read is told again. */
const STEP = 8_000_000;

/** Tells how much was read, of whichever input. */
function withProgress(handed: readonly Handed[], tell: (megabytes: number) => void): readonly Handed[] {
  let seen = 0;
  let told = 0;
  return handed.map((one) => ({
    ...one,
    async *chunks(signal) {
      for await (const chunk of one.chunks(signal)) {
        seen += chunk.length;
        if (seen - told >= STEP) {
          told = seen;
          tell(Math.round(seen / 1_000_000));
        }
        yield chunk;
      }
    },
  }));
}

function windowArgs({ since, until }: { readonly since?: number; readonly until?: number }) {
  return {
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  };
}
