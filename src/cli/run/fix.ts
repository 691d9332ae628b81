import { checks } from "../../../checks/index.ts";
import { collect } from "../../core/collect.ts";
import { isAtWork } from "../../deployments/at-work.ts";
import { commandsEnded } from "../../deployments/orphans.ts";
import { catalogueOf, wordsOf } from "../../report/messages/index.ts";
import type { FixArguments } from "../commands/fix.ts";
import { collectOptions } from "../derived.ts";
import { resume, takeBack } from "../fix/backward.ts";
import { FixContext } from "../fix/context.ts";
import { mend } from "../fix/forward.ts";
import { LIVE_FACTS } from "../live-facts.ts";
import type { Session } from "../main.ts";
import { openLive } from "../open-live.ts";
import { startSpinner } from "../spinner.ts";
import { langOf } from "../style.ts";
import { shownWord, UsageError } from "../usage-error.ts";
import { tlsNotes } from "../verified-tls.ts";

/** From a diagnosis to a connection that is let in; or, with `--undo` or after a crash, the way back. */
export async function runFix(args: FixArguments, session: Session): Promise<number> {
  const only = (args.ids ?? []).map(checkId);
  const context = new FixContext(args, session, await openLive(args, session));
  if (!args.quiet)
    for (const { message } of tlsNotes(session.io))
      session.out.say(`${wordsOf(catalogueOf(langOf(args.lang, session.io.env)).notes, message)}\n`);
  const spinner = await startSpinner("Looking at the gateway", session.io, args.quiet);
  const facts = await collect(
    LIVE_FACTS,
    context.live.collectors(),
    collectOptions(session.io.signal),
  ).finally(() => spinner.stop());
  session.io.signal.throwIfAborted();
  const key = await context.gatewayKey(facts);
  // Without a config there is no journal of it, but there may be one that is not believed.
  const { journals, refused, doubted } = await context.store.list(key ?? "");
  if (refused.length > 0) {
    // One of them may be of a fix that is on its way: that is not "nothing to undo", and nothing is done on top of it.
    return context.end(facts, "not-begun", { refused, detail: NOT_BELIEVED });
  }
  const open = journals.findLast(({ state }) => state === "open" || state === "undoing");
  if (open !== undefined && (await isAtWork(open, context.opened.world))) {
    throw new UsageError(
      "fix",
      `another pairing-doctor (process ${open.pid}) works on this gateway`,
      "wait until it is done",
    );
  }
  if (open !== undefined) {
    await commandsEnded(context.opened.world, open.pid, session.io.signal);
    await (await context.live.access()).programsEnded?.(session.io.signal);
  }
  if (args.undo) {
    if (doubted !== undefined)
      return context.end(facts, "not-begun", { refused: [doubted], detail: NOT_BELIEVED });
    return takeBack(context, facts, open ?? journals.findLast(({ state }) => state === "kept"));
  }
  return open === undefined ? mend(context, facts, only) : resume(context, facts, open);
}

/** @throws {UsageError} no check has this id or code. */
function checkId(name: string): string {
  const found = checks.find(({ id, code }) => id === name || code === name.toUpperCase());
  if (found !== undefined) return found.id;
  throw new UsageError(`fix ${shownWord(name)}`, "there is no such finding", "see `pairing-doctor checks`");
}

const NOT_BELIEVED =
  "an earlier fix may be on its way, and what it left is not believed. Set right what is yours, move away what is not, and run this again";
