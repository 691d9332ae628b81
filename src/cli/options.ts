import type { ArgumentsCamelCase, Argv } from "yargs";
import { DEPLOYMENT_KINDS } from "../core/deployment-kind.ts";
import type { FailOn } from "../core/fail-on.ts";
import { LANGS, type Lang } from "../core/languages.ts";
import { FORMAT_NAMES, type Format } from "../report/formats.ts";
import type { EmitOptions } from "./emit.ts";
import type { Io } from "./io.ts";
import { outputsSaid } from "./outputs.ts";
import { type ColorOption, langOf } from "./style.ts";
import type { CliWords } from "./words/index.ts";

/** What a command's handler gets, of the function that declares the command's options. */
export type ArgumentsOf<F extends (yargs: Argv, words: CliWords) => Argv<unknown>> =
  ReturnType<F> extends Argv<infer A> ? ArgumentsCamelCase<A> : never;

const SEVERITIES = ["error", "warning", "info"] as const;
const FAIL_ON = [...SEVERITIES, "never"] as const;
const COLORS = ["auto", "always", "never"] as const;

/** Language and colour: on every command that writes for people. */
export function wordingOptions<T>(yargs: Argv<T>, words: CliWords) {
  return yargs
    .option("lang", { choices: LANGS, requiresArg: true, describe: words["option.lang"] })
    .option("color", {
      choices: COLORS,
      requiresArg: true,
      default: "auto" as ColorOption,
      describe: words["option.color"],
    });
}

export interface WordingArguments {
  readonly lang: Lang | undefined;
  readonly color: ColorOption;
}

/** How the report is written: on every command that makes one. */
export function outputOptions<T>(yargs: Argv<T>, words: CliWords) {
  return wordingOptions(yargs, words)
    .option("format", {
      choices: FORMAT_NAMES,
      requiresArg: true,
      default: "human" as Format,
      describe: words["option.format"],
    })
    .option("json", { type: "boolean", default: false, describe: words["option.json"] })
    .option("output", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: words["option.output"],
    })
    .option("quiet", { type: "boolean", default: false, describe: words["option.quiet"] })
    .option("verbose", { type: "boolean", default: false, describe: words["option.verbose"] });
}

/** What is judged, and when it fails. */
export function judgeOptions<T>(yargs: Argv<T>, words: CliWords) {
  return yargs
    .option("only", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: words["option.only"],
    })
    .option("skip", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: words["option.skip"],
    })
    .option("fail-on", {
      choices: FAIL_ON,
      requiresArg: true,
      default: "error" as FailOn,
      describe: words["option.fail-on"],
    });
}

/** What the tool cannot see and the user may say. */
export function saidOptions<T>(yargs: Argv<T>, words: CliWords) {
  return yargs
    .option("release", {
      type: "string",
      requiresArg: true,
      describe: words["option.release"],
    })
    .option("deployment", {
      choices: DEPLOYMENT_KINDS,
      requiresArg: true,
      describe: words["option.deployment"],
    })
    .option("origin", {
      type: "string",
      requiresArg: true,
      describe: words["option.origin"],
    })
    .option("proxy", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: words["option.proxy"],
    });
}

/** Checks of third parties over the same facts. */
export function checkOptions<T>(yargs: Argv<T>, words: CliWords) {
  return yargs.option("check", {
    type: "string",
    array: true,
    requiresArg: true,
    describe: words["option.check"],
  });
}

/** In the place of `openclaw doctor --lint --json`: its document, its threshold, its exit codes. */
export function openclawDoctorOptions<T>(yargs: Argv<T>, words: CliWords) {
  return yargs
    .option("as-openclaw-doctor", {
      type: "boolean",
      default: false,
      describe: words["option.as-openclaw-doctor"],
    })
    .option("severity-min", {
      choices: SEVERITIES,
      requiresArg: true,
      describe: words["option.severity-min"],
    });
}

/** Where the gateway is, and what may be used to look at it. */
export function liveOptions<T>(yargs: Argv<T>, words: CliWords) {
  return yargs
    .option("target", {
      type: "string",
      requiresArg: true,
      describe: words["option.target"],
    })
    .option("context", { type: "string", requiresArg: true, describe: words["option.context"] })
    .option("config", {
      type: "string",
      requiresArg: true,
      describe: words["option.config"],
    })
    .option("log", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: words["option.log"],
    })
    .option("token-file", {
      type: "string",
      requiresArg: true,
      describe: words["option.token-file"],
    })
    .option("token-stdin", {
      type: "boolean",
      default: false,
      describe: words["option.token-stdin"],
    })
    .option("allow-plaintext-token", {
      type: "boolean",
      default: false,
      describe: words["option.allow-plaintext-token"],
    })
    .option("insecure-tls", {
      type: "boolean",
      default: false,
      describe: words["option.insecure-tls"],
    })
    .option("timeout", {
      type: "string",
      default: "15",
      requiresArg: true,
      describe: words["option.timeout"],
    });
}

export interface OutputArguments extends WordingArguments {
  readonly format: Format;
  readonly json: boolean;
  readonly output: string[] | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** Arguments of the commands that name what is read. */
const READ: ReadonlySet<string> = new Set(["files", "log", "config", "input", "list", "token-file"]);

function filesRead(args: object): readonly string[] {
  return Object.entries(args).flatMap(([name, value]: [string, unknown]) =>
    READ.has(name) ? [value].flat().filter((one) => typeof one === "string") : [],
  );
}

/** @throws {UsageError} more than one file for one report, one file for more than one, or one that is read. */
export function emitOptions(args: OutputArguments, io: Pick<Io, "env">): EmitOptions {
  const { report, further } = outputsSaid(args.output ?? [], filesRead(args));
  return {
    format: args.json ? "json" : args.format,
    lang: langOf(args.lang, io.env),
    color: args.color,
    verbose: args.verbose,
    ...(report === undefined ? {} : { output: report }),
    further,
  };
}
