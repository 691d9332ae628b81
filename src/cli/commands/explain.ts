import type { Argv } from "yargs";
import { checks } from "../../../checks/index.ts";
import { explain } from "../../report/explain.ts";
import { colorStyle } from "../../report/terminal.ts";
import type { Session } from "../main.ts";
import { wordingOptions } from "../options.ts";
import { langOf, lookOf } from "../style.ts";
import { UsageError } from "../usage-error.ts";
import { listChecks } from "./checks.ts";
import type { Done } from "./index.ts";

export function registerExplain(yargs: Argv, session: Session, done: Done): void {
  const { io } = session;
  yargs.command(
    "explain [id]",
    "What a finding means, offline",
    (command) =>
      wordingOptions(command).positional("id", {
        type: "string",
        describe: "Id or code, e.g. docker-nat-not-local or OPD201; all when absent",
      }),
    (args) => {
      if (args.id === undefined) {
        listChecks(args, session);
        done(0);
        return;
      }
      const look = lookOf(args.color, io);
      const result = explain(args.id, checks, {
        lang: langOf(args.lang, io.env),
        width: look.width,
        style: colorStyle(look.color),
      });
      if (!result.found) {
        throw new UsageError(
          `explain ${JSON.stringify(args.id.slice(0, 60))}`,
          "there is no such finding",
          result.suggestions.length > 0
            ? `did you mean ${result.suggestions.join(" or ")}?`
            : "see `pairing-doctor checks`",
        );
      }
      io.stdout.write(`${result.text.trimEnd()}\n`);
      done(0);
    },
  );
}
