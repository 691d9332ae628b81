import type { Argv } from "yargs";
import { type ArgumentsOf, liveOptions, outputOptions, saidOptions } from "../options.ts";
import type { Run } from "./run.ts";

const options = (command: Argv) =>
  saidOptions(outputOptions(liveOptions(command)))
    .positional("ids", {
      type: "string",
      array: true,
      describe: "Findings to mend, by id or code; default: what keeps the Control UI out",
    })
    .option("dry-run", { type: "boolean", default: false, describe: "Show the plan and change nothing" })
    .option("yes", {
      type: "boolean",
      default: false,
      describe: "Do not ask before what has no risk, or needs a restart only",
    })
    .option("remedy", { type: "string", requiresArg: true, describe: "Take this remedy, not the first" })
    .option("request", {
      type: "string",
      requiresArg: true,
      describe: "The pairing request to approve, by its id",
    })
    .option("allow-risk", {
      choices: ["grants-access", "weakens-security"] as const,
      array: true,
      requiresArg: true,
      describe: "Agree to this risk (repeatable)",
    })
    .option("domain", {
      type: "string",
      requiresArg: true,
      describe: "Name of the page behind an HTTPS proxy (--remedy https-proxy)",
    })
    .option("proxy-file", {
      type: "string",
      requiresArg: true,
      describe: "Write the proxy's site file there; it is printed otherwise",
    })
    .option("tls", {
      choices: ["public", "internal"] as const,
      requiresArg: true,
      describe: "Who vouches for the name: a public authority, or the proxy's own",
    })
    .option("certificate", { type: "string", requiresArg: true, describe: "Certificate for the proxy" })
    .option("certificate-key", { type: "string", requiresArg: true, describe: "Its key" })
    .option("edit-compose", {
      type: "boolean",
      default: false,
      describe: "Write what a remedy changes in the Compose file; it is shown otherwise",
    })
    .option("undo", { type: "boolean", default: false, describe: "Take back the last fix of this gateway" });

export type FixArguments = ArgumentsOf<typeof options>;

export function registerFix(yargs: Argv, run: Run<FixArguments>): void {
  yargs.command(
    "fix [ids..]",
    "Plans the remedy, shows it, asks, applies it, connects again, and keeps it or takes it back",
    options,
    (args) => run(args),
  );
}
