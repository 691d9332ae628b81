import type { Argv } from "yargs";
import { type ArgumentsOf, judgeOptions, liveOptions, outputOptions, saidOptions } from "../options.ts";
import type { Run } from "./run.ts";

const options = (command: Argv) =>
  saidOptions(judgeOptions(outputOptions(liveOptions(command)))).option("as-browser", {
    type: "boolean",
    default: false,
    describe: "Sign in as a new browser with a throw-away key; the token goes out with that, and only once",
  });

export type DiagnoseArguments = ArgumentsOf<typeof options>;

export function registerDiagnose(yargs: Argv, run: Run<DiagnoseArguments>): void {
  yargs.command(
    ["diagnose", "$0"],
    "Finds the gateway, probes it, reads config and logs, says why the Control UI is refused and what fixes it",
    options,
    (args) => run(args),
  );
}
