import type { Argv } from "yargs";
import { checks } from "../../../checks/index.ts";
import { checkList } from "../../report/explain.ts";
import { colorStyle } from "../../report/terminal.ts";
import type { Session } from "../main.ts";
import { type WordingArguments, wordingOptions } from "../options.ts";
import { langOf, lookOf } from "../style.ts";
import type { Done } from "./index.ts";

export function registerChecks(yargs: Argv, session: Session, done: Done): void {
  yargs.command(
    "checks",
    "The list of checks",
    (command) =>
      wordingOptions(command).option("json", { type: "boolean", default: false, describe: "As JSON" }),
    (args) => {
      if (args.json) {
        const list = checks.map(({ id, code, severity, title, causedBy }) => ({
          id,
          code,
          severity,
          title,
          causedBy,
        }));
        session.io.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
      } else {
        listChecks(args, session);
      }
      done(0);
    },
  );
}

export function listChecks(args: WordingArguments, { io }: Session): void {
  const look = lookOf(args.color, io);
  const options = { lang: langOf(args.lang, io.env), width: look.width, style: colorStyle(look.color) };
  io.stdout.write(`${checkList(checks, options).trimEnd()}\n`);
}
