import type { Argv } from "yargs";
import type { Session } from "../main.ts";
import { type ArgumentsOf, judgeOptions, outputOptions, saidOptions } from "../options.ts";
import type { Done } from "./index.ts";

const options = (command: Argv) =>
  saidOptions(judgeOptions(outputOptions(command)))
    .option("target", {
      type: "string",
      requiresArg: true,
      describe: "local, ws://HOST:PORT or wss://HOST; default: what this machine shows",
    })
    .option("config", { type: "string", requiresArg: true, describe: "The gateway's openclaw.json" })
    .option("log", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "A gateway log, instead of those that would be found (repeatable)",
    })
    .option("token-file", {
      type: "string",
      requiresArg: true,
      describe: "File that holds the gateway's token",
    })
    .option("token-stdin", {
      type: "boolean",
      default: false,
      describe: "Read the gateway's token from standard input",
    })
    .option("allow-plaintext-token", {
      type: "boolean",
      default: false,
      describe: "Send the token over plain ws:// to a public address too",
    })
    .option("insecure-tls", {
      type: "boolean",
      default: false,
      describe: "Do not verify the gateway's certificate",
    })
    .option("as-browser", {
      type: "boolean",
      default: false,
      describe: "Also sign in as a new browser with a throw-away key, and clean up after it",
    })
    .option("timeout", {
      type: "string",
      default: "15",
      requiresArg: true,
      describe: "Seconds for the probe",
    });

export type DiagnoseArguments = ArgumentsOf<typeof options>;

export function registerDiagnose(yargs: Argv, session: Session, done: Done): void {
  yargs.command(
    ["diagnose", "$0"],
    "Finds the gateway, probes it, reads config and logs, says why the Control UI is refused and what fixes it",
    options,
    async (args) => {
      const { runDiagnosis } = await import("../run/diagnose.ts");
      done(await runDiagnosis(args, session));
    },
  );
}
