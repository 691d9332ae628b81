import type { Argv } from "yargs";
import type { Session } from "../main.ts";
import { registerChecks } from "./checks.ts";
import { registerDemo } from "./demo.ts";
import { registerDiagnose } from "./diagnose.ts";
import { registerExplain } from "./explain.ts";
import { registerFix } from "./fix.ts";
import { registerTriage } from "./triage.ts";
import { registerWhatIf } from "./what-if.ts";

/** Takes a command's exit code. */
export type Done = (code: number) => void;

const COMMANDS: Readonly<Record<string, (yargs: Argv, session: Session, done: Done) => void>> = {
  diagnose: registerDiagnose,
  fix: registerFix,
  triage: registerTriage,
  "what-if": registerWhatIf,
  explain: registerExplain,
  checks: registerChecks,
  demo: registerDemo,
};

export const commandNames: readonly string[] = Object.keys(COMMANDS);

/**
 * Declares the commands. A command's work is loaded when it runs: `checks` needs no WebSocket, `triage` no
 * gateway.
 */
export function register(yargs: Argv, session: Session, done: Done): void {
  for (const command of Object.values(COMMANDS)) command(yargs, session, done);
}
