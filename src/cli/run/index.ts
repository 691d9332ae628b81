import type { DemoArguments } from "../commands/demo.ts";
import type { DiagnoseArguments } from "../commands/diagnose.ts";
import type { FixArguments } from "../commands/fix.ts";
import type { TriageArguments } from "../commands/triage.ts";
import type { WhatIfArguments } from "../commands/what-if.ts";
import type { Session } from "../main.ts";

/** The commands that read what others wrote. */
export interface WorkArguments {
  readonly diagnose: DiagnoseArguments;
  readonly fix: FixArguments;
  readonly triage: TriageArguments;
  readonly "what-if": WhatIfArguments;
  readonly demo: DemoArguments;
}

export type Work = keyof WorkArguments;

const WORKS: { readonly [W in Work]: (args: WorkArguments[W], session: Session) => Promise<number> } = {
  diagnose: async (args, session) => (await import("./diagnose.ts")).runDiagnosis(args, session),
  fix: async (args, session) => (await import("./fix.ts")).runFix(args, session),
  triage: async (args, session) => (await import("./triage.ts")).triage(args, session),
  "what-if": async (args, session) => (await import("./what-if.ts")).whatIf(args, session),
  demo: async (args, session) => (await import("./demo.ts")).demo(args, session),
};

/** Does a command's work, here or in a thread of its own; its exit code. */
export type DoWork = <W extends Work>(work: W, args: WorkArguments[W], session: Session) => Promise<number>;

export const workHere: DoWork = (work, args, session) => WORKS[work](args, session);
