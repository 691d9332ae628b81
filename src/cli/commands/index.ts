import type { Argv } from "yargs";
import type { Session, Work, WorkArguments } from "../session.ts";
import { type CliWords, wordsFor } from "../words/index.ts";
import { registerChecks } from "./checks.ts";
import { registerCollect } from "./collect.ts";
import { registerCompletion } from "./completion.ts";
import { registerDemo } from "./demo.ts";
import { registerDiagnose } from "./diagnose.ts";
import { registerExplain } from "./explain.ts";
import { registerFix } from "./fix.ts";
import { registerFleet } from "./fleet.ts";
import type { Run } from "./run.ts";
import { registerSmoke } from "./smoke.ts";
import { registerTriage } from "./triage.ts";
import { registerWatch } from "./watch.ts";
import { registerWeb } from "./web.ts";
import { registerWhatIf } from "./what-if.ts";

/** Takes a command's exit code. */
export type Done = (code: number) => void;

type Register = (yargs: Argv, session: Session, done: Done) => void;

/** A command whose work may be done in a thread of its own. */
function worked<W extends Work>(
  work: W,
  register: (yargs: Argv, words: CliWords, run: Run<WorkArguments[W]>) => void,
): Register {
  return (yargs, session, done) =>
    register(yargs, wordsFor(session.lang), async (args) => done(await session.work(work, args, session)));
}

const COMMANDS: Readonly<Record<string, Register>> = {
  diagnose: worked("diagnose", registerDiagnose),
  fix: worked("fix", registerFix),
  smoke: worked("smoke", registerSmoke),
  fleet: worked("fleet", registerFleet),
  triage: worked("triage", registerTriage),
  collect: worked("collect", registerCollect),
  "what-if": worked("what-if", registerWhatIf),
  explain: (yargs, session, done) =>
    registerExplain(yargs, wordsFor(session.lang), async (args) => {
      const { explain } = await import("../run/explain.ts");
      done(explain(args, session));
    }),
  checks: (yargs, session, done) =>
    registerChecks(yargs, wordsFor(session.lang), async (args) => {
      const { showChecks } = await import("../run/checks.ts");
      done(showChecks(args, session));
    }),
  demo: worked("demo", registerDemo),
  watch: worked("watch", registerWatch),
  web: (yargs, session, done) =>
    registerWeb(yargs, wordsFor(session.lang), async (args) => {
      const { web } = await import("../run/web.ts");
      done(await web(args, session));
    }),
  completion: (yargs, session, done) =>
    registerCompletion(yargs, wordsFor(session.lang), async ({ shell }) => {
      const { COMPLETIONS } = await import("../completion-scripts.ts");
      session.out.put(COMPLETIONS[shell]);
      done(0);
    }),
};

export const commandNames: readonly string[] = Object.keys(COMMANDS);

/**
 * Declares the commands. A command's work is loaded when it runs: `checks` needs no WebSocket, `triage` no
 * gateway.
 */
export function register(yargs: Argv, session: Session, done: Done): void {
  for (const command of Object.values(COMMANDS)) command(yargs, session, done);
}
