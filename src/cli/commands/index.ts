import type { Argv } from "yargs";
import type { Session } from "../main.ts";
import { registerChecks } from "./checks.ts";
import { registerDemo } from "./demo.ts";
import { registerDiagnose } from "./diagnose.ts";
import { registerExplain } from "./explain.ts";
import { registerTriage } from "./triage.ts";
import { registerWhatIf } from "./what-if.ts";

/** Takes a command's exit code. */
export type Done = (code: number) => void;

/**
 * Declares the commands. A command's work is loaded when it runs: `checks` needs no WebSocket, `triage` no
 * gateway.
 */
export function register(yargs: Argv, session: Session, done: Done): void {
  registerDiagnose(yargs, session, done);
  registerTriage(yargs, session, done);
  registerWhatIf(yargs, session, done);
  registerExplain(yargs, session, done);
  registerChecks(yargs, session, done);
  registerDemo(yargs, session, done);
}
