import { checks } from "../../../checks/index.ts";
import { shownWord } from "../../core/bad-input.ts";
import { quoted, type Saying, say } from "../../core/saying.ts";
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
      say("no-such-finding"),
      result.suggestions.length > 0
        ? say("did-you-mean", { detail: oneOf(result.suggestions) })
        : say("see-checks"),
    );
  }
  out.print(`${result.text.trimEnd()}\n`);
  return 0;
}

/** `a or b or c` */
function oneOf([one = "", ...others]: readonly string[]): Saying {
  return others.length === 0 ? quoted(one) : say("or", { one, detail: oneOf(others) });
}
