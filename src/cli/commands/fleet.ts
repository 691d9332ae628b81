import type { Argv } from "yargs";
import { type ArgumentsOf, judgeOptions, wordingOptions } from "../options.ts";
import type { CliWords } from "../words/index.ts";
import type { Run } from "./run.ts";

const outputs = <T>(yargs: Argv<T>, words: CliWords) =>
  wordingOptions(yargs, words)
    .option("json", { type: "boolean", default: false, describe: words["option.fleet-json"] })
    .option("output", { type: "string", requiresArg: true, describe: words["option.fleet-output"] })
    .option("quiet", { type: "boolean", default: false, describe: words["option.quiet"] });

const inCluster = <T>(yargs: Argv<T>, words: CliWords) =>
  yargs
    .option("context", { type: "string", requiresArg: true, describe: words["option.context"] })
    .option("namespace", {
      alias: "n",
      type: "string",
      requiresArg: true,
      describe: words["option.fleet-namespace"],
    });

const looking = (command: Argv, words: CliWords) =>
  inCluster(judgeOptions(outputs(command, words), words), words)
    .positional("list", { type: "string", describe: words["option.fleet-list"] })
    .option("selector", {
      alias: "l",
      type: "string",
      requiresArg: true,
      describe: words["option.fleet-selector"],
    })
    .option("concurrency", {
      type: "string",
      default: "8",
      requiresArg: true,
      describe: words["option.fleet-concurrency"],
    })
    .option("share", { type: "string", requiresArg: true, describe: words["option.fleet-share"] })
    .option("token-file", { type: "string", requiresArg: true, describe: words["option.fleet-token-file"] })
    .option("allow-plaintext-token", {
      type: "boolean",
      default: false,
      describe: words["option.allow-plaintext-token"],
    })
    .option("insecure-tls", { type: "boolean", default: false, describe: words["option.insecure-tls"] })
    .option("timeout", {
      type: "string",
      default: "15",
      requiresArg: true,
      describe: words["option.timeout"],
    });

const making = (command: Argv, words: CliWords) =>
  wordingOptions(command, words)
    .positional("list", { type: "string", demandOption: true, describe: words["option.fleet-list"] })
    .option("image", { type: "string", requiresArg: true, describe: words["option.fleet-image"] })
    .option("name", {
      type: "string",
      default: "pairing-doctor",
      requiresArg: true,
      describe: words["option.fleet-name"],
    })
    .option("namespace", {
      alias: "n",
      type: "string",
      default: "default",
      requiresArg: true,
      describe: words["option.fleet-job-namespace"],
    })
    .option("shares", {
      type: "string",
      default: "4",
      requiresArg: true,
      describe: words["option.fleet-shares"],
    })
    .option("concurrency", {
      type: "string",
      default: "8",
      requiresArg: true,
      describe: words["option.fleet-concurrency"],
    })
    .option("tokens-from", { type: "string", requiresArg: true, describe: words["option.fleet-tokens-from"] })
    .option("job-per-share", {
      type: "boolean",
      default: false,
      describe: words["option.fleet-job-per-share"],
    });

const reporting = (command: Argv, words: CliWords) =>
  outputs(command, words)
    .positional("files", { type: "string", array: true, describe: words["option.fleet-logs"] })
    .option("list", { type: "string", requiresArg: true, describe: words["option.fleet-asked"] })
    .option("context", { type: "string", requiresArg: true, describe: words["option.context"] })
    .option("fail-on", {
      choices: ["error", "warning", "info", "never"] as const,
      requiresArg: true,
      default: "error" as const,
      describe: words["option.fail-on"],
    });

export type FleetLookArguments = ArgumentsOf<typeof looking>;
export type FleetManifestArguments = ArgumentsOf<typeof making>;
export type FleetReportArguments = ArgumentsOf<typeof reporting>;

/** Which of the three is meant. */
export type FleetArguments =
  | { readonly do: "look"; readonly args: FleetLookArguments }
  | { readonly do: "manifest"; readonly args: FleetManifestArguments }
  | { readonly do: "report"; readonly args: FleetReportArguments };

export function registerFleet(yargs: Argv, words: CliWords, run: Run<FleetArguments>): void {
  yargs.command("fleet", words["command.fleet"], (command) =>
    command
      .command(
        "$0 [list]",
        words["command.fleet"],
        (one) => looking(one, words),
        (args) => run({ do: "look", args }),
      )
      .command(
        "manifest <list>",
        words["command.fleet-manifest"],
        (one) => making(one, words),
        (args) => run({ do: "manifest", args }),
      )
      .command(
        "report [files..]",
        words["command.fleet-report"],
        (one) => reporting(one, words),
        (args) => run({ do: "report", args }),
      ),
  );
}
