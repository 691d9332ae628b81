import type { Argv } from "yargs";
import type { Session } from "../main.ts";
import { type ArgumentsOf, outputOptions } from "../options.ts";
import type { Done } from "./index.ts";

const options = (command: Argv) =>
  outputOptions(command)
    .positional("scenario", { type: "string", describe: "See --list; the classic ticket when absent" })
    .option("list", { type: "boolean", default: false, describe: "The scenarios" });

export type DemoArguments = ArgumentsOf<typeof options>;

export function registerDemo(yargs: Argv, session: Session, done: Done): void {
  yargs.command(
    "demo [scenario]",
    "Starts an embedded gateway in a scenario and diagnoses it",
    options,
    async (args) => done(await session.work("demo", args, session)),
  );
}
