import type { Argv } from "yargs";
import { type ArgumentsOf, wordingOptions } from "../options.ts";
import type { Run } from "./run.ts";

const options = (command: Argv) =>
  wordingOptions(command).positional("id", {
    type: "string",
    describe: "Id or code, e.g. docker-nat-not-local or OPD201; all when absent",
  });

export type ExplainArguments = ArgumentsOf<typeof options>;

export function registerExplain(yargs: Argv, run: Run<ExplainArguments>): void {
  yargs.command("explain [id]", "What a finding means, offline", options, (args) => run(args));
}
