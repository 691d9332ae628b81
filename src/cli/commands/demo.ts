import type { Argv } from "yargs";
import { type ArgumentsOf, outputOptions } from "../options.ts";
import type { Run } from "./run.ts";

const options = (command: Argv) =>
  outputOptions(command)
    .positional("scenario", { type: "string", describe: "See --list; the classic ticket when absent" })
    .option("list", { type: "boolean", default: false, describe: "The scenarios" });

export type DemoArguments = ArgumentsOf<typeof options>;

export function registerDemo(yargs: Argv, run: Run<DemoArguments>): void {
  yargs.command(
    "demo [scenario]",
    "Starts an embedded gateway in a scenario and diagnoses it",
    options,
    (args) => run(args),
  );
}
