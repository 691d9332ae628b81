import type { Argv } from "yargs";
import { type ArgumentsOf, wordingOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  wordingOptions(command, words).option("open", {
    type: "boolean",
    default: true,
    describe: words["option.open"],
  });

export type WebArguments = ArgumentsOf<typeof options>;

export function registerWeb(yargs: Argv, words: CliWords, run: Run<WebArguments>): void {
  yargs.command(
    "web",
    words["command.web"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
