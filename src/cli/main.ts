import { isObject } from "../core/json.ts";
import { MOST_OF_SECRETS, MOST_SECRETS, TooManySecrets } from "../core/known-values.ts";
import { quoted, say } from "../core/saying.ts";
import { SecretsUnread } from "../core/secrets-unread.ts";
import { fill } from "../core/template.ts";
import { safeText } from "../core/text.ts";
import { describeError } from "../doctor/pure/describe-error.ts";
import { VERSION } from "../doctor/pure/version.ts";
import type { Lang } from "../report/messages/index.ts";
import { refuseContradictions } from "./contradictions.ts";
import type { Io } from "./io.ts";
import { Out } from "./out.ts";
import { workHere } from "./run/index.ts";
import { refuseSecretArguments } from "./secret-arguments.ts";
import { type DoWork, type Session, sessionOf } from "./session.ts";
import { langOf } from "./style.ts";
import { UsageError } from "./usage-error.ts";
import { type CliWords, wordsFor } from "./words/index.ts";

/**
 * Parses the command line, runs the command, gives the exit code (`EXIT_CODES`, as in the README). Never throws.
 */
export function main(argv: readonly string[], io: Io, work: DoWork = workHere): Promise<number> {
  const session = sessionOf(io, work, { lang: langOf(langIn(argv), io.env) });
  return guarded(session, async () => {
    refuseSecretArguments(argv);
    refuseLongClusters(argv);
    if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
      // Scripts ask this often; it needs no parser.
      session.out.print(`${VERSION}\n`);
      return 0;
    }
    return parse(argv, session);
  });
}

/** The language that is asked for, for what is said before, and in spite of, any parsing. */
function langIn(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const word = argv[at];
  return word === "--lang" ? argv[at + 1] : word?.slice("--lang=".length);
}

/**
 * yargs takes `-abc` for three options and looks at each with all that follow: a minute for 120,000 letters (18.2).
 *
 * @throws {UsageError}
 */
function refuseLongClusters(argv: readonly string[]): void {
  const word = argv.find((one) => /^-[^-]/.test(one) && one.length > MAX_CLUSTER);
  if (word !== undefined) throw new UsageError(word.slice(0, 20), say("no-such-option"), say("see-help"));
}

const MAX_CLUSTER = 1000;

/** The exit code of a piece of work; what it throws is told. */
export async function guarded({ io, out, lang }: Session, work: () => Promise<number>): Promise<number> {
  try {
    const code = await work();
    return io.signal.aborted ? 130 : code;
  } catch (error) {
    if (io.signal.aborted) return 130;
    if (error instanceof UsageError) {
      const { usageLines } = await import("./usage-lines.ts");
      const [wrong, todo] = usageLines(error, lang);
      out.say(`pairing-doctor: ${wrong}\n  ${todo}\n`);
      return 2;
    }
    if (error instanceof TooManySecrets) {
      // The session's own door cannot keep so many back, so that nothing but this sentence may leave.
      new Out(io).say(`pairing-doctor: ${await tooManySecrets(lang)}\n`);
      return 2;
    }
    if (error instanceof SecretsUnread) {
      new Out(io).say(`pairing-doctor: ${await secretsUnread(error, lang)}\n`);
      return 2;
    }
    out.say(faultOf(error, lang));
    return FAULT;
  }
}

async function tooManySecrets(lang: Lang): Promise<string> {
  const { usageLines } = await import("./usage-lines.ts");
  const bounds = { count: MOST_SECRETS, length: MOST_OF_SECRETS };
  return usageLines(
    new UsageError(say("what-was-read"), say("too-many-secrets", bounds), say("hand-in-less")),
    lang,
  ).join("\n  ");
}

async function secretsUnread({ path, most }: SecretsUnread, lang: Lang): Promise<string> {
  const { usageLines } = await import("./usage-lines.ts");
  const why = say("secrets-unread", { length: most });
  return usageLines(new UsageError(safeText(path, 300), why, say("config-in-less")), lang).join("\n  ");
}

/** Exit code of a fault of our own. */
export const FAULT = 70;

/** What is said of one. */
export function faultOf(error: unknown, lang: Lang): string {
  const fault = wordsFor(lang)["own-fault"];
  return `pairing-doctor: ${fill(fault, { version: VERSION, error: describeError(error) })}\n`;
}

/** What is said of a report that could not be written. */
export function lostOutput(code: string, lang: Lang): string {
  return `pairing-doctor: ${fill(wordsFor(lang)["output-lost"], { code })}\n`;
}

async function parse(argv: readonly string[], session: Session): Promise<number> {
  const [{ default: yargs }, { commandNames, register }] = await Promise.all([
    import("yargs"),
    import("./commands/index.ts"),
  ]);
  const words = wordsFor(session.lang);
  const parser = yargs()
    .scriptName("pairing-doctor")
    // What it says of a wrong line is read below, in English; what help says is in the reader's language.
    .locale("en")
    .updateStrings(helpStrings(words))
    .version(VERSION)
    .usage(`$0 [command]\n\n${words.usage}`)
    .help()
    .alias("h", "help")
    .alias("V", "version")
    .strict()
    .recommendCommands()
    .wrap(Math.min(Math.max(session.io.stdout.columns ?? 80, 40), 100))
    .exitProcess(false)
    .showHelpOnFail(false)
    .parserConfiguration({
      "parse-numbers": false,
      "parse-positional-numbers": false,
      // One value for each `--only`, so that a file name after it stays a file name.
      "greedy-arrays": false,
    })
    .check((args) => {
      const twice = Object.keys(args).find((name) => Array.isArray(args[name]) && !REPEATABLE.has(name));
      if (twice !== undefined) throw new UsageError(`--${twice}`, say("given-twice"), say("give-once"));
      refuseContradictions(args, argv);
      return true;
    })
    .epilogue(exitCodes(words));
  register(parser, session, (work) => {
    throw new Understood(work);
  });
  let output = "";
  // Thrown at once: yargs runs the command in spite of a failure that is only noted.
  parser.fail((message, error) => {
    throw error instanceof Error && error.name !== "YError"
      ? error
      : new ParseFailure(message, optionsOf(parser));
  });
  try {
    await parser.parseAsync([...argv], {}, (_error, _argv, text) => {
      output = text;
    });
  } catch (error) {
    if (error instanceof Understood) return error.work();
    throw error instanceof ParseFailure ? await usageError(error, argv, commandNames) : error;
  }
  // Help and version; everything else writes for itself.
  if (output !== "") session.out.print(`${output}\n`);
  return 0;
}

