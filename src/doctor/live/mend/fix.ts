import { collect } from "../../../core/collect.ts";
import { say } from "../../../core/saying.ts";
import { isAtWork } from "../../../deployments/journal-process.ts";
import { commandsEnded } from "../../../deployments/orphans.ts";
import { collectOptions } from "../../pure/derived.ts";
import { LIVE_FACTS } from "../live-facts.ts";
import type { Opened } from "../opened.ts";
import type { Asker } from "./asker.ts";
import type { Wish } from "./fix-options.ts";
import { type Ended, ended } from "./fix-outcome.ts";
import { Patient } from "./patient.ts";
import { mend } from "./plan-and-apply.ts";
import { resume, takeBack } from "./undo-and-resume.ts";

export interface FixRequestOptions {
  readonly opened: Opened;
  readonly wish: Wish;
  /** The last fix goes back, and nothing else is done. */
  readonly undo: boolean;
  readonly asker: Asker;
  readonly signal: AbortSignal;
  /** Told once the gateway was looked at. */
  looked(): void;
}

/** From a diagnosis to a connection that is let in; or, with `undo` or after a crash, the way back. */
export async function fix(options: FixRequestOptions): Promise<Ended> {
  const { opened, wish, asker, signal } = options;
  const patient = new Patient(opened, signal);
  const facts = await collect(LIVE_FACTS, patient.live.collectors(), collectOptions(signal)).finally(() =>
    options.looked(),
  );
  signal.throwIfAborted();
  const key = await patient.key(facts);
  // Without a config there is no journal of it, but there may be one that is not believed.
  const { journals, refused, doubted } = await patient.store.list(key ?? "");
  if (refused.length > 0) {
    // One of them may be of a fix that is on its way: that is not "nothing to undo", and nothing is done on top of it.
    return ended(facts, "not-begun", { refused, detail: say("journal-not-believed") });
  }
  const open = journals.findLast(({ state }) => state === "open" || state === "undoing");
  if (open !== undefined && (await isAtWork(open, opened.world))) {
    return {
      refused: {
        what: "fix",
        why: say("another-doctor", { pid: open.pid }),
        todo: say("wait-until-done"),
      },
    };
  }
  if (open !== undefined) {
    await commandsEnded(opened.world, open.pid, signal);
    await (await patient.live.access()).programsEnded?.(signal);
  }
  const way = { patient, asker, facts, dryRun: wish.dryRun };
  if (options.undo) {
    if (doubted !== undefined)
      return ended(facts, "not-begun", { refused: [doubted], detail: say("journal-not-believed") });
    return takeBack(way, open ?? journals.findLast(({ state }) => state === "kept"));
  }
  return open === undefined ? mend({ patient, asker, wish }, facts) : resume(way, open);
}
