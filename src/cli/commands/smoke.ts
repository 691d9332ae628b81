import type { Argv } from "yargs";
import { EXPECTATIONS, type Expectation } from "../../report/smoke.ts";
import { type ArgumentsOf, judgeOptions, liveOptions, outputOptions, saidOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  saidOptions(judgeOptions(outputOptions(liveOptions(command, words), words), words), words)
    .option("wait", { type: "string", default: "2m", requiresArg: true, describe: words["option.wait"] })
    .option("expect", {
      choices: EXPECTATIONS,
      requiresArg: true,
      default: "connected" as Expectation,
      describe: words["option.expect"],
    })
    .option("as-browser", { type: "boolean", default: false, describe: words["option.as-browser"] });

export type SmokeArguments = ArgumentsOf<typeof options>;

export function registerSmoke(yargs: Argv, words: CliWords, run: Run<SmokeArguments>): void {
  yargs.command(
    "smoke",
    words["command.smoke"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
