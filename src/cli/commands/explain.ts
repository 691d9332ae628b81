import type { Argv } from "yargs";
import type { Session } from "../main.ts";
import { type ArgumentsOf, wordingOptions } from "../options.ts";
import type { Done } from "./index.ts";

const options = (command: Argv) =>
  wordingOptions(command).positional("id", {
    type: "string",
    describe: "Id or code, e.g. docker-nat-not-local or OPD201; all when absent",
  });

export type ExplainArguments = ArgumentsOf<typeof options>;

export function registerExplain(yargs: Argv, session: Session, done: Done): void {
  yargs.command("explain [id]", "What a finding means, offline", options, async (args) => {
    const { explain } = await import("../run/explain.ts");
    done(explain(args, session));
  });
}
