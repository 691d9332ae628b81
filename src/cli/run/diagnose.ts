import { collect } from "../../core/collect.ts";
import { LIVE_FACTS } from "../../doctor/live/live-facts.ts";
import { reportOf } from "../../doctor/pure/case.ts";
import { collectOptions } from "../../doctor/pure/derived.ts";
import type { DiagnoseArguments } from "../commands/diagnose.ts";
import { emit } from "../emit.ts";
import { exitCode } from "../exit-code.ts";
import { openLive } from "../open-live.ts";
import { emitOptions } from "../options.ts";
import { selection } from "../parsed-options.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { tlsNotes } from "../verified-tls.ts";
import { wordsFor } from "../words/index.ts";

export async function runDiagnosis(args: DiagnoseArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const words = wordsFor(session.lang);
  const select = selection(args);
  const written = emitOptions(args, io);
  const { look, context, notes, origin } = await openLive(args, session, { looksOnce: true });
  if (args.asBrowser && !args.quiet) {
    out.say(`${words["signing-in"]}\n`);
  }
  const live = look({ asBrowser: args.asBrowser });
  const spinner = await startSpinner(words["doing.look"], io, args.quiet);
  try {
    const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(io.signal));
    const report = reportOf(facts, {
      ...select,
      context,
      notes: [...tlsNotes(io), ...notes],
      ...(origin === undefined ? {} : { origin }),
    });
    spinner.stop();
    await emit(report, written, session);
    return exitCode(report, args.failOn);
  } finally {
    spinner.stop();
  }
}
