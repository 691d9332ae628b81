import { randomBytes } from "node:crypto";
import { describeError } from "./describe-error.ts";
import type { Io } from "./io.ts";
import { refuseSecretArguments } from "./secret-arguments.ts";
import { UsageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

/** What every command gets besides its own options. */
export interface Session {
  readonly io: Io;
  /** For fingerprints of secrets; new in each run. */
  readonly salt: string;
}

/**
 * Parses the command line, runs the command, gives the exit code: 0, 1, 2, 3 as in the README, 130 when
 * interrupted. Never throws.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const session: Session = { io, salt: randomBytes(16).toString("hex") };
  try {
    refuseSecretArguments(argv);
    const code = await parse(argv, session);
    return io.signal.aborted ? 130 : code;
  } catch (error) {
    if (io.signal.aborted) return 130;
    if (error instanceof UsageError) {
      io.stderr.write(`pairing-doctor: ${error.message}\n  ${error.todo}\n`);
      return 2;
    }
    io.stderr.write(
      `pairing-doctor: this is a fault of pairing-doctor ${VERSION}, not of your gateway: ${describeError(error)}\n`,
    );
    return 70;
  }
}

async function parse(argv: readonly string[], session: Session): Promise<number> {
  const [{ default: yargs }, { register }] = await Promise.all([
    import("yargs"),
    import("./commands/index.ts"),
  ]);
  let code = 0;
  const parser = yargs()
    .scriptName("pairing-doctor")
    .locale("en")
    .version(VERSION)
    .usage("$0 [command]\n\nSays why the OpenClaw Control UI is refused, and what fixes it. Changes nothing.")
    .help()
    .alias("h", "help")
    .alias("V", "version")
    .strict()
    .recommendCommands()
    .wrap(Math.min(session.io.stdout.columns ?? 80, 100))
    .exitProcess(false)
    .showHelpOnFail(false)
    .parserConfiguration({
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "duplicate-arguments-array": false,
    })
    .epilogue("Exit codes: 0 nothing found, 1 findings, 2 usage, 3 could not look, 130 interrupted.");
  register(parser, session, (result) => {
    code = result;
  });
  let output = "";
  let failure: Error | undefined;
  parser.fail((message, error) => {
    failure = error instanceof Error ? error : usageError(message);
  });
  try {
    await parser.parseAsync([...argv], {}, (_error, _argv, text) => {
      output = text;
    });
  } catch (error) {
    failure ??= error as Error;
  }
  if (failure) throw failure;
  // Help and version; everything else writes for itself.
  if (output !== "") session.io.stdout.write(`${output}\n`);
  return code;
}

function usageError(message: string): UsageError {
  const first = message
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("; ");
  return new UsageError("command line", first, "see `pairing-doctor --help`");
}
