import { collect } from "../../core/collect.ts";
import { LIVE_FACTS } from "../../doctor/live/live-facts.ts";
import { askThirdParties, namedChecks } from "../../doctor/live/third-party.ts";
import { reportOf } from "../../doctor/pure/case.ts";
import { collectOptions } from "../../doctor/pure/derived.ts";
import { asOpenclawDoctor, openclawDoctorExit, openclawDoctorShape } from "../as-openclaw-doctor.ts";
import { askedBy } from "../asked-by.ts";
import type { DiagnoseArguments } from "../commands/diagnose.ts";
import { emit } from "../emit.ts";
import { exitCode } from "../exit-code.ts";
import { openLive } from "../open-live.ts";
import { emitOptions } from "../options.ts";
import { selection } from "../parsed-options.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { mustParse } from "../usage-error.ts";
import { tlsNotes } from "../verified-tls.ts";
import { wordsFor } from "../words/index.ts";

export function runDiagnosis(args: DiagnoseArguments, session: Session): Promise<number> {
  return asOpenclawDoctor(args, session, () => lookAt(args, session));
}

async function lookAt(args: DiagnoseArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const words = wordsFor(session.lang);
  const select = selection(args);
  const written = { ...emitOptions(args, io), ...openclawDoctorShape(args) };
  const thirdParties = mustParse(await namedChecks(args.check ?? []));
  const { look, context, notes, origin } = await openLive(args, session, { looksOnce: true });
  if (args.asBrowser && !args.quiet) {
    out.say(`${words["signing-in"]}\n`);
  }
  const live = look({ asBrowser: args.asBrowser });
  const spinner = await startSpinner(words["doing.look"], io, args.quiet);
  try {
    const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(io.signal));
    const own = reportOf(facts, {
      ...select,
      context,
      notes: [...tlsNotes(io), ...notes],
      ...(origin === undefined ? {} : { origin }),
    });
    const report = await askThirdParties(thirdParties, { facts, report: own }, askedBy(session));
    spinner.stop();
    await emit(report, written, session);
    return openclawDoctorExit(report, args) ?? exitCode(report, args.failOn);
  } finally {
    spinner.stop();
  }
}
