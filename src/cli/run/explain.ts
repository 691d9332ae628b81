import { checks } from "../../../checks/index.ts";
import { shownWord } from "../../core/bad-input.ts";
import { explain as explanation } from "../../report/explain.ts";
import { colorStyle } from "../../report/terminal.ts";
import type { ExplainArguments } from "../commands/explain.ts";
import type { Session } from "../session.ts";
import { langOf, lookOf } from "../style.ts";
import { UsageError } from "../usage-error.ts";
import { listChecks } from "./checks.ts";

export function explain(args: ExplainArguments, session: Session): number {
  const { io, out } = session;
  if (args.id === undefined) {
    listChecks(args, session);
    return 0;
  }
  const look = lookOf(args.color, io);
  const result = explanation(args.id, checks, {
    lang: langOf(args.lang, io.env),
    width: look.width,
    style: colorStyle(look.color),
  });
  if (!result.found) {
    throw new UsageError(
      `explain ${shownWord(args.id)}`,
      "there is no such finding",
      result.suggestions.length > 0
        ? `did you mean ${result.suggestions.join(" or ")}?`
        : "see `pairing-doctor checks`",
    );
  }
  out.print(`${result.text.trimEnd()}\n`);
  return 0;
}
