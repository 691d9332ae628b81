import type { Argv } from "yargs";
import { type ArgumentsOf, wordingOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  wordingOptions(command, words).option("json", {
    type: "boolean",
    default: false,
    describe: words["option.checks-json"],
  });

export type ChecksArguments = ArgumentsOf<typeof options>;

export function registerChecks(yargs: Argv, words: CliWords, run: Run<ChecksArguments>): void {
  yargs.command(
    "checks",
    words["command.checks"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
