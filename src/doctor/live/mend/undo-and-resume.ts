import type { Changer } from "../../../core/change.ts";
import type { Facts } from "../../../core/collect.ts";
import { whyUnknown } from "../../../core/fact.ts";
import type { Journal } from "../../../core/journal.ts";
import { quoted, say } from "../../../core/saying.ts";
import { finish, type Outcome, undo, type Verification } from "../../../core/transaction.ts";
import type { FixReport } from "../../../report/fix-report.ts";
import type { Asker } from "./asker.ts";
import { aboutJournal, aboutRest } from "./describe-plan.ts";
import { type Ended, ended, endedAs, reportOf, whyNot } from "./fix-outcome.ts";
import type { Patient } from "./patient.ts";
import { work } from "./run-transaction.ts";
import { reachable } from "./verify.ts";

interface Backward {
  readonly patient: Patient;
  readonly asker: Asker;
  readonly facts: Facts;
  readonly dryRun: boolean;
}

/** `--undo`: the last fix goes back. */
export async function takeBack(
  { patient, asker, facts, dryRun }: Backward,
  journal: Journal | undefined,
): Promise<Ended> {
  if (journal === undefined) return ended(facts, "nothing-to-undo");
  const changer = await patient.changer(facts);
  if (!changer.known) return ended(facts, "not-begun", { detail: whyUnknown(changer) });
  const about = await aboutJournal(patient, facts, journal, changer.value);
  if (dryRun) return ended(facts, "planned", about);
  const consent = await asker.agrees("undo", reportOf(facts, "planned", about));
  if (!consent.given) return ended(facts, "declined", { ...about, ...whyNot(consent) });
  const outcome = await work((workshop) => undo(journal, workshop), patient, asker, {
    changer: changer.value,
    verify: nothingToVerify,
  });
  return wentBack(facts, outcome, about);
}

/** A run that was killed left its journal: it is finished or taken back before anything else. */
export async function resume({ patient, asker, facts, dryRun }: Backward, journal: Journal): Promise<Ended> {
  const changer = await patient.changer(facts);
  if (!changer.known) return ended(facts, "not-begun", { detail: whyUnknown(changer) });
  const back = await aboutJournal(patient, facts, journal, changer.value);
  if (!asker.isThere) return resumeUnasked({ patient, asker, facts, dryRun }, journal, back, changer.value);
  if (dryRun) return ended(facts, "planned", back);
  let onward = false;
  let about = back;
  if (journal.state === "open") {
    about = await aboutRest(patient, facts, journal, changer.value);
    onward = (await asker.agrees("finish", reportOf(facts, "planned", about))).given;
  }
  if (!onward) {
    about = back;
    const consent = await asker.agrees("undo", reportOf(facts, "planned", about));
    if (!consent.given) return ended(facts, "declined", { ...about, ...whyNot(consent) });
  }
  const outcome = await work(
    (workshop) => (onward ? finish(journal, workshop) : undo(journal, workshop)),
    patient,
    asker,
    { changer: changer.value, verify: (signal) => reachable(patient.opened, signal) },
  );
  return onward ? endedAs(facts, outcome, about) : wentBack(facts, outcome, about);
}

/**
 * Nobody can be asked whether it is to be finished. What is half done helps nobody, and the way back is what was agreed
 * to with `--yes`; what the new run is for is another one's.
 */
async function resumeUnasked(
  { patient, asker, facts, dryRun }: Backward,
  journal: Journal,
  about: Partial<FixReport>,
  changer: Changer,
): Promise<Ended> {
  const consent = dryRun ? undefined : await asker.agrees("undo", reportOf(facts, "planned", about));
  if (consent?.given !== true) return ended(facts, "declined", { ...about, detail: say("fix-interrupted") });
  const outcome = await work((workshop) => undo(journal, workshop), patient, asker, {
    changer,
    verify: (signal) => reachable(patient.opened, signal),
  });
  const end = wentBack(facts, outcome, about);
  if (!("report" in end) || end.report.outcome !== "undone") return end;
  return ended(facts, "rolled-back", { ...about, how: [], detail: say("interrupted-taken-back") });
}

function wentBack(facts: Facts, outcome: Outcome, about: Partial<FixReport>): Ended {
  if (outcome.outcome !== "rolled-back") return endedAs(facts, outcome, about);
  const { lasting = [] } = outcome;
  return lasting.length === 0
    ? ended(facts, "undone", { ...about, how: [] })
    : ended(facts, "undone-in-part", { ...about, how: [], left: lasting });
}

async function nothingToVerify(): Promise<Verification> {
  return { helped: true, detail: quoted("") };
}
