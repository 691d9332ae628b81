import type { Argv } from "yargs";
import { type ArgumentsOf, liveOptions, outputOptions, saidOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const options = (command: Argv, words: CliWords) =>
  saidOptions(outputOptions(liveOptions(command, words), words), words)
    .positional("ids", {
      type: "string",
      array: true,
      describe: words["option.ids"],
    })
    .option("dry-run", { type: "boolean", default: false, describe: words["option.dry-run"] })
    .option("yes", {
      type: "boolean",
      default: false,
      describe: words["option.yes"],
    })
    .option("remedy", { type: "string", requiresArg: true, describe: words["option.remedy"] })
    .option("request", {
      type: "string",
      requiresArg: true,
      describe: words["option.request"],
    })
    .option("allow-risk", {
      choices: ["grants-access", "weakens-security"] as const,
      array: true,
      requiresArg: true,
      describe: words["option.allow-risk"],
    })
    .option("domain", {
      type: "string",
      requiresArg: true,
      describe: words["option.domain"],
    })
    .option("proxy-file", {
      type: "string",
      requiresArg: true,
      describe: words["option.proxy-file"],
    })
    .option("tls", {
      choices: ["public", "internal"] as const,
      requiresArg: true,
      describe: words["option.tls"],
    })
    .option("certificate", { type: "string", requiresArg: true, describe: words["option.certificate"] })
    .option("certificate-key", {
      type: "string",
      requiresArg: true,
      describe: words["option.certificate-key"],
    })
    .option("edit-compose", {
      type: "boolean",
      default: false,
      describe: words["option.edit-compose"],
    })
    .option("undo", { type: "boolean", default: false, describe: words["option.undo"] });

export type FixArguments = ArgumentsOf<typeof options>;

export function registerFix(yargs: Argv, words: CliWords, run: Run<FixArguments>): void {
  yargs.command(
    "fix [ids..]",
    words["command.fix"],
    (command) => options(command, words),
    (args) => run(args),
  );
}