/**
 * Leaves yargs with the work of a command whose line was understood: what returns to yargs has the whole help laid out
 * for an error that might follow, 20 ms that nobody reads (18.2).
 */
class Understood extends Error {
  readonly work: () => Promise<number>;

  constructor(work: () => Promise<number>) {
    super("understood");
    this.work = work;
  }
}

/** The headings and types of yargs' help. */
function helpStrings(words: CliWords): Record<string, string> {
  const own = Object.entries(words).filter(([key]) => key.startsWith(YARGS));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(YARGS.length), text]));
}

/** The table of exit codes, one line each. */
function exitCodes(words: CliWords): string {
  const rows = EXIT_CODES.map((code) => `  ${String(code).padEnd(5)}${words[`exit.${code}`]}`);
  return [words["exit-codes"], ...rows].join("\n");
}

/** Every exit code that there is. */
export const EXIT_CODES = [0, 1, 2, 3, 4, 70, 130] as const;

const YARGS = "yargs.";

/** Options and arguments that take several values; `_` are yargs' command words. */
const REPEATABLE = new Set([
  "_",
  "files",
  "only",
  "skip",
  "check",
  "log",
  "output",
  "proxy",
  "set",
  "unset",
  "ids",
  // yargs has an option of two words under both its names.
  "allow-risk",
  "allowRisk",
]);

/** What yargs says of the command line. */
class ParseFailure extends Error {
  /** Names of the options that the command has. */
  readonly options: readonly string[];

  constructor(message: string, options: readonly string[]) {
    super(message);
    this.options = options;
  }
}

/** While a command is parsed these are its own, too. yargs has them in `getOptions`, which its types leave out (18.2). */
function optionsOf(parser: object): readonly string[] {
  const read: unknown = Reflect.get(parser, "getOptions");
  const options: unknown = typeof read === "function" ? Reflect.apply(read, parser, []) : undefined;
  if (!isObject(options) || !isObject(options.key)) return [];
  const hidden = Array.isArray(options.hiddenOptions) ? options.hiddenOptions : [];
  return Object.keys(options.key).filter((name) => name.length > 1 && !hidden.includes(name));
}

/** yargs' sentence about the command line in our words: what, why, what to do. */
async function usageError(
  { message, options }: ParseFailure,
  argv: readonly string[],
  commands: readonly string[],
): Promise<UsageError> {
  const help = say("see-help");
  const unknown = /^Unknown arguments?: ([^,\n]*)/.exec(message)?.[1];
  if (unknown !== undefined && argv.includes(unknown) && !argv.some((word) => commands.includes(word))) {
    const { nearest } = await import("../report/explain.ts");
    const [near] = nearest(unknown, commands, 1);
    return new UsageError(
      say("command-named", { word: plainWord(unknown) }),
      say("no-such-command"),
      near === undefined ? help : say("did-you-mean-command", { near }),
    );
  }
  const option = argv.find((word) => word.replace(/=.*/s, "").replace(/^--?(?:no-)?/, "") === unknown);
  if (unknown !== undefined && option?.startsWith("-")) {
    const { closest } = await import("../core/closest.ts");
    const near = closest(unknown, options);
    return new UsageError(
      option.replace(/=.*/s, ""),
      say("no-such-option"),
      near === undefined
        ? help
        : say("did-you-mean-command", { near: `${option.startsWith("--no-") ? "--no-" : "--"}${near}` }),
    );
  }
  if (unknown !== undefined)
    return new UsageError(
      say("argument-named", { word: plainWord(unknown) }),
      say("no-argument-there"),
      help,
    );
  const valueless = /^Not enough arguments following: (.*)/.exec(message)?.[1];
  if (valueless !== undefined) return new UsageError(`--${valueless}`, say("value-missing"), help);
  const choice = /Argument: ([\w-]+), Given: (.*), Choices: (.*)/.exec(message);
  if (choice) {
    const [, name, given, choices] = choice;
    const shown = given?.replace(/^"|"$/g, "") ?? "";
    return new UsageError(
      `--${name} ${plainWord(shown)}`,
      say("none-of-its-values"),
      say("give-one-of", { choices: choices ?? "" }),
    );
  }
  const lines = message.split("\n").map((line) => line.trim());
  return new UsageError(say("command-line"), quoted(lines.filter((line) => line !== "").join("; ")), help);
}

/** Where any word may stand, only what looks like one is repeated: a token may have gone there. */
function plainWord(text: string): string {
  return JSON.stringify(/^[A-Za-z]{1,24}(?:-[A-Za-z]{1,24}){0,3}$/.test(text) ? text : "…");
}
