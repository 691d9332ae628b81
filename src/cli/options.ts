import type { ArgumentsCamelCase, Argv } from "yargs";
import { DEPLOYMENT_KINDS } from "../core/deployment-kind.ts";
import type { EmitOptions, Format } from "./emit.ts";
import type { FailOn } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { type ColorOption, langOf } from "./style.ts";

/** What a command's handler gets, of the function that declares the command's options. */
export type ArgumentsOf<F extends (yargs: Argv) => Argv<unknown>> =
  ReturnType<F> extends Argv<infer A> ? ArgumentsCamelCase<A> : never;

const FORMATS = ["human", "json"] as const;
const FAIL_ON = ["error", "warning", "info", "never"] as const;
const COLORS = ["auto", "always", "never"] as const;

/** Language and colour: on every command that writes for people. */
export function wordingOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("lang", { choices: ["en", "zh"] as const, describe: "Language; default from the locale" })
    .option("color", {
      choices: COLORS,
      default: "auto" as ColorOption,
      describe: "Colours; NO_COLOR and FORCE_COLOR count too",
    });
}

export interface WordingArguments {
  readonly lang: "en" | "zh" | undefined;
  readonly color: ColorOption;
}

/** How the report is written: on every command that makes one. */
export function outputOptions<T>(yargs: Argv<T>) {
  return wordingOptions(yargs)
    .option("format", { choices: FORMATS, default: "human" as Format, describe: "Format of the report" })
    .option("json", { type: "boolean", default: false, describe: "Same as --format json" })
    .option("output", { type: "string", requiresArg: true, describe: "Write the report to FILE" })
    .option("quiet", { type: "boolean", default: false, describe: "No spinner, no notes on stderr" })
    .option("verbose", { type: "boolean", default: false, describe: "All evidence, remedies and checks" });
}

/** What is judged, and when it fails. */
export function judgeOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("only", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "Run only this check (repeatable)",
    })
    .option("skip", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "Leave this check out (repeatable)",
    })
    .option("fail-on", {
      choices: FAIL_ON,
      default: "error" as FailOn,
      describe: "Least severity that exits with 1",
    });
}

/** What the tool cannot see and the user may say. */
export function saidOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("release", {
      type: "string",
      requiresArg: true,
      describe: "The gateway's release, e.g. 2026.3.13",
    })
    .option("deployment", { choices: DEPLOYMENT_KINDS, describe: "How the gateway is deployed" })
    .option("origin", {
      type: "string",
      requiresArg: true,
      describe: "Where the browser opens the Control UI, e.g. http://192.168.1.5:18789",
    })
    .option("proxy", {
      type: "string",
      array: true,
      requiresArg: true,
      describe:
        "Address of the proxy in front of the gateway, which may be trusted (repeatable); with fix --domain: caddy or nginx",
    });
}

/** Where the gateway is, and what may be used to look at it. */
export function liveOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("target", {
      type: "string",
      requiresArg: true,
      describe:
        "local, ws://HOST:PORT, wss://HOST, docker:CONTAINER, compose:SERVICE or k8s:[CONTEXT/]NAMESPACE/WORKLOAD; default: what this machine shows",
    })
    .option("config", {
      type: "string",
      requiresArg: true,
      describe: "The gateway's openclaw.json, at most 1 MiB",
    })
    .option("log", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "A gateway log or a pipe, instead of the logs that would be found (repeatable)",
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
    .option("timeout", {
      type: "string",
      default: "15",
      requiresArg: true,
      describe: "Seconds for the probe",
    });
}

export interface OutputArguments extends WordingArguments {
  readonly format: Format;
  readonly json: boolean;
  readonly output: string | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export function emitOptions(args: OutputArguments, io: Pick<Io, "env">): EmitOptions {
  return {
    format: args.json ? "json" : args.format,
    lang: langOf(args.lang, io.env),
    color: args.color,
    verbose: args.verbose,
    ...(args.output === undefined ? {} : { output: args.output }),
  };
}
