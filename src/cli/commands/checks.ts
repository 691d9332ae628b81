import type { Argv } from "yargs";
import { type ArgumentsOf, wordingOptions } from "../options.ts";
import type { Run } from "./run.ts";

const options = (command: Argv) =>
  wordingOptions(command).option("json", { type: "boolean", default: false, describe: "As JSON" });

export type ChecksArguments = ArgumentsOf<typeof options>;

export function registerChecks(yargs: Argv, run: Run<ChecksArguments>): void {
  yargs.command("checks", "The list of checks", options, (args) => run(args));
}
