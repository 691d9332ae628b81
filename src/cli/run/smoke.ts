import { smoke } from "../../doctor/live/smoke.ts";
import { reportOf } from "../../doctor/pure/case.ts";
import { durationSaid } from "../../doctor/pure/parse-arguments.ts";
import { withoutCommands } from "../../report/formats/github.ts";
import { catalogueOf } from "../../report/messages/index.ts";
import { phaseLine } from "../../report/smoke-words.ts";
import { tellActions } from "../actions.ts";
import type { SmokeArguments } from "../commands/smoke.ts";
import { emit } from "../emit.ts";
import { smokeExitCode } from "../exit-code.ts";
import { openLive } from "../open-live.ts";
import { emitOptions } from "../options.ts";
import { selection } from "../parsed-options.ts";
import type { Session } from "../session.ts";
import { mustParse } from "../usage-error.ts";
import { tlsNotes } from "../verified-tls.ts";
import { wordsFor } from "../words/index.ts";

export async function runSmoke(args: SmokeArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const select = selection(args);
  const waitMs = mustParse(durationSaid("--wait", args.wait));
  const written = emitOptions(args, io);
  const opened = await openLive(args, session);
  const { context, notes, origin } = opened;
  if (args.asBrowser && !args.quiet) out.say(`${wordsFor(session.lang)["signing-in"]}\n`);
  const report = await smoke({
    opened,
    waitMs,
    expect: args.expect,
    failOn: args.failOn,
    asBrowser: args.asBrowser,
    signal: io.signal,
    report: (facts) =>
      reportOf(facts, {
        ...select,
        context,
        notes: [...tlsNotes(io), ...notes],
        ...(origin === undefined ? {} : { origin }),
      }),
    met: (phase) => {
      // Its reasons are quotes: of a log, of what answers.
      if (!args.quiet) out.say(`${withoutCommands(phaseLine(phase, catalogueOf(written.lang)))}\n`);
    },
  });
  await emit(report, written, session);
  await tellActions(report, written, session);
  return smokeExitCode(report.smoke, args.failOn);
}
