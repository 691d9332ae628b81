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

/** Takes a command's work, which gives its exit code. */
export type Take = (work: () => Promise<number>) => void;

type Register = (yargs: Argv, session: Session, take: Take) => void;

/** A command whose work may be done in a thread of its own. */
function worked<W extends Work>(
  work: W,
  register: (yargs: Argv, words: CliWords, run: Run<WorkArguments[W]>) => void,
): Register {
  return (yargs, session, take) =>
    register(yargs, wordsFor(session.lang), (args) => take(() => session.work(work, args, session)));
}

const COMMANDS: Readonly<Record<string, Register>> = {
  diagnose: worked("diagnose", registerDiagnose),
  fix: worked("fix", registerFix),
  smoke: worked("smoke", registerSmoke),
  fleet: worked("fleet", registerFleet),
  triage: worked("triage", registerTriage),
  collect: worked("collect", registerCollect),
  "what-if": worked("what-if", registerWhatIf),
  explain: (yargs, session, take) =>
    registerExplain(yargs, wordsFor(session.lang), (args) =>
      take(async () => (await import("../run/explain.ts")).explain(args, session)),
    ),
  checks: (yargs, session, take) =>
    registerChecks(yargs, wordsFor(session.lang), (args) =>
      take(async () => (await import("../run/checks.ts")).showChecks(args, session)),
    ),
  demo: worked("demo", registerDemo),
  watch: worked("watch", registerWatch),
  web: (yargs, session, take) =>
    registerWeb(yargs, wordsFor(session.lang), (args) =>
      take(async () => (await import("../run/web.ts")).web(args, session)),
    ),
  completion: (yargs, session, take) =>
    registerCompletion(yargs, wordsFor(session.lang), ({ shell }) =>
      take(async () => {
        const { COMPLETIONS } = await import("../completion-scripts.ts");
        session.out.put(COMPLETIONS[shell]);
        return 0;
      }),
    ),
};

export const commandNames: readonly string[] = Object.keys(COMMANDS);

/**
 * Declares the commands. A command's work is loaded when it runs: `checks` needs no WebSocket, `triage` no
 * gateway.
 */
export function register(yargs: Argv, session: Session, take: Take): void {
  for (const command of Object.values(COMMANDS)) command(yargs, session, take);
}
