import type { Argv } from "yargs";
import { VIAS } from "../../doctor/pure/what-if/vias.ts";
import { type ArgumentsOf, wordingOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  wordingOptions(command, words)
    .option("input", {
      type: "string",
      requiresArg: true,
      describe: words["option.input"],
    })
    .option("set", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: words["option.set"],
    })
    .option("unset", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: words["option.unset"],
    })
    .option("release", { type: "string", requiresArg: true, describe: words["option.ask-release"] })
    .option("via", { choices: VIAS, requiresArg: true, describe: words["option.via"] })
    .option("json", {
      type: "boolean",
      default: false,
      describe: words["option.json-lines"],
    });

export type WhatIfArguments = ArgumentsOf<typeof options>;

export function registerWhatIf(yargs: Argv, words: CliWords, run: Run<WhatIfArguments>): void {
  yargs.command(
    "what-if",
    words["command.what-if"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
