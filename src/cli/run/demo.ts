import { shownWord } from "../../core/bad-input.ts";
import { say } from "../../core/saying.ts";
import { play } from "../../doctor/live/demo/play.ts";
import { SCENARIOS } from "../../doctor/live/demo/scenarios.ts";
import { LIVE_FACTS } from "../../doctor/live/live-facts.ts";
import { reportOf } from "../../doctor/pure/case.ts";
import { nearest } from "../../report/explain.ts";
import { formatOf } from "../../report/formats.ts";
import { fill } from "../../report/messages/index.ts";
import type { DemoArguments } from "../commands/demo.ts";
import { emit } from "../emit.ts";
import { emitOptions } from "../options.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { UsageError } from "../usage-error.ts";
import { wordsFor } from "../words/index.ts";

export async function demo(args: DemoArguments, session: Session): Promise<number> {
  const { io, out, salt } = session;
  const words = wordsFor(session.lang);
  if (args.list) {
    const width = Math.max(...SCENARIOS.map(({ id }) => id.length));
    out.print(SCENARIOS.map(({ id }) => `${id.padEnd(width)}  ${words[`scenario.${id}`]}\n`).join(""));
    return 0;
  }
  const scenario = SCENARIOS.find(({ id }) => id === (args.scenario ?? SCENARIOS[0]?.id));
  if (scenario === undefined) {
    const [near] = nearest(
      args.scenario ?? "",
      SCENARIOS.map(({ id }) => id),
    );
    throw new UsageError(
      `demo ${shownWord(args.scenario ?? "")}`,
      say("no-such-scenario"),
      near === undefined ? say("see-scenarios") : say("did-you-mean-scenario", { near }),
    );
  }
  const options = emitOptions(args, io);
  const spinner = await startSpinner(words["doing.start"], io, args.quiet);
  try {
    const { facts } = await play(scenario, {
      facts: LIVE_FACTS,
      env: io.env,
      salt,
      signal: io.signal,
      learn: (secrets) => out.learn(secrets),
    });
    spinner.stop();
    if (formatOf(options.format).isProse && options.output === undefined) {
      out.print(`${fill(words.demonstration, { scenario: words[`scenario.${scenario.id}`] })}\n\n`);
    }
    await emit(
      reportOf(facts, { next: "npx openclaw-pairing-doctor --target ws://127.0.0.1:18789" }),
      options,
      session,
    );
    // The demonstration worked, whatever the embedded gateway's trouble is.
    return 0;
  } finally {
    spinner.stop();
  }
}
