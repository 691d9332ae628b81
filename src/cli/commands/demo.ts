import type { Argv } from "yargs";
import { nodeWorld } from "../../deployments/world.ts";
import { nearest } from "../../report/explain.ts";
import { reportOf } from "../case.ts";
import { play } from "../demo/play.ts";
import { SCENARIOS } from "../demo/scenarios.ts";
import { emit } from "../emit.ts";
import type { Session } from "../main.ts";
import { emitOptions, outputOptions } from "../options.ts";
import { startSpinner } from "../spinner.ts";
import { UsageError } from "../usage-error.ts";
import { LIVE_FACTS } from "./diagnose.ts";
import type { Done } from "./index.ts";

export function registerDemo(yargs: Argv, { io, salt }: Session, done: Done): void {
  yargs.command(
    "demo [scenario]",
    "Starts an embedded gateway in a scenario and diagnoses it",
    (command) =>
      outputOptions(command)
        .positional("scenario", { type: "string", describe: "See --list; the classic ticket when absent" })
        .option("list", { type: "boolean", default: false, describe: "The scenarios" }),
    async (args) => {
      if (args.list) {
        const width = Math.max(...SCENARIOS.map(({ id }) => id.length));
        io.stdout.write(SCENARIOS.map(({ id, title }) => `${id.padEnd(width)}  ${title}\n`).join(""));
        done(0);
        return;
      }
      const scenario = SCENARIOS.find(({ id }) => id === (args.scenario ?? SCENARIOS[0]?.id));
      if (scenario === undefined) {
        const [near] = nearest(
          args.scenario ?? "",
          SCENARIOS.map(({ id }) => id),
        );
        throw new UsageError(
          `demo ${JSON.stringify(args.scenario?.slice(0, 60))}`,
          "there is no such scenario",
          near === undefined
            ? "see `pairing-doctor demo --list`"
            : `did you mean ${near}? See \`pairing-doctor demo --list\``,
        );
      }
      const options = emitOptions(args, io);
      const spinner = await startSpinner("Starting an embedded gateway", io, args.quiet);
      try {
        const { facts } = await play(scenario, {
          facts: LIVE_FACTS,
          world: nodeWorld({ env: io.env }),
          salt,
          signal: io.signal,
        });
        spinner.stop();
        if (options.format === "human" && options.output === undefined) {
          io.stdout.write(`Demonstration on an embedded gateway: ${scenario.title}.\n\n`);
        }
        await emit(
          reportOf(facts, { next: "npx pairing-doctor --target ws://127.0.0.1:18789" }),
          options,
          io,
        );
        // The demonstration worked, whatever the embedded gateway's trouble is.
        done(0);
      } finally {
        spinner.stop();
      }
    },
  );
}
