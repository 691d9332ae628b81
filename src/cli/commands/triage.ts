import type { Argv } from "yargs";
import {
  type ArgumentsOf,
  checkOptions,
  judgeOptions,
  openclawDoctorOptions,
  outputOptions,
  saidOptions,
} from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  checkOptions(
    openclawDoctorOptions(saidOptions(judgeOptions(outputOptions(command, words), words), words), words),
    words,
  )
    .option("since", { type: "string", requiresArg: true, describe: words["option.since"] })
    .option("until", { type: "string", requiresArg: true, describe: words["option.until"] })
    .positional("files", {
      type: "string",
      array: true,
      describe: words["option.files"],
    });

export type TriageArguments = ArgumentsOf<typeof options>;

export function registerTriage(yargs: Argv, words: CliWords, run: Run<TriageArguments>): void {
  yargs.command(
    "triage [files..]",
    words["command.triage"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
