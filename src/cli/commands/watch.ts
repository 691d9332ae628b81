import type { Argv } from "yargs";
import { type ArgumentsOf, liveOptions, saidOptions, wordingOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  saidOptions(liveOptions(wordingOptions(command, words), words), words)
    .option("json", { type: "boolean", default: false, describe: words["option.json-events"] })
    .option("for", { type: "string", requiresArg: true, describe: words["option.for"] });

export type WatchArguments = ArgumentsOf<typeof options>;

export function registerWatch(yargs: Argv, words: CliWords, run: Run<WatchArguments>): void {
  yargs.command(
    "watch",
    words["command.watch"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
