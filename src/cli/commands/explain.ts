import type { Argv } from "yargs";
import { type ArgumentsOf, wordingOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  wordingOptions(command, words).positional("id", {
    type: "string",
    describe: words["option.id"],
  });

export type ExplainArguments = ArgumentsOf<typeof options>;

export function registerExplain(yargs: Argv, words: CliWords, run: Run<ExplainArguments>): void {
  yargs.command(
    "explain [id]",
    words["command.explain"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
