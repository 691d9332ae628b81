import type { Argv } from "yargs";
import {
  type ArgumentsOf,
  checkOptions,
  judgeOptions,
  liveOptions,
  openclawDoctorOptions,
  outputOptions,
  saidOptions,
} from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  checkOptions(
    openclawDoctorOptions(
      saidOptions(judgeOptions(outputOptions(liveOptions(command, words), words), words), words),
      words,
    ),
    words,
  ).option("as-browser", {
    type: "boolean",
    default: false,
    describe: words["option.as-browser"],
  });

export type DiagnoseArguments = ArgumentsOf<typeof options>;

export function registerDiagnose(yargs: Argv, words: CliWords, run: Run<DiagnoseArguments>): void {
  yargs.command(
    ["diagnose", "$0"],
    words["command.diagnose"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
