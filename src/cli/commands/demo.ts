import type { Argv } from "yargs";
import { type ArgumentsOf, outputOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  outputOptions(command, words)
    .positional("scenario", { type: "string", describe: words["option.scenario"] })
    .option("list", { type: "boolean", default: false, describe: words["option.list"] });

export type DemoArguments = ArgumentsOf<typeof options>;

export function registerDemo(yargs: Argv, words: CliWords, run: Run<DemoArguments>): void {
  yargs.command(
    "demo [scenario]",
    words["command.demo"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
