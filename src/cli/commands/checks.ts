import type { Argv } from "yargs";
import type { Session } from "../main.ts";
import { type ArgumentsOf, wordingOptions } from "../options.ts";
import type { Done } from "./index.ts";

const options = (command: Argv) =>
  wordingOptions(command).option("json", { type: "boolean", default: false, describe: "As JSON" });

export type ChecksArguments = ArgumentsOf<typeof options>;

export function registerChecks(yargs: Argv, session: Session, done: Done): void {
  yargs.command("checks", "The list of checks", options, async (args) => {
    const { showChecks } = await import("../run/checks.ts");
    done(showChecks(args, session));
  });
}
