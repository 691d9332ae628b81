import { readFile } from "node:fs/promises";
import type { Argv } from "yargs";
import type { AdmissionInput } from "../../core/connection.ts";
import { readAll } from "../credentials.ts";
import type { Session } from "../main.ts";
import { saidRelease, wordingOptions } from "../options.ts";
import { langOf } from "../style.ts";
import { UsageError } from "../usage-error.ts";
import { answer } from "../what-if/answer.ts";
import { type Change, changed, VIAS, type Via } from "../what-if/change.ts";
import { collectedInput } from "../what-if/collected.ts";
import { parseInputs } from "../what-if/input.ts";
import { renderAnswer } from "../what-if/render.ts";
import type { Done } from "./index.ts";

/** Largest input, bytes. */
const MAX_INPUT = 64 * 1024 * 1024;

export function registerWhatIf(yargs: Argv, session: Session, done: Done): void {
  const { io } = session;
  yargs.command(
    "what-if",
    "Asks the admission model: would this connection be let in, now, after a change, after an upgrade?",
    (command) =>
      wordingOptions(command)
        .option("input", {
          type: "string",
          requiresArg: true,
          describe:
            "A connection (JSON, or one JSON object a line); - for standard input. Default: the gateway found here",
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
        }),
    async (args) => {
      const change: Change = {
        set: args.set ?? [],
        unset: args.unset ?? [],
        ...releaseChange(args.release),
        ...viaChange(args.via),
      };
      const inputs: readonly AdmissionInput[] =
        args.input === undefined
          ? [await collectedInput(session)]
          : parseInputs(await readInput(args.input, session), args.input, change.release);
      const lang = langOf(args.lang, io.env);
      for (const input of inputs) {
        const next = changed(input, change);
        const result = answer(next);
        io.stdout.write(args.json ? `${JSON.stringify(result)}\n` : `${renderAnswer(next, result, lang)}\n`);
      }
      done(0);
    },
  );
}

function releaseChange(release: string | undefined): { release?: string } {
  const fact = saidRelease(release);
  return fact.known ? { release: fact.value.version } : {};
}

function viaChange(via: Via | undefined): { via?: Via } {
  return via === undefined ? {} : { via };
}

async function readInput(path: string, { io }: Session): Promise<string> {
  if (path === "-") return readAll(io.stdin, MAX_INPUT);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    throw new UsageError(
      `--input ${path}`,
      `it cannot be read (${code})`,
      "name a readable file, or - for standard input",
    );
  }
}
