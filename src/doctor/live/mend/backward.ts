import type { Facts } from "../../../core/collect.ts";
import type { Journal } from "../../../core/journal.ts";
import { finish, type Outcome, undo, type Verification } from "../../../core/transaction.ts";
import type { FixReport } from "../../../report/fix.ts";
import { catalogueOf } from "../../../report/messages/index.ts";
import { aboutJournal, aboutRest } from "./about.ts";
import { ask, isInteractive } from "../../../cli/fix/consent.ts";
import type { FixContext } from "./context.ts";
import { reachable } from "./verify.ts";

/** `--undo`: the last fix goes back. */
export async function takeBack(
  context: FixContext,
  facts: Facts,
  journal: Journal | undefined,
): Promise<number> {
  if (journal === undefined) return context.end(facts, "nothing-to-undo");
  const { args, session, words } = context;
  const changer = await context.changer(facts);
  if (!changer.known) return context.end(facts, "not-begun", { detail: changer.detail });
  const about = await aboutJournal(context, facts, journal, changer.value);
  if (args.dryRun) return context.end(facts, "planned", about);
  if (!args.yes) {
    if (!isInteractive(session.io)) return context.end(facts, "declined", unasked(about, "no-terminal-yes"));
    await context.preview(facts, about);
    if (!(await ask(words.ask.undo, session.io))) return context.end(facts, "declined", about);
  }
  const outcome = await context.work((workshop) => undo(journal, workshop), changer.value, nothingToVerify);
  return wentBack(context, facts, outcome, about);
}

/** A run that was killed left its journal: it is finished or taken back before anything else. */
export async function resume(context: FixContext, facts: Facts, journal: Journal): Promise<number> {
  const { args, session, words, opened } = context;
  const changer = await context.changer(facts);
  if (!changer.known) return context.end(facts, "not-begun", { detail: changer.detail });
  const back = await aboutJournal(context, facts, journal, changer.value);
  if (!isInteractive(session.io)) {
    return context.end(facts, "declined", unasked(back, "interrupted"));
  }
  if (args.dryRun) return context.end(facts, "planned", back);
  let onward = false;
  let about = back;
  if (journal.state === "open") {
    about = await aboutRest(context, facts, journal, changer.value);
    await context.preview(facts, about);
    onward = await ask(words.ask.finish, session.io);
  }
  if (!onward) {
    about = back;
    await context.preview(facts, about);
    if (!(await ask(words.ask.undo, session.io))) return context.end(facts, "declined", about);
  }
  const outcome = await context.work(
    (workshop) => (onward ? finish(journal, workshop) : undo(journal, workshop)),
    changer.value,
    (signal) => reachable(opened, signal),
  );
  return onward ? context.ended(facts, outcome, about) : wentBack(context, facts, outcome, about);
}

function wentBack(
  context: FixContext,
  facts: Facts,
  outcome: Outcome,
  about: Partial<FixReport>,
): Promise<number> {
  if (outcome.outcome !== "rolled-back") return context.ended(facts, outcome, about);
  const { lasting = [] } = outcome;
  return lasting.length === 0
    ? context.end(facts, "undone", { ...about, how: [] })
    : context.end(facts, "undone-in-part", { ...about, how: [], detail: lasting.join("; ") });
}

function unasked(about: Partial<FixReport>, why: "no-terminal-yes" | "interrupted"): Partial<FixReport> {
  return { ...about, detail: catalogueOf("en").fix.consent[why] };
}

async function nothingToVerify(): Promise<Verification> {
  return { helped: true, detail: "" };
}
