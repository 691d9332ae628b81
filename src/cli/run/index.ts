import type { DoWork, Session, Work, WorkArguments } from "../session.ts";

const WORKS: { readonly [W in Work]: (args: WorkArguments[W], session: Session) => Promise<number> } = {
  diagnose: async (args, session) => (await import("./diagnose.ts")).runDiagnosis(args, session),
  fix: async (args, session) => (await import("./fix.ts")).runFix(args, session),
  smoke: async (args, session) => (await import("./smoke.ts")).runSmoke(args, session),
  fleet: async (args, session) => (await import("./fleet.ts")).runFleet(args, session),
  triage: async (args, session) => (await import("./triage.ts")).triage(args, session),
  collect: async (args, session) => (await import("./collect.ts")).runCollect(args, session),
  "what-if": async (args, session) => (await import("./what-if.ts")).whatIf(args, session),
  watch: async (args, session) => (await import("./watch.ts")).runWatch(args, session),
  demo: async (args, session) => (await import("./demo.ts")).demo(args, session),
};

/** In this thread. */
export const workHere: DoWork = (work, args, session) => WORKS[work](args, session);
