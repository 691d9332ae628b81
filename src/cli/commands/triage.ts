import type { Argv } from "yargs";
import { type ArgumentsOf, judgeOptions, outputOptions, saidOptions } from "../options.ts";
import type { Run } from "./run.ts";

const options = (command: Argv) =>
  saidOptions(judgeOptions(outputOptions(command))).positional("files", {
    type: "string",
    array: true,
    describe: "Gateway logs or pipes (console, JSON, docker, kubectl, journal); - for standard input",
  });

export type TriageArguments = ArgumentsOf<typeof options>;

export function registerTriage(yargs: Argv, run: Run<TriageArguments>): void {
  yargs.command("triage [files..]", "Reads logs offline; no gateway needed", options, (args) => run(args));
}
