import type { Argv } from "yargs";
import type { Session } from "../main.ts";
import { type ArgumentsOf, judgeOptions, outputOptions, saidOptions } from "../options.ts";
import type { Done } from "./index.ts";

const options = (command: Argv) =>
  saidOptions(judgeOptions(outputOptions(command))).positional("files", {
    type: "string",
    array: true,
    describe: "Gateway logs or pipes (console, JSON, docker, kubectl, journal); - for standard input",
  });

export type TriageArguments = ArgumentsOf<typeof options>;

export function registerTriage(yargs: Argv, session: Session, done: Done): void {
  yargs.command("triage [files..]", "Reads logs offline; no gateway needed", options, async (args) =>
    done(await session.work("triage", args, session)),
  );
}
