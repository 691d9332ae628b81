import { checks } from "../../../checks/index.ts";
import { shownWord } from "../../core/bad-input.ts";
import { findCheck } from "../../core/check.ts";
import { say } from "../../core/saying.ts";
import { fix } from "../../doctor/live/mend/fix.ts";
import type { Wish } from "../../doctor/live/mend/fix-options.ts";
import { catalogueOf, wordsOf } from "../../report/messages/index.ts";
import type { FixArguments } from "../commands/fix.ts";
import { TerminalAsker } from "../fix/asker.ts";
import { emitFix } from "../fix/emit.ts";
import { fixExitCode } from "../fix/exit-code.ts";
import { saidSite } from "../fix/parsed-proxy-site.ts";
import { openLive } from "../open-live.ts";
import { emitOptions } from "../options.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { langOf } from "../style.ts";
import { UsageError, usageError } from "../usage-error.ts";
import { tlsNotes } from "../verified-tls.ts";
import { wordsFor } from "../words/index.ts";

export async function runFix(args: FixArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const wish = wishOf(args);
  const written = emitOptions(args, io);
  const opened = await openLive(args, session);
  if (!args.quiet)
    for (const { message } of tlsNotes(io))
      out.say(`${wordsOf(catalogueOf(langOf(args.lang, io.env)).notes, message)}\n`);
  const asker = new TerminalAsker(args, session);
  const spinner = await startSpinner(wordsFor(session.lang)["doing.look"], io, args.quiet);
  const end = await fix({
    opened,
    wish,
    undo: args.undo,
    asker,
    signal: io.signal,
    looked: () => spinner.stop(),
  });
  if ("refused" in end) throw usageError(end.refused);
  await emitFix(end.report, written, session, "stdout", asker.hasShown);
  return fixExitCode(end.report);
}

/** @throws {UsageError} no check has this id or code, or the proxy that is described cannot be. */
function wishOf(args: FixArguments): Wish {
  const { remedy, request } = args;
  const site = saidSite(args);
  return {
    only: (args.ids ?? []).map(checkId),
    dryRun: args.dryRun,
    editCompose: args.editCompose,
    ...(remedy === undefined ? {} : { remedy }),
    ...(request === undefined ? {} : { request }),
    ...(site === undefined ? {} : { site }),
  };
}

/** @throws {UsageError} no check has this id or code. */
function checkId(name: string): string {
  const found = findCheck(name, checks);
  if (found !== undefined) return found.id;
  throw new UsageError(`fix ${shownWord(name)}`, say("no-such-finding"), say("see-checks"));
}
