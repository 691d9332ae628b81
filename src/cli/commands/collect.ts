import type { Argv } from "yargs";
import { type ArgumentsOf, liveOptions, saidOptions, wordingOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  saidOptions(liveOptions(wordingOptions(command, words), words), words)
    .option("output", {
      alias: "o",
      type: "string",
      default: "pairing-doctor-bundle.tar.gz",
      requiresArg: true,
      describe: words["option.bundle"],
    })
    .option("yes", { type: "boolean", default: false, describe: words["option.bundle-yes"] })
    .option("quiet", { type: "boolean", default: false, describe: words["option.quiet"] });

export type CollectArguments = ArgumentsOf<typeof options>;

export function registerCollect(yargs: Argv, words: CliWords, run: Run<CollectArguments>): void {
  yargs.command(
    "collect",
    words["command.collect"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
