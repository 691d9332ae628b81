import { triageReport } from "../../doctor/pure/read/triage-report.ts";
import type { ReportNote } from "../../report/result.ts";
import type { TriageArguments } from "../commands/triage.ts";
import { emit } from "../emit.ts";
import { exitCode } from "../exit-code.ts";
import { handedIn } from "../handed.ts";
import { emitOptions } from "../options.ts";
import { namedProxies, pageOrigin, saidRelease, selection } from "../parsed-options.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { wordsFor } from "../words/index.ts";

export async function triage(args: TriageArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const select = selection(args);
  const written = emitOptions(args, io);
  const release = saidRelease(args.release);
  const origin = pageOrigin(args.origin);
  const notes: ReportNote[] = [];
  const handed = await handedIn(args.files ?? [], io, (note) => notes.push(note));
  const spinner = await startSpinner(wordsFor(session.lang)["doing.read"], io, args.quiet);
  try {
    const { report, lang } = await triageReport({
      handed,
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
    spinner.stop();
    const theirs = args.lang === undefined && lang !== undefined ? { replyLang: lang } : {};
    await emit(report, { ...written, ...theirs }, session);
    return exitCode(report, args.failOn);
  } finally {
    spinner.stop();
  }
}
