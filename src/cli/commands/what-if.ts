import type { Argv } from "yargs";
import { VIAS } from "../../doctor/pure/what-if/vias.ts";
import { type ArgumentsOf, wordingOptions } from "../options.ts";
import type { Run } from "./run.ts";

const options = (command: Argv) =>
  wordingOptions(command)
    .option("input", {
      type: "string",
      requiresArg: true,
      describe:
        "A connection (JSON, or one JSON object a line); - for standard input; at most 16 MiB. Default: the gateway found here",
    })
    .option("set", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "PATH=VALUE, e.g. gateway.controlUi.allowInsecureAuth=true (repeatable)",
    })
    .option("unset", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "PATH to leave out (repeatable)",
    })
    .option("release", { type: "string", requiresArg: true, describe: "Ask for this release" })
    .option("via", { choices: VIAS, describe: "Ask for this way to the gateway" })
    .option("json", {
      type: "boolean",
      default: false,
      describe: "One JSON line for each line of input",
    });

export type WhatIfArguments = ArgumentsOf<typeof options>;

export function registerWhatIf(yargs: Argv, run: Run<WhatIfArguments>): void {
  yargs.command(
    "what-if",
    "Asks the admission model: would this connection be let in, now, after a change, after an upgrade?",
    options,
    (args) => run(args),
  );
}
