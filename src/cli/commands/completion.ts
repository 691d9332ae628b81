import type { Argv } from "yargs";
import { SHELLS } from "../completion-scripts.ts";
import type { ArgumentsOf } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  command.positional("shell", { choices: SHELLS, default: "bash" as const, describe: words["option.shell"] });

export type CompletionArguments = ArgumentsOf<typeof options>;

export function registerCompletion(yargs: Argv, words: CliWords, run: Run<CompletionArguments>): void {
  yargs.command(
    "completion [shell]",
    words["command.completion"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
