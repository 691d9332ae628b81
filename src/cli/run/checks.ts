import { checks } from "../../../checks/index.ts";
import { checkList } from "../../report/explain.ts";
import { colorStyle } from "../../report/terminal.ts";
import type { ChecksArguments } from "../commands/checks.ts";
import type { WordingArguments } from "../options.ts";
import type { Session } from "../session.ts";
import { langOf, lookOf } from "../style.ts";

export function showChecks(args: ChecksArguments, session: Session): number {
  if (args.json) {
    const list = checks.map(({ id, code, severity, title, causedBy }) => ({
      id,
      code,
      severity,
      title,
      causedBy,
    }));
    session.out.put(`${session.out.json(list, 2)}\n`);
  } else {
    listChecks(args, session);
  }
  return 0;
}

export function listChecks(args: WordingArguments, { io, out }: Session): void {
  const look = lookOf(args.color, io);
  const options = { lang: langOf(args.lang, io.env), width: look.width, style: colorStyle(look.color) };
  out.print(`${checkList(checks, options).trimEnd()}\n`);
}
