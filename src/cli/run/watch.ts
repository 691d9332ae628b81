import { whyUnknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { watch } from "../../doctor/live/watch.ts";
import { reportOf } from "../../doctor/pure/case.ts";
import { durationSaid } from "../../doctor/pure/parse-arguments.ts";
import { withoutCommands } from "../../report/formats/github.ts";
import { catalogueOf, sentenceOf } from "../../report/messages/index.ts";
import { watchDocument, watchText } from "../../report/watch.ts";
import type { WatchArguments } from "../commands/watch.ts";
import { openLive } from "../open-live.ts";
import type { Session } from "../session.ts";
import { langOf } from "../style.ts";
import { mustParse } from "../usage-error.ts";

/** Of a log that is handed in, its end is read again and again; as much as of one that is found. Bytes. */
const LOG_BYTES = 8 * 1024 * 1024;

/** Plain lines as things happen, wherever they go; with `--json` one document a line. */
export async function runWatch(args: WatchArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const forMs = args.for === undefined ? undefined : mustParse(durationSaid("--for", args.for));
  const lang = langOf(args.lang, io.env);
  const opened = await openLive(args, session, { logBytes: LOG_BYTES, mayBeElsewhere: true });
  const { context, origin } = opened;
  const ended = await watch({
    opened,
    signal: io.signal,
    ...(forMs === undefined ? {} : { forMs }),
    report: (facts) => reportOf(facts, { context, ...(origin === undefined ? {} : { origin }) }),
    tell: (event) => {
      if (args.json) out.put(`${out.json(watchDocument(event, lang))}\n`);
      // It quotes a log: a runner of GitHub Actions would take some lines for commands.
      else out.put(withoutCommands(out.page(`${watchText(event, lang)}\n`)));
    },
  });
  // Who was refused among what could not be looked at nobody knows.
  if (ended.end === "over") return ended.out ? 1 : ended.missed ? 3 : 0;
  const catalogue = catalogueOf(lang);
  const told = say("watch-no-log", { why: whyUnknown(ended.why) });
  out.say(`pairing-doctor: ${sentenceOf(catalogue, told) ?? told.message}\n`);
  return 3;
}
